//! Results and language scores.

use axum::{
    Json,
    extract::{Path, State},
};

use super::shapes::ResultShape;
use crate::domain::{id::AttemptId, language_score::LanguageScore};
use crate::web::api::refusals::{NotFound, Read};
use crate::web::{
    App,
    access::{Learner, Visitor},
    problem::Problem,
};

/// What a finished attempt came to; item by item where the rule set's feedback policy allows.
#[utoipa::path(get, path = "/attempts/{id}/result", tag = "results", params(("id" = String, Path)), responses(
    (status = 200, body = ResultShape),
    (status = 409, description = "`…/not-finished`; `…/result-not-yet` with `visible_at`, where a school lets it come later", body = Problem, content_type = "application/problem+json"),
    Read, NotFound,
))]
pub async fn result(
    State(app): State<App>,
    Learner(learner): Learner,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<ResultShape>, Problem> {
    let result = app.exam.result(&learner.id, &AttemptId::new(id)).await?;
    Ok(Json(ResultShape::of(result, visitor.language)))
}

/// The statement that feeds the points calculator, of a finished mock only; with the conditions under which it was sat,
/// where a school granted more time or more plays.
#[utoipa::path(get, path = "/attempts/{id}/language-score", tag = "results", params(("id" = String, Path)), responses(
    (status = 200, body = LanguageScore),
    (status = 409, description = "`…/not-finished`, `…/not-a-mock`, `…/result-not-yet` with `visible_at`", body = Problem, content_type = "application/problem+json"),
    Read, NotFound,
))]
pub async fn language_score(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<LanguageScore>, Problem> {
    let score = app
        .exam
        .language_score(&learner.id, &AttemptId::new(id))
        .await?;
    Ok(Json(score))
}
