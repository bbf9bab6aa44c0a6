//! The real program in processes of its own: killed, stopped, started wrongly.

mod backup;
mod durable;
mod keys;
mod starting;
mod stopping;
