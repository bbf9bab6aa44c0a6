//! The way to a residence permit: the table with its sources, and plans. Nothing that is sent is kept.

mod plan;
mod shapes;

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::pathway::{
    resubmission::{Round, RoundFault},
    timeline::Entered,
};
use crate::service::{Situation, SituationFault};
use crate::web::api::refusals::Body;
use crate::web::{
    App,
    problem::{ApiJson, Problem},
};
use plan::PlanShape;
use shapes::PathwayShape;

/// Tests and refusals that one plan takes.
const MOST_ENTRIES: usize = 50;
/// Years with which plans count.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

/// What to plan for. Days are texts such as `2026-11-22`; what is not known is left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRequest {
    /// Ids of the table's questions that are answered with yes.
    #[serde(default)]
    circumstances: Vec<String>,
    /// The id of a region.
    region: Option<String>,
    /// The day of the test.
    test: Option<String>,
    /// The day on which the questionnaire is sent.
    questionnaire: Option<String>,
    /// The day of the notification.
    notification: Option<String>,
    /// The day on which the documents are handed in.
    submission: Option<String>,
    /// The day of issue of documents by their ids; of a term, its last day.
    #[serde(default)]
    documents: BTreeMap<String, String>,
    /// Applications that were refused, the first one first.
    #[serde(default)]
    refusals: Vec<Refusal>,
    /// Days of tests already sat.
    #[serde(default)]
    tests: Vec<String>,
}

/// An application that was refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The day it was sent, if known.
    submitted: Option<String>,
    /// The day of the refusal.
    refused: String,
}

fn day(field: &str, text: &str) -> Result<NaiveDate, Problem> {
    text.parse::<NaiveDate>()
        .ok()
        .filter(|day| YEARS.contains(&day.year()))
        .ok_or_else(|| {
            let reason = format!(
                "must be a day such as 2026-11-22, in the years {} to {}",
                YEARS.start(),
                YEARS.end()
            );
            Problem::invalid(field, reason)
        })
}

fn optional(field: &str, text: Option<&String>) -> Result<Option<NaiveDate>, Problem> {
    text.map(|text| day(field, text)).transpose()
}

fn situation(request: PlanRequest) -> Result<Situation, Problem> {
    for (field, entries) in [
        ("refusals", request.refusals.len()),
        ("tests", request.tests.len()),
    ] {
        if entries > MOST_ENTRIES {
            let reason = format!("must be {MOST_ENTRIES} or fewer");
            return Err(Problem::invalid(field, reason));
        }
    }
    let entered = Entered {
        test: optional("test", request.test.as_ref())?,
        questionnaire: optional("questionnaire", request.questionnaire.as_ref())?,
        notification: optional("notification", request.notification.as_ref())?,
        submission: optional("submission", request.submission.as_ref())?,
    };
    let mut documents = Vec::new();
    for (id, text) in request.documents {
        let day = day(&format!("documents.{id}"), &text)?;
        documents.push((id, day));
    }
    let mut rounds = Vec::new();
    for (n, refusal) in request.refusals.iter().enumerate() {
        let submitted = format!("refusals.{}.submitted", n + 1);
        let refused = format!("refusals.{}.refused", n + 1);
        rounds.push(Round {
            submitted: optional(&submitted, refusal.submitted.as_ref())?,
            refused: day(&refused, &refusal.refused)?,
        });
    }
    let mut tests = Vec::new();
    for (n, text) in request.tests.iter().enumerate() {
        tests.push(day(&format!("tests.{}", n + 1), text)?);
    }
    Ok(Situation {
        circumstances: request.circumstances,
        region: request.region,
        entered,
        documents,
        rounds,
        tests,
    })
}

fn refused(fault: SituationFault) -> Problem {
    match &fault {
        SituationFault::Unknown { field, .. } => Problem::invalid(field, &fault),
        SituationFault::Rounds(
            RoundFault::RefusedBeforeSubmitted { round } | RoundFault::OutOfOrder { round },
        ) => Problem::invalid(&format!("refusals.{}", round + 1), &fault),
    }
}

/// The table in force with its sources, the calendar of working days included.
#[utoipa::path(get, path = "/pathway", tag = "pathway", security(()), responses(
    (status = 200, body = PathwayShape),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn table(State(app): State<App>) -> Result<Json<PathwayShape>, Problem> {
    let in_force = app.exam.pathway()?;
    Ok(Json(shapes::shape(&in_force)))
}

/// Plans for days and circumstances: procedure, timeline, documents, re-submission, retakes, funds.
#[utoipa::path(post, path = "/pathway/plan", tag = "pathway", security(()), request_body = PlanRequest, responses(
    (status = 200, body = PlanShape),
    (status = 503, body = Problem, content_type = "application/problem+json"),
    Body,
))]
pub async fn plan(
    State(app): State<App>,
    ApiJson(request): ApiJson<PlanRequest>,
) -> Result<Json<PlanShape>, Problem> {
    let in_force = app.exam.pathway()?;
    let situation = situation(request)?;
    let plan = in_force.plan(&situation).map_err(refused)?;
    Ok(Json(plan::shape(&in_force, &plan)))
}
