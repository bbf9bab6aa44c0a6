//! The subcommands of the `synaq` program, one file each.
//!
//! Exit codes: 0 done, 1 the work failed, 2 bad usage. Errors go to standard error.

pub mod admin;
mod backup;
pub mod check;
pub mod points;
pub mod serve;
pub mod speak;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand};

use crate::audio;
use crate::config::{Config, ConfigError};
use crate::content::Heard;
use crate::domain::id::RuleId;
use crate::service::{Retention, Settings};

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "synaq",
    version,
    about = "A KAZTEST practice and mock-exam engine"
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve exams to browsers
    Serve(serve::ServeArgs),
    /// Check the content directory: every fault, then a summary
    Check(check::CheckArgs),
    /// Copy an SQLite database, also while it is in use, to a file with a checksum
    Backup(backup::BackupArgs),
    /// Put a backup where no database is yet
    Restore(backup::RestoreArgs),
    /// Look after accounts
    Admin(admin::AdminArgs),
    /// Assess a profile of points against the threshold of the residence permit
    Points(points::PointsArgs),
    /// Make the recordings of the listening scripts
    Speak(speak::SpeakArgs),
}

/// Where the configuration comes from; shared by the commands that open the database.
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// A configuration file (TOML); SYNAQ_* variables and the options below override it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The database: sqlite://FILE or postgres://… [default: sqlite://synaq.db]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// The content directory [default: content]
    #[arg(long, value_name = "DIR")]
    pub content: Option<PathBuf>,
}

impl ConfigArgs {
    /// The configuration with the command line's options over it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(database) = &self.database {
            config.server.database.clone_from(database);
        }
        if let Some(content) = &self.content {
            config.server.content.clone_from(content);
        }
        Ok(config)
    }
}

/// What the service needs to be told, with the files of keys read.
///
/// # Errors
/// [`ConfigError::KeyFile`].
fn settings(config: &Config) -> Result<Settings, ConfigError> {
    Ok(Settings {
        default_rule: RuleId::new(&config.exam.default_rule),
        limits: config.attempt_limits(),
        session_length: TimeDelta::days(i64::from(config.exam.session_days)),
        keys: config.signing.read()?,
        retention: Retention {
            guests_days: config.retention.guests_days,
            responses_days: config.retention.responses_days,
            invitations_days: config.retention.invitations_days,
        },
    })
}

/// Runs the command.
pub fn run(arguments: Arguments) -> ExitCode {
    let done = match arguments.command {
        Command::Serve(args) => serve::run(&args).map_err(|error| error.to_string()),
        Command::Backup(args) => backup::backup(&args).map_err(|error| error.to_string()),
        Command::Restore(args) => backup::restore(&args).map_err(|error| error.to_string()),
        Command::Admin(args) => admin::run(&args).map_err(|error| error.to_string()),
        Command::Points(args) => points::run(&args),
        Command::Speak(args) => speak::run(&args).map_err(|error| error.to_string()),
        Command::Check(args) => return check::run(&args, &listen),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("synaq: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Decodes a recording for `synaq check`.
fn listen(bytes: &[u8]) -> Result<Heard, String> {
    let probe = audio::probe(bytes).map_err(|error| error.to_string())?;
    Ok(Heard {
        duration_ms: probe.duration_ms,
        channels: u32::from(probe.channels),
        sample_rate: probe.sample_rate,
        loudness_lufs: probe.loudness.integrated_lufs,
        true_peak_dbtp: probe.loudness.true_peak_dbtp,
    })
}
