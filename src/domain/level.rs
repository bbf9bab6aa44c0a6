//! The five levels that KAZTEST confirms. There is no C2.

use serde::{Deserialize, Serialize};

/// A level of command of Kazakh, lowest first.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[allow(missing_docs)] // the names are the field's own
pub enum Level {
    A1,
    A2,
    B1,
    B2,
    C1,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Level; 5] = [Level::A1, Level::A2, Level::B1, Level::B2, Level::C1];

    /// `A1` … `C1`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::A1 => "A1",
            Level::A2 => "A2",
            Level::B1 => "B1",
            Level::B2 => "B2",
            Level::C1 => "C1",
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        Level::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or(UnknownLevel)
    }
}

/// The text names no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a level: expected A1, A2, B1, B2 or C1")]
pub struct UnknownLevel;
