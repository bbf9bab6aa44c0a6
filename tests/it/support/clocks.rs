//! The operating system's clocks, in a test's hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use synaq::clock::Sources;

use super::world::at;

/// A wall clock and a monotonic clock that a test holds; a copy shows the same.
#[derive(Debug, Clone)]
pub struct Fake(Arc<Mutex<(i64, i64)>>);

impl Fake {
    /// The morning of 22 November 2026 in Almaty.
    pub fn new() -> Self {
        let wall = at("2026-11-22T09:00:00+05:00").timestamp_millis();
        Self(Arc::new(Mutex::new((wall, 77_000))))
    }

    /// Milliseconds pass, on both.
    pub fn pass(&self, by: i64) {
        let mut both = self.0.lock().expect("lock");
        both.0 += by;
        both.1 += by;
    }

    /// Somebody sets the wall clock by so many milliseconds.
    pub fn jump(&self, by: i64) {
        self.0.lock().expect("lock").0 += by;
    }
}

impl Sources for Fake {
    fn wall_ms(&self) -> i64 {
        self.0.lock().expect("lock").0
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.lock().expect("lock").1.unsigned_abs())
    }
}
