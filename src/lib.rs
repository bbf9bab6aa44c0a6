//! Synaq: a KAZTEST practice and mock-exam engine.

pub mod clock;
pub mod content;
pub mod domain;
pub mod service;
pub mod store;
