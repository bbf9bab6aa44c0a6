//! The parts of the page that depend on nobody's days: regions, procedures, stages, funds, disputes, routes, days off.

use chrono::Datelike;

use super::view::Maker;
use crate::domain::Language;
use crate::domain::pathway::Span;
use crate::domain::retake::{Allowance, LimitReached};
use crate::service::{NextMock, Plan};
use crate::web::pages::sourced::Shown;

/// A heading with sourced sentences below it.
pub(super) struct Titled {
    pub(super) title: String,
    pub(super) points: Vec<Shown>,
    /// Marked: the procedure that applies, or a route whose rules no longer do.
    pub(super) marked: bool,
}

/// A stage.
pub(super) struct StageView {
    pub(super) title: String,
    pub(super) text: Shown,
    pub(super) span: Option<Shown>,
}

/// A question on which the sources do not agree.
pub(super) struct DisputeView {
    pub(super) title: String,
    pub(super) readings: Vec<Shown>,
    pub(super) ours: Shown,
}

/// The funds.
pub(super) struct FundsView {
    pub(super) mci: Shown,
    pub(super) tenge: Option<Shown>,
    /// What an MCI is.
    pub(super) value: Option<Shown>,
    /// What is taken where that year's is not known.
    pub(super) reading: Option<Shown>,
    pub(super) rounded: Shown,
}

/// What the retake limit says.
pub(super) struct RetakesView {
    pub(super) rule: Shown,
    /// Of the learner's own mocks.
    pub(super) own: Option<Shown>,
    /// Of the tests that were typed.
    pub(super) typed: Option<Shown>,
}

/// The days off of a year.
pub(super) struct YearView {
    pub(super) unknown: Vec<Shown>,
    pub(super) days: Vec<Shown>,
}

/// A whole number with its thousands apart, as the language writes it; the space does not break.
pub(super) fn grouped(number: u64, language: Language) -> String {
    let separator = match language {
        Language::English => ',',
        Language::Russian | Language::Kazakh => '\u{a0}',
    };
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

impl Maker<'_> {
    /// The regions that accept applications, and those that do not, in words.
    pub(super) fn regions(&mut self) -> Vec<Shown> {
        let c = self.c;
        let regions = &self.in_force.table.regions;
        [
            (true, "pathway-regions-accept"),
            (false, "pathway-regions-refuse"),
        ]
        .into_iter()
        .map(|(accepts, key)| {
            let names: Vec<&str> = regions
                .value()
                .iter()
                .filter(|region| region.accepts == accepts && region.id != "other")
                .map(|region| c.text(&region.title))
                .collect();
            let text = c.say1(key, "names", names.join(", "));
            self.ledger.show_dated(text, regions)
        })
        .collect()
    }

    pub(super) fn procedures(&mut self, plan: &Plan<'_>) -> Vec<Titled> {
        let table = self.in_force.table.clone();
        table
            .procedures
            .iter()
            .map(|procedure| Titled {
                title: self.c.text(&procedure.title).to_owned(),
                points: self.texts(&procedure.points),
                marked: procedure.id == plan.verdict.procedure.id,
            })
            .collect()
    }

    pub(super) fn stages(&mut self) -> Vec<StageView> {
        let table = self.in_force.table.clone();
        table
            .stages
            .iter()
            .map(|stage| StageView {
                title: self.c.text(&stage.title).to_owned(),
                text: self.dated(&stage.text),
                span: stage.span.map(|span| self.span(span)),
            })
            .collect()
    }

    fn span(&mut self, span: Span) -> Shown {
        let c = self.c;
        let rules = &self.in_force.rules;
        let spans = &self.in_force.table.spans;
        match span {
            Span::Result => {
                let text = c.say1("pathway-span-result", "n", rules.result_days.value);
                self.ledger
                    .show(text, &rules.result_days, rules.effective_from.value)
            }
            Span::Review => {
                let days = &spans.review_working_days;
                let text = c.say1("pathway-span-review", "n", *days.value());
                self.ledger.show_dated(text, days)
            }
            Span::Notification => {
                let months = &spans.notification_months;
                let text = c.say1("pathway-span-notification", "n", *months.value());
                self.ledger.show_dated(text, months)
            }
            Span::Decision => {
                let days = &spans.decision_days;
                let text = c.say1("pathway-span-decision", "n", *days.value());
                self.ledger.show_dated(text, days)
            }
        }
    }

    pub(super) fn funds(&mut self, plan: &Plan<'_>) -> FundsView {
        let c = self.c;
        let funds = &self.in_force.table.funds;
        let mci = c.say1("pathway-funds-mci", "n", *funds.mci.value());
        let mci = self.ledger.show_dated(mci, &funds.mci);
        let amount = plan.funds.map(|amount| {
            let mut notes = vec![
                self.ledger.cite_dated(&funds.mci),
                self.ledger.cite_dated(amount.mci),
            ];
            if !amount.of_the_year {
                notes.push(self.ledger.cite_dated(&funds.reading));
            }
            let tenge = grouped(amount.tenge, c.language);
            let text = c.say1("pathway-funds-tenge", "sum", tenge);
            let one = grouped(u64::from(*amount.mci.value()), c.language);
            let year = amount.mci.since.year().to_string();
            let value = c.say2("pathway-funds-value", "sum", one, "year", year);
            (
                self.ledger.computed(text, &notes),
                self.ledger.show_dated(value, amount.mci),
            )
        });
        let rounded = self.dated(&funds.rounded);
        let (tenge, value) = amount.unzip();
        FundsView {
            mci,
            tenge,
            value,
            reading: plan
                .funds
                .filter(|amount| !amount.of_the_year)
                .map(|_| self.dated(&funds.reading)),
            rounded,
        }
    }

    pub(super) fn retakes(&mut self, plan: &Plan<'_>, own: Option<&NextMock>) -> RetakesView {
        let c = self.c;
        let policy = &self.in_force.rules.retake;
        let since = self.in_force.rules.effective_from.value;
        let text = c.say2(
            "pathway-retake-rule",
            "n",
            policy.retakes.value,
            "days",
            policy.days.value,
        );
        let rule = self.ledger.show(text, &policy.retakes, since);
        let notes = [
            self.ledger.cite(&policy.retakes, since),
            self.ledger.cite(&policy.days, since),
            self.ledger.cite(&policy.zone, since),
        ];
        let said = |decision: &Result<Allowance, LimitReached>, left: &str, next: &str| {
            let text = match decision {
                Ok(allowance) => c.say1(left, "n", allowance.left),
                Err(reached) => c.say1(next, "date", c.day(&reached.next_allowed)),
            };
            self.ledger.computed(text, &notes)
        };
        RetakesView {
            rule,
            own: own.map(|own| {
                let (left, next) = ("pathway-retake-own-left", "pathway-retake-own-next");
                said(&own.decision, left, next)
            }),
            typed: plan
                .retake
                .as_ref()
                .map(|decision| said(decision, "pathway-retake-left", "pathway-retake-next")),
        }
    }

    pub(super) fn disputes(&mut self) -> Vec<DisputeView> {
        let table = self.in_force.table.clone();
        table
            .disputes
            .iter()
            .map(|dispute| DisputeView {
                title: self.c.text(&dispute.title).to_owned(),
                readings: self.texts(&dispute.readings),
                ours: self.dated(&dispute.ours),
            })
            .collect()
    }

    pub(super) fn routes(&mut self) -> Vec<Titled> {
        let table = self.in_force.table.clone();
        table
            .routes
            .iter()
            .map(|route| Titled {
                title: self.c.text(&route.title).to_owned(),
                points: self.texts(&route.points),
                marked: route.superseded,
            })
            .collect()
    }

    /// The days off from this year on.
    pub(super) fn years(&mut self) -> Vec<YearView> {
        let c = self.c;
        let calendar = &self.in_force.calendar;
        let from = self.in_force.today.year();
        calendar
            .years
            .range(from..)
            .map(|(year, known)| {
                let since = known.first_day();
                let year_text = year.to_string();
                let unknown = known.unknown.iter().map(|unknown| {
                    let text = c.say2(
                        "pathway-doubt-day",
                        "day",
                        c.text(&unknown.value),
                        "year",
                        year_text.as_str(),
                    );
                    self.ledger.show(text, unknown, since)
                });
                let unknown: Vec<Shown> = unknown.collect();
                let of_the_year = calendar
                    .days_off
                    .iter()
                    .filter(|(date, _)| date.year() == *year);
                let days = of_the_year.map(|(date, day)| {
                    let title = c.text(&day.title);
                    let text = match day.moved_from {
                        None => format!("{} {title}", c.day(date)),
                        Some(from) => {
                            let moved = c.say1("pathway-day-moved", "date", c.day(&from));
                            format!("{} {title} ({moved})", c.day(date))
                        }
                    };
                    self.ledger.show(text, &day.date, day.since())
                });
                YearView {
                    days: days.collect(),
                    unknown,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, english, russian) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (4325, "4,325", "4\u{a0}325"),
            (5_709_000, "5,709,000", "5\u{a0}709\u{a0}000"),
        ] {
            assert_eq!(grouped(number, Language::English), english);
            assert_eq!(grouped(number, Language::Russian), russian);
        }
    }
}
