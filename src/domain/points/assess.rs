//! The formula, step by step.

use std::sync::Arc;

use rust_decimal::{Decimal, RoundingStrategy};

use super::table::{Criterion, Ends, PointsTable};
use crate::domain::{
    level::Level,
    rules::{Basis, Sourced},
};

/// Digits after the point that an input may have: the product of two stays exact.
pub const MOST_DIGITS: u32 = 10;

/// Whose value it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nothing was given: 0 points.
    NotGiven,
    /// The user entered the points.
    Entered,
    /// A level that the user stated.
    Level(Level),
    /// A certificate with a score, and the level that it shows, if any.
    Certificate {
        /// The certificate's id.
        id: String,
        /// The score as given.
        score: String,
        /// The level.
        level: Option<Level>,
    },
    /// A verified `language-score.v1` with its level, if any.
    Score(Option<Level>),
    /// Estimated from facts.
    Estimate,
}

impl Origin {
    /// The name in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Origin::NotGiven => "not-given",
            Origin::Entered => "entered",
            Origin::Level(_) => "level",
            Origin::Certificate { .. } => "certificate",
            Origin::Score(_) => "language-score",
            Origin::Estimate => "estimate",
        }
    }

    /// The level behind the points, where there is one.
    pub fn level(&self) -> Option<Level> {
        match self {
            Origin::Level(level) => Some(*level),
            Origin::Certificate { level, .. } | Origin::Score(level) => *level,
            Origin::NotGiven | Origin::Entered | Origin::Estimate => None,
        }
    }
}

/// The rule that turned what was given into points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Published or assumed.
    pub basis: Basis,
    /// The source in words.
    pub source: String,
    /// What to know besides.
    pub note: Option<String>,
}

impl Citation {
    /// Where a value comes from.
    pub fn of<T>(sourced: &Sourced<T>) -> Self {
        Self {
            basis: sourced.basis,
            source: sourced.source.clone(),
            note: sourced.note.clone(),
        }
    }
}

/// What somebody has, or thinks they have, in one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which criterion.
    pub criterion: Criterion,
    /// How many points.
    pub points: Decimal,
    /// Between what they may lie; the points themselves where they are certain.
    pub ends: Ends,
    /// Whose value it is.
    pub origin: Origin,
    /// The rule that gave the points; none where the user entered them.
    pub citation: Option<Citation>,
    /// The rule's formula with its numbers.
    pub workings: Option<String>,
}

impl Claim {
    /// Points that the user entered.
    pub fn entered(criterion: Criterion, points: Decimal) -> Self {
        Self {
            criterion,
            points,
            ends: Ends::exactly(points),
            origin: Origin::Entered,
            citation: None,
            workings: None,
        }
    }
}

/// The value is outside its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {value} is not between {min} and {max}")]
pub struct OutOfRange {
    /// The criterion, or `health`.
    pub field: &'static str,
    /// What was given.
    pub value: Decimal,
    /// The least that is possible.
    pub min: Decimal,
    /// The most that is possible.
    pub max: Decimal,
}

/// One criterion's part in an assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which criterion.
    pub criterion: Criterion,
    /// Its points.
    pub points: Decimal,
    /// Between what they may lie.
    pub ends: Ends,
    /// Its greatest number of points, with the source of the range.
    pub max: Arc<Sourced<u32>>,
    /// Whose value the points are.
    pub origin: Origin,
    /// The rule that gave the points, where one did.
    pub citation: Option<Citation>,
    /// The rule's formula with its numbers.
    pub workings: Option<String>,
}

/// An assessment with each step of its formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The criteria in the order of the formula.
    pub steps: Vec<Step>,
    /// Sum of all criteria but the additional conditions.
    pub sum: Decimal,
    /// The health coefficient.
    pub health: Decimal,
    /// `sum` × `health`.
    pub after_health: Decimal,
    /// The additional conditions.
    pub additional: Decimal,
    /// The exact total.
    pub total: Decimal,
    /// The total with every assumed value at its low and at its high end.
    pub range: Ends,
    /// Points that pass.
    pub threshold: u32,
    /// Whether the exact total reaches them.
    pub passed: bool,
    /// What is missing, exactly; 0 when passed.
    pub missing: Decimal,
}

/// What the range of the total says about passing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Even with every assumed value at its low end the total passes.
    Passes,
    /// It depends on values that nobody has published.
    Depends,
    /// Even with every assumed value at its high end the total does not pass.
    Fails,
}

impl Certainty {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Passes => "passes",
            Certainty::Depends => "depends",
            Certainty::Fails => "fails",
        }
    }
}

impl Assessment {
    /// The part of one criterion.
    pub fn step(&self, criterion: Criterion) -> Option<&Step> {
        self.steps.iter().find(|step| step.criterion == criterion)
    }

    /// Whether passing depends on assumed values.
    pub fn certainty(&self) -> Certainty {
        let threshold = Decimal::from(self.threshold);
        if self.range.low >= threshold {
            Certainty::Passes
        } else if self.range.high < threshold {
            Certainty::Fails
        } else {
            Certainty::Depends
        }
    }
}

impl PointsTable {
    /// Assesses a profile. A criterion without a claim has 0 points; of several claims the first counts.
    ///
    /// # Errors
    /// [`OutOfRange`] for the first value outside its range.
    pub fn assess(
        &self,
        mut claims: Vec<Claim>,
        health: Decimal,
    ) -> Result<Assessment, OutOfRange> {
        within("health", health, self.health.value)?;
        let mut steps = Vec::with_capacity(self.maxima.len());
        for (criterion, max) in &self.maxima {
            let claim = claims.iter().position(|of| of.criterion == *criterion);
            let claim = match claim {
                Some(at) => claims.remove(at),
                None => Claim {
                    origin: Origin::NotGiven,
                    ..Claim::entered(*criterion, Decimal::ZERO)
                },
            };
            within(criterion.as_str(), claim.points, max.value)?;
            steps.push(Step {
                criterion: *criterion,
                points: claim.points,
                ends: Ends {
                    low: claim.ends.low.clamp(Decimal::ZERO, claim.points),
                    high: claim.ends.high.clamp(claim.points, max.value.into()),
                },
                max: max.clone(),
                origin: claim.origin,
                citation: claim.citation,
                workings: claim.workings,
            });
        }
        Ok(self.total(steps, health))
    }

    fn total(&self, steps: Vec<Step>, health: Decimal) -> Assessment {
        let part = |multiplied: bool, points: &dyn Fn(&Step) -> Decimal| -> Decimal {
            let steps = steps.iter();
            let part = steps.filter(|step| step.criterion.is_multiplied() == multiplied);
            part.map(points).sum()
        };
        let total = |points: &dyn Fn(&Step) -> Decimal| -> Decimal {
            part(true, points) * health + part(false, points)
        };
        let range = Ends {
            low: total(&|step| step.ends.low),
            high: total(&|step| step.ends.high),
        };
        let (sum, additional) = (
            part(true, &|step| step.points),
            part(false, &|step| step.points),
        );
        let after_health = sum * health;
        let total = after_health + additional;
        let threshold = Decimal::from(self.threshold.value);
        Assessment {
            steps,
            sum,
            health,
            after_health,
            additional,
            total,
            range,
            threshold: self.threshold.value,
            passed: total >= threshold,
            missing: (threshold - total).max(Decimal::ZERO),
        }
    }
}

fn within(field: &'static str, value: Decimal, max: u32) -> Result<(), OutOfRange> {
    let (min, max) = (Decimal::ZERO, Decimal::from(max));
    match (min..=max).contains(&value) {
        true => Ok(()),
        false => Err(OutOfRange {
            field,
            value,
            min,
            max,
        }),
    }
}

/// Two digits, rounded down: 399.995 is 399.99, so that what is shown never claims a pass that was missed.
pub fn shown(points: Decimal) -> String {
    format!(
        "{:.2}",
        points.round_dp_with_strategy(2, RoundingStrategy::ToZero)
    )
}

/// Two digits, rounded up: what is missing is never shown as less than it is.
pub fn shown_missing(points: Decimal) -> String {
    format!(
        "{:.2}",
        points.round_dp_with_strategy(2, RoundingStrategy::AwayFromZero)
    )
}
