//! The real program in processes of its own: killed, stopped, started wrongly; and what it stands on failing under it.

mod backup;
mod clock_set;
mod disk_full;
mod durable;
mod half_open;
mod keys;
pub mod load;
mod one_instant;
mod repeated;
mod restarted;
mod slow_database;
mod starting;
mod stopping;
