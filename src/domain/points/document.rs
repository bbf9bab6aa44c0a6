//! A profile as JSON: what `POST /api/v1/potential` takes, what `synaq points` reads and what is saved.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    assess::MOST_DIGITS,
    estimate::Facts,
    profile::{LanguageClaim, Profile, ProfileFault, Reason, field_of},
    table::Criterion,
};
use crate::domain::{
    language_score::{LanguageScore, ScoreFault},
    level::Level,
};

/// A profile. Points are numbers or texts that are numbers; what is not given is 0 (health: 1).
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PotentialRequest {
    /// The rule set whose points for Kazakh count; the server's default if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Points that are known. They go before an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criteria: Option<CriteriaDocument>,
    /// Facts from which points that are not known are estimated; every estimate is assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<FactsDocument>,
    /// The health coefficient, 0 to 1.
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Value>,
    /// Languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<LanguagesDocument>,
}

/// Points by criterion.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Criteria)]
#[allow(missing_docs)] // the criteria's own names
pub struct CriteriaDocument {
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demographic: Option<Value>,
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub education: Option<Value>,
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kazakhstan_experience: Option<Value>,
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign_experience: Option<Value>,
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptability: Option<Value>,
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional: Option<Value>,
}

/// Facts.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Facts)]
pub struct FactsDocument {
    /// Age in whole years.
    #[schema(value_type = Option<u32>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<Value>,
    /// The highest confirmed degree: an option of the table's estimate of education.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degree: Option<String>,
    /// Years of study or work in Kazakhstan.
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years_in_kazakhstan: Option<Value>,
    /// Years of study or work in other countries.
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years_elsewhere: Option<Value>,
    /// Close relatives who live permanently in Kazakhstan: an option of the table's estimate; needs the age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relatives: Option<String>,
    /// Whether adaptability is to be estimated from the other criteria.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adaptability: bool,
}

/// Languages.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Languages)]
#[allow(missing_docs)] // the languages' own names
pub struct LanguagesDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kazakh: Option<ClaimDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub russian: Option<ClaimDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub english: Option<ClaimDocument>,
}

/// One of: a level, points, a certificate (Russian, English), a language score (Kazakh).
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Claim)]
pub struct ClaimDocument {
    /// `A1` to `C1`; null is no level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Points.
    #[schema(value_type = Option<f64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Value>,
    /// A certificate and its score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateDocument>,
    /// A `language-score.v1` as the server gave it, with its signature.
    #[schema(value_type = Option<LanguageScore>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_score: Option<Value>,
}

/// A certificate of Russian or English.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CertificateScore)]
pub struct CertificateDocument {
    /// The certificate: one of the table's ids, such as `ielts`.
    pub name: String,
    /// The score, or the name of the grade.
    #[schema(value_type = String)]
    pub score: Value,
}

/// Says whether a language score is to be believed, and why not.
pub type Verify<'a> = dyn Fn(&Value) -> Result<LanguageScore, ScoreFault> + 'a;

impl PotentialRequest {
    /// The profile. `verify` decides about a language score.
    ///
    /// # Errors
    /// [`ProfileFault`] for the first value that cannot be used.
    pub fn profile(&self, verify: &Verify<'_>) -> Result<Profile, ProfileFault> {
        let none = CriteriaDocument::default();
        let of = self.criteria.as_ref().unwrap_or(&none);
        let entered = [
            (Criterion::Demographic, &of.demographic),
            (Criterion::Education, &of.education),
            (Criterion::KazakhstanExperience, &of.kazakhstan_experience),
            (Criterion::ForeignExperience, &of.foreign_experience),
            (Criterion::Adaptability, &of.adaptability),
            (Criterion::Additional, &of.additional),
        ];
        let mut criteria = Vec::new();
        for (criterion, value) in entered {
            if let Some(points) = number(&field_of(criterion), value.as_ref())? {
                criteria.push((criterion, points));
            }
        }
        let none = LanguagesDocument::default();
        let languages = self.languages.as_ref().unwrap_or(&none);
        Ok(Profile {
            criteria,
            facts: self.facts.as_ref().map_or(Ok(Facts::default()), facts)?,
            health: number("health", self.health.as_ref())?,
            kazakh: claim("languages.kazakh", languages.kazakh.as_ref(), verify)?,
            russian: claim("languages.russian", languages.russian.as_ref(), verify)?,
            english: claim("languages.english", languages.english.as_ref(), verify)?,
        })
    }
}

fn number(field: &str, value: Option<&Value>) -> Result<Option<Decimal>, ProfileFault> {
    let Some(value) = value else { return Ok(None) };
    decimal(value)
        .map(Some)
        .map_err(|reason| ProfileFault::new(field, reason))
}

/// An exact decimal from a JSON number or text: 399.99 stays 399.99, and a comma is a point.
///
/// # Errors
/// [`Reason::NotANumber`], [`Reason::TooManyDigits`].
pub fn decimal(value: &Value) -> Result<Decimal, Reason> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().replace(',', "."),
        _ => return Err(Reason::NotANumber),
    };
    let number = Decimal::from_str(&text)
        .or_else(|_| Decimal::from_scientific(&text))
        .map_err(|_| Reason::NotANumber)?
        .normalize();
    match number.scale() > MOST_DIGITS {
        true => Err(Reason::TooManyDigits),
        false => Ok(number),
    }
}

fn facts(document: &FactsDocument) -> Result<Facts, ProfileFault> {
    let age = number("facts.age", document.age.as_ref())?
        .map(|age| match age.is_integer() {
            true => u32::try_from(age).map_err(|_| Reason::OutOfRange {
                min: Decimal::ZERO,
                max: Decimal::from(super::estimate::OLDEST),
            }),
            false => Err(Reason::NotWhole),
        })
        .transpose()
        .map_err(|reason| ProfileFault::new("facts.age", reason))?;
    Ok(Facts {
        age,
        degree: document.degree.clone(),
        years_in_kazakhstan: number(
            "facts.years_in_kazakhstan",
            document.years_in_kazakhstan.as_ref(),
        )?,
        years_elsewhere: number("facts.years_elsewhere", document.years_elsewhere.as_ref())?,
        relatives: document.relatives.clone(),
        adaptability: document.adaptability,
    })
}

fn claim(
    field: &str,
    claim: Option<&ClaimDocument>,
    verify: &Verify<'_>,
) -> Result<Option<LanguageClaim>, ProfileFault> {
    let Some(claim) = claim else { return Ok(None) };
    let points = number(&format!("{field}.points"), claim.points.as_ref())?;
    let level = claim
        .level
        .as_deref()
        .map(str::parse::<Level>)
        .transpose()
        .map_err(|_| ProfileFault::new(format!("{field}.level"), Reason::NotALevel))?;
    match (points, level, &claim.certificate, &claim.language_score) {
        (None, None, None, None) => Ok(None),
        (Some(points), None, None, None) => Ok(Some(LanguageClaim::Points(points))),
        (None, Some(level), None, None) => Ok(Some(LanguageClaim::Level(level))),
        (None, None, Some(certificate), None) => {
            let score = match &certificate.score {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => String::new(),
            };
            Ok(Some(LanguageClaim::Certificate {
                name: certificate.name.clone(),
                score,
            }))
        }
        (None, None, None, Some(score)) if field == "languages.kazakh" => {
            let score = verify(score).map_err(|reason| {
                ProfileFault::new(format!("{field}.language_score"), Reason::Score(reason))
            })?;
            Ok(Some(LanguageClaim::Score(Box::new(score))))
        }
        (None, None, None, Some(_)) => Err(ProfileFault::new(
            format!("{field}.language_score"),
            Reason::NotHere,
        )),
        _ => Err(ProfileFault::new(
            field,
            Reason::Several("level, points, certificate and language_score"),
        )),
    }
}
