//! Corrections of keys and items: who changes, applying, undoing. A tutor's hold for an assignment, an operator's for every
//! attempt on the server.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::rfc3339;
use crate::domain::{
    correction::Correction,
    id::{AssignmentId, CorrectionId, ItemId},
};
use crate::service::{Change, CorrectionWish, Effect, Outcome};
use crate::web::api::refusals::{Body, Change as Changes, NotFound, Read};
use crate::web::{
    App,
    access::Learner,
    problem::{ApiJson, Problem},
};

/// What is right from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRequest {
    /// The item's id.
    item: String,
    /// The hash of its testlet's wording; the one given last if not given.
    wording: Option<String>,
    /// `rekey`, `accept`, `credit-all` or `leave-out`.
    kind: String,
    /// The options that are right, as they stand in the bank, from 0 to 3: one for `rekey`, two or more for `accept`.
    #[serde(default)]
    options: Vec<u8>,
    /// 1 to 500 characters. Learners see it beside the item.
    reason: String,
    /// Whether to apply it; otherwise the answer only says who would change.
    #[serde(default)]
    apply: bool,
}

/// A correction.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionShape {
    id: String,
    /// Null for the whole server.
    assignment: Option<String>,
    item: String,
    wording: String,
    kind: &'static str,
    options: Vec<u8>,
    reason: String,
    made_at: String,
    undone_at: Option<String>,
}

/// What a correction, or undoing it, does.
#[derive(Debug, Serialize, ToSchema)]
pub struct EffectShape {
    /// Whether it was done.
    applied: bool,
    correction: CorrectionShape,
    /// Finished attempts with the item.
    attempts: usize,
    /// Those of them that change.
    changed: usize,
    now_pass: usize,
    no_longer_pass: usize,
    /// Of an assignment: each attempt that changes.
    changes: Vec<ChangeShape>,
}

/// An attempt that changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeShape {
    attempt: String,
    learner: String,
    name: String,
    before: OutcomeShape,
    after: OutcomeShape,
}

/// What an attempt comes to in the item's section, and as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeShape {
    section: &'static str,
    correct: u32,
    of: u32,
    percent: u32,
    /// Of a mock.
    level: Option<&'static str>,
    passed: Option<bool>,
    /// The points for Kazakh that the level of a mock brings.
    kazakh_points: Option<u32>,
}

impl From<CorrectionRequest> for CorrectionWish {
    fn from(request: CorrectionRequest) -> Self {
        Self {
            item: ItemId::new(request.item),
            wording: request.wording,
            kind: request.kind,
            options: request.options.into_iter().collect(),
            reason: request.reason,
        }
    }
}

impl From<&Correction> for CorrectionShape {
    fn from(one: &Correction) -> Self {
        Self {
            id: one.id.to_string(),
            assignment: one.scope.as_ref().map(AssignmentId::to_string),
            item: one.about.item.to_string(),
            wording: one.about.digest.clone(),
            kind: one.ruling.kind(),
            options: one.ruling.options().into_iter().collect(),
            reason: one.reason.clone(),
            made_at: rfc3339(one.made_at),
            undone_at: one.undone_at.map(rfc3339),
        }
    }
}

impl From<&Outcome> for OutcomeShape {
    fn from(outcome: &Outcome) -> Self {
        Self {
            section: outcome.section.name.as_str(),
            correct: outcome.section.correct,
            of: outcome.section.of,
            percent: outcome.section.percent(),
            level: outcome.level.map(|level| level.as_str()),
            passed: outcome.passed,
            kazakh_points: outcome.points,
        }
    }
}

impl From<&Change> for ChangeShape {
    fn from(change: &Change) -> Self {
        Self {
            attempt: change.attempt.to_string(),
            learner: change.learner.to_string(),
            name: change.name.clone(),
            before: (&change.before).into(),
            after: (&change.after).into(),
        }
    }
}

impl EffectShape {
    fn of(effect: &Effect, applied: bool) -> Self {
        // Whoever runs the server is told numbers: what learners did is not theirs to see.
        let of_assignment = effect.correction.scope.is_some();
        Self {
            applied,
            correction: (&effect.correction).into(),
            attempts: effect.attempts.len(),
            changed: effect.changed().count(),
            now_pass: effect.now_pass(),
            no_longer_pass: effect.no_longer_pass(),
            changes: effect
                .changed()
                .filter(|_| of_assignment)
                .map(ChangeShape::from)
                .collect(),
        }
    }
}

fn listed(corrections: &[Correction]) -> Json<Vec<CorrectionShape>> {
    Json(corrections.iter().map(CorrectionShape::from).collect())
}

/// Says who changes by a correction of an item in an assignment, and with `apply` corrects it.
#[utoipa::path(post, path = "/assignments/{id}/corrections", tag = "corrections", params(("id" = String, Path)), request_body = CorrectionRequest, responses(
    (status = 200, body = EffectShape),
    Changes, NotFound, Body,
))]
pub async fn make(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<CorrectionRequest>,
) -> Result<Json<EffectShape>, Problem> {
    let id = AssignmentId::new(id);
    let apply = request.apply;
    let wish = CorrectionWish::from(request);
    let effect = match apply {
        true => app.exam.apply_correction(&learner, &id, &wish).await?,
        false => app.exam.preview_correction(&learner, &id, &wish).await?,
    };
    Ok(Json(EffectShape::of(&effect, apply)))
}

/// An assignment's corrections, the newest first, also those that were undone.
#[utoipa::path(get, path = "/assignments/{id}/corrections", tag = "corrections", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<CorrectionShape>),
    Changes, NotFound,
))]
pub async fn list(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<Vec<CorrectionShape>>, Problem> {
    let seen = app.exam.rescoring(&learner, &AssignmentId::new(id)).await?;
    Ok(listed(&seen.corrections))
}

/// Undoes a correction: the attempts are marked as if it had never been. Again is harmless.
#[utoipa::path(delete, path = "/assignments/{id}/corrections/{correction}", tag = "corrections", params(("id" = String, Path), ("correction" = String, Path)), responses(
    (status = 200, body = EffectShape),
    Changes, NotFound,
))]
pub async fn undo(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, correction)): Path<(String, String)>,
) -> Result<Json<EffectShape>, Problem> {
    let (id, correction) = (AssignmentId::new(id), CorrectionId::new(correction));
    let effect = app.exam.undo_correction(&learner, &id, &correction).await?;
    Ok(Json(EffectShape::of(&effect, true)))
}

/// Says how many change by a correction of an item on the whole server, and with `apply` corrects it. Only for operators.
#[utoipa::path(post, path = "/corrections", tag = "corrections", request_body = CorrectionRequest, responses(
    (status = 200, body = EffectShape),
    Changes, NotFound, Body,
))]
pub async fn make_everywhere(
    State(app): State<App>,
    Learner(learner): Learner,
    ApiJson(request): ApiJson<CorrectionRequest>,
) -> Result<Json<EffectShape>, Problem> {
    let apply = request.apply;
    let wish = CorrectionWish::from(request);
    let effect = app.exam.correct_everywhere(&learner, &wish, apply).await?;
    Ok(Json(EffectShape::of(&effect, apply)))
}

/// The corrections of the whole server, the newest first, also those that were undone. Only for operators.
#[utoipa::path(get, path = "/corrections", tag = "corrections", responses(
    (status = 200, body = Vec<CorrectionShape>),
    Read, NotFound,
))]
pub async fn list_everywhere(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Vec<CorrectionShape>>, Problem> {
    Ok(listed(&app.exam.corrections_everywhere(&learner).await?))
}

/// Undoes a correction of the whole server. Only for operators. Again is harmless.
#[utoipa::path(delete, path = "/corrections/{id}", tag = "corrections", params(("id" = String, Path)), responses(
    (status = 200, body = EffectShape),
    Changes, NotFound,
))]
pub async fn undo_everywhere(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<EffectShape>, Problem> {
    let id = CorrectionId::new(id);
    let effect = app.exam.undo_everywhere(&learner, &id).await?;
    Ok(Json(EffectShape::of(&effect, true)))
}
