//! Saved profiles of the points calculator.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::shapes::rfc3339;
use crate::domain::{id::ProfileId, points::document::PotentialRequest};
use crate::service::{Failure, PROFILE_BYTES_MAX, PROFILE_NAME_MAX, ProfileOverview, SavedProfile};
use crate::web::api::refusals::{Body, Change, NotFound, Read};
use crate::web::{
    App,
    access::Learner,
    problem::{ApiJson, Problem},
};

/// A profile to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileRequest {
    /// What to call it: 1 to 80 characters.
    name: String,
    /// As `POST /potential` takes it; at most 16 KiB. It is kept as it was sent.
    #[schema(value_type = PotentialRequest)]
    profile: Value,
}

/// A saved profile without what it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileLine {
    id: String,
    name: String,
    created_at: String,
    updated_at: String,
}

/// A saved profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileShape {
    id: String,
    name: String,
    created_at: String,
    updated_at: String,
    /// As it was sent.
    #[schema(value_type = Object)]
    profile: Value,
}

impl From<ProfileOverview> for ProfileLine {
    fn from(overview: ProfileOverview) -> Self {
        Self {
            id: overview.id.to_string(),
            name: overview.name,
            created_at: rfc3339(overview.created_at),
            updated_at: rfc3339(overview.updated_at),
        }
    }
}

impl From<SavedProfile> for ProfileShape {
    fn from(saved: SavedProfile) -> Self {
        let line = ProfileLine::from(saved.overview);
        Self {
            id: line.id,
            name: line.name,
            created_at: line.created_at,
            updated_at: line.updated_at,
            profile: saved.body,
        }
    }
}

/// Whether the calculator could read it. Whether it can be assessed is told when it is: a profile may be saved half-way.
fn check(profile: &Value) -> Result<(), Problem> {
    PotentialRequest::deserialize(profile)
        .map(drop)
        .map_err(|error| Problem::invalid("profile", error))
}

fn told(failure: Failure) -> Problem {
    match failure {
        Failure::Invalid { field: "name", .. } => Problem::invalid(
            "name",
            format!("must be a line of 1 to {PROFILE_NAME_MAX} characters"),
        ),
        Failure::Invalid {
            field: "profile", ..
        } => Problem::invalid(
            "profile",
            format!("must be at most {PROFILE_BYTES_MAX} bytes of JSON"),
        ),
        other => other.into(),
    }
}

/// Your profiles, the one saved last first.
#[utoipa::path(get, path = "/profiles", tag = "points", responses(
    (status = 200, body = Vec<ProfileLine>),
    Read,
))]
pub async fn list(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Vec<ProfileLine>>, Problem> {
    let profiles = app.exam.profiles(&learner.id).await?;
    Ok(Json(profiles.into_iter().map(ProfileLine::from).collect()))
}

/// Saves a new profile; at most 20 are kept.
#[utoipa::path(post, path = "/profiles", tag = "points", request_body = ProfileRequest, responses(
    (status = 201, body = ProfileShape),
    (status = 409, description = "`…/too-many-profiles`", body = Problem, content_type = "application/problem+json"),
    Change, Body,
))]
pub async fn make(
    State(app): State<App>,
    Learner(learner): Learner,
    ApiJson(request): ApiJson<ProfileRequest>,
) -> Result<(StatusCode, Json<ProfileShape>), Problem> {
    check(&request.profile)?;
    let saved = app
        .exam
        .save_profile(&learner.id, None, &request.name, &request.profile)
        .await
        .map_err(told)?;
    Ok((StatusCode::CREATED, Json(saved.into())))
}

/// One of your profiles.
#[utoipa::path(get, path = "/profiles/{id}", tag = "points", params(("id" = String, Path)), responses(
    (status = 200, body = ProfileShape),
    Read, NotFound,
))]
pub async fn one(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<ProfileShape>, Problem> {
    let saved = app.exam.profile(&learner.id, &ProfileId::new(id)).await?;
    Ok(Json(saved.into()))
}

/// Saves one of your profiles anew.
#[utoipa::path(put, path = "/profiles/{id}", tag = "points", params(("id" = String, Path)), request_body = ProfileRequest, responses(
    (status = 200, body = ProfileShape),
    Change, NotFound, Body,
))]
pub async fn change(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<ProfileRequest>,
) -> Result<Json<ProfileShape>, Problem> {
    check(&request.profile)?;
    let id = ProfileId::new(id);
    let saved = app
        .exam
        .save_profile(&learner.id, Some(&id), &request.name, &request.profile)
        .await
        .map_err(told)?;
    Ok(Json(saved.into()))
}

/// Deletes one of your profiles; nothing of what it said is kept.
#[utoipa::path(delete, path = "/profiles/{id}", tag = "points", params(("id" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn delete(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.exam
        .delete_profile(&learner.id, &ProfileId::new(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
