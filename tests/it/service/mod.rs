//! The exam service on both engines, with a clock that stands still.

mod accommodations;
mod accounts;
mod assembly;
mod assignments;
mod audience;
mod audit;
mod changes;
mod clock;
mod giving;
mod gradebook;
mod keys;
mod live;
mod mock;
mod outage;
mod own_data;
mod pages;
mod people;
mod profiles;
mod rescore;
mod rescore_scope;
mod retake;
mod schools;
mod scores;
mod teaching;
mod timers;
