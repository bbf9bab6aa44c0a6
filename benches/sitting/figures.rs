//! Percentiles and the tables of what was measured.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::wire::Timing;

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

/// Latencies by the name of the call.
#[derive(Debug, Clone, Default)]
pub struct Calls(BTreeMap<&'static str, Times>);

impl Calls {
    /// Adds what a connection measured.
    pub fn take(&mut self, timings: &mut Vec<Timing>) {
        for (name, time) in timings.drain(..) {
            self.0.entry(name).or_default().add(time);
        }
    }

    /// Prints the table.
    pub fn print(&mut self) {
        println!(
            "  {:<16} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "call", "count", "p50 ms", "p95 ms", "p99 ms", "max ms"
        );
        for (name, times) in &mut self.0 {
            println!(
                "  {name:<16} {:>9} {:>9.2} {:>9.2} {:>9.2} {:>9.2}",
                times.count(),
                times.at(0.5),
                times.at(0.95),
                times.at(0.99),
                times.at(1.0)
            );
        }
    }

    /// The same as JSON.
    pub fn json(&mut self) -> Value {
        let calls = self.0.iter_mut().map(|(name, times)| {
            let figures = json!({
                "count": times.count(), "p50_ms": times.at(0.5), "p95_ms": times.at(0.95),
                "p99_ms": times.at(0.99), "max_ms": times.at(1.0),
            });
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
