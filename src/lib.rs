//! Synaq: a KAZTEST practice and mock-exam engine.

pub mod cli;
pub mod clock;
pub mod content;
pub mod domain;
