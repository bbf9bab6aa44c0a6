//! Whether somebody who sits is still there: their page says so every few seconds.

use chrono::TimeDelta;

use super::Timestamp;

/// How often the page of an attempt that a school gave says that it is there, in milliseconds.
pub const SEEN_EVERY_MS: u32 = 15_000;
/// Whoever was not seen for so long while a section runs has lost contact, in milliseconds.
pub const LOST_AFTER_MS: i64 = 40_000;

/// Whether whoever sits a section since some instant has lost contact, of when their page was last there.
pub fn is_lost(seen: Option<Timestamp>, since: Timestamp, now: Timestamp) -> bool {
    let last = seen.map_or(since, |seen| seen.max(since));
    now - last > TimeDelta::milliseconds(LOST_AFTER_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contact_is_lost_after_a_while() {
        let at = |ms| Timestamp::from_timestamp_millis(ms).expect("an instant");
        for (seen, since, now, lost) in [
            (None, 0, 40_000, false),
            (None, 0, 40_001, true),
            (Some(30_000), 0, 70_000, false),
            (Some(30_000), 0, 70_001, true),
            // A section that has just begun: what was before it does not count.
            (Some(0), 100_000, 140_000, false),
        ] {
            assert_eq!(
                is_lost(seen.map(at), at(since), at(now)),
                lost,
                "{seen:?} {now}"
            );
        }
    }
}
