//! The form as the template shows it: what was typed, what is wrong, what can be chosen, and the published ranges.

use super::form::{Answers, Fault, Wrong, name_of, way};
use super::{Ground, numbers::number};
use crate::domain::{
    language_score::LanguageScore,
    level::Level,
    points::{Criterion, Estimate, PointsTable, Reason, Scale},
};
use crate::web::pages::{
    Chrome,
    sourced::{Ledger, Shown},
};

/// One of the values of a field.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

/// A field that is wrong, in words.
pub(super) struct Said {
    pub(super) field: &'static str,
    /// What it is called, for the summary.
    pub(super) label: String,
    pub(super) text: String,
}

/// A language's part of the form.
pub(super) struct LanguageFields {
    pub(super) name: String,
    /// The id of its hint, and the names of its fields.
    pub(super) hint: String,
    pub(super) level: String,
    pub(super) certificate: String,
    pub(super) score: String,
    pub(super) points: String,
    pub(super) range: Shown,
    /// Certificates, each grade by itself; with a number for a score, the certificate alone.
    pub(super) certificates: Vec<Choice>,
    /// Whether a certificate among them has a number for a score.
    pub(super) scored: bool,
}

/// A criterion's part of the form.
pub(super) struct CriterionFields {
    pub(super) name: String,
    /// The id of its hint.
    pub(super) hint: String,
    pub(super) range: Shown,
    /// The options of its estimate, where it has any.
    pub(super) options: Vec<Choice>,
}

/// A rule set, whose title says what its source states.
pub(super) struct RuleChoice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) basis: &'static str,
    pub(super) note: usize,
}

/// A mock as the form names it.
pub(super) struct MockChoice {
    pub(super) id: String,
    pub(super) label: String,
}

/// The whole form.
pub(super) struct FormView {
    answers: Answers,
    pub(super) faults: Vec<Said>,
    pub(super) kazakh: Shown,
    /// The mocks that count, the best first.
    pub(super) mocks: Vec<MockChoice>,
    /// Mocks that no longer count.
    pub(super) expired: Vec<String>,
    pub(super) languages: Vec<LanguageFields>,
    pub(super) criteria: Vec<CriterionFields>,
    pub(super) health: Shown,
    pub(super) rules: Vec<RuleChoice>,
    pub(super) levels: [Level; 5],
}

/// A mock in one line: when, which level, how many points.
pub(super) fn mock_line(c: &Chrome<'_>, score: &LanguageScore) -> String {
    let date = c.day(&score.date);
    match score.level {
        Some(level) => c.say3(
            "points-mock-line",
            [
                ("date", &date),
                ("level", level.as_str()),
                ("points", &score.kazakh_points.to_string()),
            ],
        ),
        None => c.say1("points-mock-none", "date", date),
    }
}

fn certificates(c: &Chrome<'_>, table: &PointsTable, language: Criterion) -> (Vec<Choice>, bool) {
    let mut choices = Vec::new();
    let mut scored = false;
    for certificate in table.certificates_of(language) {
        let title = c.text(&certificate.title);
        match &certificate.scale.value {
            Scale::Grades(grades) => choices.extend(grades.iter().map(|(grade, _)| Choice {
                value: format!("{}:{grade}", certificate.id),
                label: format!("{title}: {grade}"),
            })),
            Scale::Numbers { min, max, .. } => {
                scored = true;
                let (min, max) = (number(*min, c.language), number(*max, c.language));
                choices.push(Choice {
                    value: certificate.id.clone(),
                    // A title may tell the scale already.
                    label: match title.contains('–') {
                        true => title.to_owned(),
                        false => format!("{title}, {min}–{max}"),
                    },
                });
            }
        }
    }
    (choices, scored)
}

fn options(c: &Chrome<'_>, table: &PointsTable, criterion: Criterion) -> Vec<Choice> {
    let Some(Estimate::Choice(choice)) = table.estimate(criterion).map(|of| &of.value) else {
        return Vec::new();
    };
    choice
        .options
        .iter()
        .map(|option| Choice {
            value: option.id.clone(),
            label: c.text(&option.title).to_owned(),
        })
        .collect()
}

/// `0–110`, with its source.
pub(super) fn range(
    c: &Chrome<'_>,
    ledger: &mut Ledger,
    table: &PointsTable,
    criterion: Criterion,
) -> Shown {
    let since = table.effective_from.value;
    match table.max(criterion) {
        Some(max) => {
            let text = c.say1("points-range", "max", max.value);
            ledger.show(text, max, since)
        }
        // Every table has every criterion; the reader of its file sees to it.
        None => ledger.stated("", &[]),
    }
}

impl FormView {
    pub(super) fn new(
        c: &Chrome<'_>,
        ledger: &mut Ledger,
        ground: &Ground,
        answers: Answers,
        faults: &[Fault],
    ) -> Self {
        let Ground {
            table,
            mocks,
            all: rules,
            ..
        } = ground;
        let kazakh = range(c, ledger, table, Criterion::Kazakh);
        let languages = [Criterion::Russian, Criterion::English].map(|language| {
            let (certificates, scored) = certificates(c, table, language);
            let name = name_of(language);
            let field = |what: &str| format!("{name}-{what}");
            LanguageFields {
                hint: format!("hint-{name}"),
                level: field("level"),
                certificate: field("certificate"),
                score: field("score"),
                points: field("points"),
                name,
                range: range(c, ledger, table, language),
                certificates,
                scored,
            }
        });
        let others = Criterion::ALL.into_iter().filter(|of| !of.is_language());
        let criteria = others.map(|criterion| CriterionFields {
            hint: format!("hint-{}", name_of(criterion)),
            name: name_of(criterion),
            range: range(c, ledger, table, criterion),
            options: options(c, table, criterion),
        });
        let criteria = criteria.collect();
        let health = c.say1("points-health-range", "max", table.health.value);
        Self {
            faults: faults.iter().map(|fault| said(c, fault)).collect(),
            answers,
            kazakh,
            mocks: mocks
                .valid
                .iter()
                .map(|score| MockChoice {
                    id: score.attempt.to_string(),
                    label: mock_line(c, score),
                })
                .collect(),
            expired: mocks
                .expired
                .iter()
                .map(|score| c.say1("points-mock-expired", "date", c.day(&score.valid_until)))
                .collect(),
            languages: languages.into(),
            criteria,
            health: ledger.show(health, &table.health, table.effective_from.value),
            rules: rules
                .iter()
                .map(|rules| {
                    let required = &rules.required_level;
                    RuleChoice {
                        value: rules.id.to_string(),
                        label: c.text(&rules.title).to_owned(),
                        basis: required.basis.as_str(),
                        note: ledger.cite(required, rules.effective_from.value),
                    }
                })
                .collect(),
            levels: Level::ALL,
        }
    }

    /// What was typed into a field.
    pub(super) fn value(&self, field: &str) -> &str {
        self.answers.get(field)
    }

    /// Whether a field has this value.
    pub(super) fn is(&self, field: &str, value: &str) -> bool {
        self.answers.get(field) == value
    }

    /// Whether a language is stated in this way; where nothing was chosen, in none.
    pub(super) fn by(&self, language: &str, way: &str) -> bool {
        let chosen = match self.answers.get(language) {
            "" => way::NONE,
            chosen => chosen,
        };
        chosen == way
    }

    /// What is wrong with a field.
    pub(super) fn fault(&self, field: &str) -> Option<&str> {
        let fault = self.faults.iter().find(|fault| fault.field == field)?;
        Some(&fault.text)
    }
}

/// A fault in words: what the field is called, and what to do.
pub(super) fn said(c: &Chrome<'_>, fault: &Fault) -> Said {
    let text = match &fault.wrong {
        Wrong::Missing => c.say("points-fault-missing"),
        Wrong::NoSuchMock => c.say("points-fault-mock"),
        Wrong::NoSuchRule => c.say("points-fault-choose"),
        Wrong::Nothing => c.say("points-fault-nothing"),
        Wrong::Name(problem) => c.say_of("points-fault-name-", problem),
        Wrong::Value(reason) => match reason {
            Reason::NotANumber => c.say("points-fault-number"),
            Reason::TooManyDigits => c.say("points-fault-digits"),
            Reason::NotWhole => c.say("points-fault-whole"),
            Reason::OutOfRange { min, max } => {
                let (min, max) = (number(*min, c.language), number(*max, c.language));
                c.say2("points-fault-range", "min", min, "max", max)
            }
            Reason::NotAScore(expected) => {
                c.say1("points-fault-score", "expected", expected.as_str())
            }
            Reason::NeedsAge => c.say("points-fault-age"),
            Reason::NoEstimate => c.say("points-fault-no-estimate"),
            Reason::Score(_) => c.say("points-fault-statement"),
            Reason::NotALevel
            | Reason::Several(_)
            | Reason::NotOneOf(_)
            | Reason::Incomplete
            | Reason::NotHere => c.say("points-fault-choose"),
        },
    };
    Said {
        field: fault.field,
        label: c.say_of("points-field-", fault.field),
        text,
    }
}
