//! What would close the gap to the points that pass.
//!
//! Everything here starts from an assessment and changes its points one criterion at a time, leaving the others as
//! they are (an estimate of adaptability by the other criteria is not raised with them: a suggestion promises no
//! point that it does not count).

use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    assess::Assessment,
    estimate::Estimate,
    table::{Criterion, Effort, PointsTable},
};
use crate::domain::{
    level::Level,
    rules::{Localised, Sourced},
};

/// Combinations that are suggested at most.
pub const MOST_COMBINATIONS: usize = 3;

/// Digits after the point of the smallest change: hundredths.
const GRID: u32 = 2;

/// A step up in a criterion: where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rung {
    /// A level of a language.
    Level(Level),
    /// An option such as a degree.
    Option(Localised),
    /// So many years.
    Years(u32),
}

/// A rung with its points and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The rung.
    pub rung: Rung,
    /// Its points.
    pub points: Decimal,
    /// Months from the present points, by the table's effort.
    pub months: u32,
}

/// What one criterion alone can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alone {
    /// It reaches the threshold.
    Reaches {
        /// With this many points, in hundredths the fewest that do.
        to: Decimal,
        /// So many more than now.
        by: Decimal,
        /// The first rung that has them, where the criterion has rungs.
        rung: Option<Reach>,
    },
    /// Even its maximum does not.
    Cannot {
        /// The total with the criterion at its maximum.
        at_most: Decimal,
    },
}

/// One criterion's part in a combination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Which criterion.
    pub criterion: Criterion,
    /// Its points now.
    pub from: Decimal,
    /// Where it has to get.
    pub to: Reach,
}

/// Steps up that together reach the threshold; without any one of them they do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combination {
    /// The steps, in the order of the formula.
    pub moves: Vec<Move>,
    /// Months one after the other, by the table's effort: the order of cost.
    pub months: u32,
    /// The total they make.
    pub total: Decimal,
}

/// What a level of Kazakh above the present one would bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLevel {
    /// The level.
    pub level: Level,
    /// Its points, with their source.
    pub points: Sourced<u32>,
    /// What it adds to the total.
    pub adds: Decimal,
    /// The total with it.
    pub total: Decimal,
    /// Whether that passes.
    pub passed: bool,
}

/// What would close the gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is missing; above 0.
    pub missing: Decimal,
    /// Every criterion alone, in the order of the formula.
    pub alone: Vec<(Criterion, Alone)>,
    /// The least health coefficient that would reach it with everything else as it is; none where even the greatest
    /// does not.
    pub health: Option<Decimal>,
    /// The cheapest combinations of steps, cheapest first, each of another set of criteria.
    pub combinations: Vec<Combination>,
    /// The total with every criterion that has steps at its highest one; what no combination can exceed.
    pub at_most: Decimal,
}

/// Rounded up to hundredths, so that what is suggested really reaches.
fn up(points: Decimal) -> Decimal {
    points
        .round_dp_with_strategy(GRID, RoundingStrategy::AwayFromZero)
        .normalize()
}

/// What `points` more in a criterion add to the total.
fn effect(assessment: &Assessment, criterion: Criterion, points: Decimal) -> Decimal {
    match criterion.is_multiplied() {
        true => points * assessment.health,
        false => points,
    }
}

impl PointsTable {
    /// What would close the gap; nothing where the assessment passes. `kazakh` are the points of its levels.
    pub fn gap(&self, assessment: &Assessment, kazakh: &[(Level, Sourced<u32>)]) -> Option<Gap> {
        if assessment.passed {
            return None;
        }
        let ladders: Vec<Ladder> = assessment
            .steps
            .iter()
            .map(|step| Ladder {
                criterion: step.criterion,
                from: step.points,
                reaches: self.reaches(step.criterion, step.points, kazakh),
            })
            .filter(|ladder| !ladder.reaches.is_empty())
            .collect();
        let alone = assessment
            .steps
            .iter()
            .map(|step| {
                let ladder = ladders.iter().find(|of| of.criterion == step.criterion);
                let max = Decimal::from(step.max.value);
                (
                    step.criterion,
                    alone(assessment, step.criterion, step.points, max, ladder),
                )
            })
            .collect();
        let highest: Decimal = ladders
            .iter()
            .filter_map(|ladder| {
                let last = ladder.reaches.last()?;
                let gain = last.points - ladder.from;
                Some(effect(assessment, ladder.criterion, gain))
            })
            .sum();
        Some(Gap {
            missing: assessment.missing,
            alone,
            health: health_that_reaches(assessment, Decimal::from(self.health.value)),
            combinations: combinations(assessment, &ladders),
            at_most: assessment.total + highest,
        })
    }

    /// What each level of Kazakh above `now` would bring; `now` is the level behind the points, if any.
    pub fn next_levels(
        &self,
        assessment: &Assessment,
        kazakh: &[(Level, Sourced<u32>)],
    ) -> Vec<NextLevel> {
        let Some(step) = assessment.step(Criterion::Kazakh) else {
            return Vec::new();
        };
        let threshold = Decimal::from(assessment.threshold);
        kazakh
            .iter()
            .filter(|(_, points)| Decimal::from(points.value) > step.points)
            .map(|(level, points)| {
                let gain = Decimal::from(points.value) - step.points;
                let adds = effect(assessment, Criterion::Kazakh, gain);
                let total = assessment.total + adds;
                NextLevel {
                    level: *level,
                    points: points.clone(),
                    adds,
                    total,
                    passed: total >= threshold,
                }
            })
            .collect()
    }

    /// The steps up from `now` in a criterion, points and months rising; none where the table states no effort.
    fn reaches(
        &self,
        criterion: Criterion,
        now: Decimal,
        kazakh: &[(Level, Sourced<u32>)],
    ) -> Vec<Reach> {
        let Some((_, effort)) = self.effort.iter().find(|(of, _)| *of == criterion) else {
            return Vec::new();
        };
        let rungs: Vec<(Rung, Decimal)> = match criterion {
            Criterion::Kazakh => by_level(kazakh),
            Criterion::Russian => by_level(&self.russian),
            Criterion::English => by_level(&self.english),
            other => self
                .estimate(other)
                .map_or_else(Vec::new, |estimate| by_estimate(&estimate.value)),
        };
        let max = self.max(criterion).map_or(0, |max| max.value);
        let mut months: u32 = 0;
        let mut highest = now;
        let mut reaches = Vec::new();
        for (rung, points) in rungs {
            if points <= highest || points > Decimal::from(max) {
                continue;
            }
            highest = points;
            months = months.saturating_add(effort.value.months(&rung));
            reaches.push(Reach {
                rung,
                points,
                months,
            });
        }
        reaches
    }
}

impl Effort {
    fn months(&self, rung: &Rung) -> u32 {
        match (self, rung) {
            (Effort::Each(months), _) => *months,
            (Effort::Levels(levels), Rung::Level(level)) => levels
                .iter()
                .find(|(of, _)| of == level)
                .map_or(0, |(_, months)| *months),
            (Effort::Levels(_), _) => 0,
        }
    }
}

fn by_level(levels: &[(Level, Sourced<u32>)]) -> Vec<(Rung, Decimal)> {
    levels
        .iter()
        .map(|(level, points)| (Rung::Level(*level), Decimal::from(points.value)))
        .collect()
}

fn by_estimate(estimate: &Estimate) -> Vec<(Rung, Decimal)> {
    match estimate {
        Estimate::Line(line) => (line.from.0..=line.to.0)
            .map(|years| (Rung::Years(years), line.at(Decimal::from(years))))
            .collect(),
        Estimate::Choice(choice) => choice
            .options
            .iter()
            .map(|option| {
                let points = Decimal::from(option.points);
                (Rung::Option(option.title.clone()), points)
            })
            .collect(),
        Estimate::Shares(_) => Vec::new(),
    }
}

fn alone(
    assessment: &Assessment,
    criterion: Criterion,
    now: Decimal,
    max: Decimal,
    ladder: Option<&Ladder>,
) -> Alone {
    let cannot = Alone::Cannot {
        at_most: assessment.total + effect(assessment, criterion, max - now),
    };
    let needed = match (criterion.is_multiplied(), assessment.health.is_zero()) {
        (false, _) => assessment.missing,
        (true, true) => return cannot,
        (true, false) => assessment.missing / assessment.health,
    };
    let to = up(now + needed);
    if to > max {
        return cannot;
    }
    let rung = ladder.and_then(|ladder| ladder.reaches.iter().find(|reach| reach.points >= to));
    Alone::Reaches {
        to,
        by: to - now,
        rung: rung.cloned(),
    }
}

fn health_that_reaches(assessment: &Assessment, max: Decimal) -> Option<Decimal> {
    if assessment.sum.is_zero() {
        return None;
    }
    let needed = Decimal::from(assessment.threshold) - assessment.additional;
    let health = up(needed / assessment.sum);
    (health <= max).then_some(health)
}

/// The steps up that a criterion has.
struct Ladder {
    criterion: Criterion,
    from: Decimal,
    /// Points and months rising.
    reaches: Vec<Reach>,
}

/// The search for the cheapest combinations: every ladder at one of its rungs or where it is.
///
/// Points are whole numbers of 10⁻¹⁰ here (the finest input, see `MOST_DIGITS`), so that the search is exact and quick.
struct Search<'a> {
    ladders: &'a [Ladder],
    /// Points gained by each rung, and months.
    gains: Vec<Vec<(i128, u32)>>,
    /// What the ladders from an index on can gain at most.
    most_from: Vec<i128>,
    needed: i128,
    /// Cheapest first.
    found: Vec<Candidate>,
}

/// A rung (or none) for each ladder.
#[derive(Clone)]
struct Candidate {
    rungs: Vec<Option<usize>>,
    months: u32,
    /// How much more than needed it gains: of two as cheap ones the better.
    beyond: i128,
}

impl Candidate {
    fn moved(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.rungs.len()).filter(|at| self.rungs[*at].is_some())
    }

    /// Cheaper, then with fewer criteria, then reaching further.
    fn rank(&self) -> (u32, usize, std::cmp::Reverse<i128>) {
        (
            self.months,
            self.moved().count(),
            std::cmp::Reverse(self.beyond),
        )
    }
}

/// Whole numbers of 10⁻¹⁰ in a number of points.
const SCALE: i64 = 10_000_000_000;

fn scaled(points: Decimal, strategy: RoundingStrategy) -> i128 {
    let whole = (points * Decimal::from(SCALE)).round_dp_with_strategy(0, strategy);
    i128::try_from(whole).unwrap_or(i128::MAX)
}

fn combinations(assessment: &Assessment, ladders: &[Ladder]) -> Vec<Combination> {
    if assessment.health.is_zero() {
        // Nothing that has steps counts.
        return Vec::new();
    }
    // Every ladder is of a criterion that health multiplies, unless the table gives the additional conditions effort:
    // those count in full, so their gain is divided by the coefficient before it is compared.
    let gains: Vec<Vec<(i128, u32)>> = ladders
        .iter()
        .map(|ladder| {
            let reaches = ladder.reaches.iter();
            let gain = |reach: &Reach| {
                let points = reach.points - ladder.from;
                match ladder.criterion.is_multiplied() {
                    true => points,
                    false => points / assessment.health,
                }
            };
            reaches
                .map(|reach| (scaled(gain(reach), RoundingStrategy::ToZero), reach.months))
                .collect()
        })
        .collect();
    let mut most_from = vec![0; ladders.len() + 1];
    for at in (0..ladders.len()).rev() {
        let most = gains[at].last().map_or(0, |(gain, _)| *gain);
        most_from[at] = most_from[at + 1] + most;
    }
    let needed = assessment.missing / assessment.health;
    let mut search = Search {
        ladders,
        gains,
        most_from,
        needed: scaled(needed, RoundingStrategy::AwayFromZero),
        found: Vec::new(),
    };
    search.look(0, 0, 0, &mut Vec::with_capacity(ladders.len()));
    search
        .found
        .iter()
        .map(|candidate| search.combination(candidate, assessment))
        .collect()
}

impl Search<'_> {
    fn look(&mut self, at: usize, gained: i128, months: u32, rungs: &mut Vec<Option<usize>>) {
        if gained >= self.needed {
            let mut whole = rungs.clone();
            whole.resize(self.ladders.len(), None);
            self.keep(Candidate {
                rungs: whole,
                months,
                beyond: gained - self.needed,
            });
            return;
        }
        let hopeless = gained + self.most_from[at] < self.needed;
        let too_dear = self.found.len() == MOST_COMBINATIONS
            && self.found.last().is_some_and(|last| months > last.months);
        if at == self.ladders.len() || hopeless || too_dear {
            return;
        }
        rungs.push(None);
        self.look(at + 1, gained, months, rungs);
        rungs.pop();
        for rung in 0..self.gains[at].len() {
            let (gain, cost) = self.gains[at][rung];
            rungs.push(Some(rung));
            self.look(at + 1, gained + gain, months.saturating_add(cost), rungs);
            rungs.pop();
        }
    }

    /// Keeps a candidate that is minimal and among the best, one for each set of criteria.
    fn keep(&mut self, candidate: Candidate) {
        if !self.is_minimal(&candidate) {
            return;
        }
        let same = |other: &Candidate| other.moved().eq(candidate.moved());
        if let Some(known) = self.found.iter().position(same) {
            if self.found[known].rank() <= candidate.rank() {
                return;
            }
            self.found.remove(known);
        }
        self.found.push(candidate);
        self.found.sort_by_key(Candidate::rank);
        self.found.truncate(MOST_COMBINATIONS);
    }

    /// Whether each step is needed: one rung lower in any criterion does not reach.
    fn is_minimal(&self, candidate: &Candidate) -> bool {
        candidate.moved().all(|at| {
            let rung = candidate.rungs[at].unwrap_or_default();
            let lower = match rung {
                0 => 0,
                rung => self.gains[at][rung - 1].0,
            };
            self.gains[at][rung].0 - lower > candidate.beyond
        })
    }

    fn combination(&self, candidate: &Candidate, assessment: &Assessment) -> Combination {
        let mut total = assessment.total;
        let mut moves = Vec::new();
        for at in candidate.moved() {
            let ladder = &self.ladders[at];
            let to = ladder.reaches[candidate.rungs[at].unwrap_or_default()].clone();
            total += effect(assessment, ladder.criterion, to.points - ladder.from);
            moves.push(Move {
                criterion: ladder.criterion,
                from: ladder.from,
                to,
            });
        }
        Combination {
            moves,
            months: candidate.months,
            total,
        }
    }
}
