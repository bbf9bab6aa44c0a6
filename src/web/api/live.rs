//! Looking on while a group sits, giving time, declaring an attempt void.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{accommodations::Conditions, shapes::rfc3339};
use crate::domain::{
    Timestamp,
    id::{AssignmentId, AttemptId},
};
use crate::service::LiveRow;
use crate::web::api::refusals::{Body, Change, NotFound};
use crate::web::{
    App,
    access::Learner,
    problem::{ApiJson, Problem},
};

/// A group at one moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveShape {
    assignment: String,
    as_of: String,
    rows: Vec<LiveRowShape>,
}

/// How far a learner is.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveRowShape {
    learner: String,
    name: String,
    /// Whether they are in the group still.
    in_group: bool,
    /// The attempt that goes on, or else their last one.
    attempt: Option<String>,
    /// `none`, `ready`, `running`, `break`, `finished` or `voided`.
    state: String,
    /// The section that runs.
    section: Option<&'static str>,
    /// Its items that have an answer.
    answered: u32,
    /// Its items.
    of: Option<u32>,
    /// Of the section or the break; null where nothing is being timed.
    remaining_ms: Option<i64>,
    /// When the page of the sitting was last there.
    seen_at: Option<String>,
    /// Whether a section is being timed and its page was not there for 40 seconds.
    lost: bool,
    /// The conditions under which they sit, where the school granted other ones.
    allowance: Option<Conditions>,
}

impl LiveRowShape {
    /// A row as it is at an instant.
    pub fn of(row: &LiveRow, now: Timestamp) -> Self {
        Self {
            learner: row.learner.to_string(),
            name: row.name.clone(),
            in_group: row.in_group,
            attempt: row.attempt.as_ref().map(AttemptId::to_string),
            state: row.state.clone(),
            section: row.section.map(|section| section.as_str()),
            answered: row.answered,
            of: row.of,
            remaining_ms: row
                .until
                .map(|until| (until - now).num_milliseconds().max(0)),
            seen_at: row.seen_at.map(rfc3339),
            lost: row.lost,
            allowance: Conditions::of(row.allowance),
        }
    }
}

/// Time to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeRequest {
    /// 1 to 60.
    minutes: u32,
    /// To whose attempt; without one, to every attempt that is being timed.
    attempt: Option<String>,
    /// Why, at most 200 characters on one line.
    reason: Option<String>,
}

/// Who got it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeGiven {
    /// How many attempts.
    attempts: usize,
}

/// Why an attempt is void.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidRequest {
    /// 1 to 200 characters on one line. The learner sees it.
    reason: String,
}

/// How far the group is, for those who teach.
#[utoipa::path(get, path = "/assignments/{id}/live", tag = "assignments", params(("id" = String, Path)), responses(
    (status = 200, body = LiveShape),
    Change, NotFound,
))]
pub async fn live(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<LiveShape>, Problem> {
    let view = app.exam.live(&learner, &AssignmentId::new(id)).await?;
    let look = &view.look;
    let rows = look.rows.iter();
    Ok(Json(LiveShape {
        assignment: view.assignment.id.to_string(),
        as_of: rfc3339(look.as_of),
        rows: rows.map(|row| LiveRowShape::of(row, look.as_of)).collect(),
    }))
}

/// Gives more minutes to one attempt, or to every attempt for the assignment that is being timed.
#[utoipa::path(post, path = "/assignments/{id}/time", tag = "assignments", params(("id" = String, Path)), request_body = TimeRequest, responses(
    (status = 200, body = TimeGiven),
    (status = 409, description = "`…/wrong-state`, `…/not-timed`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn give_time(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<TimeRequest>,
) -> Result<Json<TimeGiven>, Problem> {
    let to = request.attempt.map(AttemptId::new);
    let reason = request.reason.unwrap_or_default();
    let id = AssignmentId::new(id);
    let attempts = app
        .exam
        .give_time(&learner, &id, to.as_ref(), request.minutes, &reason)
        .await?;
    Ok(Json(TimeGiven { attempts }))
}

/// Declares an attempt void: it counts neither against the retake limit nor as one of those allowed.
#[utoipa::path(post, path = "/assignments/{id}/attempts/{attempt}/void", tag = "assignments",
    params(("id" = String, Path), ("attempt" = String, Path)), request_body = VoidRequest, responses(
    (status = 204),
    (status = 409, description = "`…/wrong-state`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn void(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, attempt)): Path<(String, String)>,
    ApiJson(request): ApiJson<VoidRequest>,
) -> Result<StatusCode, Problem> {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    app.exam
        .void_assigned(&learner, &id, &attempt, &request.reason)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
