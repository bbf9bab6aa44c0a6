//! What can go wrong between the program and its database, and of what kind it is.

use sqlx::{error::DatabaseError, sqlite::SqliteError};

use super::without_password;

/// Something went wrong between the program and its database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused, or cannot be reached.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// There is no room for what was to be written; the text is the database's own.
    #[error("the database has no room to write: {0}")]
    Full(String),
    /// The tables could not be brought up to date.
    #[error("bringing the tables up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value that the program cannot have written.
    #[error("corrupt data in {table}.{column}, row {row}: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database's file is damaged; the text is SQLite's own.
    #[error("the database is damaged: {0}. Restore a backup (synaq restore)")]
    Damaged(String),
    /// A newer version of the program has changed the tables.
    #[error("the database was made by a newer version of synaq: use that one")]
    Newer,
    /// A database of another program.
    #[error("this is no database of synaq")]
    Foreign,
    /// The address is neither `sqlite://…` nor `postgres://…`.
    #[error("unknown database address {:?}: expected sqlite://FILE or postgres://…", without_password(.0))]
    Address(String),
}

impl StoreError {
    /// A stored value that the program cannot have written.
    pub(super) fn corrupt(
        table: &'static str,
        column: &'static str,
        row: &str,
        reason: impl ToString,
    ) -> Self {
        Self::Corrupt {
            table,
            column,
            row: row.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// Whether a row could not be written because another with the same unique value exists.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, StoreError::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether there was no room for what was to be written: the disk, a quota or a table space is full. Nothing was
    /// changed, and reading goes on.
    pub fn is_full(&self) -> bool {
        match self {
            StoreError::Full(_) => true,
            StoreError::Database(sqlx::Error::Database(error)) => no_room(error.as_ref()),
            _ => false,
        }
    }

    /// Whether the database cannot be reached or can write nothing at all, whatever is asked of it.
    pub fn is_outage(&self) -> bool {
        use sqlx::Error as E;
        match self {
            StoreError::Full(_) => true,
            StoreError::Database(E::Database(error)) => unable(error.as_ref()),
            StoreError::Database(error) => matches!(
                error,
                E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed
            ),
            _ => false,
        }
    }

    /// Whether the database answered, and refused something of what was to be written; otherwise it could not be asked,
    /// or could write nothing at all.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            StoreError::Database(sqlx::Error::Database(error)) => !unable(error.as_ref()),
            _ => false,
        }
    }

    /// Whether somebody else kept what was asked for longer than a statement waits for it (PostgreSQL's
    /// lock_not_available). It is a refusal, too.
    pub(super) fn is_kept(&self) -> bool {
        const LOCK_NOT_AVAILABLE: &str = "55P03";
        match self {
            StoreError::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code == LOCK_NOT_AVAILABLE)
            }
            _ => false,
        }
    }

    /// The database was asked, and has not answered in time: what became of it nobody knows.
    pub fn unanswered() -> Self {
        let late = std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer in time");
        Self::Database(sqlx::Error::Io(late))
    }

    /// The same, saying that there is no room where the database's own words do not ("disk I/O error").
    pub(super) fn in_words(self) -> Self {
        match &self {
            StoreError::Database(error) if self.is_full() => Self::Full(error.to_string()),
            _ => self,
        }
    }

    /// The same for one of many who wait for the same transaction.
    pub(super) fn for_each(&self) -> Self {
        match (self.is_full(), self.is_outage()) {
            (true, _) => Self::Full(self.to_string()),
            (_, true) => {
                let outage = std::io::Error::other(self.to_string());
                Self::Database(sqlx::Error::Io(outage))
            }
            _ => Self::Database(sqlx::Error::Protocol(self.to_string())),
        }
    }
}

/// The number of an SQLite result code; none for PostgreSQL's classes of letters and digits.
fn sqlite_code(error: &dyn DatabaseError) -> Option<i32> {
    let error = error.try_downcast_ref::<SqliteError>()?;
    error.code()?.parse().ok()
}

fn no_room(error: &dyn DatabaseError) -> bool {
    /// A write came back with anything but "no space": a quota, or a file that may grow no further.
    const IOERR_WRITE: i32 = 778;
    /// The index of the log could not grow.
    const IOERR_SHMSIZE: i32 = 4874;
    const FULL: i32 = 13;
    /// PostgreSQL's disk_full.
    const DISK_FULL: &str = "53100";
    match sqlite_code(error) {
        Some(code) => matches!(code, FULL | IOERR_WRITE | IOERR_SHMSIZE),
        None => error.code().is_some_and(|code| code == DISK_FULL),
    }
}

/// Whether the database is in no state to write, whatever is asked of it.
fn unable(error: &dyn DatabaseError) -> bool {
    match sqlite_code(error) {
        // BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB; the upper bits are particulars.
        Some(code) => matches!(code & 0xff, 5..=8 | 10 | 11 | 13..=15 | 26),
        // No connection, a standby, no resources, told to stop, the system's errors, its own.
        None => error.code().is_some_and(|code| {
            let classes = ["08", "25", "53", "57", "58", "XX"];
            classes.iter().any(|class| code.starts_with(class))
        }),
    }
}
