//! The real program in processes of its own: killed, stopped, started wrongly.

mod durable;
mod starting;
mod stopping;
