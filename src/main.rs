//! The binary: parses the arguments and calls the library.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use synaq::cli::check;

#[derive(Parser)]
#[command(name = "synaq", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check the content directory: every fault, then a summary
    Check(check::CheckArgs),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Check(args) => check::run(&args),
    }
}
