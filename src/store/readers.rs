//! The connections that read an SQLite file: so many at once, opened as they are needed.
//!
//! Not the library's pool, which asks a connection whether it is alive each time that it comes back, and does so in a task
//! of the runtime's: a page of ten readings paid that ten times. They are threads of this program and not a network away.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::{
    Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ACQUIRE_TIMEOUT;

/// The most connections.
const READERS: u32 = 8;
/// After so many loans a connection is replaced, whatever may have come over it.
const LOANS: u32 = 4096;

/// Lends connections for reading.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    options: Arc<SqliteConnectOptions>,
    places: Arc<Semaphore>,
    shelf: Arc<Shelf>,
}

/// Connections that nobody has; the last to come back is the first to be lent, since its cache is the warmest.
type Shelf = Mutex<Vec<Reader>>;

#[derive(Debug)]
struct Reader {
    conn: SqliteConnection,
    /// How often it was lent.
    loans: u32,
}

/// A connection that is lent.
#[derive(Debug)]
pub(super) struct Lent {
    /// None only once it is given back.
    reader: Option<Reader>,
    shelf: Arc<Shelf>,
    _place: OwnedSemaphorePermit,
}

impl Readers {
    /// Lends connections that are opened with these options.
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self {
            options: Arc::new(options),
            places: Arc::new(Semaphore::new(READERS as usize)),
            shelf: Arc::default(),
        }
    }

    /// Waits until one is free.
    pub(super) async fn lend(&self) -> Result<Lent, sqlx::Error> {
        let place = tokio::time::timeout(ACQUIRE_TIMEOUT, self.places.clone().acquire_owned());
        let place = place.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        let kept = on(&self.shelf).pop();
        let mut reader = match kept.filter(|reader| reader.loans < LOANS) {
            Some(reader) => reader,
            None => Reader {
                conn: SqliteConnection::connect_with(&self.options).await?,
                loans: 0,
            },
        };
        reader.loans += 1;
        Ok(Lent {
            reader: Some(reader),
            shelf: self.shelf.clone(),
            _place: place,
        })
    }

    /// How many are lent.
    pub(super) fn lent(&self) -> u32 {
        let free = u32::try_from(self.places.available_permits()).unwrap_or(READERS);
        READERS.saturating_sub(free)
    }

    /// How many there may be.
    pub(super) fn most(&self) -> u32 {
        READERS
    }

    /// Waits until all are back and closes them; none is lent after it.
    pub(super) async fn close(&self) {
        let all = self.places.acquire_many(READERS).await;
        self.places.close();
        drop(all);
        let readers = std::mem::take(&mut *on(&self.shelf));
        for reader in readers {
            if let Err(error) = reader.conn.close().await {
                tracing::warn!(%error, "a reading connection was not closed well");
            }
        }
    }
}

fn on(shelf: &Shelf) -> impl DerefMut<Target = Vec<Reader>> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match &self.reader {
            Some(reader) => &reader.conn,
            None => unreachable!("it is lent"),
        }
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match &mut self.reader {
            Some(reader) => &mut reader.conn,
            None => unreachable!("it is lent"),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        on(&self.shelf).extend(self.reader.take());
    }
}
