//! The criteria-based assessment of immigration potential.
//!
//! total = (demographic + education + languages + experience in Kazakhstan + experience elsewhere + adaptability) ×
//! health + additional; 400 or more passes. Formula and ranges: content/points, from the overview of the rules of
//! 13 February 2026. Exact decimal arithmetic; what is shown is rounded so that it never claims a pass that was missed.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    level::Level,
    rules::{Basis, Localised, Sourced},
};

/// What brings points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Criterion {
    /// The longer the potential economic activity, the higher.
    Demographic,
    /// Confirmed education.
    Education,
    /// Kazakh.
    Kazakh,
    /// Russian.
    Russian,
    /// English.
    English,
    /// Study or work in Kazakhstan.
    KazakhstanExperience,
    /// Study or work in other countries.
    ForeignExperience,
    /// Adaptability of professional competencies.
    Adaptability,
    /// Additional conditions; not multiplied by health.
    Additional,
}

impl Criterion {
    /// Every criterion in the order of the formula.
    pub const ALL: [Criterion; 9] = [
        Criterion::Demographic,
        Criterion::Education,
        Criterion::Kazakh,
        Criterion::Russian,
        Criterion::English,
        Criterion::KazakhstanExperience,
        Criterion::ForeignExperience,
        Criterion::Adaptability,
        Criterion::Additional,
    ];

    /// The name in files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Criterion::Demographic => "demographic",
            Criterion::Education => "education",
            Criterion::Kazakh => "kazakh",
            Criterion::Russian => "russian",
            Criterion::English => "english",
            Criterion::KazakhstanExperience => "kazakhstan_experience",
            Criterion::ForeignExperience => "foreign_experience",
            Criterion::Adaptability => "adaptability",
            Criterion::Additional => "additional",
        }
    }
}

/// A dated table of the assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsTable {
    /// Its name.
    pub id: String,
    /// A title in each language.
    pub title: Localised,
    /// The first day it applies.
    pub effective_from: Sourced<NaiveDate>,
    /// Points that pass.
    pub threshold: Sourced<u32>,
    /// The greatest number of points of each criterion, in the order of [`Criterion::ALL`]; the least is 0.
    pub maxima: Vec<(Criterion, Sourced<u32>)>,
    /// The greatest health coefficient; the least is 0.
    pub health: Sourced<u32>,
    /// Points for a level of Russian.
    pub russian: Vec<(Level, Sourced<u32>)>,
    /// Points for a level of English.
    pub english: Vec<(Level, Sourced<u32>)>,
}

/// What somebody has, or thinks they have, in one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which criterion.
    pub criterion: Criterion,
    /// How many points.
    pub points: Decimal,
    /// Whether the points themselves (not their range) are published, or assumed, or the user's own entry (none).
    pub basis: Option<Basis>,
    /// Where the points come from, in words.
    pub source: String,
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
    /// Its greatest number of points.
    pub max: u32,
    /// Whether the points are assumed; the range's basis where the user entered them.
    pub basis: Basis,
    /// Where the points and their range come from.
    pub source: String,
    /// What to know besides.
    pub note: Option<String>,
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
    /// Points that pass.
    pub threshold: u32,
    /// Whether the exact total reaches them.
    pub passed: bool,
    /// What is missing, exactly; 0 when passed.
    pub missing: Decimal,
}

impl PointsTable {
    /// The maximum of a criterion with its source.
    pub fn max(&self, criterion: Criterion) -> Option<&Sourced<u32>> {
        self.maxima
            .iter()
            .find(|(of, _)| *of == criterion)
            .map(|(_, max)| max)
    }

    /// Assesses a profile. A criterion without a claim has 0 points.
    ///
    /// # Errors
    /// [`OutOfRange`] for the first value outside its range.
    pub fn assess(&self, claims: &[Claim], health: Decimal) -> Result<Assessment, OutOfRange> {
        check("health", health, self.health.value)?;
        let mut steps = Vec::with_capacity(self.maxima.len());
        for (criterion, max) in &self.maxima {
            let claim = claims.iter().find(|claim| claim.criterion == *criterion);
            let points = claim.map_or(Decimal::ZERO, |claim| claim.points);
            check(criterion.as_str(), points, max.value)?;
            let (basis, source) = match claim {
                Some(Claim {
                    basis: Some(basis),
                    source,
                    ..
                }) => (*basis, format!("{source}; range: {}", max.source)),
                Some(claim) => (
                    max.basis,
                    format!("{}; range: {}", claim.source, max.source),
                ),
                None => (max.basis, format!("not given; range: {}", max.source)),
            };
            steps.push(Step {
                criterion: *criterion,
                points,
                max: max.value,
                basis,
                source,
                note: max.note.clone(),
            });
        }
        let points_of = |additional: bool| -> Decimal {
            steps
                .iter()
                .filter(|step| (step.criterion == Criterion::Additional) == additional)
                .map(|step| step.points)
                .sum()
        };
        let (sum, additional) = (points_of(false), points_of(true));
        let after_health = sum * health;
        let total = after_health + additional;
        let threshold = Decimal::from(self.threshold.value);
        Ok(Assessment {
            steps,
            sum,
            health,
            after_health,
            additional,
            total,
            threshold: self.threshold.value,
            passed: total >= threshold,
            missing: (threshold - total).max(Decimal::ZERO),
        })
    }
}

fn check(field: &'static str, value: Decimal, max: u32) -> Result<(), OutOfRange> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sourced(value: u32) -> Sourced<u32> {
        Sourced {
            value,
            basis: Basis::Published,
            source: "test".to_owned(),
            note: None,
        }
    }

    fn table() -> PointsTable {
        let maxima = [110, 150, 120, 60, 60, 80, 80, 80, 200];
        PointsTable {
            id: "test".to_owned(),
            title: Localised {
                en: String::new(),
                ru: String::new(),
                kk: None,
            },
            effective_from: Sourced {
                value: NaiveDate::MIN,
                basis: Basis::Published,
                source: String::new(),
                note: None,
            },
            threshold: sourced(400),
            maxima: Criterion::ALL
                .into_iter()
                .zip(maxima.map(sourced))
                .collect(),
            health: sourced(1),
            russian: Vec::new(),
            english: Vec::new(),
        }
    }

    fn claim(criterion: Criterion, points: &str) -> Claim {
        Claim {
            criterion,
            points: points.parse().unwrap(),
            basis: None,
            source: "entered".to_owned(),
        }
    }

    #[test]
    fn all_maxima_make_940() {
        let table = table();
        let claims: Vec<Claim> = table
            .maxima
            .iter()
            .map(|(criterion, max)| claim(*criterion, &max.value.to_string()))
            .collect();
        let assessment = table.assess(&claims, Decimal::ONE).unwrap();
        assert_eq!(shown(assessment.total), "940.00");
    }

    #[test]
    fn health_multiplies_everything_but_the_additional_conditions() {
        let claims = [
            claim(Criterion::Education, "150"),
            claim(Criterion::Kazakh, "100"),
            claim(Criterion::Additional, "200"),
        ];
        for (health, total) in [("0", "200.00"), ("0.5", "325.00"), ("1", "450.00")] {
            let assessment = table().assess(&claims, health.parse().unwrap()).unwrap();
            assert_eq!(shown(assessment.total), total, "health {health}");
        }
    }

    #[test]
    fn just_below_400_does_not_pass_and_is_not_shown_as_400() {
        let at = |points: &str| {
            let claims = [
                claim(Criterion::Education, "150"),
                claim(Criterion::Additional, "200"),
                claim(Criterion::Kazakh, points),
            ];
            table().assess(&claims, Decimal::ONE).unwrap()
        };
        let exactly = at("50");
        assert!(exactly.passed && exactly.missing.is_zero());
        let below = at("49.995");
        assert!(!below.passed);
        assert_eq!(
            (shown(below.total), shown_missing(below.missing)),
            ("399.99".into(), "0.01".into())
        );
    }

    #[test]
    fn a_value_outside_its_range_is_named() {
        for (criterion, points) in [
            (Criterion::Demographic, "110.01"),
            (Criterion::English, "-1"),
        ] {
            let error = table()
                .assess(&[claim(criterion, points)], Decimal::ONE)
                .unwrap_err();
            assert_eq!(error.field, criterion.as_str());
        }
        assert_eq!(
            table().assess(&[], Decimal::TWO).unwrap_err().field,
            "health"
        );
    }
}
