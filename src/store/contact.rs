//! Whether this program has shown a sign of life lately. While it cannot, those who sit lose time that is to be given
//! back to them, and until it is nothing may end by itself.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;

use crate::domain::Timestamp;

/// This program's signs of life, as far as they reached the database.
#[derive(Debug, Default)]
pub(crate) struct Contact(Mutex<Signs>);

#[derive(Debug, Default)]
struct Signs {
    /// The last one.
    last: Option<Timestamp>,
    /// How old it may become; none where nobody promised any, as in a command.
    longest: Option<TimeDelta>,
}

impl Contact {
    /// From now on no sign of life may be older than this.
    pub(crate) fn expect_within(&self, longest: TimeDelta) {
        self.signs().longest = Some(longest);
    }

    /// A sign of life is on the disk.
    pub(crate) fn made(&self, at: Timestamp) {
        self.signs().last = Some(at);
    }

    /// The clock was set by so much, and no time has passed by it.
    pub(crate) fn clock_moved(&self, by: TimeDelta) {
        let mut signs = self.signs();
        signs.last = signs.last.map(|last| last + by);
    }

    /// Whether the last sign of life is older than it may be.
    pub(crate) fn is_lost(&self, now: Timestamp) -> bool {
        let signs = self.signs();
        let promised = signs.last.zip(signs.longest);
        promised.is_some_and(|(last, longest)| now - last > longest)
    }

    fn signs(&self) -> MutexGuard<'_, Signs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
