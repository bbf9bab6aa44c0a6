//! PostgreSQL: what a session agrees on with the server, and how a connection comes back to the pool.
//!
//! A node may vanish in the middle of a transaction, or the database's host under a node, and neither closes its
//! connections. TCP believes in the other end for minutes or hours; whoever waits for a row or for a connection must not.

use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::time::Duration;

use sqlx::{
    Connection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgConnection, PgPoolOptions},
};

use super::{ACQUIRE_TIMEOUT, Conn, Engine, MIGRATIONS, StoreError};

/// The most connections of a node.
const CONNECTIONS: u32 = 24;
/// What every session asks of the server, unless the database's address names it. The last four are of the server's end
/// of the connection, and mean nothing on a socket of the same machine.
const SESSION: [(&str, &str); 5] = [
    // A transaction of which nothing more is heard is undone and lets its rows go: whoever began it is gone. Between two
    // statements of a transaction this program only computes.
    ("idle_in_transaction_session_timeout", "15s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "25s"),
];
/// And how long a statement waits for what another transaction holds. Starts of one instant wait for each other, some
/// milliseconds each; who waits longer than this waits for somebody who is gone, and is told to come again.
const LOCK: [(&str, &str); 1] = [("lock_timeout", "5s")];
/// For what is done rarely and holds much: it waits for others of its kind, and until whoever is gone is found out.
const PATIENTLY: &str = "set local lock_timeout = '60s'";
/// How long a connection may take to come back: longer than a statement that was left alone waits for a lock.
const COME_BACK: Duration = Duration::from_secs(10);

/// Opens a database and brings its tables up to date.
pub(super) async fn open(address: &str) -> Result<PgPool, StoreError> {
    let options = agree(PgConnectOptions::from_str(address)?, &SESSION);
    // Without a limit for locks: who starts beside another node waits until that one has brought the tables up to date.
    let pool = match connect(1, options.clone()).await {
        Err(sqlx::Error::PoolTimedOut) => return Err(unreached(&options).await.into()),
        pool => pool?,
    };
    let migrated = MIGRATIONS.run(&pool).await;
    pool.close().await;
    migrated?;
    Ok(connect(CONNECTIONS, agree(options, &LOCK)).await?)
}

/// Why there is no connection: the pool has tried for a while, and does not say what it heard.
async fn unreached(options: &PgConnectOptions) -> sqlx::Error {
    let asked = tokio::time::timeout(ACQUIRE_TIMEOUT, PgConnection::connect_with(options));
    let (kind, heard) = match asked.await {
        Ok(Err(sqlx::Error::Io(error))) => (error.kind(), error.to_string()),
        Ok(Err(error)) => return error,
        Ok(Ok(_)) | Err(_) => (std::io::ErrorKind::TimedOut, "no answer".to_owned()),
    };
    let (host, port) = (options.get_host(), options.get_port());
    std::io::Error::new(kind, format!("{host}, port {port}: {heard}")).into()
}

async fn connect(connections: u32, options: PgConnectOptions) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
}

/// Adds these settings, but for those that the options name already: whoever wrote the address knows better.
fn agree(options: PgConnectOptions, settings: &[(&str, &str)]) -> PgConnectOptions {
    let named = options.get_options().unwrap_or_default().to_owned();
    let mut missing: Vec<(&str, &str)> = settings.to_vec();
    missing.retain(|(name, _)| {
        let mut words = named.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        !words.any(|word| word == *name)
    });
    options.options(missing)
}

/// A connection of the pool, perhaps with a transaction, which is undone unless it is committed.
///
/// Not the library's transaction: one that is given up while it begins would come back with it begun, and a connection
/// that answers no more would keep its place in the pool until TCP finds out.
#[derive(Debug)]
pub(super) struct Borrowed {
    /// None only once it is on its way back.
    conn: Option<PoolConnection<Postgres>>,
    /// Whether a transaction was begun of which nobody has seen the end.
    begun: bool,
}

impl Borrowed {
    /// Without a transaction.
    pub(super) async fn read(pool: &PgPool) -> Result<Self, sqlx::Error> {
        Ok(Self {
            conn: Some(pool.acquire().await?),
            begun: false,
        })
    }

    /// With a transaction.
    pub(super) async fn write(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let mut borrowed = Self::read(pool).await?;
        // From here on somebody may be gone in the middle.
        borrowed.begun = true;
        sqlx::query("begin").execute(&mut *borrowed).await?;
        Ok(borrowed)
    }

    /// Makes a transaction's changes durable; nothing to do without one.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        if self.begun {
            sqlx::query("commit").execute(&mut *self).await?;
            self.begun = false;
        }
        Ok(())
    }
}

impl Deref for Borrowed {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match &self.conn {
            Some(conn) => conn,
            None => unreachable!("it is borrowed"),
        }
    }
}

impl DerefMut for Borrowed {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match &mut self.conn {
            Some(conn) => conn,
            None => unreachable!("it is borrowed"),
        }
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(come_back(conn, self.begun))),
            // Nobody is left who could wait for it.
            Err(_) => drop(conn.detach()),
        }
    }
}

/// Undoes what was begun and gives the connection back. One that does not answer is closed instead: nobody may get it in
/// the middle of what was left, and its place in the pool is free.
async fn come_back(mut conn: PoolConnection<Postgres>, begun: bool) {
    if begun {
        // What is left of a statement that was given up is read first, by the library.
        let undone = tokio::time::timeout(COME_BACK, undo(&mut conn)).await;
        if !matches!(undone, Ok(Ok(()))) {
            drop(conn.detach());
            return;
        }
    }
    // The pool asks it whether it lives; given up, it is closed.
    let _ = tokio::time::timeout(COME_BACK, conn.return_to_pool()).await;
}

async fn undo(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("rollback").execute(conn).await.map(drop)
}

impl Conn {
    /// From here on this transaction waits for others for as long as they may honestly need, where a request would be
    /// told to come again. On SQLite it has had its wait when it began.
    pub async fn wait_patiently(&mut self) -> Result<(), StoreError> {
        if let Engine::Postgres(db) = self.engine() {
            sqlx::query(PATIENTLY).execute(db).await?;
        }
        Ok(())
    }
}
