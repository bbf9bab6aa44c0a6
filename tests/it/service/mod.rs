//! The exam service on both engines, with a clock that stands still.

mod accounts;
mod assembly;
mod clock;
mod keys;
mod mock;
mod outage;
mod pages;
mod profiles;
mod retake;
mod scores;
mod timers;
