//! `cargo bench --bench points`: how long 10,000 assessments take through the library, one core, median of nine rounds.
//!
//! Two figures: the assessment alone (the formula with every step, its source and its range), and the whole report as
//! JSON with what would close the gap.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use synaq::content;
use synaq::domain::language_score::ScoreFault;
use synaq::domain::points::{Potential, document::PotentialRequest, report::Assessed};

const ASSESSMENTS: u32 = 10_000;
const ROUNDS: usize = 9;

const PROFILE: &str = r#"{
    "facts": { "age": 33, "degree": "bachelor", "years_in_kazakhstan": 1, "years_elsewhere": 5, "adaptability": true },
    "languages": { "kazakh": { "level": "A1" }, "english": { "certificate": { "name": "ielts", "score": "6.5" } } }
}"#;

#[allow(clippy::disallowed_methods)] // a benchmark measures time
fn round(work: &dyn Fn()) -> Duration {
    let begun = Instant::now();
    for _ in 0..ASSESSMENTS {
        work();
    }
    begun.elapsed()
}

fn median(name: &str, work: &dyn Fn()) {
    let mut rounds: Vec<Duration> = (0..ROUNDS).map(|_| round(work)).collect();
    rounds.sort_unstable();
    let median = rounds[ROUNDS / 2];
    println!(
        "{name}: {ASSESSMENTS} in {:.4} s (median of {ROUNDS}; {:.4} to {:.4}), {:.2} µs each",
        median.as_secs_f64(),
        rounds[0].as_secs_f64(),
        rounds[ROUNDS - 1].as_secs_f64(),
        median.as_secs_f64() * 1e6 / f64::from(ASSESSMENTS),
    );
}

fn main() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    let content = content::load_rules(&dir).expect("the repository's content has no fault");
    let table = content
        .points
        .values()
        .next_back()
        .expect("a table of points");
    let rules = content.rules.values().next().expect("a rule set");
    let request: PotentialRequest = serde_json::from_str(PROFILE).expect("a profile");
    let profile = request
        .profile(&|_| Err(ScoreFault::Unsigned))
        .expect("a profile that can be used");

    median("assessment", &|| {
        black_box(profile.assess(table, rules).expect("assessed"));
    });
    median("report with what would close the gap", &|| {
        let potential =
            Potential::of(profile.clone(), table.clone(), rules.clone(), []).expect("assessed");
        black_box(serde_json::to_string(&Assessed::of(&potential)).expect("JSON"));
    });
}
