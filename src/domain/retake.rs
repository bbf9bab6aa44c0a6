//! The retake limit: a first attempt and so many retakes within a window of calendar days.
//!
//! Source: "You may retake the test no more than twice within 30 calendar days" (FACTS, section 1). Days are counted
//! in the rule's time zone, the day of an attempt included: an attempt on day D occupies D to D + 29. The window rolls:
//! at no time may a span of that many days hold more attempts than allowed.

use chrono::{Days, NaiveDate};

use super::{Timestamp, rules::RetakePolicy};

/// Another start is not allowed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the retake limit is reached; the next attempt is allowed on {next_allowed}")]
pub struct LimitReached {
    /// The first day on which a start is allowed, in the policy's time zone.
    pub next_allowed: NaiveDate,
}

/// What is left of the limit on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Attempts that count on this day.
    pub used: u32,
    /// Starts still allowed on this day, at least 1.
    pub left: u32,
}

/// Decides whether a mock may start now, given when earlier counted mocks started.
///
/// # Errors
/// [`LimitReached`] with the day on which the next start is allowed.
pub fn decide(
    policy: &RetakePolicy,
    starts: &[Timestamp],
    now: Timestamp,
) -> Result<Allowance, LimitReached> {
    let day = |instant: &Timestamp| instant.with_timezone(&policy.zone.value).date_naive();
    let days: Vec<NaiveDate> = starts.iter().map(day).collect();
    decide_on(policy, &days, day(&now))
}

/// Decides whether a test may be sat on a day, given the days of earlier ones.
///
/// # Errors
/// [`LimitReached`] with the day on which the next one is allowed.
pub fn decide_on(
    policy: &RetakePolicy,
    earlier: &[NaiveDate],
    on: NaiveDate,
) -> Result<Allowance, LimitReached> {
    let window = Days::new(u64::from(policy.days.value));
    let leaves = |day: NaiveDate| day.checked_add_days(window).unwrap_or(NaiveDate::MAX);
    // A start after today (the clock was set back) counts as well: it must not open a gap.
    let mut in_window: Vec<NaiveDate> = earlier
        .iter()
        .copied()
        .filter(|day| leaves(*day) > on)
        .collect();
    in_window.sort_unstable();

    let allowed = policy.retakes.value as usize + 1;
    let used = in_window.len();
    if used < allowed {
        return Ok(Allowance {
            used: used as u32,
            left: (allowed - used) as u32,
        });
    }
    // When this one falls out of the window, fewer than `allowed` are left in it.
    Err(LimitReached {
        next_allowed: leaves(in_window[used - allowed]),
    })
}
