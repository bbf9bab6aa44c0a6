//! The integration tests, one folder a concern. `tests/run` sets up what they need and runs them all.

mod api;
mod browser;
mod content;
mod faults;
mod fuzz;
mod leak;
mod operations;
mod pathway;
mod points;
mod schools;
mod security;
mod service;
mod store;
mod support;
mod tidy;
