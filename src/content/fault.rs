//! A fault in a content file: where it is and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// One thing that is wrong with the content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// The file, relative to the content directory.
    pub file: PathBuf,
    /// The line, from 1, where one can be named.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The field as a path such as `retake.days.value`; empty where the whole file is meant.
    pub field: String,
    /// What is wrong, in words that say what to do.
    pub reason: String,
}

impl Fault {
    /// A fault of a whole file or directory.
    pub fn of_file(file: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            column: None,
            field: String::new(),
            reason: reason.into(),
        }
    }

    /// The same fault with its file named from where the reader stands: `content/rules/x.toml`.
    pub fn under(&self, dir: &Path) -> Self {
        Self {
            file: dir.join(&self.file),
            ..self.clone()
        }
    }
}

/// `rules/x.toml:12: retake.days.value: must be between 1 and 365`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        write!(f, ": {}", self.reason)
    }
}
