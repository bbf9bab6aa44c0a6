//! The binary: parses the arguments and calls the library.

use std::process::ExitCode;

use clap::Parser;

/// What one thread makes for a request another one frees: the system's allocator of Debian takes locks for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    synaq::cli::run(synaq::cli::Arguments::parse())
}
