//! The real program in processes of its own: killed, stopped, started wrongly.

mod durable;
mod keys;
mod starting;
mod stopping;
