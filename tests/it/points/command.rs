//! `synaq points`: the calculator without a server.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use synaq::domain::language_score::{Jwks, SigningKey, sign};

/// Runs `synaq points` with a profile on standard input.
fn points(profile: &str, more: &[&str]) -> Output {
    points_on("2026-11-22", profile, more)
}

fn points_on(day: &str, profile: &str, more: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_synaq"))
        .args(["points", "--profile", "-", "--on", day, "--content"])
        .arg(crate::support::own_content())
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(profile.as_bytes()).expect("written");
    drop(stdin);
    child.wait_with_output().expect("ended")
}

#[test]
fn the_command_says_the_verdict_every_step_and_what_would_close_the_gap() {
    let profile = json!({
        "facts": { "age": 33, "degree": "bachelor", "years_elsewhere": 5 },
        "languages": { "kazakh": { "level": "A1" }, "english": { "certificate": { "name": "ielts", "score": 6.5 } } },
    });
    let output = points(&profile.to_string(), &[]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    // 73.33 + 100 + 24 + 48 + 40
    assert!(
        text.starts_with("285.33 of 400.00 points: 114.67 are missing\n"),
        "{text}"
    );
    for part in [
        "110 × (63 − 33) ÷ (63 − 18)",
        "estimate, assumed",
        "level, assumed",
        "not given",
        "cannot reach it: at most",
        "Cheapest combinations, by months of work (assumed):",
        "b1-2026-04: level B1 in each section (50 %), not reached",
        "independent of the state",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
}

#[test]
fn as_json_it_is_what_the_api_answers() {
    let output = points(r#"{"criteria": {"education": 150}}"#, &["--json"]);
    assert!(output.status.success());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["schema"], "assessment.v1");
    assert_eq!(report["total"], "150.00");
    assert_eq!(
        report["gap"]["alone"].as_array().expect("criteria").len(),
        9
    );
}

#[test]
fn a_profile_that_cannot_be_used_is_refused_with_its_field() {
    for (profile, said) in [
        (
            r#"{"facts": {"age": 200}}"#,
            "facts.age: must be between 0 and 120",
        ),
        (r#"{"criteria": {"charm": 5}}"#, "unknown field `charm`"),
        (r#"{"rule": "none"}"#, "there is no rule set none"),
        ("", "EOF"),
        (
            r#"{"languages": {"kazakh": {"language_score": {}}}}"#,
            "languages.kazakh.language_score: ",
        ),
    ] {
        let output = points(profile, &[]);
        assert_eq!(output.status.code(), Some(1), "{profile}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains(said), "{error:?} for {profile}");
        assert!(output.stdout.is_empty());
    }
    let before = points_on("2026-02-12", "{}", &[]);
    assert_eq!(before.status.code(), Some(1));
    let error = String::from_utf8(before.stderr).expect("text");
    assert!(error.contains("no table of points is in force on 2026-02-12"));
    assert_eq!(
        points("{}", &["--colour"]).status.code(),
        Some(2),
        "bad usage"
    );
}

/// A statement of a mock with B1 in both sections, signed by a key of this test, and the key set that names it.
fn signed() -> (Value, String) {
    let key = SigningKey::from_seed(&[7; 32]).expect("a key");
    let section = |name: &str, of: u32| json!({ "name": name, "correct": of / 2, "of": of, "percent": 50, "level": "B1" });
    let statement = json!({
        "schema": "language-score.v1",
        "language": "kazakh",
        "attempt": "0197",
        "rule": "a1-2026-02",
        "level": "B1",
        "required_level": "A1",
        "passed": true,
        "sections": [section("listening", 20), section("reading", 40)],
        "date": "2026-11-20",
        "valid_until": "2028-11-20",
        "kazakh_points": 72,
        "kazakh_points_source": "a test",
        "kazakh_points_basis": "assumed",
        "notice": "a test",
    });
    let statement = serde_json::from_value(statement).expect("a statement");
    let score = serde_json::to_value(sign(statement, &key)).expect("JSON");
    let keys = serde_json::to_string(&Jwks::of([key.public()])).expect("JSON");
    (score, keys)
}

#[test]
fn a_language_score_counts_with_the_keys_that_signed_it() {
    let (score, keys) = signed();
    let scratch = crate::support::Scratch::new("keys");
    let file = scratch.path().join("jwks.json");
    std::fs::write(&file, keys).expect("written");
    let keys = ["--keys", file.to_str().expect("a path")];
    let profile = |score: &Value| {
        json!({ "languages": { "kazakh": { "language_score": score } } }).to_string()
    };

    let believed = points(&profile(&score), &[&keys[..], &["--json"]].concat());
    assert!(believed.status.success());
    let report: Value = serde_json::from_slice(&believed.stdout).expect("JSON");
    assert_eq!(report["total"], "72.00");
    assert_eq!(report["steps"][2]["origin"], "language-score");

    let mut altered = score.clone();
    altered["level"] = json!("C1");
    let mut unsigned = score.clone();
    unsigned
        .as_object_mut()
        .expect("an object")
        .remove("signature");
    for (day, score, more, said) in [
        ("2026-11-22", &score, &[][..], "a key that is not trusted"),
        ("2026-11-22", &altered, &keys[..], "it was altered"),
        ("2026-11-22", &unsigned, &keys[..], "it is not signed"),
        ("2028-11-21", &score, &keys[..], "no longer valid"),
        ("2026-11-19", &score, &keys[..], "dated in the future"),
    ] {
        let output = points_on(day, &profile(score), more);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains(said), "{error:?}");
    }
}
