//! The only SQL. One text serves SQLite (the default, embedded) and PostgreSQL.
//!
//! [`Store::read`] lends a connection, [`Store::write`] one with a transaction. A write on SQLite takes the single
//! writer's place at once (`BEGIN IMMEDIATE`), so that it never fails half-way for being second.

mod accommodations;
mod assignments;
mod attempts;
mod audience;
mod audit;
pub mod backup;
mod batch;
mod comments;
mod contact;
mod corrections;
mod demonstration;
mod editions;
mod error;
mod events;
mod giving;
mod gradebook;
mod groups;
mod heartbeat;
mod invitations;
mod learners;
mod live;
mod marked;
mod operator;
mod own_data;
mod pools;
mod postgres;
mod profiles;
mod progress;
mod readers;
mod recordings;
mod responses;
mod review;
mod schools;
mod scores;
mod signing_keys;
mod starts;
mod tracks;
mod withheld;
mod work;
mod writer;

use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::{
    Connection, PgPool,
    migrate::Migrator,
    postgres::PgConnection,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous},
};

pub use accommodations::Grant;
pub use assignments::{AssignedAttempt, DueAssignment};
pub use attempts::{AttemptOverview, Stored};
pub use audit::{AuditFilter, Recorded, Somebody};
pub use comments::Comment;
pub use corrections::{Finished, Scope};
pub use demonstration::InventedAccount;
pub use error::StoreError;
pub use events::Event;
pub use giving::Granted;
pub use gradebook::{GradebookLine, GradedAttempt};
pub use groups::{GroupMember, GroupOverview};
pub use heartbeat::CommonTime;
pub use invitations::NamedInvitation;
pub use learners::{Account, Role};
pub use live::{LiveAttempt, LiveLine, Timing};
pub use marked::FinishedAttempt;
pub use operator::{SchoolCounts, Storage};
pub use own_data::{OwnAttempt, OwnEvent, OwnRows};
pub use pools::PoolUse;
pub use profiles::{ProfileOverview, SavedProfile};
pub use progress::SchoolAttempt;
pub use recordings::KeptVoice;
pub use responses::{Receipt, ResponseWriter, Save, SaveError, Sender};
pub use review::{AnsweredSheet, Change};
pub use schools::Member;
pub use scores::CountedMock;
pub use withheld::Kept;
pub use work::{Marking, WorkDone};

use contact::Contact;
use postgres::Borrowed;
use readers::{Lent, Readers};
use writer::{Sharing, Turn, Writer};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a request waits for a database connection before it is refused.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements that the writing connection keeps prepared, besides those of batches.
const SQLITE_STATEMENTS: usize = 100;

#[derive(Debug, Clone)]
enum Pools {
    Sqlite { readers: Readers, writer: Writer },
    Postgres(PgPool),
}

/// A database that is open and up to date.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    contact: Arc<Contact>,
}

/// A connection, with or without a transaction. Dropping one with a transaction undoes it.
#[derive(Debug)]
pub struct Conn {
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Lent),
    SqliteWrite(Turn),
    Postgres(Borrowed),
}

enum Engine<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

/// Runs the same expression on whichever engine a [`Conn`] is of.
macro_rules! on {
    ($conn:expr, $db:ident => $body:expr) => {
        match $conn.engine() {
            $crate::store::Engine::Sqlite($db) => $body,
            $crate::store::Engine::Postgres($db) => $body,
        }
    };
}
use on;

/// Names a room's statements and lists them, so that a test can prepare every one on both engines.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* const $name: &str = $text;)+
        pub(super) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}
use statements;

impl Store {
    /// Opens `sqlite://FILE` (made if missing) or `postgres://…` and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Database`] when it cannot be reached, [`StoreError::Full`],
    /// [`StoreError::Migration`].
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::connect(address).await.map_err(StoreError::in_words)
    }

    async fn connect(address: &str) -> Result<Self, StoreError> {
        let pools = if address.starts_with("sqlite:") {
            open_sqlite(address).await?
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            Pools::Postgres(postgres::open(address).await?)
        } else {
            return Err(StoreError::Address(address.to_owned()));
        };
        Ok(Self {
            pools,
            contact: Arc::default(),
        })
    }

    /// Whether this program's signs of life reach the database.
    pub(crate) fn contact(&self) -> &Contact {
        &self.contact
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError::Database`] when none is free in time.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.lend().await?),
            Pools::Postgres(pool) => Inner::Postgres(Borrowed::read(pool).await?),
        };
        Ok(Conn { inner })
    }

    /// A connection with a transaction that [`Conn::commit`] makes durable.
    ///
    /// # Errors
    /// [`StoreError::Database`] when none is free in time.
    pub async fn write(&self) -> Result<Conn, StoreError> {
        self.write_with(Sharing::Open).await
    }

    /// The same for many changes at once, whose commit waits for nobody else's.
    ///
    /// # Errors
    /// As there.
    pub(super) async fn write_many(&self) -> Result<Conn, StoreError> {
        self.write_with(Sharing::Last).await
    }

    async fn write_with(&self, sharing: Sharing) -> Result<Conn, StoreError> {
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::SqliteWrite(writer.turn(sharing).await?),
            Pools::Postgres(pool) => Inner::Postgres(Borrowed::write(pool).await?),
        };
        Ok(Conn { inner })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut conn = self.read().await?;
        on!(conn, db => sqlx::query("select 1").execute(db).await.map(drop))?;
        Ok(())
    }

    /// Waits for open connections to be returned and closes the database.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Every statement of this room, prepared on the database: catches typos and dialect errors.
    ///
    /// # Errors
    /// The first statement that the database refuses, with its name.
    pub async fn prepare_all(&self) -> Result<usize, String> {
        use sqlx::{Executor, SqlSafeStr};
        let rooms = [
            accommodations::STATEMENTS,
            assignments::STATEMENTS,
            giving::STATEMENTS,
            attempts::STATEMENTS,
            audit::STATEMENTS,
            comments::STATEMENTS,
            corrections::STATEMENTS,
            demonstration::STATEMENTS,
            audience::STATEMENTS,
            editions::STATEMENTS,
            events::STATEMENTS,
            gradebook::STATEMENTS,
            groups::STATEMENTS,
            heartbeat::STATEMENTS,
            invitations::STATEMENTS,
            learners::STATEMENTS,
            operator::STATEMENTS,
            own_data::STATEMENTS,
            live::STATEMENTS,
            marked::STATEMENTS,
            profiles::STATEMENTS,
            progress::STATEMENTS,
            recordings::STATEMENTS,
            responses::STATEMENTS,
            review::STATEMENTS,
            schools::STATEMENTS,
            scores::STATEMENTS,
            signing_keys::STATEMENTS,
            starts::STATEMENTS,
            tracks::STATEMENTS,
            withheld::STATEMENTS,
            work::STATEMENTS,
        ];
        let mut conn = self.read().await.map_err(|error| error.to_string())?;
        let mut count = 0;
        let on_postgres = matches!(self.pools, Pools::Postgres(_));
        let of_engine = batch::of_engine(on_postgres).chain(corrections::of_engine(on_postgres));
        for (name, text) in rooms.into_iter().flatten().copied().chain(of_engine) {
            on!(conn, db => db.prepare(text.into_sql_str()).await.map(drop))
                .map_err(|error| format!("{name}: {error}"))?;
            count += 1;
        }
        Ok(count)
    }
}

async fn open_sqlite(address: &str) -> Result<Pools, StoreError> {
    let options = SqliteConnectOptions::from_str(address)?;
    if !address.contains(":memory:") && !options.get_filename().exists() {
        // Where it cannot be made, opening it says why.
        let _ = backup::make_private(options.get_filename());
    }
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: a commit is on the disk before it is acknowledged (DESIGN, invariant 2).
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    // In memory: what a statement would undo of many rows is kept until its end, and not in a file made for it.
    let writing = options
        .clone()
        .pragma("temp_store", "memory")
        // Kibibytes. The last pages of the attempts that are sat: it would read them again for each response.
        .pragma("cache_size", "-4096")
        .statement_cache_capacity(SQLITE_STATEMENTS + batch::SQLITE_ROWS);
    let mut conn = SqliteConnection::connect_with(&writing).await?;
    // A damaged page is found here, and not by the learner whose answers lie on it.
    backup::look_through(&mut conn).await?;
    MIGRATIONS.run(&mut conn).await?;
    let writer = Writer::new(writing, conn);
    // The system keeps the file's pages in memory once; eight connections need not.
    let readers = Readers::new(options.pragma("cache_size", "-1024"));
    Ok(Pools::Sqlite { readers, writer })
}

impl Conn {
    fn engine(&mut self) -> Engine<'_> {
        match &mut self.inner {
            Inner::Sqlite(conn) => Engine::Sqlite(conn),
            Inner::SqliteWrite(tx) => Engine::Sqlite(tx),
            Inner::Postgres(conn) => Engine::Postgres(conn),
        }
    }

    /// Makes the transaction's changes durable; nothing to do without one.
    ///
    /// # Errors
    /// [`StoreError::Database`]: then nothing was changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::SqliteWrite(tx) => tx.commit().await?,
            Inner::Postgres(conn) => conn.commit().await?,
            Inner::Sqlite(_) => {}
        }
        Ok(())
    }
}

/// Counts the ids of one millisecond, so that ids made one after the other sort one after the other.
static ID_ORDER: Mutex<uuid::ContextV7> = Mutex::new(uuid::ContextV7::new());

/// A database address as it may be shown: without a password, be it before the host or among the parameters.
pub fn without_password(address: &str) -> String {
    let (place, parameters) = match address.split_once('?') {
        Some((place, parameters)) => (place, Some(parameters)),
        None => (address, None),
    };
    if parameters.is_some_and(|parameters| parameters.contains('@')) {
        // A question mark in the password, or something stranger: better nothing than a part of it.
        return place.split("://").next().unwrap_or_default().to_owned() + "://…";
    }
    let mut shown = match (place.find("://"), place.rfind('@')) {
        (Some(start), Some(at)) if start + 3 < at => {
            let user = place[start + 3..at].split(':').next().unwrap_or_default();
            format!("{}{user}:…{}", &place[..start + 3], &place[at..])
        }
        _ => place.to_owned(),
    };
    for (n, parameter) in parameters
        .into_iter()
        .flat_map(|all| all.split('&'))
        .enumerate()
    {
        shown.push(if n == 0 { '?' } else { '&' });
        match parameter.split_once('=') {
            Some((name, _)) if name.contains("password") => {
                shown.push_str(name);
                shown.push_str("=…");
            }
            _ => shown.push_str(parameter),
        }
    }
    shown
}

/// A fresh id: UUIDv7, so that ids sort by the time they were made and indexes stay compact.
pub fn fresh_id(now: crate::domain::Timestamp) -> String {
    let seconds = now.timestamp().unsigned_abs();
    let stamp = uuid::Timestamp::from_unix(&ID_ORDER, seconds, now.timestamp_subsec_nanos());
    uuid::Uuid::new_v7(stamp).to_string()
}
