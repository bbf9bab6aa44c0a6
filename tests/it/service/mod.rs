//! The exam service on both engines, with a clock that stands still.

mod accommodations;
mod accounts;
mod assembly;
mod assignments;
mod audience;
mod clock;
mod comments;
mod gradebook;
mod keys;
mod live;
mod mock;
mod outage;
mod pages;
mod profiles;
mod rescore;
mod rescore_scope;
mod retake;
mod review;
mod schools;
mod scores;
mod timers;
