//! Synaq: a KAZTEST practice and mock-exam engine.

pub mod audio;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod domain;
pub mod service;
pub mod store;
pub mod web;
