//! The integration tests, one folder a concern.

mod browser;
mod content;
