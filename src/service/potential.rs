//! The points calculator: a profile in, an assessment out.

use std::str::FromStr;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Exam, Failure};
use crate::domain::{
    language_score::{ScoreFault, verify},
    level::Level,
    points::{Assessment, Claim, Criterion, OutOfRange, PointsTable},
    rules::{RuleSet, Sourced},
};

/// Where a language's points come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LanguageClaim {
    /// Points that the user entered.
    Points(Decimal),
    /// A level.
    Level(Level),
    /// A signed statement of a finished mock (Kazakh only), as it was received; verified before it counts.
    Score(Box<serde_json::Value>),
}

/// What somebody brings.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Points entered, by criterion.
    pub criteria: Vec<(Criterion, Decimal)>,
    /// The health coefficient, 0 to 1; 1 if not given.
    pub health: Option<Decimal>,
    /// Kazakh.
    pub kazakh: Option<LanguageClaim>,
    /// Russian.
    pub russian: Option<LanguageClaim>,
    /// English.
    pub english: Option<LanguageClaim>,
}

/// Why a profile cannot be assessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    /// A value is outside its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// The language score is not believed.
    #[error("languages.kazakh.language_score: {0}")]
    Score(#[from] ScoreFault),
    /// Only Kazakh has a language score.
    #[error("languages.{0}: give points or a level")]
    NoScore(&'static str),
}

/// An assessment with the table and the rule set that it rests on.
#[derive(Debug, Clone)]
pub struct Potential {
    /// The assessment.
    pub assessment: Assessment,
    /// The table of points.
    pub table: Arc<PointsTable>,
    /// The rule set of the language test.
    pub rules: Arc<RuleSet>,
}

impl Exam {
    /// Assesses a profile under the newest table in force, with Kazakh points by the rule set.
    ///
    /// # Errors
    /// [`Failure::UnknownRule`], [`Failure::NoPointsTable`], [`Failure::Profile`].
    pub fn potential(
        &self,
        profile: &Profile,
        rule: Option<&crate::domain::id::RuleId>,
    ) -> Result<Potential, Failure> {
        let rules = self.rules(rule)?;
        let today = self
            .clock
            .now()
            .with_timezone(&rules.retake.zone.value)
            .date_naive();
        let table = self
            .content
            .points
            .values()
            .filter(|table| table.effective_from.value <= today)
            .max_by_key(|table| table.effective_from.value)
            .cloned()
            .ok_or(Failure::NoPointsTable)?;

        let mut claims: Vec<Claim> = profile
            .criteria
            .iter()
            .map(|(criterion, points)| entered(*criterion, *points))
            .collect();
        let languages = [
            (Criterion::Kazakh, &profile.kazakh, &rules.kazakh_points),
            (Criterion::Russian, &profile.russian, &table.russian),
            (Criterion::English, &profile.english, &table.english),
        ];
        for (criterion, claim, levels) in languages {
            match claim {
                None => {}
                Some(LanguageClaim::Points(points)) => claims.push(entered(criterion, *points)),
                Some(LanguageClaim::Level(level)) => {
                    claims.push(by_level(criterion, *level, levels))
                }
                Some(LanguageClaim::Score(score)) if criterion == Criterion::Kazakh => {
                    let score =
                        verify(score, &self.keys.trusted, today).map_err(ProfileFault::from)?;
                    if let Some(level) = score.level {
                        claims.push(by_level(criterion, level, levels));
                    }
                }
                Some(LanguageClaim::Score(_)) => {
                    return Err(ProfileFault::NoScore(criterion.as_str()).into());
                }
            }
        }
        let health = profile.health.unwrap_or(Decimal::ONE);
        let assessment = table.assess(&claims, health).map_err(ProfileFault::from)?;
        Ok(Potential {
            assessment,
            table,
            rules,
        })
    }
}

fn entered(criterion: Criterion, points: Decimal) -> Claim {
    Claim {
        criterion,
        points,
        basis: None,
        source: "entered by the user".to_owned(),
    }
}

fn by_level(criterion: Criterion, level: Level, levels: &[(Level, Sourced<u32>)]) -> Claim {
    let points = levels
        .iter()
        .find(|(of, _)| *of == level)
        .map(|(_, points)| points);
    Claim {
        criterion,
        points: points.map_or(Decimal::ZERO, |points| Decimal::from(points.value)),
        basis: points.map(|points| points.basis),
        source: points.map_or_else(
            || format!("no points for level {level}"),
            |points| format!("level {level}: {}", points.source),
        ),
    }
}

/// An exact decimal from a JSON number or text: 399.99 stays 399.99.
///
/// # Errors
/// When it is neither a number nor a text that is one.
pub fn decimal(value: &serde_json::Value) -> Result<Decimal, &'static str> {
    let text = match value {
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::String(text) => text.clone(),
        _ => return Err("must be a number"),
    };
    Decimal::from_str(text.trim()).map_err(|_| "must be a number such as 72 or 72.5")
}
