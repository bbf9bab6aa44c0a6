//! Other conditions that a school grants to a learner.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::rfc3339;
use crate::domain::{
    accommodation::Accommodation,
    id::{LearnerId, SchoolId},
};
use crate::service::AccommodationView;
use crate::web::api::refusals::{Body, Change, NotFound};
use crate::web::{
    App,
    access::Learner,
    problem::{ApiJson, Problem},
};

/// What is different for a learner. A member that is not given is 0, or false.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// Extra time in percent of each section's own: 0 to 300.
    extra_percent: u32,
    /// Extra minutes in each section, on top of the percent: 0 to 120.
    extra_minutes: u32,
    /// Extra plays of each recording: 0 to 5.
    extra_plays: u32,
    /// Minutes by which each break is longer: 0 to 60.
    break_minutes: u32,
    /// Whether the pages of the sitting have larger text.
    larger_text: bool,
}

/// What to grant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRequest {
    conditions: Conditions,
    /// Why, at most 200 characters on one line. Those who teach see it.
    reason: Option<String>,
}

/// What a school grants a learner.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantShape {
    learner: String,
    name: String,
    conditions: Conditions,
    /// Null where nothing is granted.
    granted_at: Option<String>,
    granted_by: Option<String>,
    reason: Option<String>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Granted {
    /// In how many attempts that were not over something changed.
    attempts: usize,
}

impl Conditions {
    /// As an attempt shows them: null where they are the same as everybody's.
    pub fn of(terms: Accommodation) -> Option<Self> {
        (!terms.is_none()).then(|| Self::from(terms))
    }
}

impl From<Accommodation> for Conditions {
    fn from(terms: Accommodation) -> Self {
        Self {
            extra_percent: terms.extra_percent,
            extra_minutes: terms.extra_minutes,
            extra_plays: terms.extra_plays,
            break_minutes: terms.break_minutes,
            larger_text: terms.larger_text,
        }
    }
}

impl From<Conditions> for Accommodation {
    fn from(terms: Conditions) -> Self {
        Self {
            extra_percent: terms.extra_percent,
            extra_minutes: terms.extra_minutes,
            extra_plays: terms.extra_plays,
            break_minutes: terms.break_minutes,
            larger_text: terms.larger_text,
        }
    }
}

impl From<AccommodationView> for GrantShape {
    fn from(view: AccommodationView) -> Self {
        let conditions = view.terms().into();
        let granted = view.granted;
        Self {
            learner: view.learner.to_string(),
            name: view.name,
            conditions,
            granted_at: granted.as_ref().map(|grant| rfc3339(grant.at)),
            granted_by: granted.as_ref().map(|grant| grant.by.clone()),
            reason: granted.and_then(|grant| grant.reason),
        }
    }
}

/// What the school grants one of its learners, for those who teach.
#[utoipa::path(get, path = "/schools/{id}/learners/{learner}/accommodation", tag = "schools",
    params(("id" = String, Path), ("learner" = String, Path)), responses(
    (status = 200, body = GrantShape),
    Change, NotFound,
))]
pub async fn one(
    State(app): State<App>,
    Learner(who): Learner,
    Path((school, learner)): Path<(String, String)>,
) -> Result<Json<GrantShape>, Problem> {
    let (school, learner) = (SchoolId::new(school), LearnerId::new(learner));
    let view = app.exam.accommodation(&who, &school, &learner).await?;
    Ok(Json(view.into()))
}

/// Grants a learner other conditions in place of those granted before. They apply to every attempt that the school gave,
/// at once also to those that are not over.
#[utoipa::path(put, path = "/schools/{id}/learners/{learner}/accommodation", tag = "schools",
    params(("id" = String, Path), ("learner" = String, Path)), request_body = GrantRequest, responses(
    (status = 200, body = Granted),
    Change, NotFound, Body,
))]
pub async fn grant(
    State(app): State<App>,
    Learner(who): Learner,
    Path((school, learner)): Path<(String, String)>,
    ApiJson(request): ApiJson<GrantRequest>,
) -> Result<Json<Granted>, Problem> {
    let (school, learner) = (SchoolId::new(school), LearnerId::new(learner));
    let terms = request.conditions.into();
    let reason = request.reason.unwrap_or_default();
    let attempts = app
        .exam
        .accommodate(&who, &school, &learner, terms, &reason)
        .await?;
    Ok(Json(Granted { attempts }))
}

/// Takes back what was granted: the same holds as for everybody. Again is harmless.
#[utoipa::path(delete, path = "/schools/{id}/learners/{learner}/accommodation", tag = "schools",
    params(("id" = String, Path), ("learner" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn withdraw(
    State(app): State<App>,
    Learner(who): Learner,
    Path((school, learner)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (school, learner) = (SchoolId::new(school), LearnerId::new(learner));
    let nothing = Accommodation::default();
    app.exam
        .accommodate(&who, &school, &learner, nothing, "")
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
