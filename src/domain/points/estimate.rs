//! Estimates: assumed points from facts about a person, each with its formula worked out and its possible ends.
//!
//! The tables inside the published ranges are not published. What stands here is arithmetic over data of
//! `content/points`; every result is marked assumed and can be overridden by points that the user enters.

use rust_decimal::{Decimal, RoundingStrategy};

use super::table::{Criterion, Ends, PointsTable};
use crate::domain::rules::{Localised, Sourced};

/// Years of age up to which an age is believed.
pub const OLDEST: u32 = 120;

/// Years of study or work up to which a number is believed.
pub const MOST_YEARS: u32 = 80;

/// Facts from which points can be estimated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Age in whole years, at most [`OLDEST`].
    pub age: Option<u32>,
    /// The highest confirmed degree: the id of an option of the estimate of education.
    pub degree: Option<String>,
    /// Years of study or work in Kazakhstan, at most [`MOST_YEARS`].
    pub years_in_kazakhstan: Option<Decimal>,
    /// Years of study or work elsewhere, at most [`MOST_YEARS`].
    pub years_elsewhere: Option<Decimal>,
    /// Close relatives who live permanently in Kazakhstan: the id of an option of the estimate of additional conditions.
    pub relatives: Option<String>,
    /// Whether adaptability is to be estimated from the other criteria.
    pub adaptability: bool,
}

/// A fact that is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFact {
    /// [`Facts::age`].
    Age,
    /// [`Facts::years_in_kazakhstan`].
    YearsInKazakhstan,
    /// [`Facts::years_elsewhere`].
    YearsElsewhere,
}

impl NumberFact {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            NumberFact::Age => "age",
            NumberFact::YearsInKazakhstan => "years_in_kazakhstan",
            NumberFact::YearsElsewhere => "years_elsewhere",
        }
    }
}

impl ChoiceFact {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ChoiceFact::Degree => "degree",
            ChoiceFact::Relatives => "relatives",
        }
    }
}

/// A fact that is one of several options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceFact {
    /// [`Facts::degree`].
    Degree,
    /// [`Facts::relatives`].
    Relatives,
}

/// How points are estimated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Estimate {
    /// Evenly between two numbers, and level outside of them.
    Line(Line),
    /// By a chosen option.
    Choice(Choice),
    /// As large a share of the criterion as the mean of the shares of groups of other criteria.
    Shares(Shares),
}

/// Points that rise or fall evenly with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The number.
    pub fact: NumberFact,
    /// Where the line begins, and the points there.
    pub from: (u32, u32),
    /// Where it ends (above `from`), and the points there.
    pub to: (u32, u32),
    /// How far the true points may lie from the estimate, to each side.
    pub spread: u32,
}

/// Points by option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is chosen.
    pub fact: ChoiceFact,
    /// The age from which the criterion applies at all; below it the estimate is 0.
    pub from_age: Option<u32>,
    /// The options, points not falling.
    pub options: Vec<ChoiceOption>,
}

/// One option of a [`Choice`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    /// Its name in files and JSON.
    pub id: String,
    /// Its name for people.
    pub title: Localised,
    /// The estimate.
    pub points: u32,
    /// The least and the greatest it may be.
    pub ends: (u32, u32),
}

/// Points by the shares of other criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// Groups of criteria, none of them estimated by shares itself.
    pub groups: Vec<Vec<Criterion>>,
    /// How far the true points may lie from the estimate, to each side.
    pub spread: u32,
}

/// An estimate worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimated {
    /// The points, rounded down to hundredths.
    pub points: Decimal,
    /// The least and the greatest they may be, within the criterion's range.
    pub ends: Ends,
    /// The formula with its numbers, in signs only: `110 × (63 − 30) ÷ (63 − 18)`.
    pub workings: String,
}

/// The estimate needs a fact that was not given, or one that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Not given.
    Fact,
    /// The age, on which the criterion depends.
    Age,
    /// No such option.
    Option,
}

impl Facts {
    fn number(&self, fact: NumberFact) -> Option<Decimal> {
        match fact {
            NumberFact::Age => self.age.map(Decimal::from),
            NumberFact::YearsInKazakhstan => self.years_in_kazakhstan,
            NumberFact::YearsElsewhere => self.years_elsewhere,
        }
    }

    fn choice(&self, fact: ChoiceFact) -> Option<&str> {
        match fact {
            ChoiceFact::Degree => self.degree.as_deref(),
            ChoiceFact::Relatives => self.relatives.as_deref(),
        }
    }
}

/// Rounded down to hundredths.
fn hundredths(points: Decimal) -> Decimal {
    points
        .round_dp_with_strategy(2, RoundingStrategy::ToZero)
        .normalize()
}

/// `spread` to each side, within 0 and `max`.
fn around(points: Decimal, spread: u32, max: u32) -> Ends {
    let (spread, max) = (Decimal::from(spread), Decimal::from(max));
    Ends {
        low: (points - spread).max(Decimal::ZERO),
        high: (points + spread).min(max),
    }
}

impl Line {
    /// The points at a number, rounded down to hundredths.
    pub fn at(&self, number: Decimal) -> Decimal {
        let (from, to) = (Decimal::from(self.from.0), Decimal::from(self.to.0));
        let (first, last) = (Decimal::from(self.from.1), Decimal::from(self.to.1));
        let number = number.clamp(from, to);
        hundredths(first + (last - first) * (number - from) / (to - from))
    }

    fn workings(&self, number: Decimal) -> String {
        let ((from, first), (to, last)) = (self.from, self.to);
        let number = number
            .clamp(Decimal::from(from), Decimal::from(to))
            .normalize();
        let ends = match from {
            0 => to.to_string(),
            _ => format!("({to} − {from})"),
        };
        match (first, last) {
            (first, 0) => format!("{first} × ({to} − {number}) ÷ {ends}"),
            (0, last) if from == 0 => format!("{last} × {number} ÷ {ends}"),
            (0, last) => format!("{last} × ({number} − {from}) ÷ {ends}"),
            (first, last) if last >= first => {
                format!("{first} + {} × ({number} − {from}) ÷ {ends}", last - first)
            }
            (first, last) => {
                format!("{last} + {} × ({to} − {number}) ÷ {ends}", first - last)
            }
        }
    }

    fn work_out(&self, facts: &Facts, max: u32) -> Result<Estimated, Missing> {
        let number = facts.number(self.fact).ok_or(Missing::Fact)?;
        let points = self.at(number);
        Ok(Estimated {
            points,
            ends: around(points, self.spread, max),
            workings: self.workings(number),
        })
    }
}

impl Choice {
    fn work_out(&self, facts: &Facts) -> Result<Estimated, Missing> {
        let id = facts.choice(self.fact).ok_or(Missing::Fact)?;
        let option = self
            .options
            .iter()
            .find(|option| option.id == id)
            .ok_or(Missing::Option)?;
        if let Some(from_age) = self.from_age
            && option.points > 0
        {
            let age = facts.age.ok_or(Missing::Age)?;
            if age < from_age {
                return Ok(Estimated {
                    points: Decimal::ZERO,
                    // Another reading: the condition of age limits only a part of the criterion.
                    ends: Ends {
                        low: Decimal::ZERO,
                        high: Decimal::from(option.ends.1),
                    },
                    workings: format!("{age} < {from_age}"),
                });
            }
        }
        Ok(Estimated {
            points: Decimal::from(option.points),
            ends: Ends {
                low: Decimal::from(option.ends.0),
                high: Decimal::from(option.ends.1),
            },
            workings: option.points.to_string(),
        })
    }
}

impl Shares {
    /// The estimate over the points of the other criteria: what they are, and their ends.
    pub(super) fn work_out(
        &self,
        table: &PointsTable,
        max: u32,
        of: impl Fn(Criterion) -> (Decimal, Ends),
    ) -> Estimated {
        let count = Decimal::from(self.groups.len());
        let whole = Decimal::from(max);
        let mean = |pick: &dyn Fn(Criterion) -> Decimal| -> Decimal {
            let shares: Decimal = self
                .groups
                .iter()
                .map(|group| {
                    let points: Decimal = group.iter().map(|criterion| pick(*criterion)).sum();
                    points / Decimal::from(most(table, group))
                })
                .sum();
            hundredths(whole * shares / count)
        };
        let points = mean(&|criterion| of(criterion).0);
        let low = mean(&|criterion| of(criterion).1.low);
        let high = mean(&|criterion| of(criterion).1.high);
        let shares: Vec<String> = self
            .groups
            .iter()
            .map(|group| {
                let points: Decimal = group.iter().map(|criterion| of(*criterion).0).sum();
                format!("{} ÷ {}", points.normalize(), most(table, group))
            })
            .collect();
        Estimated {
            points,
            ends: Ends {
                low: around(low, self.spread, max).low,
                high: around(high, self.spread, max).high,
            },
            workings: format!("{max} × ({}) ÷ {count}", shares.join(" + ")),
        }
    }
}

/// The most that a group of criteria can bring; never 0.
fn most(table: &PointsTable, group: &[Criterion]) -> u32 {
    let sum: u32 = group
        .iter()
        .filter_map(|criterion| table.max(*criterion))
        .map(|max| max.value)
        .sum();
    sum.max(1)
}

impl Sourced<Estimate> {
    /// Works the estimate out from facts alone; none for an estimate by shares, which needs the other criteria.
    ///
    /// # Errors
    /// [`Missing`].
    pub(super) fn by_facts(&self, facts: &Facts, max: u32) -> Result<Option<Estimated>, Missing> {
        match &self.value {
            Estimate::Line(line) => line.work_out(facts, max).map(Some),
            Estimate::Choice(choice) => choice.work_out(facts).map(Some),
            Estimate::Shares(_) => Ok(None),
        }
    }
}
