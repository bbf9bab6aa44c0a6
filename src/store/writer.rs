//! The one connection that writes to an SQLite file, and whose turn it is.
//!
//! A pool of one would ask the connection whether it is alive before and after each turn, and take it back in a task of
//! the runtime's, behind all that the requests have to do: whoever writes next, and everybody who waits for a response to
//! be saved, would wait for that.
//!
//! **One commit for many.** What a transaction costs is its commit, which waits for the disk. Whoever is done while others
//! wait for their turn does not commit: the transaction is left open and the next one goes on in it, behind a savepoint
//! to which it alone is undone. Whoever finds nobody waiting any more (or [`MOST`] who are done) commits for all, and only
//! then does each of them learn that it is done. So of five hundred learners who start in a second each is as durable
//! as before, and the disk is waited for some thirty times.

use std::ops::{Deref, DerefMut};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sqlx::{
    Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::{ACQUIRE_TIMEOUT, StoreError};

/// So many wait for one commit at most.
const MOST: usize = 16;

/// Gives turns in the order in which they were asked for.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    place: Arc<Mutex<Place>>,
    /// How many wait for a turn.
    queue: Arc<AtomicUsize>,
}

/// Whether others may go on in the transaction of a turn that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// They may.
    Open,
    /// It commits, for itself and all before it: it is a gathering of many already.
    Last,
}

#[derive(Debug)]
struct Place {
    options: SqliteConnectOptions,
    /// None: it could begin no transaction and is replaced, or the store is closed.
    conn: Option<SqliteConnection>,
    phase: Phase,
    /// Those who are done and wait for the commit.
    done: Vec<oneshot::Sender<Result<(), StoreError>>>,
    closed: bool,
}

/// Where the connection's transaction stands. Set before the statement that leads there, since whoever asked for it may
/// be gone before it is answered.
#[derive(Debug, Clone, Copy)]
enum Phase {
    /// There is none.
    None,
    /// A turn has it, or has left it without an end. It is undone to the savepoint if others are done.
    Turn(Option<Savepoint>),
    /// Some are done, the last of them behind this savepoint.
    Open(Savepoint),
    /// It is being committed.
    Ending,
}

/// Two take turns, so that none is undone to the one of somebody before.
#[derive(Debug, Clone, Copy)]
enum Savepoint {
    A,
    B,
}

impl Savepoint {
    /// Ends this one, without which there is no transaction any more, and sets the other.
    fn next(self) -> (Self, &'static str) {
        match self {
            Self::A => (Self::B, "release a; savepoint b"),
            Self::B => (Self::A, "release b; savepoint a"),
        }
    }

    fn undo(self) -> &'static str {
        match self {
            Self::A => "rollback to a",
            Self::B => "rollback to b",
        }
    }
}

/// A turn: the connection with a transaction, which is undone unless it is committed.
#[derive(Debug)]
pub(super) struct Turn {
    writer: Writer,
    sharing: Sharing,
    /// None only once the turn is over.
    place: Option<OwnedMutexGuard<Place>>,
}

/// Counts one who waits for a turn.
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn among(queue: &'a AtomicUsize) -> Self {
        queue.fetch_add(1, Ordering::Relaxed);
        Self(queue)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Writer {
    /// Gives turns with this connection, or with another that these options open where it can no longer be used.
    pub(super) fn new(options: SqliteConnectOptions, conn: SqliteConnection) -> Self {
        let place = Place {
            options,
            conn: Some(conn),
            phase: Phase::None,
            done: Vec::new(),
            closed: false,
        };
        Self {
            place: Arc::new(Mutex::new(place)),
            queue: Arc::default(),
        }
    }

    /// Waits for its turn, and begins a transaction that no other write can come before.
    pub(super) async fn turn(&self, sharing: Sharing) -> Result<Turn, sqlx::Error> {
        let queued = Queued::among(&self.queue);
        let place = tokio::time::timeout(ACQUIRE_TIMEOUT, self.place.clone().lock_owned());
        let mut place = place.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        drop(queued);
        place.begin(sharing).await?;
        Ok(Turn {
            writer: self.clone(),
            sharing,
            place: Some(place),
        })
    }

    /// Whether somebody has the turn.
    pub(super) fn is_taken(&self) -> bool {
        self.place.try_lock().is_err()
    }

    /// Waits for its turn and closes the connection; there is no turn after it.
    pub(super) async fn close(&self) {
        let mut place = self.place.lock().await;
        place.settle().await;
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
    async fn begin(&mut self, sharing: Sharing) -> Result<(), sqlx::Error> {
        self.undo().await;
        if self.closed {
            return Err(sqlx::Error::PoolClosed);
        }
        if let (Phase::Open(before), Some(conn)) = (self.phase, &mut self.conn) {
            let (savepoint, statements) = before.next();
            self.phase = Phase::Turn(Some(savepoint));
            match sqlx::raw_sql(statements).execute(conn).await {
                Ok(_) => return Ok(()),
                // SQLite has undone what the others did: they are told, and this one begins anew.
                Err(error) => self.give_up(&StoreError::from(error)).await,
            }
        }
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        let conn = self.conn.insert(conn);
        // A savepoint costs a copy of each page that is changed: where nobody will go on, there is none.
        let (savepoint, statements) = match sharing {
            Sharing::Open => (Some(Savepoint::A), "begin immediate; savepoint a"),
            Sharing::Last => (None, "begin immediate"),
        };
        self.phase = Phase::Turn(savepoint);
        let begun = match savepoint {
            Some(_) => sqlx::raw_sql(statements).execute(conn).await,
            None => sqlx::query(statements).execute(conn).await,
        };
        if begun.is_err() {
            self.conn = None;
            self.phase = Phase::None;
        }
        begun.map(drop)
    }

    /// Undoes what was begun and not ended; what others have done before stays.
    async fn undo(&mut self) {
        match (self.phase, &mut self.conn) {
            (Phase::None | Phase::Open(_), _) => {}
            (Phase::Turn(Some(savepoint)), Some(conn)) if !self.done.is_empty() => {
                match sqlx::query(savepoint.undo()).execute(conn).await {
                    Ok(_) => self.phase = Phase::Open(savepoint),
                    Err(error) => self.give_up(&StoreError::from(error)).await,
                }
            }
            // Of a commit whose end was not waited for nobody knows what became.
            _ => self.give_up(&StoreError::unanswered()).await,
        }
    }

    /// Undoes the whole transaction and tells those who were done.
    async fn give_up(&mut self, why: &StoreError) {
        if let Some(conn) = &mut self.conn {
            // Refused where SQLite has undone it itself (the disk is full), or where the end was not waited for.
            let _ = sqlx::query("rollback").execute(conn).await;
        }
        self.phase = Phase::None;
        self.tell(Err(why));
    }

    /// Commits for all who are done.
    async fn commit(&mut self) -> Result<(), StoreError> {
        self.phase = Phase::Ending;
        let Some(conn) = &mut self.conn else {
            return Err(StoreError::Database(sqlx::Error::PoolClosed));
        };
        match sqlx::query("commit").execute(conn).await {
            Ok(_) => {
                self.phase = Phase::None;
                self.tell(Ok(()));
                Ok(())
            }
            Err(error) => {
                let error = StoreError::from(error);
                self.give_up(&error).await;
                Err(error)
            }
        }
    }

    fn tell(&mut self, what: Result<(), &StoreError>) {
        for one in self.done.drain(..) {
            // Whoever has gone meanwhile need not know.
            let _ = one.send(what.map_err(StoreError::for_each));
        }
    }

    /// Brings to an end what was left open.
    async fn settle(&mut self) {
        self.undo().await;
        if let Phase::Open(_) = self.phase {
            // Those who are done are told of an error.
            let _ = self.commit().await;
        }
    }
}

impl Turn {
    /// Makes the transaction's changes durable.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let Some(mut place) = self.place.take() else {
            return Ok(());
        };
        if let (Phase::Turn(Some(savepoint)), Sharing::Open) = (place.phase, self.sharing)
            && self.writer.queue.load(Ordering::Relaxed) > 0
            && place.done.len() + 1 < MOST
        {
            let (done, told) = oneshot::channel();
            place.done.push(done);
            place.phase = Phase::Open(savepoint);
            drop(place);
            let writer = self.writer.clone();
            return Done { writer, told }.committed().await;
        }
        if place.done.is_empty() {
            // Whoever goes in the middle leaves it to the next one to undo it, as far as it was not done.
            self.place = Some(place);
            let ended = match &mut self.place {
                Some(place) => place.commit().await,
                None => Ok(()),
            };
            self.place = None;
            return ended;
        }
        // Others wait for it: it is done though this one may go.
        let ended = tokio::spawn(async move { place.commit().await });
        ended
            .await
            .unwrap_or_else(|_| Err(StoreError::unanswered()))
    }
}

/// One who is done, and waits for the commit.
struct Done {
    writer: Writer,
    told: oneshot::Receiver<Result<(), StoreError>>,
}

impl Done {
    /// Waits for whoever commits, behind everybody who waits for a turn by now; and is that one if nobody was.
    async fn committed(mut self) -> Result<(), StoreError> {
        let place = self.writer.place.clone().lock_owned();
        let told = tokio::select! {
            biased;
            told = &mut self.told => told,
            place = place => {
                settle(place).await;
                (&mut self.told).await
            }
        };
        told.unwrap_or_else(|_| Err(StoreError::unanswered()))
    }
}

impl Drop for Done {
    /// Whoever goes before the commit leaves nothing open.
    fn drop(&mut self) {
        if !matches!(
            self.told.try_recv(),
            Err(oneshot::error::TryRecvError::Empty)
        ) {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let place = self.writer.place.clone();
            runtime.spawn(async move { settle(place.lock_owned().await).await });
        }
    }
}

/// Brings to an end what was left open, also if whoever asks for it goes meanwhile.
async fn settle(mut place: OwnedMutexGuard<Place>) {
    if let Phase::None = place.phase {
        return;
    }
    // Not waited for, it is done all the same.
    let _ = tokio::spawn(async move { place.settle().await }).await;
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
        let begun = |place: &OwnedMutexGuard<Place>| !matches!(place.phase, Phase::None);
        let Some(mut place) = self.place.take().filter(begun) else {
            return;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { place.undo().await });
        }
    }
}

#[cfg(test)]
mod tests;
