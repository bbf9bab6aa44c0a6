//! Copies of an SQLite database, and whether a database file is whole. PostgreSQL has its own tools (`pg_dump`,
//! replication), and we write none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;

use sqlx::{Connection, Row, sqlite::SqliteConnectOptions, sqlite::SqliteConnection};

use super::{MIGRATIONS, StoreError};

/// What a database file holds, told by the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Learners, guests and erased ones too.
    pub learners: i64,
    /// Attempts in any state.
    pub attempts: i64,
    /// Responses, every change counted.
    pub responses: i64,
    /// When the last response was saved, in milliseconds UTC.
    pub last_saved: Option<i64>,
}

/// The file of an address that begins with `sqlite:`.
///
/// # Errors
/// [`StoreError::Database`] when the address cannot be read.
pub fn sqlite_file_of(address: &str) -> Result<PathBuf, StoreError> {
    let options = SqliteConnectOptions::from_str(address)?;
    Ok(options.get_filename().to_owned())
}

/// Makes an empty file that nobody but its owner reads, for what holds names, addresses and signing keys; SQLite takes
/// such a one as a new database, and gives its own files beside it the same mode.
///
/// # Errors
/// As the system says, also that there is a file.
pub fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Copies a database that may be in use into a new (or empty) file that its owner alone reads, as it was at one instant: what was acknowledged before is in
/// the copy. Writers go on meanwhile. The file is not yet known to be on the disk.
///
/// # Errors
/// [`StoreError::Address`] when it is no SQLite database; [`StoreError::Database`] when it cannot be read, or the file is
/// there already or cannot be written.
pub async fn copy_sqlite(address: &str, into: &Path) -> Result<(), StoreError> {
    if !address.starts_with("sqlite:") {
        return Err(StoreError::Address(address.to_owned()));
    }
    // No migration: a copy changes nothing, also when it is made by a newer program.
    let options = SqliteConnectOptions::from_str(address)?.create_if_missing(false);
    let mut conn = SqliteConnection::connect_with(&options).await?;
    if !into.exists() {
        make_private(into).map_err(sqlx::Error::Io)?;
    }
    sqlx::query("vacuum into $1")
        .bind(into.to_string_lossy().into_owned())
        .execute(&mut conn)
        .await?;
    conn.close().await?;
    Ok(())
}

/// Reads a database file to its end: pages, indexes, references, and that this program knows its tables.
///
/// # Errors
/// [`StoreError::Damaged`] with the first thing that is wrong; [`StoreError::Foreign`] when another program made it,
/// [`StoreError::Newer`] when a newer one did;
/// [`StoreError::Database`] when it is no database at all.
pub async fn inspect_sqlite(file: &Path) -> Result<Contents, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .read_only(true);
    let mut conn = SqliteConnection::connect_with(&options).await?;
    whole(&mut conn, "pragma integrity_check(1)").await?;
    if let Some(row) = sqlx::query("pragma foreign_key_check")
        .fetch_optional(&mut conn)
        .await?
    {
        let table: String = row.try_get(0)?;
        let reason = format!("a row of {table} names a row that is not there");
        return Err(StoreError::Damaged(reason));
    }
    let known: BTreeSet<i64> = MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .collect();
    let ours = "select count(*) from sqlite_schema where name = '_sqlx_migrations'";
    if sqlx::query_scalar::<_, i64>(ours)
        .fetch_one(&mut conn)
        .await?
        == 0
    {
        return Err(StoreError::Foreign);
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("select version from _sqlx_migrations where success")
            .fetch_all(&mut conn)
            .await?;
    if applied.iter().any(|version| !known.contains(version)) {
        return Err(StoreError::Newer);
    }
    let row = sqlx::query(
        "select (select count(*) from learners), (select count(*) from attempts),
           (select count(*) from responses), (select max(saved_at) from responses)",
    )
    .fetch_one(&mut conn)
    .await?;
    let contents = Contents {
        learners: row.try_get(0)?,
        attempts: row.try_get(1)?,
        responses: row.try_get(2)?,
        last_saved: row.try_get(3)?,
    };
    conn.close().await?;
    Ok(contents)
}

/// For how long a file is looked through before the server starts on it: whoever sits waits for that. As a rule that is
/// enough for some hundred megabytes.
const START_LOOK: Duration = Duration::from_millis(500);

/// Looks through a database that is about to be used, as far as there is time for it; a larger one is read whole by the
/// next backup. What SQLite meets there later that is damaged it refuses.
///
/// # Errors
/// [`StoreError::Damaged`].
pub(super) async fn look_through(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let enough = Arc::new(AtomicBool::new(false));
    let goes_on = enough.clone();
    conn.lock_handle()
        .await?
        .set_progress_handler(1_000, move || !goes_on.load(Ordering::Relaxed));
    let found = {
        let mut looking = std::pin::pin!(whole(conn, "pragma quick_check(1)"));
        match tokio::time::timeout(START_LOOK, &mut looking).await {
            Ok(found) => found,
            Err(_) => {
                enough.store(true, Ordering::Relaxed);
                looking.await
            }
        }
    };
    conn.lock_handle().await?.remove_progress_handler();
    match found {
        Err(StoreError::Database(sqlx::Error::Database(error)))
            if error.code().is_some_and(|code| code == INTERRUPTED) =>
        {
            tracing::info!(
                "the database is too large to be looked through before a start; a backup reads it whole"
            );
            Ok(())
        }
        found => found,
    }
}

/// SQLite's word for a statement that was stopped.
const INTERRUPTED: &str = "9";

/// Runs one of SQLite's own checks.
async fn whole(conn: &mut SqliteConnection, check: &'static str) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar(check).fetch_one(conn).await?;
    match found.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Damaged(found)),
    }
}
