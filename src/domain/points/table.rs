//! A dated table of the assessment: what is published, and our estimates of what is not.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::estimate::Estimate;
use crate::domain::{
    level::Level,
    rules::{Localised, Sourced},
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

    /// The languages among them.
    pub const LANGUAGES: [Criterion; 3] =
        [Criterion::Kazakh, Criterion::Russian, Criterion::English];

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

    /// Whether its points come from the level of a language.
    pub fn is_language(self) -> bool {
        Self::LANGUAGES.contains(&self)
    }

    /// Whether the health coefficient multiplies its points: all but the additional conditions.
    pub fn is_multiplied(self) -> bool {
        self != Criterion::Additional
    }
}

impl std::str::FromStr for Criterion {
    type Err = UnknownCriterion;

    fn from_str(text: &str) -> Result<Self, UnknownCriterion> {
        Self::ALL
            .into_iter()
            .find(|criterion| criterion.as_str() == text)
            .ok_or(UnknownCriterion)
    }
}

/// The text names no criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a criterion of the assessment")]
pub struct UnknownCriterion;

/// The least and the greatest that a value may turn out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The least.
    pub low: Decimal,
    /// The greatest.
    pub high: Decimal,
}

impl Ends {
    /// A value that is certain.
    pub fn exactly(value: Decimal) -> Self {
        Self {
            low: value,
            high: value,
        }
    }
}

/// A sourced value for each level, lowest first.
pub type ByLevel<T> = Vec<(Level, Sourced<T>)>;

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
    /// The formula in words of the criteria; what computes it is [`PointsTable::assess`].
    pub formula: Sourced<String>,
    /// The greatest number of points of each criterion, in the order of [`Criterion::ALL`]; the least is 0.
    pub maxima: Vec<(Criterion, Arc<Sourced<u32>>)>,
    /// The greatest health coefficient; the least is 0.
    pub health: Sourced<u32>,
    /// Points for a level of Russian.
    pub russian: Vec<(Level, Sourced<u32>)>,
    /// Points for a level of English.
    pub english: Vec<(Level, Sourced<u32>)>,
    /// Between what the points of a level may lie, by language, where they are assumed.
    pub level_ends: Vec<(Criterion, ByLevel<Ends>)>,
    /// Estimates of what is not published.
    pub estimates: Vec<(Criterion, Sourced<Estimate>)>,
    /// Certificates of Russian and English, and the level that each of their scores shows.
    pub certificates: Vec<Certificate>,
    /// How long each step up takes, in months: the order of cost in which combinations are suggested.
    pub effort: Vec<(Criterion, Sourced<Effort>)>,
    /// What the rules name without points: shown, never scored.
    pub information: Vec<Information>,
}

/// Months of work for a step up in a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effort {
    /// The same for each step.
    Each(u32),
    /// For each level of a language, from the level below.
    Levels(Vec<(Level, u32)>),
}

/// A certificate of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its name in files and JSON.
    pub id: String,
    /// The language: [`Criterion::Russian`] or [`Criterion::English`].
    pub language: Criterion,
    /// Its name for people.
    pub title: Localised,
    /// Its scores.
    pub scale: Sourced<Scale>,
}

/// The scores of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scale {
    /// A number: the least, the greatest, and from which number on a level is shown, rising.
    Numbers {
        /// The least score.
        min: Decimal,
        /// The greatest score.
        max: Decimal,
        /// From which score on each level is shown.
        from: Vec<(Decimal, Level)>,
    },
    /// Names of grades.
    Grades(Vec<(String, Level)>),
}

/// Something that the rules name and that has no published points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Information {
    /// What it is.
    pub title: Localised,
    /// What is known of it.
    pub text: Sourced<Localised>,
}

impl PointsTable {
    /// The maximum of a criterion with its source.
    pub fn max(&self, criterion: Criterion) -> Option<&Sourced<u32>> {
        self.maxima
            .iter()
            .find(|(of, _)| *of == criterion)
            .map(|(_, max)| max.as_ref())
    }

    /// The estimate of a criterion, if there is one.
    pub fn estimate(&self, criterion: Criterion) -> Option<&Sourced<Estimate>> {
        self.estimates
            .iter()
            .find(|(of, _)| *of == criterion)
            .map(|(_, estimate)| estimate)
    }

    /// Between what the points of a level may lie; nothing where no other reading is known.
    pub fn ends_of_level(&self, criterion: Criterion, level: Level) -> Option<&Sourced<Ends>> {
        let (_, levels) = self.level_ends.iter().find(|(of, _)| *of == criterion)?;
        levels
            .iter()
            .find(|(of, _)| *of == level)
            .map(|(_, ends)| ends)
    }

    /// The points of each level of a language; none for Kazakh, whose points stand in the rule set of the test.
    pub fn points_of_levels(&self, criterion: Criterion) -> &[(Level, Sourced<u32>)] {
        match criterion {
            Criterion::Russian => &self.russian,
            Criterion::English => &self.english,
            _ => &[],
        }
    }

    /// The certificates of a language.
    pub fn certificates_of(&self, language: Criterion) -> impl Iterator<Item = &Certificate> {
        self.certificates
            .iter()
            .filter(move |certificate| certificate.language == language)
    }
}

impl Scale {
    /// The level that a score shows; none for a score below the lowest level.
    ///
    /// # Errors
    /// [`NotAScore`] when the scale has no such score.
    pub fn level(&self, score: &str) -> Result<Option<Level>, NotAScore> {
        match self {
            Scale::Numbers { min, max, from } => {
                let number: Decimal = score
                    .trim()
                    .replace(',', ".")
                    .parse()
                    .map_err(|_| NotAScore(self.expected()))?;
                if !(*min..=*max).contains(&number) {
                    return Err(NotAScore(self.expected()));
                }
                let reached = from.iter().rev().find(|(least, _)| number >= *least);
                Ok(reached.map(|(_, level)| *level))
            }
            Scale::Grades(grades) => grades
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(score.trim()))
                .map(|(_, level)| Some(*level))
                .ok_or_else(|| NotAScore(self.expected())),
        }
    }

    /// What a score looks like: `0–9`, or the names of the grades.
    pub fn expected(&self) -> String {
        match self {
            Scale::Numbers { min, max, .. } => format!("{min}–{max}"),
            Scale::Grades(grades) => {
                let names: Vec<&str> = grades.iter().map(|(name, _)| name.as_str()).collect();
                names.join(", ")
            }
        }
    }
}

/// The certificate has no such score.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a score of this certificate: expected {0}")]
pub struct NotAScore(pub String);
