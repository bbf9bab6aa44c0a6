//! Percentiles and the tables of what was measured.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::wire::Wire;

/// Latencies of one call.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that this share, 0 to 1, did not exceed, in milliseconds.
    pub fn at(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.0.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }
}

/// What came of one call.
#[derive(Debug, Clone, Default)]
struct Call {
    /// Of the answers with success.
    times: Times,
    /// Their bytes, heads too.
    bytes: u64,
    /// Other answers, and calls without any.
    errors: usize,
}

impl Call {
    /// Milliseconds of these shares, and the bytes of an answer; none where none had success.
    fn figures(&mut self) -> Option<([f64; 4], f64)> {
        let count = Some(self.times.count()).filter(|count| *count > 0)?;
        let shares = [0.5, 0.95, 0.99, 1.0].map(|share| self.times.at(share));
        Some((shares, self.bytes as f64 / count as f64))
    }
}

/// What came of the calls, by their names.
#[derive(Debug, Clone, Default)]
pub struct Calls(BTreeMap<&'static str, Call>);

impl Calls {
    /// Adds what a connection measured.
    pub fn take(&mut self, wire: &mut Wire) {
        for (name, time, bytes) in wire.timings.drain(..) {
            let call = self.0.entry(name).or_default();
            call.times.add(time);
            call.bytes += bytes;
        }
        for name in wire.failures.drain(..) {
            self.0.entry(name).or_default().errors += 1;
        }
    }

    /// Prints the table.
    pub fn print(&mut self) {
        println!(
            "  {:<16} {:>9} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "call", "count", "errors", "p50 ms", "p95 ms", "p99 ms", "max ms", "bytes"
        );
        for (name, call) in &mut self.0 {
            let told = match call.figures() {
                None => "no answer with success".to_owned(),
                Some(([p50, p95, p99, max], bytes)) => {
                    format!("{p50:>9.2} {p95:>9.2} {p99:>9.2} {max:>9.2} {bytes:>9.0}")
                }
            };
            let (count, errors) = (call.times.count(), call.errors);
            println!("  {name:<16} {count:>9} {errors:>7} {told}");
        }
    }

    /// The same as JSON.
    pub fn json(&mut self) -> Value {
        let calls = self.0.iter_mut().map(|(name, call)| {
            let mut figures = json!({ "count": call.times.count(), "errors": call.errors });
            if let Some(([p50, p95, p99, max], bytes)) = call.figures() {
                figures["p50_ms"] = p50.into();
                figures["p95_ms"] = p95.into();
                figures["p99_ms"] = p99.into();
                figures["max_ms"] = max.into();
                figures["bytes"] = bytes.into();
            }
            ((*name).to_owned(), figures)
        });
        Value::Object(calls.collect())
    }
}

/// The middle one of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
