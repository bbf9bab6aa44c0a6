//! The binary: parses the arguments and calls the library.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    synaq::cli::run(synaq::cli::Arguments::parse())
}
