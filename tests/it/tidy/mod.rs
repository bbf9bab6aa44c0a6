//! The rules of the house that a compiler does not check: the arrows between the rooms, who reads the time, where SQL
//! stands, how long a file is, and that no word of the interface is missing or left over.

mod arrows;
mod dependencies;
mod locales;
mod source;

use std::path::{Path, PathBuf};

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text file of the repository.
pub struct Source {
    /// Its path from the repository's root, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// Files below a directory with this ending, in the order of their paths.
pub fn sources(dir: &str, ending: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(dir), &mut paths);
    paths.sort();
    let found: Vec<Source> = paths
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| Source {
            text: std::fs::read_to_string(&path).expect("UTF-8"),
            path: path
                .strip_prefix(root())
                .expect("below")
                .display()
                .to_string(),
        })
        .collect();
    assert!(!found.is_empty(), "{dir} has no {ending}");
    found
}

fn collect(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => collect(&path, paths),
            false => paths.push(path),
        }
    }
}

/// The lines of code of a Rust file: without comments, numbered from 1.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(n, line)| {
        let line = line.split("//").next().unwrap_or_default();
        (!line.trim().is_empty()).then_some((n + 1, line))
    })
}

/// Fails with every fault at once.
#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
