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
    /// Erase the holder of an account on request: who they are is deleted, their results stay without a name
    Erase {
        /// The address of the account
        #[arg(long, value_name = "ADDRESS")]
        email: String,
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
    #[error(
        "{0} has an account already, and nobody becomes an operator by it: take another address, or erase that account first (synaq admin erase)"
    )]
    Taken(String),
}

/// Runs the command.
///
/// # Errors
/// [`AdminError`].
pub fn run(args: &AdminArgs) -> Result<(), AdminError> {
    match &args.command {
        AdminCommand::Create {
            email,
            name,
            config,
        } => create(email, name, config),
        AdminCommand::Erase { email, config } => erase(email, config),
    }
}

/// Does something with the exam service on the configured database, without content.
fn with_exam<T>(
    config: &ConfigArgs,
    work: impl AsyncFnOnce(Exam) -> Result<T, Failure>,
) -> Result<T, AdminError> {
    let config = config.load()?;
    let settings = super::settings(&config)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let store = Store::open(&config.server.database).await?;
            let no_content = Arc::new(Content::default());
            let exam =
                Exam::start(store.clone(), no_content, SystemClock::shared(), settings).await?;
            let done = work(exam).await?;
            store.close().await;
            Ok(done)
        })
}

fn erase(email: &str, config: &ConfigArgs) -> Result<(), AdminError> {
    with_exam(config, async |exam| {
        exam.erase_account(email, "server").await
    })?;
    println!("erased what was kept about {email}");
    Ok(())
}

fn create(email: &str, name: &str, config: &ConfigArgs) -> Result<(), AdminError> {
    let given = password_from_input()?;
    let password = given.clone().unwrap_or_else(generated_password);
    let new = NewAccount {
        email: email.to_owned(),
        password: password.clone(),
        name: name.to_owned(),
    };
    // A visitor is not told whose an address is; whoever runs the server is.
    match with_exam(config, async |exam| exam.create_operator(new).await) {
        Err(AdminError::Failure(Failure::AccountRefused)) => {
            return Err(AdminError::Taken(email.to_owned()));
        }
        made => made?,
    };
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
