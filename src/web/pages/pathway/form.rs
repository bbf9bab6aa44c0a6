//! What the page was asked with: a query of days and answers. Whatever was typed is kept, also what cannot be read.

use chrono::{Datelike, NaiveDate};

use crate::domain::pathway::{
    Pathway,
    resubmission::{self, Round, RoundFault},
    timeline::Entered,
};
use crate::service::Situation;
use crate::web::urls::encoded;

/// Applications that can be entered in the section on refusals.
pub(super) const ROUNDS: usize = 4;
/// Tests that can be entered in the section on retakes.
pub(super) const TESTS: usize = 4;
/// Years with which the page counts.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

/// The query's names and values, in their order.
#[derive(Debug, Default)]
pub(super) struct Form {
    pairs: Vec<(String, String)>,
}

/// A field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldFault {
    /// The field.
    pub(super) field: String,
    /// What is wrong, as the end of a key of the locales: `pathway-fault-…`.
    pub(super) reason: &'static str,
}

/// The field of a document's day.
pub(super) fn document_field(id: &str) -> String {
    format!("doc-{id}")
}

/// A day as browsers send it, `2026-11-22`, or as people write it here, `22.11.2026`.
fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    ["%Y-%m-%d", "%d.%m.%Y"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
        .filter(|day| YEARS.contains(&day.year()))
}

impl Form {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// The value of a field, empty where it was not sent.
    pub(super) fn value(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.trim())
    }

    /// Whether one of a field's values is this.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.pairs
            .iter()
            .any(|(known, given)| known == name && given == value)
    }

    /// The query without what is empty, in one order: the address of this plan.
    pub(super) fn query(&self) -> String {
        let filled: Vec<String> = self
            .pairs
            .iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value.trim())))
            .collect();
        filled.join("&")
    }

    fn day(&self, name: &str, faults: &mut Vec<FieldFault>) -> Option<NaiveDate> {
        let text = self.value(name);
        if text.is_empty() {
            return None;
        }
        let day = day(text);
        if day.is_none() {
            faults.push(FieldFault {
                field: name.to_owned(),
                reason: "day",
            });
        }
        day
    }

    /// The situation as far as it can be read, and the fields that cannot.
    pub(super) fn read(&self, table: &Pathway) -> (Situation, Vec<FieldFault>) {
        let mut faults = Vec::new();
        let entered = Entered {
            test: self.day("test", &mut faults),
            questionnaire: self.day("questionnaire", &mut faults),
            notification: self.day("notification", &mut faults),
            submission: self.day("submission", &mut faults),
        };
        let documents = table
            .documents
            .iter()
            .filter(|document| document.validity.is_some())
            .filter_map(|document| {
                let day = self.day(&document_field(&document.id), &mut faults)?;
                Some((document.id.clone(), day))
            })
            .collect();
        // Answers that the table does not know come from a link to another table: they say nothing here.
        let circumstances = table
            .questions
            .iter()
            .map(|question| question.id.clone())
            .filter(|id| self.has("is", id))
            .collect();
        let region = table
            .regions
            .value()
            .iter()
            .map(|region| region.id.clone())
            .find(|id| self.value("region") == id);
        let rounds = self.rounds(&mut faults);
        let tests = (1..=TESTS)
            .filter_map(|n| self.day(&format!("taken-{n}"), &mut faults))
            .collect();
        let situation = Situation {
            circumstances,
            region,
            entered,
            documents,
            rounds,
            tests,
        };
        (situation, faults)
    }

    /// The applications up to the first that is not whole or does not follow the one before.
    fn rounds(&self, faults: &mut Vec<FieldFault>) -> Vec<Round> {
        let before = faults.len();
        let mut fault = |field: String, reason| faults.push(FieldFault { field, reason });
        let mut rounds = Vec::new();
        let mut ended = false;
        for n in 1..=ROUNDS {
            let (submitted, refused) = (format!("submitted-{n}"), format!("refused-{n}"));
            let given = |name: &str| !self.value(name).is_empty();
            match (given(&submitted), given(&refused)) {
                (false, false) => ended = true,
                (true, false) => {
                    fault(refused, "refusal-missing");
                    ended = true;
                }
                (_, true) if ended => {
                    fault(refused, "round-missing");
                    break;
                }
                (with_submitted, true) => {
                    let submitted_on = day(self.value(&submitted));
                    if with_submitted && submitted_on.is_none() {
                        fault(submitted, "day");
                        break;
                    }
                    let Some(refused_on) = day(self.value(&refused)) else {
                        fault(refused, "day");
                        break;
                    };
                    rounds.push(Round {
                        submitted: submitted_on,
                        refused: refused_on,
                    });
                }
            }
        }
        if let Err(wrong) = resubmission::check(&rounds) {
            let (round, reason) = match wrong {
                RoundFault::RefusedBeforeSubmitted { round } => (round, "refused-before-submitted"),
                RoundFault::OutOfOrder { round } => (round, "round-order"),
            };
            let number = round + 1;
            let field = match rounds[round].submitted {
                Some(_) => format!("submitted-{number}"),
                None => format!("refused-{number}"),
            };
            fault(field, reason);
            rounds.truncate(round);
        }
        // Nothing is planned on rounds of which one is in doubt.
        if faults.len() > before {
            rounds.clear();
        }
        rounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &[(&str, &str)]) -> Form {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Form::new(query.iter().map(own).collect())
    }

    #[test]
    fn a_day_is_read_as_browsers_and_as_people_write_it() {
        let expected = NaiveDate::from_ymd_opt(2026, 2, 3);
        for text in ["2026-02-03", " 2026-02-03 ", "03.02.2026", "3.2.2026"] {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in [
            "2026-02-30",
            "31.02.2026",
            "1999-12-31",
            "2100-01-01",
            "99999-01-01",
            "tomorrow",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn the_address_of_a_plan_holds_what_was_entered_and_nothing_else() {
        let form = form(&[("test", "2026-11-22"), ("region", ""), ("is", "a&b=ж")]);
        assert_eq!(form.query(), "test=2026-11-22&is=a%26b%3D%D0%B6");
    }

    #[test]
    fn rounds_are_whole_and_follow_each_other() {
        let read = |query: &[(&str, &str)]| {
            let mut faults = Vec::new();
            let rounds = form(query).rounds(&mut faults);
            let faults: Vec<String> = faults
                .iter()
                .map(|fault| format!("{} {}", fault.field, fault.reason))
                .collect();
            (rounds.len(), faults)
        };
        assert_eq!(read(&[]), (0, vec![]));
        assert_eq!(read(&[("refused-1", "2026-01-31")]), (1, vec![]));
        let cases: [(&[(&str, &str)], &str); 6] = [
            (
                &[("submitted-1", "2026-01-31")],
                "refused-1 refusal-missing",
            ),
            (&[("refused-2", "2026-01-31")], "refused-2 round-missing"),
            (&[("refused-1", "soon")], "refused-1 day"),
            (
                &[("submitted-1", "soon"), ("refused-1", "2026-01-31")],
                "submitted-1 day",
            ),
            (
                &[("submitted-1", "2026-02-01"), ("refused-1", "2026-01-31")],
                "submitted-1 refused-before-submitted",
            ),
            (
                &[("refused-1", "2026-02-01"), ("refused-2", "2026-01-31")],
                "refused-2 round-order",
            ),
        ];
        for (query, fault) in cases {
            assert_eq!(read(query), (0, vec![fault.to_owned()]));
        }
    }
}
