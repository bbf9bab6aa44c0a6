//! `synaq admin`: accounts from the command line.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use clap::{Args, Subcommand};
use rand::RngExt;

use super::ConfigArgs;
use crate::clock::SystemClock;
use crate::config::ConfigError;
use crate::content::Content;
use crate::service::{Exam, Failure, NewAccount};
use crate::store::{Store, StoreError};

/// Options of `synaq admin`.
#[derive(Debug, Clone, Args)]
pub struct AdminArgs {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum AdminCommand {
    /// Make an operator's account; the password is read from standard input, or generated and printed once
    Create {
        /// The address to sign in with
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        /// What to call the operator
        #[arg(long, default_value = "Operator")]
        name: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// Why `synaq admin` failed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages say it
pub enum AdminError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("standard input: {0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// Runs the command.
///
/// # Errors
/// [`AdminError`].
pub fn run(args: &AdminArgs) -> Result<(), AdminError> {
    let AdminCommand::Create {
        email,
        name,
        config,
    } = &args.command;
    let config = config.load()?;
    let settings = super::settings(&config)?;
    let given = password_from_input()?;
    let password = given.clone().unwrap_or_else(generated_password);
    let new = NewAccount {
        email: email.clone(),
        password: password.clone(),
        name: name.clone(),
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let store = Store::open(&config.server.database).await?;
            let no_content = Arc::new(Content::default());
            let exam =
                Exam::start(store.clone(), no_content, SystemClock::shared(), settings).await?;
            exam.create_operator(new).await?;
            store.close().await;
            Ok::<(), AdminError>(())
        })?;
    println!("made the operator {email}");
    if given.is_none() {
        println!("password: {password}");
    }
    Ok(())
}

/// The first line of standard input, unless it is a terminal or empty.
fn password_from_input() -> Result<Option<String>, std::io::Error> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Ok(None);
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    Ok(Some(password).filter(|password| !password.is_empty()))
}

/// 20 characters without those that look alike: about 115 bits.
fn generated_password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut rng = rand::rng();
    (0..20)
        .map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())]))
        .collect()
}
