//! Synaq: a KAZTEST practice and mock-exam engine.

pub mod clock;
pub mod domain;
