//! What would close the gap, and what the next levels of Kazakh bring, as the template shows it.

use rust_decimal::Decimal;

use super::numbers::{exact, number_up};
use super::result::{Maker, criterion};
use crate::domain::{
    level::Level,
    points::{Alone, Combination, Criterion, Reach, Rung},
    rules::Section,
};
use crate::web::pages::sourced::Shown;
use crate::web::urls;

/// What would close the gap.
pub(super) struct GapView {
    pub(super) alone: Vec<AloneRow>,
    /// A health coefficient that would.
    pub(super) health: Option<String>,
    pub(super) combinations: Vec<CombinationRow>,
    /// What all steps together come to.
    pub(super) at_most: String,
}

/// What one criterion alone can do.
pub(super) struct AloneRow {
    pub(super) name: String,
    pub(super) reaches: bool,
    pub(super) text: String,
    /// The first step that has so many points.
    pub(super) step: Option<Shown>,
}

/// Steps that together are enough.
pub(super) struct CombinationRow {
    pub(super) moves: Vec<String>,
    pub(super) months: Shown,
    pub(super) total: String,
}

/// A level of Kazakh above the present one.
pub(super) struct NextRow {
    pub(super) level: &'static str,
    pub(super) points: Shown,
    pub(super) adds: String,
    pub(super) total: String,
    pub(super) passed: bool,
    /// Practice at this level.
    pub(super) practise: String,
}

impl Maker<'_, '_> {
    /// What would close the gap; nothing where there is none.
    pub(super) fn gap(&mut self) -> Option<GapView> {
        let potential = self.potential;
        let gap = potential
            .table
            .gap(&potential.assessment, &potential.rules.kazakh_points)?;
        let alone = gap
            .alone
            .iter()
            .map(|(of, alone)| self.alone(*of, alone))
            .collect();
        let combinations = gap
            .combinations
            .iter()
            .map(|combination| self.combination(combination))
            .collect();
        let language = self.c.language;
        Some(GapView {
            alone,
            health: gap.health.map(|health| exact(health, language)),
            combinations,
            at_most: self.number(gap.at_most),
        })
    }

    fn alone(&mut self, of: Criterion, alone: &Alone) -> AloneRow {
        let c = self.c;
        let (reaches, text, step) = match alone {
            Alone::Reaches { to, by, rung } => {
                let (to, by) = (number_up(*to, c.language), number_up(*by, c.language));
                let text = c.say2("points-gap-reaches", "to", to, "by", by);
                let step = rung.as_ref().map(|reach| self.first_step(of, reach));
                (true, text, step)
            }
            Alone::Cannot { at_most } => {
                let at_most = self.number(*at_most);
                (false, c.say1("points-gap-cannot", "n", at_most), None)
            }
        };
        AloneRow {
            name: criterion(c, of),
            reaches,
            text,
            step,
        }
    }

    fn first_step(&mut self, of: Criterion, reach: &Reach) -> Shown {
        let rung = self.rung(&reach.rung);
        let points = self.number(reach.points);
        let months = self.c.say1("months", "n", reach.months);
        let values = [
            ("step", rung.as_str()),
            ("points", &points),
            ("time", &months),
        ];
        let text = self.c.say3("points-gap-step", values);
        let notes = self.notes_of(of);
        self.ledger.computed(text, &notes)
    }

    fn rung(&self, rung: &Rung) -> String {
        let c = self.c;
        match rung {
            Rung::Level(level) => c.say1("points-level", "level", level.as_str()),
            Rung::Option(title) => c.text(title).to_owned(),
            Rung::Years(years) => c.say1("points-years", "n", *years),
        }
    }

    /// The sources of the steps in a criterion: of how long they take, and of the points that they have.
    fn notes_of(&mut self, of: Criterion) -> Vec<usize> {
        let potential = self.potential;
        let table = &potential.table;
        let since = self.since();
        let mut notes = Vec::new();
        if let Some((_, effort)) = table.effort.iter().find(|(one, _)| *one == of) {
            notes.push(self.ledger.cite(effort, since));
        }
        if let Some(estimate) = table.estimate(of) {
            notes.push(self.ledger.cite(estimate, since));
        }
        let levels = match of {
            Criterion::Kazakh => {
                let rules = &potential.rules;
                Some((&rules.kazakh_points, rules.effective_from.value))
            }
            Criterion::Russian => Some((&table.russian, since)),
            Criterion::English => Some((&table.english, since)),
            _ => None,
        };
        for (_, points) in levels.iter().flat_map(|(levels, _)| levels.iter()) {
            let since = levels.map_or(since, |(_, since)| since);
            notes.push(self.ledger.cite(points, since));
        }
        notes
    }

    fn combination(&mut self, combination: &Combination) -> CombinationRow {
        let c = self.c;
        let mut notes = Vec::new();
        let mut moves = Vec::new();
        for one in &combination.moves {
            notes.extend(self.notes_of(one.criterion));
            let name = criterion(c, one.criterion);
            let rung = self.rung(&one.to.rung);
            let gain: Decimal = one.to.points - one.from;
            let gain = self.number(gain);
            let values = [("criterion", name.as_str()), ("step", &rung), ("by", &gain)];
            moves.push(c.say3("points-gap-move", values));
        }
        let months = c.say1("months", "n", combination.months);
        CombinationRow {
            moves,
            months: self.ledger.computed(months, &notes),
            total: self.number(combination.total),
        }
    }

    /// What each level of Kazakh above the present one would bring.
    pub(super) fn next_levels(&mut self) -> Vec<NextRow> {
        let potential = self.potential;
        let rules = &potential.rules;
        potential
            .table
            .next_levels(&potential.assessment, &rules.kazakh_points)
            .into_iter()
            .map(|next| NextRow {
                level: Level::as_str(next.level),
                points: self.ledger.show(
                    next.points.value.to_string(),
                    &next.points,
                    rules.effective_from.value,
                ),
                adds: self.number(next.adds),
                total: self.number(next.total),
                passed: next.passed,
                practise: urls::practice_for(Section::Listening, next.level, None),
            })
            .collect()
    }
}
