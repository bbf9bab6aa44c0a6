//! The points calculator.

use axum::{Json, extract::State};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::{
    id::RuleId,
    language_score::LanguageScore,
    level::Level,
    points::{Criterion, shown, shown_missing},
};
use crate::service::{LanguageClaim, Potential, Profile, decimal};
use crate::web::{
    App,
    problem::{ApiJson, Problem},
};

/// A profile. Points are numbers or texts that are numbers; what is not given is 0 (health: 1).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PotentialRequest {
    /// The rule set whose points for Kazakh count; the server's default if not given.
    rule: Option<String>,
    criteria: Option<Criteria>,
    /// The health coefficient, 0 to 1.
    #[schema(value_type = Option<f64>)]
    health: Option<Value>,
    languages: Option<Languages>,
}

/// Points by criterion.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    #[schema(value_type = Option<f64>)]
    demographic: Option<Value>,
    #[schema(value_type = Option<f64>)]
    education: Option<Value>,
    #[schema(value_type = Option<f64>)]
    kazakhstan_experience: Option<Value>,
    #[schema(value_type = Option<f64>)]
    foreign_experience: Option<Value>,
    #[schema(value_type = Option<f64>)]
    adaptability: Option<Value>,
    #[schema(value_type = Option<f64>)]
    additional: Option<Value>,
}

/// Languages.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Languages {
    kazakh: Option<Claim>,
    russian: Option<Claim>,
    english: Option<Claim>,
}

/// One of: a level, points, or (Kazakh) a language score.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// `A1` to `C1`; null is no level.
    level: Option<String>,
    #[schema(value_type = Option<f64>)]
    points: Option<Value>,
    /// As `GET /attempts/{id}/language-score` gave it, with its signature.
    #[schema(value_type = Option<LanguageScore>)]
    language_score: Option<Box<Value>>,
}

/// An assessment. Decimals are texts with two digits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Assessed {
    total: String,
    threshold: String,
    passed: bool,
    missing: String,
    /// Each criterion.
    steps: Vec<StepShape>,
    /// The formula with its numbers: sum, health, additional.
    formula: Formula,
    /// The table of points.
    table: String,
    /// The rule set of the language test.
    rule: String,
    /// How decimals are rounded.
    rounding: &'static str,
    notice: &'static str,
}

/// A criterion's part.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepShape {
    criterion: &'static str,
    points: String,
    min: String,
    max: String,
    /// `published` or `assumed`.
    basis: &'static str,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// The formula with its numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Formula {
    text: &'static str,
    sum: String,
    health: String,
    after_health: String,
    additional: String,
}

fn number(field: &str, value: Option<&Value>) -> Result<Option<Decimal>, Problem> {
    value
        .map(decimal)
        .transpose()
        .map_err(|reason| Problem::invalid(field, reason))
}

fn claim(field: &str, claim: Option<Claim>) -> Result<Option<LanguageClaim>, Problem> {
    let Some(claim) = claim else { return Ok(None) };
    let points = number(field, claim.points.as_ref())?;
    let level = claim
        .level
        .map(|level| level.parse::<Level>())
        .transpose()
        .map_err(|error| Problem::invalid(field, error))?;
    match (points, level, claim.language_score) {
        (None, None, None) => Ok(None),
        (Some(points), None, None) => Ok(Some(LanguageClaim::Points(points))),
        (None, Some(level), None) => Ok(Some(LanguageClaim::Level(level))),
        (None, None, Some(score)) => Ok(Some(LanguageClaim::Score(score))),
        _ => Err(Problem::invalid(
            field,
            "give one of level, points and language_score",
        )),
    }
}

fn profile(request: PotentialRequest) -> Result<Profile, Problem> {
    let Criteria {
        demographic,
        education,
        kazakhstan_experience,
        foreign_experience,
        adaptability,
        additional,
    } = request.criteria.unwrap_or_default();
    let entered = [
        (Criterion::Demographic, demographic),
        (Criterion::Education, education),
        (Criterion::KazakhstanExperience, kazakhstan_experience),
        (Criterion::ForeignExperience, foreign_experience),
        (Criterion::Adaptability, adaptability),
        (Criterion::Additional, additional),
    ];
    let mut criteria = Vec::new();
    for (criterion, value) in entered {
        let field = format!("criteria.{}", criterion.as_str());
        if let Some(points) = number(&field, value.as_ref())? {
            criteria.push((criterion, points));
        }
    }
    let languages = request.languages.unwrap_or_default();
    Ok(Profile {
        criteria,
        health: number("health", request.health.as_ref())?,
        kazakh: claim("languages.kazakh", languages.kazakh)?,
        russian: claim("languages.russian", languages.russian)?,
        english: claim("languages.english", languages.english)?,
    })
}

/// Assesses a profile: each criterion, the formula's steps, the total against the threshold.
#[utoipa::path(post, path = "/potential", tag = "points", security(()), request_body = PotentialRequest, responses(
    (status = 200, body = Assessed),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 415, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn assess(
    State(app): State<App>,
    ApiJson(request): ApiJson<PotentialRequest>,
) -> Result<Json<Assessed>, Problem> {
    let rule = request.rule.clone().map(RuleId::new);
    let profile = profile(request)?;
    let potential = app.exam.potential(&profile, rule.as_ref())?;
    Ok(Json(shape(potential)))
}

fn shape(potential: Potential) -> Assessed {
    let Potential {
        assessment,
        table,
        rules,
    } = potential;
    Assessed {
        total: shown(assessment.total),
        threshold: shown(Decimal::from(assessment.threshold)),
        passed: assessment.passed,
        missing: shown_missing(assessment.missing),
        steps: assessment
            .steps
            .into_iter()
            .map(|step| StepShape {
                criterion: step.criterion.as_str(),
                points: shown(step.points),
                min: shown(Decimal::ZERO),
                max: shown(Decimal::from(step.max)),
                basis: step.basis.as_str(),
                source: step.source,
                note: step.note,
            })
            .collect(),
        formula: Formula {
            text: "(demographic + education + languages + kazakhstan_experience + foreign_experience + adaptability) \
                   × health + additional",
            sum: shown(assessment.sum),
            health: shown(assessment.health),
            after_health: shown(assessment.after_health),
            additional: shown(assessment.additional),
        },
        table: table.id.clone(),
        rule: rules.id.to_string(),
        rounding: "exact decimals; what is shown is rounded down to two digits, what is missing up",
        notice: "Synaq is independent of the state. Points inside the published ranges are estimates.",
    }
}
