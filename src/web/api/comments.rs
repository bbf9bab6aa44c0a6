//! A tutor's comments on a learner's finished attempt, and how it was answered step by step.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::{CommentShape, rfc3339};
use crate::domain::id::{AssignmentId, AttemptId, ItemId};
use crate::service::Step;
use crate::web::api::refusals::{Body, Change, NotFound};
use crate::web::{
    App,
    access::Learner,
    problem::{ApiJson, Problem},
};

/// What to say to the learner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentRequest {
    /// 1 to 2000 characters.
    text: String,
}

/// How an attempt was answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrailShape {
    attempt: String,
    items: Vec<StepsShape>,
    recordings: Vec<PlaysShape>,
}

/// The responses to an item in the order in which they arrived; the last one counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepsShape {
    id: String,
    section: &'static str,
    position: usize,
    responses: Vec<ResponseStep>,
}

/// A response.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResponseStep {
    /// As the learner saw it; null: cleared.
    option: Option<&'static str>,
    at: String,
    /// Milliseconds from the start of the section.
    after_ms: i64,
    /// Whether it came after the deadline, within the grace.
    late: bool,
}

/// How a recording was played.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaysShape {
    testlet: String,
    used: usize,
    /// Null: without limit.
    allowed: Option<u32>,
    /// Whether the section's track played it, and not the learner.
    by_track: bool,
    /// Each play: milliseconds from the start of the section.
    after_ms: Vec<i64>,
}

impl From<&Step> for ResponseStep {
    fn from(step: &Step) -> Self {
        Self {
            option: step.chosen.map(|letter| letter.as_str()),
            at: rfc3339(step.at),
            after_ms: step.after_ms,
            late: step.late,
        }
    }
}

/// How a learner answered a finished attempt, step by step: every change of answer and every play.
#[utoipa::path(get, path = "/assignments/{id}/attempts/{attempt}/trail", tag = "review", params(("id" = String, Path), ("attempt" = String, Path)), responses(
    (status = 200, body = TrailShape),
    (status = 409, description = "`…/not-finished`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn trail(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, attempt)): Path<(String, String)>,
) -> Result<Json<TrailShape>, Problem> {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    let seen = app.exam.assigned_result(&learner, &id, &attempt).await?;
    let testlets = &seen.result.testlets;
    let items = testlets.iter().flat_map(|testlet| &testlet.items);
    let recordings = testlets
        .iter()
        .filter(|testlet| testlet.stimulus.recording().is_some());
    Ok(Json(TrailShape {
        attempt: attempt.to_string(),
        items: items
            .map(|item| StepsShape {
                id: item.id.to_string(),
                section: item.section.as_str(),
                position: item.position,
                responses: {
                    let steps = seen.trail.steps.get(&item.id).into_iter().flatten();
                    steps.map(ResponseStep::from).collect()
                },
            })
            .collect(),
        recordings: recordings
            .map(|testlet| {
                let plays = seen.trail.plays.get(&testlet.id).cloned();
                let plays = plays.unwrap_or_default();
                PlaysShape {
                    testlet: testlet.id.to_string(),
                    used: plays.after_ms.len(),
                    allowed: plays.allowed,
                    by_track: plays.by_track,
                    after_ms: plays.after_ms,
                }
            })
            .collect(),
    }))
}

/// The comments on a learner's finished attempt.
#[utoipa::path(get, path = "/assignments/{id}/attempts/{attempt}/comments", tag = "review", params(("id" = String, Path), ("attempt" = String, Path)), responses(
    (status = 200, body = Vec<CommentShape>),
    (status = 409, description = "`…/not-finished`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn list(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, attempt)): Path<(String, String)>,
) -> Result<Json<Vec<CommentShape>>, Problem> {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    let comments = app.exam.comments(&learner, &id, &attempt).await?;
    Ok(Json(comments.into_iter().map(CommentShape::from).collect()))
}

async fn write(
    app: &App,
    learner: &crate::service::Account,
    (id, attempt): (String, String),
    item: Option<String>,
    request: CommentRequest,
) -> Result<StatusCode, Problem> {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    let item = item.map(ItemId::new);
    app.exam
        .comment(learner, &id, &attempt, item.as_ref(), &request.text)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn erase(
    app: &App,
    learner: &crate::service::Account,
    (id, attempt): (String, String),
    item: Option<String>,
) -> Result<StatusCode, Problem> {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    let item = item.map(ItemId::new);
    app.exam
        .erase_comment(learner, &id, &attempt, item.as_ref())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes the comment on the whole attempt, in the place of the one that was there. The learner sees it at once.
#[utoipa::path(put, path = "/assignments/{id}/attempts/{attempt}/comments", tag = "review", params(("id" = String, Path), ("attempt" = String, Path)), request_body = CommentRequest, responses(
    (status = 204),
    (status = 409, description = "`…/not-finished`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn write_whole(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(place): Path<(String, String)>,
    ApiJson(request): ApiJson<CommentRequest>,
) -> Result<StatusCode, Problem> {
    write(&app, &learner, place, None, request).await
}

/// Erases the comment on the whole attempt. Again is harmless.
#[utoipa::path(delete, path = "/assignments/{id}/attempts/{attempt}/comments", tag = "review", params(("id" = String, Path), ("attempt" = String, Path)), responses(
    (status = 204),
    (status = 409, description = "`…/not-finished`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn erase_whole(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(place): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    erase(&app, &learner, place, None).await
}

/// Writes the comment on an item of the attempt, in the place of the one that was there. The learner sees it when they may
/// see the keys.
#[utoipa::path(put, path = "/assignments/{id}/attempts/{attempt}/comments/{item}", tag = "review", params(("id" = String, Path), ("attempt" = String, Path), ("item" = String, Path)), request_body = CommentRequest, responses(
    (status = 204),
    (status = 409, description = "`…/not-finished`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn write_item(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, attempt, item)): Path<(String, String, String)>,
    ApiJson(request): ApiJson<CommentRequest>,
) -> Result<StatusCode, Problem> {
    write(&app, &learner, (id, attempt), Some(item), request).await
}

/// Erases the comment on an item of the attempt. Again is harmless.
#[utoipa::path(delete, path = "/assignments/{id}/attempts/{attempt}/comments/{item}", tag = "review", params(("id" = String, Path), ("attempt" = String, Path), ("item" = String, Path)), responses(
    (status = 204),
    (status = 409, description = "`…/not-finished`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn erase_item(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, attempt, item)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    erase(&app, &learner, (id, attempt), Some(item)).await
}
