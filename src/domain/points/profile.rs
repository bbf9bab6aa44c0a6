//! What somebody brings, and what it makes under a table and a rule set.

use rust_decimal::Decimal;

use super::{
    assess::{Assessment, Citation, Claim, MOST_DIGITS, Origin, OutOfRange},
    estimate::{Estimate, Estimated, Facts, MOST_YEARS, Missing, OLDEST},
    table::{Certificate, Criterion, Ends, PointsTable},
};
use crate::domain::{
    language_score::{LanguageScore, ScoreFault},
    level::Level,
    rules::{RuleSet, Sourced},
};

/// Where a language's points come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LanguageClaim {
    /// Points that the user entered.
    Points(Decimal),
    /// A level.
    Level(Level),
    /// A certificate's id and score (Russian and English).
    Certificate {
        /// The id of one of the table's certificates.
        name: String,
        /// The score as it stands on it.
        score: String,
    },
    /// A verified statement of a finished mock (Kazakh only).
    Score(Box<LanguageScore>),
}

/// What somebody brings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Points entered, by criterion; they go before an estimate.
    pub criteria: Vec<(Criterion, Decimal)>,
    /// What is estimated from.
    pub facts: Facts,
    /// The health coefficient, 0 to 1; 1 if not given.
    pub health: Option<Decimal>,
    /// Kazakh.
    pub kazakh: Option<LanguageClaim>,
    /// Russian.
    pub russian: Option<LanguageClaim>,
    /// English.
    pub english: Option<LanguageClaim>,
}

/// A value of a profile that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct ProfileFault {
    /// Its path in the profile, such as `facts.age`.
    pub field: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a value of a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Neither a number nor a text that is one.
    #[error("must be a number such as 72 or 72.5")]
    NotANumber,
    /// More digits after the point than are computed exactly.
    #[error("must have at most {MOST_DIGITS} digits after the point")]
    TooManyDigits,
    /// A number with a fraction where a whole one is needed.
    #[error("must be a whole number")]
    NotWhole,
    /// Outside its range.
    #[error("must be between {min} and {max}")]
    OutOfRange {
        /// The least that is possible.
        min: Decimal,
        /// The most that is possible.
        max: Decimal,
    },
    /// Not a level.
    #[error("must be one of A1, A2, B1, B2, C1")]
    NotALevel,
    /// More than one way of stating the same.
    #[error("give only one of {0}")]
    Several(&'static str),
    /// Not one of the possible names.
    #[error("must be one of {0}")]
    NotOneOf(String),
    /// Not a score of the certificate.
    #[error("must be a score of the certificate: {0}")]
    NotAScore(String),
    /// A certificate without its score, or a score without its certificate.
    #[error("must be given too")]
    Incomplete,
    /// Only Kazakh has a language score, only Russian and English have certificates.
    #[error("give points or a level")]
    NotHere,
    /// The table has no estimate for this.
    #[error("the table of points has no estimate for this: give points")]
    NoEstimate,
    /// The estimate depends on the age.
    #[error("must be given: the criterion depends on the age")]
    NeedsAge,
    /// The language score is refused.
    #[error(transparent)]
    Score(#[from] ScoreFault),
}

impl ProfileFault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, reason: Reason) -> Self {
        Self {
            field: field.into(),
            reason,
        }
    }
}

impl From<OutOfRange> for ProfileFault {
    fn from(out: OutOfRange) -> Self {
        let field = match out.field.parse::<Criterion>() {
            Ok(criterion) => field_of(criterion),
            Err(_) => out.field.to_owned(),
        };
        Self::new(
            field,
            Reason::OutOfRange {
                min: out.min,
                max: out.max,
            },
        )
    }
}

/// Where a criterion's points stand in a profile.
pub fn field_of(criterion: Criterion) -> String {
    match criterion.is_language() {
        true => format!("languages.{}.points", criterion.as_str()),
        false => format!("criteria.{}", criterion.as_str()),
    }
}

/// The field of the fact by which a criterion is estimated.
fn fact_of(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Demographic => "facts.age",
        Criterion::Education => "facts.degree",
        Criterion::KazakhstanExperience => "facts.years_in_kazakhstan",
        Criterion::ForeignExperience => "facts.years_elsewhere",
        Criterion::Additional => "facts.relatives",
        _ => "facts.adaptability",
    }
}

impl Profile {
    /// Assesses the profile under a table, with the points that the rule set gives for Kazakh.
    ///
    /// # Errors
    /// [`ProfileFault`] for the first value that cannot be used.
    pub fn assess(&self, table: &PointsTable, rules: &RuleSet) -> Result<Assessment, ProfileFault> {
        let claims = self.claims(table, rules)?;
        let health = self.health.unwrap_or(Decimal::ONE);
        Ok(table.assess(claims, health)?)
    }

    /// The points of each criterion that the profile says something about.
    ///
    /// # Errors
    /// [`ProfileFault`] for the first value that cannot be used. Ranges of points are left to [`PointsTable::assess`].
    pub fn claims(&self, table: &PointsTable, rules: &RuleSet) -> Result<Vec<Claim>, ProfileFault> {
        self.facts.check()?;
        let mut claims: Vec<Claim> = self
            .criteria
            .iter()
            .map(|(criterion, points)| Claim::entered(*criterion, *points))
            .collect();
        let languages = [
            (Criterion::Kazakh, &self.kazakh, &rules.kazakh_points),
            (Criterion::Russian, &self.russian, &table.russian),
            (Criterion::English, &self.english, &table.english),
        ];
        for (criterion, claim, levels) in languages {
            if let Some(claim) = claim {
                claims.push(language(table, criterion, claim, levels, rules)?);
            }
        }
        for (criterion, estimate) in &table.estimates {
            if claims.iter().any(|claim| claim.criterion == *criterion) {
                continue;
            }
            let max = table.max(*criterion).map_or(0, |max| max.value);
            let estimated = match estimate.by_facts(&self.facts, max) {
                Ok(Some(estimated)) => estimated,
                Ok(None) | Err(Missing::Fact) => continue,
                Err(Missing::Age) => {
                    return Err(ProfileFault::new("facts.age", Reason::NeedsAge));
                }
                Err(Missing::Option) => {
                    let reason = Reason::NotOneOf(options(&estimate.value));
                    return Err(ProfileFault::new(fact_of(*criterion), reason));
                }
            };
            claims.push(by_estimate(*criterion, estimate, estimated));
        }
        self.by_shares(table, &mut claims);
        self.no_fact_in_vain(table, &claims)?;
        Ok(claims)
    }

    /// Estimates that rest on the other criteria, once those are known.
    fn by_shares(&self, table: &PointsTable, claims: &mut Vec<Claim>) {
        if !self.facts.adaptability {
            return;
        }
        for (criterion, estimate) in &table.estimates {
            let Estimate::Shares(shares) = &estimate.value else {
                continue;
            };
            if claims.iter().any(|claim| claim.criterion == *criterion) {
                continue;
            }
            let max = table.max(*criterion).map_or(0, |max| max.value);
            let estimated = shares.work_out(table, max, |of| {
                let claim = claims.iter().find(|claim| claim.criterion == of);
                claim.map_or((Decimal::ZERO, Ends::exactly(Decimal::ZERO)), |claim| {
                    (claim.points, claim.ends)
                })
            });
            claims.push(by_estimate(*criterion, estimate, estimated));
        }
    }

    /// A fact that no estimate of the table uses must not look as if it had been counted.
    fn no_fact_in_vain(&self, table: &PointsTable, claims: &[Claim]) -> Result<(), ProfileFault> {
        let given = [
            (Criterion::Education, self.facts.degree.is_some()),
            (
                Criterion::KazakhstanExperience,
                self.facts.years_in_kazakhstan.is_some(),
            ),
            (
                Criterion::ForeignExperience,
                self.facts.years_elsewhere.is_some(),
            ),
            (Criterion::Additional, self.facts.relatives.is_some()),
            (Criterion::Adaptability, self.facts.adaptability),
        ];
        for (criterion, given) in given {
            let claimed = claims.iter().any(|claim| claim.criterion == criterion);
            if given && !claimed && table.estimate(criterion).is_none() {
                return Err(ProfileFault::new(fact_of(criterion), Reason::NoEstimate));
            }
        }
        Ok(())
    }
}

impl Facts {
    fn check(&self) -> Result<(), ProfileFault> {
        let between = |field: &str, value: Option<Decimal>, most: u32| {
            let max = Decimal::from(most);
            match value {
                Some(value) if !(Decimal::ZERO..=max).contains(&value) => Err(ProfileFault::new(
                    field,
                    Reason::OutOfRange {
                        min: Decimal::ZERO,
                        max,
                    },
                )),
                _ => Ok(()),
            }
        };
        between("facts.age", self.age.map(Decimal::from), OLDEST)?;
        between(
            "facts.years_in_kazakhstan",
            self.years_in_kazakhstan,
            MOST_YEARS,
        )?;
        between("facts.years_elsewhere", self.years_elsewhere, MOST_YEARS)
    }
}

fn options(estimate: &Estimate) -> String {
    match estimate {
        Estimate::Choice(choice) => {
            let ids: Vec<&str> = choice.options.iter().map(|o| o.id.as_str()).collect();
            ids.join(", ")
        }
        Estimate::Line(_) | Estimate::Shares(_) => String::new(),
    }
}

fn by_estimate(criterion: Criterion, estimate: &Sourced<Estimate>, estimated: Estimated) -> Claim {
    Claim {
        criterion,
        points: estimated.points,
        ends: estimated.ends,
        origin: Origin::Estimate,
        citation: Some(Citation::of(estimate)),
        workings: Some(estimated.workings),
    }
}

fn language(
    table: &PointsTable,
    criterion: Criterion,
    claim: &LanguageClaim,
    levels: &[(Level, Sourced<u32>)],
    rules: &RuleSet,
) -> Result<Claim, ProfileFault> {
    let field = |rest: &str| format!("languages.{}.{rest}", criterion.as_str());
    let mut shown_by = None;
    let (level, origin) = match claim {
        LanguageClaim::Points(points) => return Ok(Claim::entered(criterion, *points)),
        LanguageClaim::Level(level) => (Some(*level), Origin::Level(*level)),
        LanguageClaim::Score(score) if criterion == Criterion::Kazakh => {
            let level = level_under(score, rules);
            (level, Origin::Score(level))
        }
        LanguageClaim::Score(_) => {
            return Err(ProfileFault::new(field("language_score"), Reason::NotHere));
        }
        LanguageClaim::Certificate { name, score } => {
            let certificate = certificate(table, criterion, name)?;
            let level = certificate.scale.value.level(score).map_err(|fault| {
                ProfileFault::new(field("certificate.score"), Reason::NotAScore(fault.0))
            })?;
            shown_by = Some(&certificate.scale.source);
            let origin = Origin::Certificate {
                id: certificate.id.clone(),
                score: score.trim().to_owned(),
                level,
            };
            (level, origin)
        }
    };
    let mut claim = by_level(table, criterion, level, origin, levels);
    // A certificate's points rest on two sources: which level the score shows, and what the level brings.
    if let (Some(citation), Some(scale)) = (&mut claim.citation, shown_by) {
        citation.source = format!("{scale}; {}", citation.source);
    }
    Ok(claim)
}

fn certificate<'a>(
    table: &'a PointsTable,
    language: Criterion,
    name: &str,
) -> Result<&'a Certificate, ProfileFault> {
    let found = table
        .certificates_of(language)
        .find(|certificate| certificate.id == name);
    found.ok_or_else(|| {
        let field = format!("languages.{}.certificate.name", language.as_str());
        let known: Vec<&str> = table
            .certificates_of(language)
            .map(|certificate| certificate.id.as_str())
            .collect();
        match known.is_empty() {
            true => ProfileFault::new(field, Reason::NotHere),
            false => ProfileFault::new(field, Reason::NotOneOf(known.join(", "))),
        }
    })
}

/// The claim of a level; without a level 0 points, because nothing is confirmed.
fn by_level(
    table: &PointsTable,
    criterion: Criterion,
    level: Option<Level>,
    origin: Origin,
    levels: &[(Level, Sourced<u32>)],
) -> Claim {
    let sourced = level.and_then(|level| {
        let (_, points) = levels.iter().find(|(of, _)| *of == level)?;
        Some((level, points))
    });
    let points = sourced.map_or(Decimal::ZERO, |(_, points)| Decimal::from(points.value));
    let ends = sourced
        .and_then(|(level, _)| table.ends_of_level(criterion, level))
        .map_or(Ends::exactly(points), |ends| ends.value);
    Claim {
        criterion,
        points,
        ends,
        origin,
        citation: sourced.map(|(_, points)| Citation::of(points)),
        workings: None,
    }
}

/// The level that a mock's answers confirm under a rule set: the lower of its sections' levels.
pub fn level_under(score: &LanguageScore, rules: &RuleSet) -> Option<Level> {
    let levels: Option<Vec<Level>> = score
        .sections
        .iter()
        .map(|section| {
            let reached = rules.bands.iter().rev().find(|band| {
                u64::from(section.correct) * 100
                    >= u64::from(band.from_percent.value) * u64::from(section.of)
                    && section.of > 0
            });
            reached.map(|band| band.level)
        })
        .collect();
    levels?.into_iter().min()
}

/// What changes for somebody under one rule set of the language test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The rule set's level that passes.
    pub required_level: Sourced<Level>,
    /// Its share of right answers in each section, in percent.
    pub required_percent: u32,
    /// The level that the profile states, if it states one.
    pub level: Option<Level>,
    /// Whether that level passes the language test; unknown where no level is stated.
    pub passes_test: Option<bool>,
    /// The assessment with this rule set's points for Kazakh.
    pub assessment: Assessment,
}

impl Profile {
    /// The same profile under another rule set.
    ///
    /// # Errors
    /// [`ProfileFault`], as [`Profile::assess`].
    pub fn under(&self, table: &PointsTable, rules: &RuleSet) -> Result<Comparison, ProfileFault> {
        let assessment = self.assess(table, rules)?;
        let origin = assessment.step(Criterion::Kazakh).map(|step| &step.origin);
        let level = origin.and_then(Origin::level);
        // A mock below the lowest band states that there is no level; entered points state nothing.
        let stated = level.is_some() || matches!(origin, Some(Origin::Score(_)));
        Ok(Comparison {
            required_level: rules.required_level.clone(),
            required_percent: rules.required_percent(),
            level,
            passes_test: stated.then(|| level >= Some(rules.required_level.value)),
            assessment,
        })
    }
}
