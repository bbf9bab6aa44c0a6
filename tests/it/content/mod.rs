//! Content: what the repository ships, the short sample, broken fixtures, and `synaq check` over them.

mod broken;
mod check;
mod loads;
mod points;
mod spelling;

use std::path::{Path, PathBuf};

/// A fixture's content directory.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}
