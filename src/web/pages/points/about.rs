//! The formula with its ranges and their sources, where nothing is known of the person yet.

use super::fields::range;
use super::result::criterion;
use crate::domain::{
    points::{Criterion, Estimate, PointsTable},
    rules::RuleSet,
};
use crate::web::pages::{
    Chrome,
    sourced::{Ledger, Shown},
};

/// How the points of a criterion come about, where nothing is known of the person.
pub(super) struct AboutRow {
    pub(super) name: String,
    pub(super) most: Shown,
    pub(super) how: Option<Shown>,
}

/// The formula and its ranges.
pub(super) struct AboutView {
    pub(super) formula: Shown,
    pub(super) threshold: Shown,
    pub(super) rows: Vec<AboutRow>,
    pub(super) health: Shown,
    pub(super) information: Vec<(String, Shown)>,
}

impl AboutView {
    pub(super) fn of(
        c: &Chrome<'_>,
        ledger: &mut Ledger,
        table: &PointsTable,
        rules: &RuleSet,
    ) -> Self {
        let since = table.effective_from.value;
        Self {
            formula: ledger.show(c.say("points-formula"), &table.formula, since),
            threshold: ledger.show(
                c.say1("points-pass-from", "n", table.threshold.value),
                &table.threshold,
                since,
            ),
            rows: Criterion::ALL
                .into_iter()
                .map(|of| AboutRow {
                    name: criterion(c, of),
                    most: range(c, ledger, table, of),
                    how: how(c, ledger, table, rules, of),
                })
                .collect(),
            health: ledger.show(
                c.say1("points-health-range", "max", table.health.value),
                &table.health,
                since,
            ),
            information: table
                .information
                .iter()
                .map(|one| {
                    let text = ledger.show(c.text(&one.text.value), &one.text, since);
                    (c.text(&one.title).to_owned(), text)
                })
                .collect(),
        }
    }
}

fn how(
    c: &Chrome<'_>,
    ledger: &mut Ledger,
    table: &PointsTable,
    rules: &RuleSet,
    of: Criterion,
) -> Option<Shown> {
    let since = table.effective_from.value;
    let levels = match of {
        Criterion::Kazakh => Some((&rules.kazakh_points, rules.effective_from.value)),
        Criterion::Russian => Some((&table.russian, since)),
        Criterion::English => Some((&table.english, since)),
        _ => None,
    };
    if let Some((levels, since)) = levels {
        let notes: Vec<usize> = levels
            .iter()
            .map(|(_, points)| ledger.cite(points, since))
            .collect();
        let words: Vec<String> = levels
            .iter()
            .map(|(level, points)| format!("{level} – {}", points.value))
            .collect();
        return Some(ledger.stated(words.join(", "), &notes));
    }
    let estimate = table.estimate(of)?;
    let key = match of {
        Criterion::Demographic => "points-how-at-age",
        _ => "points-how-at",
    };
    let at = |(years, points): (u32, u32)| c.say2(key, "points", points, "n", years);
    let text = match &estimate.value {
        Estimate::Line(line) => c.say2("points-how-line", "from", at(line.from), "to", at(line.to)),
        Estimate::Choice(choice) => {
            let words: Vec<String> = choice
                .options
                .iter()
                .map(|option| format!("{} – {}", c.text(&option.title), option.points))
                .collect();
            words.join("; ")
        }
        Estimate::Shares(_) => c.say("points-how-shares"),
    };
    Some(ledger.show(text, estimate, since))
}
