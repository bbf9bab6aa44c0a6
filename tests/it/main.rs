//! The integration tests, one folder a concern.

mod content;
