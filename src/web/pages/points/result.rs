//! The result as the template shows it: the verdict, each step with where it comes from, the pictures' labels, and the
//! same person under every rule set.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::form::name_of;
use super::gap::{GapView, NextRow};
use super::numbers::{exact, number, number_up};
use super::picture::{Row, Segment, Stack, Step as FallStep, Waterfall};
use super::steps::StepRow;
use crate::domain::{
    level::Level,
    points::{Certainty, Comparison, Criterion, Origin, Potential},
    rules::RuleSet,
};
use crate::web::pages::{
    Chrome,
    sourced::{Ledger, Said, Shown},
};
use crate::web::urls;

/// Everything that an assessment's page says.
pub(super) struct ResultView {
    /// `passed`, `depends` or `failed`.
    pub(super) class: &'static str,
    pub(super) title: String,
    /// The verdict in a few words, for the bar that stays in sight.
    pub(super) standing: String,
    /// How sure it is.
    pub(super) certainty: String,
    /// How many criteria count as nothing because nothing was said about them.
    pub(super) not_given: Option<String>,
    pub(super) threshold: Shown,
    pub(super) stack: Stack,
    pub(super) threshold_label: String,
    /// The least and the greatest total.
    pub(super) ends: Option<(String, String)>,
    pub(super) legend: Vec<LegendRow>,
    pub(super) waterfall: Waterfall,
    pub(super) fall: Vec<FallRow>,
    pub(super) steps: Vec<StepRow>,
    pub(super) sums: Vec<SumRow>,
    pub(super) formula: Shown,
    /// The formula with the numbers of this person.
    pub(super) numbers: String,
    pub(super) gap: Option<GapView>,
    pub(super) next: Vec<NextRow>,
    pub(super) rule_sets: Vec<RuleRow>,
    pub(super) information: Vec<(String, Shown)>,
}

/// A criterion in the legend of the stacked bar.
pub(super) struct LegendRow {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) points: String,
}

/// A row of the waterfall with its words.
pub(super) struct FallRow {
    pub(super) name: String,
    pub(super) points: String,
}

/// A line below the criteria.
pub(super) struct SumRow {
    pub(super) name: String,
    pub(super) value: Said,
    /// Whether it is the total.
    pub(super) total: bool,
}

/// The person under one rule set of the language test.
pub(super) struct RuleRow {
    pub(super) title: String,
    /// What its title says rests on this.
    pub(super) basis: &'static str,
    pub(super) note: usize,
    pub(super) href: String,
    /// Whether the points for Kazakh above are its.
    pub(super) chosen: bool,
    pub(super) from: Shown,
    pub(super) required: Shown,
    pub(super) level: Option<&'static str>,
    pub(super) passes_test: Option<bool>,
    pub(super) total: String,
    pub(super) passed: bool,
}

/// What the parts of the result are made from.
pub(super) struct Maker<'m, 'c> {
    pub(super) c: &'m Chrome<'c>,
    pub(super) ledger: &'m mut Ledger,
    pub(super) potential: &'m Potential,
}

/// A criterion's name.
pub(super) fn criterion(c: &Chrome<'_>, criterion: Criterion) -> String {
    c.say_of("points-criterion-", &name_of(criterion))
}

impl Maker<'_, '_> {
    /// Rounded down.
    pub(super) fn number(&self, points: Decimal) -> String {
        number(points, self.c.language)
    }

    /// The first day of the table.
    pub(super) fn since(&self) -> NaiveDate {
        self.potential.table.effective_from.value
    }

    pub(super) fn result(mut self) -> ResultView {
        let (c, potential) = (self.c, self.potential);
        let assessment = &potential.assessment;
        let table = &potential.table;
        let since = self.since();
        let threshold = assessment.threshold.to_string();
        let total = self.number(assessment.total);
        let missing = number_up(assessment.missing, c.language);
        let certainty = assessment.certainty();
        let three = |key: &str| {
            let values = [
                ("total", total.as_str()),
                ("threshold", threshold.as_str()),
                ("missing", missing.as_str()),
            ];
            c.say3(key, values)
        };
        let key = match (assessment.passed, certainty) {
            (true, Certainty::Depends) => "points-verdict-if",
            (true, _) => "points-verdict-passes",
            (false, _) => "points-verdict-missing",
        };
        let stack = Stack::of(assessment);
        let waterfall = Waterfall::of(assessment);
        let steps = assessment
            .steps
            .iter()
            .map(|step| self.step(step))
            .collect();
        let sums = self.sums();
        let not_given = assessment
            .steps
            .iter()
            .filter(|step| step.origin == Origin::NotGiven)
            .count();
        ResultView {
            class: match certainty {
                Certainty::Passes => "passed",
                Certainty::Depends => "depends",
                Certainty::Fails => "failed",
            },
            title: three(key),
            standing: three(match assessment.passed {
                true => "points-standing-passes",
                false => "points-standing-missing",
            }),
            certainty: self.certainty(certainty),
            not_given: (not_given > 0).then(|| c.say1("points-not-given", "n", not_given)),
            threshold: self
                .ledger
                .show(threshold.as_str(), &table.threshold, since),
            threshold_label: c.say1("points-needed", "n", threshold.as_str()),
            ends: stack.range.as_ref().map(|_| {
                let range = assessment.range;
                (self.number(range.low), self.number(range.high))
            }),
            legend: stack.segments.iter().map(|one| self.legend(one)).collect(),
            fall: waterfall.steps.iter().map(|one| self.fall(one)).collect(),
            stack,
            waterfall,
            steps,
            sums,
            formula: self
                .ledger
                .show(c.say("points-formula"), &table.formula, since),
            numbers: self.numbers(),
            gap: self.gap(),
            next: self.next_levels(),
            rule_sets: self.rule_sets(),
            information: self.information(),
        }
    }

    fn certainty(&self, certainty: Certainty) -> String {
        let c = self.c;
        let range = self.potential.assessment.range;
        let (low, high) = (self.number(range.low), self.number(range.high));
        if range.low == range.high {
            return c.say("points-sure-exact");
        }
        match certainty {
            Certainty::Passes => c.say2("points-sure-passes", "low", low, "high", high),
            Certainty::Depends => c.say2("points-sure-depends", "low", low, "high", high),
            Certainty::Fails => c.say2("points-sure-fails", "low", low, "high", high),
        }
    }

    fn legend(&self, segment: &Segment) -> LegendRow {
        LegendRow {
            class: segment.class,
            name: criterion(self.c, segment.criterion),
            points: self.number(segment.points),
        }
    }

    fn fall(&self, step: &FallStep) -> FallRow {
        let points = match step.row {
            Row::Adds(_) => format!("+{}", self.number(step.points)),
            // Rounded away from zero: what is left is never shown as more than it is.
            Row::Health => format!("−{}", number_up(-step.points, self.c.language)),
            Row::Sum | Row::Total => self.number(step.points),
        };
        let name = match step.row {
            Row::Adds(of) => criterion(self.c, of),
            Row::Sum => self.c.say("points-sum"),
            Row::Health => self.c.say("points-by-health"),
            Row::Total => self.c.say("points-total"),
        };
        FallRow { name, points }
    }

    fn sums(&mut self) -> Vec<SumRow> {
        let (c, potential) = (self.c, self.potential);
        let assessment = &potential.assessment;
        let computed = |maker: &Self, points: Decimal| Said::Computed(maker.number(points));
        let health = exact(assessment.health, c.language);
        let health = match potential.profile.health {
            Some(_) => Said::Entered(health),
            None => Said::Computed(c.say1("points-health-full", "n", health)),
        };
        let row = |key: &str, value: Said, total: bool| SumRow {
            name: c.say(key),
            value,
            total,
        };
        vec![
            row("points-sum", computed(self, assessment.sum), false),
            row("points-health", health, false),
            row(
                "points-after-health",
                computed(self, assessment.after_health),
                false,
            ),
            row(
                "points-with-additional",
                computed(self, assessment.additional),
                false,
            ),
            row("points-total", computed(self, assessment.total), true),
        ]
    }

    /// The formula with numbers: `(80.66 + 100 + 24) × 0.9 + 0 = 184.19`.
    fn numbers(&self) -> String {
        let assessment = &self.potential.assessment;
        let parts: Vec<String> = assessment
            .steps
            .iter()
            .filter(|step| step.criterion.is_multiplied())
            .map(|step| self.number(step.points))
            .collect();
        format!(
            "({}) × {} + {} = {}",
            parts.join(" + "),
            exact(assessment.health, self.c.language),
            self.number(assessment.additional),
            self.number(assessment.total),
        )
    }

    fn rule_sets(&mut self) -> Vec<RuleRow> {
        let potential = self.potential;
        potential
            .comparisons
            .iter()
            .map(|(rules, comparison)| self.rule_set(rules, comparison))
            .collect()
    }

    fn rule_set(&mut self, rules: &RuleSet, comparison: &Comparison) -> RuleRow {
        let c = self.c;
        let since = rules.effective_from.value;
        let required = &rules.required_level;
        let title = self.ledger.cite(required, since);
        let mut notes = vec![title];
        let band = rules.bands.iter().find(|band| band.level == required.value);
        notes.extend(band.map(|band| self.ledger.cite(&band.from_percent, since)));
        let text = c.say2(
            "points-required",
            "level",
            required.value.as_str(),
            "n",
            comparison.required_percent,
        );
        RuleRow {
            title: c.text(&rules.title).to_owned(),
            basis: required.basis.as_str(),
            note: title,
            href: urls::about_rule(&rules.id),
            chosen: rules.id == self.potential.rules.id,
            from: self
                .ledger
                .show(c.day(&since), &rules.effective_from, since),
            required: self.ledger.stated(text, &notes),
            level: comparison.level.map(Level::as_str),
            passes_test: comparison.passes_test,
            total: self.number(comparison.assessment.total),
            passed: comparison.assessment.passed,
        }
    }

    fn information(&mut self) -> Vec<(String, Shown)> {
        let (c, since) = (self.c, self.since());
        let table = self.potential.table.clone();
        let shown = table.information.iter().map(|one| {
            let text = c.text(&one.text.value);
            (
                c.text(&one.title).to_owned(),
                self.ledger.show(text, &one.text, since),
            )
        });
        shown.collect()
    }
}
