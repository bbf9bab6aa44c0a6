//! Synaq: a KAZTEST practice and mock-exam engine.
//!
//! The rooms and who may import whom (checked by `tests/it/tidy`):
//!
//! | room | what it is | imports |
//! |---|---|---|
//! | [`domain`] | pure values and functions | nothing of ours |
//! | [`content`] | files to validated domain values | `domain` |
//! | [`audio`] | recordings: probe, speak, mix, encode | `domain` |
//! | [`measures`] | the names of what is measured | `clock` |
//! | [`store`] | the only SQL | `domain`, `clock`, `measures` |
//! | [`service`] | use cases | `domain`, `content`, `audio`, `store`, `clock`, `measures` |
//! | [`web`] | router, sessions, pages, API | `service`, `domain`, `config`, `measures` |
//! | [`demo`] | the demonstration: an invented school | `service`, `domain`, `clock` |
//! | [`cli`] | the subcommands | all |
//!
//! The invariants: the server owns every deadline; an answer acknowledged is an answer on disk; the key never leaves the
//! server before feedback is allowed; time and chance are arguments; rules are dated data with a source; states are
//! types; access is an argument and its default is refusal; every change to an attempt is an event.

pub mod audio;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod demo;
pub mod domain;
pub mod measures;
pub mod service;
pub mod store;
pub mod web;
