//! The planners against cases that are data: `tests/golden/pathway`, each with what it shows and where it comes from.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, de::DeserializeOwned};
use synaq::content::{self, Content};
use synaq::domain::calendar::Calendar;
use synaq::domain::id::RuleId;
use synaq::domain::pathway::{
    Pathway, documents, procedure,
    resubmission::{self, Opens, Round},
    timeline::{self, Entered},
};
use synaq::domain::retake;
use synaq::domain::rules::{Dated, RuleSet};

use crate::support::own_content;

/// The repository's own tables.
struct Tables {
    content: Content,
}

impl Tables {
    fn load() -> Self {
        Self {
            content: content::inspect(&own_content(), None).content,
        }
    }

    fn pathway(&self) -> &Pathway {
        &self.content.pathways["pilot-2026-02"]
    }

    fn calendar(&self) -> &Calendar {
        &self.content.calendars["kazakhstan"]
    }

    fn rules(&self) -> &RuleSet {
        &self.content.rules[&RuleId::new("a1-2026-02")]
    }
}

fn cases<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/pathway")
        .join(file);
    let text = std::fs::read_to_string(&path).expect(file);
    toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkingDays {
    working_days: Vec<Count>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    why: String,
    from: NaiveDate,
    n: u32,
    reached: NaiveDate,
    certain: bool,
}

#[test]
fn working_days() {
    let tables = Tables::load();
    let cases = cases::<WorkingDays>("working-days.toml").working_days;
    assert!(cases.len() >= 20);
    for case in cases {
        let counted = tables.calendar().add_working_days(case.from, case.n);
        assert_eq!(counted.day, case.reached, "{}", case.why);
        assert_eq!(counted.doubts.is_empty(), case.certain, "{}", case.why);
    }
}

#[test]
fn christmas_and_kurban_ait_move_nothing() {
    let tables = Tables::load();
    let calendar = tables.calendar();
    let mut found = 0;
    for day in calendar.days_off.values() {
        let fixed = ["Orthodox Christmas", "Kurban Ait"].contains(&day.title.en.as_str());
        found += usize::from(fixed);
        assert!(!fixed || day.moved_from.is_none(), "{}", day.date.value);
    }
    assert_eq!(found, 3, "two Christmases and one Kurban Ait");
    let unknown = &calendar.years[&2027].unknown;
    assert_eq!(unknown[0].value.en, "Kurban Ait");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resubmissions {
    resubmission: Vec<Refusals>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusals {
    why: String,
    rounds: Vec<RoundCase>,
    openings: Vec<OpeningCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoundCase {
    submitted: Option<NaiveDate>,
    refused: NaiveDate,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningCase {
    number: usize,
    on: Option<NaiveDate>,
    not_before: Option<NaiveDate>,
    other: Option<NaiveDate>,
}

#[test]
fn resubmission_steps() {
    let tables = Tables::load();
    for case in cases::<Resubmissions>("resubmission.toml").resubmission {
        let rounds: Vec<Round> = case
            .rounds
            .iter()
            .map(|round| Round {
                submitted: round.submitted,
                refused: round.refused,
            })
            .collect();
        resubmission::check(&rounds).unwrap_or_else(|fault| panic!("{}: {fault}", case.why));
        let found: Vec<OpeningCase> = resubmission::plan(tables.pathway(), &rounds)
            .iter()
            .map(|opening| OpeningCase {
                number: opening.number,
                on: match opening.opens {
                    Opens::On(day) => Some(day),
                    _ => None,
                },
                not_before: match opening.opens {
                    Opens::NotBefore(day) => Some(day),
                    _ => None,
                },
                other: opening.other_reading,
            })
            .collect();
        assert_eq!(found, case.openings, "{}", case.why);
    }
}

#[test]
fn rounds_that_do_not_follow_each_other() {
    let day = |text: &str| text.parse::<NaiveDate>().expect(text);
    let round = |submitted: Option<&str>, refused: &str| Round {
        submitted: submitted.map(day),
        refused: day(refused),
    };
    let tables = Tables::load();
    let backwards = [round(Some("2026-03-02"), "2026-03-01")];
    assert!(resubmission::check(&backwards).is_err());
    let crossed = [
        round(None, "2026-03-01"),
        round(Some("2026-02-01"), "2026-04-01"),
    ];
    assert!(resubmission::check(&crossed).is_err());
    // A submission a day before it was open is not impossible, but it is told.
    for (submitted, early) in [("2026-03-31", vec![1]), ("2026-04-01", vec![])] {
        let rounds = [
            round(None, "2026-03-01"),
            round(Some(submitted), "2026-04-20"),
        ];
        assert_eq!(resubmission::check(&rounds), Ok(()));
        assert_eq!(resubmission::too_early(tables.pathway(), &rounds), early);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checklists {
    documents: Vec<Checklist>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checklist {
    why: String,
    #[serde(default)]
    circumstances: Vec<String>,
    submission: NaiveDate,
    today: NaiveDate,
    #[serde(default)]
    entered: BTreeMap<String, NaiveDate>,
    #[serde(default)]
    not_required: Vec<String>,
    expect: Vec<DocumentCase>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentCase {
    id: String,
    earliest: Option<NaiveDate>,
    runs_until: Option<NaiveDate>,
    expires: Option<NaiveDate>,
    state: String,
}

#[test]
fn documents_for_a_submission() {
    let tables = Tables::load();
    for case in cases::<Checklists>("documents.toml").documents {
        let table = tables.pathway();
        let verdict = procedure::decide(table, &case.circumstances).expect("a verdict");
        let entered: Vec<(String, NaiveDate)> = case.entered.into_iter().collect();
        let plan = documents::plan(table, &verdict, case.submission, case.today, &entered);
        for expected in case.expect {
            let found = plan
                .iter()
                .find(|document| document.document.id == expected.id)
                .expect("a document of the table");
            let found = DocumentCase {
                id: found.document.id.clone(),
                earliest: found.earliest,
                runs_until: found.runs_until,
                expires: found.expires,
                state: found.state.as_str().to_owned(),
            };
            assert_eq!(found, expected, "{}", case.why);
        }
        let not_required: Vec<&str> = plan
            .iter()
            .filter(|document| !document.required)
            .map(|document| document.document.id.as_str())
            .collect();
        assert_eq!(not_required, case.not_required, "{}", case.why);
        assert!(plan.iter().all(|one| one.latest == case.submission));
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Timelines {
    timeline: Vec<Timeline>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Timeline {
    why: String,
    entered: EnteredCase,
    steps: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnteredCase {
    test: Option<NaiveDate>,
    questionnaire: Option<NaiveDate>,
    notification: Option<NaiveDate>,
    submission: Option<NaiveDate>,
}

#[test]
fn timelines() {
    let tables = Tables::load();
    for case in cases::<Timelines>("timeline.toml").timeline {
        let entered = Entered {
            test: case.entered.test,
            questionnaire: case.entered.questionnaire,
            notification: case.entered.notification,
            submission: case.entered.submission,
        };
        let steps = timeline::plan(
            tables.pathway(),
            tables.calendar(),
            tables.rules(),
            &entered,
        );
        let found: Vec<String> = steps
            .iter()
            .map(|step| {
                let mut line = format!(
                    "{} {} {}",
                    step.day,
                    step.kind.as_str(),
                    step.origin.as_str()
                );
                for flag in &step.flags {
                    line += &format!(" {}", flag.as_str());
                }
                if !step.doubts.is_empty() {
                    line += " ?";
                }
                line
            })
            .collect();
        assert_eq!(found, case.steps, "{}", case.why);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdicts {
    verdict: Vec<VerdictCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerdictCase {
    why: String,
    circumstances: Vec<String>,
    procedure: String,
    #[serde(default)]
    others: Vec<String>,
    test: String,
    certificate: String,
}

#[test]
fn verdicts() {
    let tables = Tables::load();
    let said = |need: &Dated<bool>| {
        let needed = match need.value() {
            true => "needed",
            false => "not needed",
        };
        format!("{needed} {}", need.sourced.basis.as_str())
    };
    for case in cases::<Verdicts>("verdict.toml").verdict {
        let verdict = procedure::decide(tables.pathway(), &case.circumstances).expect("a verdict");
        assert_eq!(verdict.procedure.id, case.procedure, "{}", case.why);
        let others: Vec<&str> = verdict.others.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(others, case.others, "{}", case.why);
        assert_eq!(said(verdict.needs.test), case.test, "{}", case.why);
        assert_eq!(
            said(verdict.needs.certificate),
            case.certificate,
            "{}",
            case.why
        );
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FundsAndRetakes {
    funds: Vec<FundsCase>,
    retakes: Vec<RetakeCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FundsCase {
    on: NaiveDate,
    tenge: u64,
    of_the_year: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RetakeCase {
    tests: Vec<NaiveDate>,
    on: NaiveDate,
    left: Option<u32>,
    next: Option<NaiveDate>,
}

#[test]
fn funds_and_retakes() {
    let tables = Tables::load();
    let cases = cases::<FundsAndRetakes>("funds-and-retakes.toml");
    for case in cases.funds {
        let amount = tables.pathway().funds.on(case.on).expect("an amount");
        assert_eq!(
            (amount.tenge, amount.of_the_year),
            (case.tenge, case.of_the_year),
            "{}",
            case.on
        );
    }
    for case in cases.retakes {
        let decided = retake::decide_on(&tables.rules().retake, &case.tests, case.on);
        let found = (
            decided.ok().map(|allowance| allowance.left),
            decided.err().map(|reached| reached.next_allowed),
        );
        assert_eq!(found, (case.left, case.next), "{:?}", case.tests);
    }
}
