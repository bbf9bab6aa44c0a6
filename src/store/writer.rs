//! The one connection that writes to an SQLite file, and whose turn it is.
//!
//! A pool of one would ask the connection whether it is alive before and after each turn, and take it back in a task of
//! the runtime's, behind all that the requests have to do: whoever writes next, and everybody who waits for a response to
//! be saved, would wait for that.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::{
    Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::ACQUIRE_TIMEOUT;

/// Gives turns in the order in which they were asked for.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    place: Arc<Mutex<Place>>,
}

#[derive(Debug)]
struct Place {
    options: SqliteConnectOptions,
    /// None: it could begin no transaction and is replaced, or the store is closed.
    conn: Option<SqliteConnection>,
    /// Whether a transaction was begun of which nobody has seen the end.
    begun: bool,
    closed: bool,
}

/// A turn: the connection with a transaction, which is undone unless it is committed.
#[derive(Debug)]
pub(super) struct Turn {
    /// None only once the turn is over.
    place: Option<OwnedMutexGuard<Place>>,
}

impl Writer {
    /// Gives turns with this connection, or with another that these options open where it can no longer be used.
    pub(super) fn new(options: SqliteConnectOptions, conn: SqliteConnection) -> Self {
        let place = Place {
            options,
            conn: Some(conn),
            begun: false,
            closed: false,
        };
        Self {
            place: Arc::new(Mutex::new(place)),
        }
    }

    /// Waits for its turn, and begins a transaction that no other write can come before.
    pub(super) async fn turn(&self) -> Result<Turn, sqlx::Error> {
        let place = tokio::time::timeout(ACQUIRE_TIMEOUT, self.place.clone().lock_owned());
        let mut place = place.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        place.begin().await?;
        Ok(Turn { place: Some(place) })
    }

    /// Whether somebody has the turn.
    pub(super) fn is_taken(&self) -> bool {
        self.place.try_lock().is_err()
    }

    /// Waits for its turn and closes the connection; there is no turn after it.
    pub(super) async fn close(&self) {
        let mut place = self.place.lock().await;
        place.closed = true;
        let Some(conn) = place.conn.take() else {
            return;
        };
        if let Err(error) = conn.close().await {
            tracing::warn!(%error, "the writing connection was not closed well");
        }
    }
}

impl Place {
    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.undo().await;
        if self.closed {
            return Err(sqlx::Error::PoolClosed);
        }
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        let conn = self.conn.insert(conn);
        // From here on somebody may be gone in the middle.
        self.begun = true;
        let begun = sqlx::query("begin immediate").execute(conn).await;
        if begun.is_err() {
            self.conn = None;
            self.begun = false;
        }
        begun.map(drop)
    }

    /// Undoes what was begun and not ended.
    async fn undo(&mut self) {
        if let (true, Some(conn)) = (self.begun, &mut self.conn) {
            // Refused where SQLite has undone it itself (the disk is full), or where the end was not waited for.
            let _ = sqlx::query("rollback").execute(conn).await;
        }
        self.begun = false;
    }
}

impl Turn {
    /// Makes the transaction's changes durable.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("commit").execute(&mut *self).await?;
        if let Some(place) = &mut self.place {
            place.begun = false;
        }
        Ok(())
    }
}

impl Deref for Turn {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        let conn = self.place.as_ref().and_then(|place| place.conn.as_ref());
        conn.unwrap_or_else(|| unreachable!("a turn has its connection until it is over"))
    }
}

impl DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        let conn = self.place.as_mut().and_then(|place| place.conn.as_mut());
        conn.unwrap_or_else(|| unreachable!("a turn has its connection until it is over"))
    }
}

impl Drop for Turn {
    /// At once, and before the next turn: the file is held against other programs until it is done.
    fn drop(&mut self) {
        let Some(mut place) = self.place.take().filter(|place| place.begun) else {
            return;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { place.undo().await });
        }
    }
}
