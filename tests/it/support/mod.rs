//! What the tests share: places to keep data on both engines, an exam with a clock that stands still, a client.

pub mod client;
pub mod clocks;
pub mod engines;
pub mod giving;
pub mod html;
pub mod process;
pub mod provenance;
pub mod school;
pub mod server;
pub mod voice;
pub mod world;

pub use client::Client;
pub use engines::{Engine, Place, on_both};
pub use world::{Tweak, World};

use std::path::{Path, PathBuf};

/// The short content directory of the fixtures.
pub fn short_content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/short")
}

/// The repository's own content directory.
pub fn own_content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("content")
}

/// A new directory that goes away with the value.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one whose name starts like this.
    pub fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("synaq-{name}-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&dir).expect("a scratch directory");
        Self(dir)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
