//! Each criterion of an assessment: its points, its range, and what the points rest on.

use rust_decimal::Decimal;

use super::fields::{mock_line, range};
use super::numbers::{exact, signs};
use super::result::{Maker, criterion};
use crate::domain::{
    level::Level,
    points::{Citation, Criterion, Estimate, LanguageClaim, Origin, PointsTable, Step},
    rules::Sourced,
};
use crate::web::pages::{
    Chrome,
    sourced::{Said, Shown},
};

/// A criterion with its points and where they come from.
pub(super) struct StepRow {
    pub(super) name: String,
    pub(super) points: Said,
    /// Between what the points may lie, where they are assumed.
    pub(super) ends: Option<String>,
    pub(super) most: Shown,
    /// The end of the key of whose value it is.
    pub(super) origin: &'static str,
    /// The basis of the rule that gave the points, where one did.
    pub(super) basis: Option<&'static str>,
    /// `assumed`, `published`, `own` (the user's), or nothing: how its tag looks.
    pub(super) tag: &'static str,
    /// What it rests on, piece by piece.
    pub(super) from: Vec<Said>,
}

/// So many years, in words.
pub(super) fn years(c: &Chrome<'_>, years: Decimal) -> String {
    match u32::try_from(years) {
        Ok(whole) if years.is_integer() => c.say1("points-years", "n", whole),
        _ => c.say1("points-years", "n", exact(years, c.language)),
    }
}

/// A citation as a ledger takes it.
fn sourced(citation: &Citation) -> Sourced<()> {
    Sourced {
        value: (),
        basis: citation.basis,
        source: citation.source.clone(),
        note: citation.note.clone(),
    }
}

impl Maker<'_, '_> {
    pub(super) fn step(&mut self, step: &Step) -> StepRow {
        let c = self.c;
        let points = match step.origin {
            Origin::Entered => Said::Entered(exact(step.points, c.language)),
            _ => self.points_of(step),
        };
        StepRow {
            name: criterion(c, step.criterion),
            points,
            ends: (step.ends.low != step.ends.high).then(|| {
                let (low, high) = (self.number(step.ends.low), self.number(step.ends.high));
                c.say2("points-between", "low", low, "high", high)
            }),
            most: range(c, self.ledger, &self.potential.table, step.criterion),
            origin: step.origin.as_str(),
            basis: step.citation.as_ref().map(|of| of.basis.as_str()),
            tag: match (&step.citation, &step.origin) {
                (_, Origin::Entered) => "own",
                (Some(citation), _) => citation.basis.as_str(),
                (None, _) => "",
            },
            from: self.from(step),
        }
    }

    /// The points that a rule gave, or 0 where none did.
    fn points_of(&mut self, step: &Step) -> Said {
        let text = self.number(step.points);
        match &step.citation {
            Some(citation) => {
                let note = self.cite(citation, step.criterion);
                Said::Rule(self.ledger.computed(text, &[note]))
            }
            None => Said::Computed(text),
        }
    }

    fn cite(&mut self, citation: &Citation, of: Criterion) -> usize {
        // Points for Kazakh stand in the rule set of the test, all others in the table.
        let since = match of {
            Criterion::Kazakh => self.potential.rules.effective_from.value,
            _ => self.since(),
        };
        self.ledger.cite(&sourced(citation), since)
    }

    /// What a criterion's points rest on.
    fn from(&mut self, step: &Step) -> Vec<Said> {
        let c = self.c;
        let level = |level: Level| c.say1("points-level", "level", level.as_str());
        match &step.origin {
            Origin::NotGiven | Origin::Entered => Vec::new(),
            Origin::Level(of) => vec![Said::Entered(level(*of))],
            Origin::Score(_) => vec![Said::Entered(self.mock())],
            Origin::Certificate {
                id,
                score,
                level: of,
            } => {
                let table = self.potential.table.clone();
                let Some(certificate) = table.certificates.iter().find(|one| one.id == *id) else {
                    return Vec::new();
                };
                let shown = match of {
                    Some(of) => level(*of),
                    None => c.say("points-no-level"),
                };
                let title = c.text(&certificate.title);
                let since = self.since();
                vec![
                    Said::Entered(format!("{title}: {}", signs(score, c.language))),
                    Said::Rule(Shown {
                        computed: true,
                        ..self.ledger.show(shown, &certificate.scale, since)
                    }),
                ]
            }
            Origin::Estimate => self.estimate(step),
        }
    }

    /// The mock, or the statement, that says which level.
    fn mock(&self) -> String {
        match &self.potential.profile.kazakh {
            Some(LanguageClaim::Score(score)) => mock_line(self.c, score),
            _ => String::new(),
        }
    }

    fn estimate(&mut self, step: &Step) -> Vec<Said> {
        let c = self.c;
        let table = self.potential.table.clone();
        let mut from = Vec::new();
        from.extend(self.fact(&table, step.criterion).map(Said::Entered));
        let Some(estimate) = table.estimate(step.criterion) else {
            return from;
        };
        let workings = step.workings.as_deref().unwrap_or_default();
        let points = self.number(step.points);
        let workings = signs(workings, c.language);
        let text = match (&estimate.value, workings.contains('<')) {
            (Estimate::Choice(_), true) => c.say1("points-too-young", "workings", workings),
            (Estimate::Choice(_), false) => c.say1("points-by-option", "points", points),
            _ => format!("{workings} = {points}"),
        };
        let note = self.ledger.cite(estimate, self.since());
        from.push(Said::Rule(self.ledger.computed(text, &[note])));
        from
    }

    /// What the user said, from which a criterion is estimated.
    fn fact(&self, table: &PointsTable, of: Criterion) -> Option<String> {
        let c = self.c;
        let facts = &self.potential.profile.facts;
        let years = |of: Decimal| years(c, of);
        let option = |id: &Option<String>| {
            let Estimate::Choice(choice) = &table.estimate(of)?.value else {
                return None;
            };
            let id = id.as_deref()?;
            let option = choice.options.iter().find(|option| option.id == id)?;
            Some(c.text(&option.title).to_owned())
        };
        match of {
            Criterion::Demographic => facts.age.map(|age| years(age.into())),
            Criterion::Education => option(&facts.degree),
            Criterion::KazakhstanExperience => facts.years_in_kazakhstan.map(years),
            Criterion::ForeignExperience => facts.years_elsewhere.map(years),
            Criterion::Additional => option(&facts.relatives),
            _ => None,
        }
    }
}
