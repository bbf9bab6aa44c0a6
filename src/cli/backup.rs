//! `synaq backup` and `synaq restore`: an SQLite database to a checked file and back.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat};
use clap::Args;
use sha2::{Digest, Sha256};

use super::ConfigArgs;
use crate::config::ConfigError;
use crate::store::StoreError;
use crate::store::backup::{Contents, copy_sqlite, inspect_sqlite, make_private, sqlite_file_of};

/// Options of `synaq backup`.
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// The file to make; FILE.sha256 is made beside it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Options of `synaq restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// The backup; FILE.sha256 is read beside it
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    config: ConfigArgs,
}

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages say it
pub enum BackupError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "this is for SQLite. For PostgreSQL use its own tools: pg_dump --format=custom, or continuous archiving (docs/operations.md)"
    )]
    NotSqlite,
    #[error("{} is there already, and is not overwritten", .0.display())]
    There(PathBuf),
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is not there, which synaq backup made beside {}: copy both", .0.display(), .1.display())]
    Alone(PathBuf, PathBuf),
    #[error("{} does not say the checksum of {}: is it the file that synaq backup made?", .0.display(), .1.display())]
    NoChecksum(PathBuf, PathBuf),
    #[error("{} is not the file that was backed up: its checksum differs", .0.display())]
    Checksum(PathBuf),
    #[error("{}: {source}", path.display())]
    Database { path: PathBuf, source: StoreError },
    #[error("the runtime: {0}")]
    Runtime(#[source] io::Error),
}

impl BackupError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    fn database(path: &Path) -> impl FnOnce(StoreError) -> Self {
        let path = path.to_owned();
        move |source| Self::Database { path, source }
    }
}

/// Makes a backup of a database that may be in use, and reads it to its end before it calls it one.
///
/// # Errors
/// [`BackupError`]; then no file of that name was made.
pub fn backup(args: &BackupArgs) -> Result<(), BackupError> {
    let address = args.config.load()?.server.database;
    let from = sqlite_file(&address)?;
    if !from.exists() {
        return Err(BackupError::Missing(from));
    }
    let checksum = checksum_of(&args.out);
    for path in [&args.out, &checksum] {
        if path.exists() {
            return Err(BackupError::There(path.clone()));
        }
    }
    let part = with_suffix(&args.out, ".part");
    remove_if_there(&part)?;
    make_private(&part).map_err(BackupError::io(&part))?;
    let made = block_on(async {
        copy_sqlite(&address, &part)
            .await
            .map_err(BackupError::database(&from))?;
        inspect_sqlite(&part)
            .await
            .map_err(BackupError::database(&part))
    })?;
    let contents = match made.and_then(|contents| {
        let hash = hash_and_sync(&part)?;
        let name = args.out.file_name().unwrap_or_default().to_string_lossy();
        write_synced(&checksum, &format!("{hash}  {name}\n"))?;
        rename_synced(&part, &args.out)?;
        Ok(contents)
    }) {
        Ok(contents) => contents,
        Err(error) => {
            remove_if_there(&part)?;
            remove_if_there(&checksum)?;
            return Err(error);
        }
    };
    println!("backed up {}", described(&contents));
    println!("to {} and {}", args.out.display(), checksum.display());
    Ok(())
}

/// Puts a backup where no database is, after its checksum and its contents are found to be right.
///
/// # Errors
/// [`BackupError`]; then there is no database at the address.
pub fn restore(args: &RestoreArgs) -> Result<(), BackupError> {
    let to = sqlite_file(&args.config.load()?.server.database)?;
    for path in [
        to.clone(),
        with_suffix(&to, "-wal"),
        with_suffix(&to, "-shm"),
    ] {
        if path.exists() {
            return Err(BackupError::There(path));
        }
    }
    let mut from = File::open(&args.from).map_err(BackupError::io(&args.from))?;
    let checksum = checksum_of(&args.from);
    let said = match fs::read_to_string(&checksum) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::Alone(checksum, args.from.clone()));
        }
        said => said.map_err(BackupError::io(&checksum))?,
    };
    let said = said
        .split_whitespace()
        .next()
        .filter(|said| said.len() == 64)
        .ok_or_else(|| BackupError::NoChecksum(checksum.clone(), args.from.clone()))?;
    // The copy is what is checked: it is what the server will open.
    let part = with_suffix(&to, ".part");
    remove_if_there(&part)?;
    make_private(&part).map_err(BackupError::io(&part))?;
    let mut to_part = File::create(&part).map_err(BackupError::io(&part))?;
    io::copy(&mut from, &mut to_part).map_err(BackupError::io(&part))?;
    let checked = hash_and_sync(&part).and_then(|hash| match hash == said {
        false => Err(BackupError::Checksum(args.from.clone())),
        true => block_on(async {
            inspect_sqlite(&part)
                .await
                .map_err(BackupError::database(&args.from))
        })?,
    });
    let contents = match checked {
        Ok(contents) => contents,
        Err(error) => {
            remove_if_there(&part)?;
            return Err(error);
        }
    };
    rename_synced(&part, &to)?;
    println!("restored {}", described(&contents));
    println!("to {}", to.display());
    Ok(())
}

fn described(contents: &Contents) -> String {
    let last = contents
        .last_saved
        .and_then(DateTime::from_timestamp_millis)
        .map_or_else(
            || "no answer yet".to_owned(),
            |at| {
                format!(
                    "the last answer of {}",
                    at.to_rfc3339_opts(SecondsFormat::Secs, true)
                )
            },
        );
    format!(
        "{} learners, {} attempts, {} responses, {last}",
        contents.learners, contents.attempts, contents.responses
    )
}

/// The file of an SQLite address.
fn sqlite_file(address: &str) -> Result<PathBuf, BackupError> {
    if !address.starts_with("sqlite:") {
        return Err(BackupError::NotSqlite);
    }
    sqlite_file_of(address).map_err(BackupError::database(Path::new(address)))
}

fn checksum_of(file: &Path) -> PathBuf {
    with_suffix(file, ".sha256")
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove_if_there(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(BackupError::io(path)(error)),
        _ => Ok(()),
    }
}

/// SHA-256 of a file in hex, and the file on the disk.
fn hash_and_sync(path: &Path) -> Result<String, BackupError> {
    let fault = || BackupError::io(path);
    let mut file = File::options()
        .read(true)
        .write(true)
        .open(path)
        .map_err(fault())?;
    file.sync_all().map_err(fault())?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher).map_err(fault())?;
    Ok(format!("{:x}", hasher.finalize()))
}

fn write_synced(path: &Path, text: &str) -> Result<(), BackupError> {
    fs::write(path, text).map_err(BackupError::io(path))?;
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(BackupError::io(path))
}

/// Renames, and puts the name on the disk too.
fn rename_synced(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::rename(from, to).map_err(BackupError::io(to))?;
    let directory = match to.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // A directory cannot be opened as a file everywhere; where it can, its entry is made durable.
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
    Ok(())
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T, BackupError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(BackupError::Runtime)?;
    Ok(runtime.block_on(work))
}
