//! What a number among the settings may be. One that is far beyond what anybody means (a session of a million years) would
//! be refused by the arithmetic of time in the middle of a request, and one of nothing would let nobody in.

use std::ops::RangeInclusive;

use super::Config;

/// A number that cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error(
    "{name} ({}) is {value}; it goes from {} to {}",
    in_environment(name),
    range.start(),
    range.end()
)]
pub struct OutOfRange {
    name: &'static str,
    value: u64,
    range: RangeInclusive<u64>,
}

/// As the environment calls a setting.
pub(super) fn in_environment(name: &str) -> String {
    format!("SYNAQ_{}", name.to_uppercase().replace('.', "__"))
}

/// What is due is looked for at least so often.
const MINUTE_MS: u64 = 60_000;
const HOUR: u64 = 3600;
/// Ten years and a hundred, in days.
const DECADE: u64 = 3_660;
const CENTURY: u64 = 36_600;

/// Looks at every number that has a least or a most.
///
/// # Errors
/// [`OutOfRange`] of the first that is beyond.
pub(super) fn check(config: &Config) -> Result<(), OutOfRange> {
    let Config {
        server,
        exam,
        retention,
        ..
    } = config;
    for (name, value, range) in [
        (
            "server.body_bytes",
            server.body_bytes as u64,
            1024..=64 << 20,
        ),
        ("server.request_seconds", server.request_seconds, 1..=HOUR),
        ("server.head_seconds", server.head_seconds, 1..=HOUR),
        ("server.send_seconds", server.send_seconds, 1..=HOUR),
        (
            "server.connections",
            server.connections as u64,
            1..=1_000_000,
        ),
        ("exam.grace_ms", exam.grace_ms.into(), 0..=MINUTE_MS),
        ("exam.ready_hours", exam.ready_hours.into(), 1..=24 * DECADE),
        ("exam.sweep_ms", exam.sweep_ms.into(), 10..=MINUTE_MS),
        (
            "exam.heartbeat_ms",
            exam.heartbeat_ms.into(),
            10..=MINUTE_MS,
        ),
        ("exam.look_ms", exam.look_ms.into(), 10..=MINUTE_MS),
        ("exam.session_days", exam.session_days.into(), 1..=DECADE),
        (
            "retention.guests_days",
            retention.guests_days.into(),
            0..=CENTURY,
        ),
        (
            "retention.responses_days",
            retention.responses_days.into(),
            0..=CENTURY,
        ),
        (
            "retention.invitations_days",
            retention.invitations_days.into(),
            0..=CENTURY,
        ),
    ] {
        if !range.contains(&value) {
            return Err(OutOfRange { name, value, range });
        }
    }
    Ok(())
}
