//! The table of points in force, with its sources: what a profile may say, and what is estimated how.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{Texts, Value, number, texts, value};
use crate::domain::{
    level::Level,
    points::{Effort, Ends, Estimate, PointsTable, Scale, report::NOTICE},
    rules::Sourced,
};
use crate::web::{App, problem::Problem};

/// A table of the assessment of immigration potential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsTable)]
pub struct Table {
    id: String,
    title: Texts,
    effective_from: Value<String>,
    /// Points that pass.
    threshold: Value<u32>,
    formula: Value<String>,
    /// The greatest health coefficient; the least is 0.
    health: Value<u32>,
    criteria: Vec<CriterionShape>,
    certificates: Vec<CertificateShape>,
    /// What the rules name without points.
    information: Vec<InformationShape>,
    /// Points within the ranges are not published.
    notice: &'static str,
}

/// A criterion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CriterionOfTable)]
pub struct CriterionShape {
    criterion: &'static str,
    /// The greatest number of points; the least is 0.
    max: Value<u32>,
    /// Whether the health coefficient multiplies it.
    multiplied: bool,
    /// Points by level, for Russian and English; those for Kazakh stand in the rule set of the test.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    levels: Vec<LevelShape>,
    /// How its points are estimated from facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<Value<EstimateShape>>,
    /// Months of work for a step up.
    #[serde(skip_serializing_if = "Option::is_none")]
    months_a_step: Option<Value<Months>>,
}

/// Points of a level.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LevelOfTable)]
pub struct LevelShape {
    level: &'static str,
    points: Value<u32>,
    /// Between what they may lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Value<Vec<String>>>,
}

/// An estimate; which members there are says its kind.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct EstimateShape {
    /// The member of `facts` from which it is made.
    fact: &'static str,
    /// Evenly from a number and its points …
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<[u32; 2]>,
    /// … to another.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<[u32; 2]>,
    /// By option.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<OptionShape>,
    /// The age from which the criterion applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    from_age: Option<u32>,
    /// By the mean share of groups of other criteria.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<Vec<&'static str>>,
    /// How far the true points may lie from it, to each side.
    #[serde(skip_serializing_if = "Option::is_none")]
    spread: Option<u32>,
}

/// An option of an estimate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OptionOfEstimate)]
pub struct OptionShape {
    id: String,
    title: Texts,
    points: u32,
    range: [u32; 2],
}

/// Months of work.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Months {
    /// The same for each step.
    Each(u32),
    /// For each level, from the level below.
    Levels(std::collections::BTreeMap<&'static str, u32>),
}

/// A certificate and what its scores show.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CertificateOfTable)]
pub struct CertificateShape {
    id: String,
    language: &'static str,
    title: Texts,
    /// The least and the greatest score, where scores are numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<[String; 2]>,
    /// The score or grade from which on a level is shown, and the level.
    shows: Value<Vec<ShowsShape>>,
}

/// A score or grade, and the level that it shows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScoreOfCertificate)]
pub struct ShowsShape {
    score: String,
    level: &'static str,
}

/// Something without points.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InformationOfTable)]
pub struct InformationShape {
    title: Texts,
    text: Value<Texts>,
}

fn ends(ends: &Ends) -> Vec<String> {
    vec![ends.low.to_string(), ends.high.to_string()]
}

fn estimate(estimate: &Estimate) -> EstimateShape {
    match estimate {
        Estimate::Line(line) => EstimateShape {
            fact: line.fact.as_str(),
            from: Some([line.from.0, line.from.1]),
            to: Some([line.to.0, line.to.1]),
            spread: Some(line.spread),
            ..EstimateShape::default()
        },
        Estimate::Choice(choice) => EstimateShape {
            fact: choice.fact.as_str(),
            from_age: choice.from_age,
            options: choice
                .options
                .iter()
                .map(|option| OptionShape {
                    id: option.id.clone(),
                    title: texts(&option.title),
                    points: option.points,
                    range: [option.ends.0, option.ends.1],
                })
                .collect(),
            ..EstimateShape::default()
        },
        Estimate::Shares(shares) => EstimateShape {
            fact: "adaptability",
            groups: shares
                .groups
                .iter()
                .map(|group| group.iter().map(|criterion| criterion.as_str()).collect())
                .collect(),
            spread: Some(shares.spread),
            ..EstimateShape::default()
        },
    }
}

fn months(effort: &Effort) -> Months {
    match effort {
        Effort::Each(months) => Months::Each(*months),
        Effort::Levels(levels) => Months::Levels(
            levels
                .iter()
                .map(|(level, months)| (level.as_str(), *months))
                .collect(),
        ),
    }
}

fn shows(scale: &Scale) -> Vec<ShowsShape> {
    let shows = |score: String, level: Level| ShowsShape {
        score,
        level: level.as_str(),
    };
    match scale {
        Scale::Numbers { from, .. } => from
            .iter()
            .map(|(score, level)| shows(score.to_string(), *level))
            .collect(),
        Scale::Grades(grades) => grades
            .iter()
            .map(|(name, level)| shows(name.clone(), *level))
            .collect(),
    }
}

fn shape(table: &PointsTable) -> Table {
    let criteria = table.maxima.iter().map(|(criterion, max)| {
        let levels: &[(Level, Sourced<u32>)] = table.points_of_levels(*criterion);
        let effort = table.effort.iter().find(|(of, _)| of == criterion);
        CriterionShape {
            criterion: criterion.as_str(),
            max: number(max),
            multiplied: criterion.is_multiplied(),
            levels: levels
                .iter()
                .map(|(level, points)| LevelShape {
                    level: level.as_str(),
                    points: number(points),
                    range: table
                        .ends_of_level(*criterion, *level)
                        .map(|sourced| value(sourced, ends)),
                })
                .collect(),
            estimate: table
                .estimate(*criterion)
                .map(|sourced| value(sourced, estimate)),
            months_a_step: effort.map(|(_, sourced)| value(sourced, months)),
        }
    });
    Table {
        id: table.id.clone(),
        title: texts(&table.title),
        effective_from: value(&table.effective_from, |day| day.to_string()),
        threshold: number(&table.threshold),
        formula: value(&table.formula, String::clone),
        health: number(&table.health),
        criteria: criteria.collect(),
        certificates: table
            .certificates
            .iter()
            .map(|certificate| CertificateShape {
                id: certificate.id.clone(),
                language: certificate.language.as_str(),
                title: texts(&certificate.title),
                scores: match &certificate.scale.value {
                    Scale::Numbers { min, max, .. } => Some([min.to_string(), max.to_string()]),
                    Scale::Grades(_) => None,
                },
                shows: value(&certificate.scale, shows),
            })
            .collect(),
        information: table
            .information
            .iter()
            .map(|information| InformationShape {
                title: texts(&information.title),
                text: value(&information.text, texts),
            })
            .collect(),
        notice: NOTICE,
    }
}

/// The newest table of points in force: ranges, estimates, certificates, each value with its source.
#[utoipa::path(get, path = "/points", tag = "points", security(()), responses(
    (status = 200, body = Table),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn table(State(app): State<App>) -> Result<Json<Table>, Problem> {
    let rules = app.exam.rules(None)?;
    let table = app.exam.points_table(app.exam.today(&rules))?;
    Ok(Json(shape(&table)))
}
