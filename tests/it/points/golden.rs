//! Worked cases: `tests/golden/points/*.toml`.

use std::path::Path;

use serde::Deserialize;
use synaq::domain::language_score::ScoreFault;
use synaq::domain::points::{ProfileFault, document::PotentialRequest, shown, shown_missing};

use super::{rules, table};

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Where the expectation comes from: for the reader.
    why: String,
    profile: serde_json::Value,
    expect: Option<Expected>,
    refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    total: Option<String>,
    missing: Option<String>,
    passed: Option<bool>,
    sum: Option<String>,
    after_health: Option<String>,
    low: Option<String>,
    high: Option<String>,
    certainty: Option<String>,
    #[serde(default)]
    steps: std::collections::BTreeMap<String, String>,
}

/// The fields of an assessment that a case may expect, by name.
fn assessed(profile: &serde_json::Value) -> Result<serde_json::Value, ProfileFault> {
    let request: PotentialRequest =
        serde_json::from_value(profile.clone()).expect("a profile's shape");
    let rule = request.rule.as_deref().unwrap_or("a1-2026-02");
    let profile = request.profile(&|_| Err(ScoreFault::Unsigned))?;
    let assessment = profile.assess(table(), &rules(rule))?;
    let steps: serde_json::Map<String, serde_json::Value> = assessment
        .steps
        .iter()
        .map(|step| {
            (
                step.criterion.as_str().to_owned(),
                shown(step.points).into(),
            )
        })
        .collect();
    Ok(serde_json::json!({
        "total": shown(assessment.total),
        "missing": shown_missing(assessment.missing),
        "passed": assessment.passed,
        "sum": shown(assessment.sum),
        "after_health": shown(assessment.after_health),
        "low": shown(assessment.range.low),
        "high": shown(assessment.range.high),
        "certainty": assessment.certainty().as_str(),
        "steps": steps,
    }))
}

fn differences(case: &Case) -> Vec<String> {
    let got = assessed(&case.profile);
    match (&case.expect, &case.refused, got) {
        (None, Some(field), Err(fault)) if fault.field == *field => Vec::new(),
        (None, Some(field), got) => vec![format!("{field} should be refused, got {got:?}")],
        (Some(_), None, Err(fault)) => vec![format!("refused: {fault}")],
        (Some(expected), None, Ok(got)) => {
            let mut wrong = Vec::new();
            let mut compare = |name: &str, expected: Option<serde_json::Value>| {
                if let Some(expected) = expected
                    && got[name] != expected
                {
                    wrong.push(format!("{name}: {} instead of {expected}", got[name]));
                }
            };
            compare("total", expected.total.clone().map(Into::into));
            compare("missing", expected.missing.clone().map(Into::into));
            compare("passed", expected.passed.map(Into::into));
            compare("sum", expected.sum.clone().map(Into::into));
            compare(
                "after_health",
                expected.after_health.clone().map(Into::into),
            );
            compare("low", expected.low.clone().map(Into::into));
            compare("high", expected.high.clone().map(Into::into));
            compare("certainty", expected.certainty.clone().map(Into::into));
            for (criterion, points) in &expected.steps {
                let step = &got["steps"][criterion];
                if step != points {
                    wrong.push(format!("{criterion}: {step} instead of {points}"));
                }
            }
            wrong
        }
        _ => vec!["must have either expect or refused".to_owned()],
    }
}

#[test]
fn every_worked_case_comes_out_as_worked() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/points");
    let mut faults = Vec::new();
    let mut cases = 0;
    let mut names = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(dir).expect("the directory") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file");
        let file: File =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &file.case {
            cases += 1;
            assert!(!case.why.trim().is_empty(), "{}: why?", case.name);
            assert!(
                names.insert(case.name.clone()),
                "{} stands twice",
                case.name
            );
            faults.extend(
                differences(case)
                    .into_iter()
                    .map(|fault| format!("{}: {fault}", case.name)),
            );
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cases >= 40, "{cases} cases");
}
