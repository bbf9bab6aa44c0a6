//! The points calculator.

use axum::{Json, extract::State};

use crate::domain::points::{document::PotentialRequest, report::Assessed};
use crate::web::api::refusals::Body;
use crate::web::{
    App,
    problem::{ApiJson, Problem},
};

/// Assesses a profile: each criterion, the formula's steps, the total against the threshold, what would close the gap.
#[utoipa::path(post, path = "/potential", tag = "points", security(()), request_body = PotentialRequest, responses(
    (status = 200, body = Assessed),
    (status = 503, body = Problem, content_type = "application/problem+json"),
    Body,
))]
pub async fn assess(
    State(app): State<App>,
    ApiJson(request): ApiJson<PotentialRequest>,
) -> Result<Json<Assessed>, Problem> {
    Ok(Json(Assessed::of(&app.exam.potential(&request)?)))
}
