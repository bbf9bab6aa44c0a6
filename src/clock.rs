//! The only reader of time.
//!
//! The rest of the program asks a [`Clock`]. The system clock is anchored: it reads the wall clock once and then counts
//! on the monotonic clock, so that a jump of the wall clock moves no deadline. Small corrections (what NTP does) are
//! followed; a jump is followed only when nobody is being timed. Several servers of one database go by its clock in the
//! same way, so that they agree on every deadline. Tests use [`ManualClock`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, TimeDelta};

use crate::domain::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + std::fmt::Debug + 'static {
    /// Now, in whole milliseconds. It goes back only by a small correction, or to follow a jump when nobody is timed.
    fn now(&self) -> Timestamp;

    /// Compares with the wall clock and follows it where that is harmless; see the module. `idle` says that nobody is
    /// being timed by this server.
    fn discipline(&self, idle: bool) -> Discipline;

    /// The same with a clock that several servers share, which is so many milliseconds ahead of this one.
    fn follow(&self, ahead_ms: i64, idle: bool) -> Discipline;
}

/// What [`Clock::discipline`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discipline {
    /// The other clock agrees, or was followed by this correction (milliseconds).
    Followed(i64),
    /// The other clock has jumped by so many milliseconds, and was not followed because somebody is being timed.
    Held(i64),
}

/// A clock that the whole program shares.
pub type SharedClock = Arc<dyn Clock>;

/// Where a clock reads time from: the wall clock and a clock that only goes forward.
pub trait Sources: Send + Sync + std::fmt::Debug + 'static {
    /// Milliseconds since 1970 by the wall clock.
    fn wall_ms(&self) -> i64;
    /// Time since some fixed moment.
    fn monotonic(&self) -> Duration;
}

/// The operating system's clocks.
#[derive(Debug)]
pub struct OperatingSystem {
    origin: Instant,
}

impl Sources for OperatingSystem {
    #[allow(clippy::disallowed_methods)] // the one place
    fn wall_ms(&self) -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_millis() as i64)
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }
}

/// A difference of at most this is a correction; more is a jump.
pub const LARGEST_CORRECTION_MS: i64 = 500;

/// The anchored clock of the module's description.
#[derive(Debug)]
pub struct AnchoredClock<S> {
    sources: S,
    /// Wall clock minus monotonic clock at the anchor, in milliseconds.
    offset_ms: Mutex<i64>,
}

/// The clock of a running server.
pub type SystemClock = AnchoredClock<OperatingSystem>;

impl SystemClock {
    /// Anchors a clock to the operating system's clocks.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn shared() -> SharedClock {
        Arc::new(AnchoredClock::new(OperatingSystem {
            origin: Instant::now(),
        }))
    }
}

impl<S: Sources> AnchoredClock<S> {
    /// Anchors a clock to these sources.
    pub fn new(sources: S) -> Self {
        let offset_ms = sources.wall_ms() - sources.monotonic().as_millis() as i64;
        Self {
            sources,
            offset_ms: Mutex::new(offset_ms),
        }
    }
}

impl<S: Sources> Clock for AnchoredClock<S> {
    fn now(&self) -> Timestamp {
        let offset = *self
            .offset_ms
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        from_ms(self.sources.monotonic().as_millis() as i64 + offset)
    }

    fn discipline(&self, idle: bool) -> Discipline {
        let ahead_ms = self.sources.wall_ms() - self.now().timestamp_millis();
        self.follow(ahead_ms, idle)
    }

    fn follow(&self, ahead_ms: i64, idle: bool) -> Discipline {
        if ahead_ms.abs() > LARGEST_CORRECTION_MS && !idle {
            return Discipline::Held(ahead_ms);
        }
        let mut offset = self
            .offset_ms
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *offset += ahead_ms;
        Discipline::Followed(ahead_ms)
    }
}

/// Measures how long something takes, for metrics: no deadline depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// What has passed since.
    pub fn passed(self) -> Duration {
        self.0.elapsed()
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<Mutex<Timestamp>>,
}

impl ManualClock {
    /// A clock that shows this instant.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now: Arc::new(Mutex::new(now)),
        }
    }

    /// Moves forward (or back, with a negative amount).
    pub fn advance(&self, by: TimeDelta) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Shows another instant.
    pub fn set(&self, to: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn discipline(&self, _idle: bool) -> Discipline {
        Discipline::Followed(0)
    }

    fn follow(&self, _ahead_ms: i64, _idle: bool) -> Discipline {
        Discipline::Followed(0)
    }
}

/// The instant that many milliseconds after the start of 1970. Instants beyond chrono's range become 1970.
pub fn from_ms(ms: i64) -> Timestamp {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
