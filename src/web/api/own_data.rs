//! One's own data: all of it, and erasing it.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::service::Consent;
use crate::web::api::refusals::{Body, Change, Read};
use crate::web::{
    App,
    access::{ClientAddress, Learner},
    problem::{ApiJson, Problem},
};

/// That it is you who wants it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseRequest {
    /// The password of your account.
    #[serde(default)]
    password: String,
    /// A guest has no password and says `true`.
    #[serde(default)]
    sure: bool,
}

/// Everything that is kept about you, and nothing about others. Of items there are no keys.
#[utoipa::path(get, path = "/accounts/me/data", tag = "accounts", responses(
    (status = 200, body = Value),
    Read,
))]
pub async fn data(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Value>, Problem> {
    Ok(Json(app.exam.own_data(&learner).await?))
}

/// Erases you: who you are is deleted, your results stay without a name. This cannot be undone.
#[utoipa::path(delete, path = "/accounts/me", tag = "accounts", request_body = EraseRequest, responses(
    (status = 204),
    (status = 409, description = "`…/attempt-in-progress` while a mock goes on, `…/last-owner`", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    Change, Body,
))]
pub async fn erase(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Learner(learner): Learner,
    ApiJson(request): ApiJson<EraseRequest>,
) -> Result<StatusCode, Problem> {
    let email = learner.email.as_deref().unwrap_or(learner.id.as_str());
    if !app.rate.allows_sign_in(address, email) {
        return Err(Problem::too_many());
    }
    let consent = match learner.is_guest() {
        true => Consent::Guest(request.sure),
        false => Consent::Password(request.password),
    };
    app.exam.erase_self(&learner, consent).await?;
    Ok(StatusCode::NO_CONTENT)
}
