//! What is sent to be assessed, and the signed statement in it.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use serde_json::Value;
use synaq::content::{self, Content};
use synaq::domain::language_score::{SigningKey, TrustedKeys, canonical, verify};
use synaq::domain::points::{Potential, document::PotentialRequest, report::Assessed};
use synaq::domain::rules::RuleSet;

/// The rules and the tables of points, without the bank.
static CONTENT: LazyLock<Content> = LazyLock::new(|| {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = [here.join("content"), here.join("../content")];
    let dir = own.iter().find(|dir| dir.is_dir()).expect("the content");
    content::load_rules(dir).expect("the rules")
});

/// The only key that is trusted here: what it signed lies in the seeds.
pub fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32]).expect("a key")
}

/// Statements that [`key`] signed, by their canonical text without the signature.
static SIGNED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let seed: Value = serde_json::from_str(SCORE).expect("JSON");
    vec![unsigned(&seed)]
});

/// A language score that [`key`] signed.
pub const SCORE: &str = include_str!("../../../fixtures/fuzz/language_score/signed.json");

fn unsigned(score: &Value) -> String {
    let mut score = score.clone();
    score
        .as_object_mut()
        .map(|members| members.remove("signature"));
    canonical(&score).expect("canonical")
}

fn trusted() -> TrustedKeys {
    [key().public().clone()].into_iter().collect()
}

/// A signed statement: nothing is believed but what was signed.
pub fn language_score(bytes: &[u8]) {
    let Ok(received) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    if let Ok(text) = canonical(&received) {
        let again: Value = serde_json::from_str(&text).expect("canonical JSON is JSON");
        assert_eq!(again, received, "and the same");
        assert_eq!(canonical(&again).as_deref(), Ok(text.as_str()));
    }
    let today = "2026-12-01".parse().expect("a day");
    if verify(&received, &trusted(), today).is_ok() {
        assert!(
            SIGNED.contains(&unsigned(&received)),
            "a forgery: {received}"
        );
    }
}

/// A profile: whatever is accepted gives an assessment within its bounds, and the profile comes back as it was.
pub fn potential(bytes: &[u8]) {
    let Ok(request) = serde_json::from_slice::<PotentialRequest>(bytes) else {
        return;
    };
    let again = serde_json::to_value(&request).expect("JSON");
    let read: PotentialRequest = serde_json::from_value(again.clone()).expect("what was written");
    assert_eq!(serde_json::to_value(read).expect("JSON"), again);

    let today = "2026-12-01".parse().expect("a day");
    let trusted = trusted();
    let Ok(profile) = request.profile(&|score| verify(score, &trusted, today)) else {
        return;
    };
    let content = &*CONTENT;
    let table = content.points_on(today).expect("a table").clone();
    let all: Vec<Arc<RuleSet>> = content.rules.values().cloned().collect();
    let Ok(potential) = Potential::of(profile, table, all[0].clone(), &all) else {
        return;
    };
    let report = Assessed::of(&potential);
    let number = |text: &str| text.parse::<f64>().expect(text);
    let (low, total, high) = (
        number(&report.range.low),
        number(&report.total),
        number(&report.range.high),
    );
    assert!(
        0.0 <= low && low <= total && total <= high,
        "{low} {total} {high}"
    );
    assert_eq!(report.passed, total >= number(&report.threshold), "{total}");
    for step in &report.steps {
        assert!(
            number(&step.points) <= number(&step.max),
            "{}",
            step.criterion
        );
    }
}
