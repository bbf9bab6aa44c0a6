//! `synaq check` as a user runs it: faults, a summary, the exit code.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::fixture;

fn check(dir: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synaq"))
        .arg("check")
        .arg("--content")
        .arg(dir)
        .args(more)
        .output()
        .expect("synaq runs")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn good_content_passes_with_a_summary() {
    let output = check(&fixture("short"), &[]);
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output);
    assert!(text.contains("rule short-b1 "), "{text}");
    assert!(text.contains("2 forms without overlap"), "{text}");
    assert!(text.contains("calendar kazakhstan, 2026, 2027\n"), "{text}");
    assert!(text.ends_with("no faults\n"), "{text}");
}

#[test]
fn every_fault_is_a_line_and_the_summary_follows() {
    let dir = fixture("broken/many-faults");
    let output = check(&dir, &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    let first = format!(
        "{}:13: glossary.1.en: is missing",
        dir.join("bank/one.toml").display()
    );
    assert_eq!(text.lines().next(), Some(first.as_str()));
    assert!(text.ends_with("8 faults\n"), "{text}");
}

#[test]
fn the_report_as_json() {
    let report = json(&check(&fixture("short"), &["--json"]));
    assert_eq!(report["faults"], Value::Array(Vec::new()));
    assert_eq!(report["rules"][0]["id"], "short");
    let kinds: Vec<&Value> = report["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .map(|table| &table["kind"])
        .collect();
    assert_eq!(kinds, ["points", "calendar", "pathway"]);
    assert_eq!(report["testlets"], 4);
    assert_eq!(report["items"], 14);
    assert_eq!(report["by_cell"][1]["lexical_grammar"], 4);
    assert_eq!(report["forms_without_overlap"], 2);
    assert_eq!(report["key_letters"]["B"], 4);
    assert!(report["longest_key_rate"].is_number());
    assert_eq!(report["rules"][1]["forms_without_overlap"], 2);
    assert_eq!(report["review"]["reviewed"], 0);
    assert_eq!(report["audio"]["recordings"], 2);
    assert_eq!(report["audio"]["synthetic"], 2);
    assert_eq!(report["decoded"], false);

    let output = check(&fixture("broken/recording-changed"), &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let fault = &json(&output)["faults"][0];
    assert!(
        fault["file"]
            .as_str()
            .is_some_and(|file| file.ends_with("bank/hear.audio.toml"))
    );
    assert_eq!(fault["line"], 2);
    assert_eq!(fault["field"], "sha256");
    assert!(
        fault["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("hash"))
    );
}

#[test]
fn a_wrong_option_is_bad_usage() {
    let output = check(&fixture("short"), &["--loud"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_readme_quotes_what_check_prints() {
    let output = check(&crate::support::own_content(), &[]);
    assert!(output.status.success(), "{output:?}");
    let printed = text(&output);
    let readme = include_str!("../../../README.md");
    // The directory is named as it was given; the summary names none.
    assert!(
        readme.contains(&format!("```text\n{printed}```")),
        "put this into the README:\n{printed}"
    );
}
