//! Sitting a section: start, answer, flag, play, finish.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::{Attempt, ItemShape, Section as SectionShape, rfc3339};
use crate::domain::{
    form::Letter,
    id::{AttemptId, ItemId, TestletId},
    rules::Section,
};
use crate::service::{Response, paper::Paper};
use crate::web::api::refusals::{Body, Change, NotFound};
use crate::web::{
    App,
    access::{Learner, PAGE_HEADER, ResponseSender, language},
    problem::{ApiJson, Problem},
};

/// The option chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseRequest {
    /// `A` to `D`; null clears the response.
    #[serde(deserialize_with = "required_nullable")]
    option: Option<String>,
    /// The sender's own number, rising within the attempt: of two responses to one item the one with the higher number
    /// counts, whichever arrives first. One that is sent again with its number is not counted again; its answer is the
    /// receipt of what is saved.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    order: Option<i64>,
}

/// What a JSON number holds exactly everywhere.
const ORDER_MAX: i64 = (1 << 53) - 1;

/// `{}` is a mistake, `{"option": null}` is not.
fn required_nullable<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer)
}

/// Says that the response is on the disk.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptShape {
    saved_at: String,
    /// The option that is saved: another than the one sent, where a newer response had come first.
    option: Option<&'static str>,
    /// Its number within the attempt, rising.
    seq: i64,
    /// Milliseconds left in the section; null where it is not timed.
    remaining_ms: Option<i64>,
    /// In practice: the key, the evidence, the explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<ItemShape>,
}

/// Whether an item is flagged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    flagged: bool,
}

/// Says that the flag is on the disk.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagReceipt {
    flagged: bool,
    saved_at: String,
}

/// How many plays of a recording are left.
#[derive(Debug, Serialize, ToSchema)]
pub struct Played {
    /// Null: without limit.
    plays_left: Option<u32>,
}

/// A section together with its attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct SectionAnswer {
    #[serde(flatten)]
    section: SectionShape,
    attempt: Attempt,
}

fn parse_section(name: &str) -> Result<Section, Problem> {
    name.parse().map_err(|error| {
        Problem::new(
            axum::http::StatusCode::NOT_FOUND,
            "no-such-section",
            "The attempt has no such section",
            error,
        )
    })
}

fn page(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(PAGE_HEADER)
        .and_then(|value| value.to_str().ok())
}

/// The key by which a client marks a request that it sends again; too long a one is none.
fn request_key(headers: &HeaderMap) -> Option<&str> {
    headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| (1..=100).contains(&key.len()))
}

fn answer(paper: Paper, section: Section) -> Result<Json<SectionAnswer>, Problem> {
    let shape = paper
        .sections
        .iter()
        .find(|candidate| candidate.name == section)
        .cloned()
        .ok_or(crate::service::Failure::NotFound)?;
    Ok(Json(SectionAnswer {
        section: SectionShape::of(shape, &paper.id),
        attempt: paper.into(),
    }))
}

/// Starts a section. Starting a mock's first section counts it against the retake limit.
#[utoipa::path(post, path = "/attempts/{id}/sections/{section}/start", tag = "sitting",
    params(("id" = String, Path), ("section" = String, Path)), responses(
    (status = 200, body = SectionAnswer),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn start(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, section)): Path<(String, String)>,
) -> Result<Json<SectionAnswer>, Problem> {
    let section = parse_section(&section)?;
    let id = AttemptId::new(id);
    let paper = app.exam.start_section(&learner.id, &id, section).await?;
    answer(paper, section)
}

/// Finishes the running section before its time is up.
#[utoipa::path(post, path = "/attempts/{id}/sections/{section}/finish", tag = "sitting",
    params(("id" = String, Path), ("section" = String, Path)), responses(
    (status = 200, body = SectionAnswer),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn finish(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, section)): Path<(String, String)>,
) -> Result<Json<SectionAnswer>, Problem> {
    let section = parse_section(&section)?;
    let id = AttemptId::new(id);
    let paper = app.exam.finish_section(&learner.id, &id, section).await?;
    answer(paper, section)
}

/// Saves a response. The answer is the receipt: the response is on the disk. In practice where the key is told at once the
/// first answer of an item counts: a later one gets the receipt of the first.
#[utoipa::path(put, path = "/attempts/{id}/responses/{item}", tag = "sitting",
    params(("id" = String, Path), ("item" = String, Path)), request_body = ResponseRequest, responses(
    (status = 200, body = ReceiptShape),
    (status = 409, description = "`…/section-closed`, `…/page-superseded`, `…/too-many-responses`; in practice `…/attempt-in-progress` with `attempt`, `…/kept-back`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn respond(
    State(app): State<App>,
    ResponseSender(sender): ResponseSender,
    Path((id, item)): Path<(String, String)>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<ResponseRequest>,
) -> Result<Json<ReceiptShape>, Problem> {
    let chosen = request
        .option
        .map(|option| option.parse::<Letter>())
        .transpose()
        .map_err(|error| Problem::invalid("option", error))?;
    if request
        .order
        .is_some_and(|order| !(0..=ORDER_MAX).contains(&order))
    {
        return Err(Problem::invalid("order", "expected 0 to 9007199254740991"));
    }
    let item = ItemId::new(item);
    let response = Response {
        item: &item,
        chosen,
        page: page(&headers),
        order: request.order,
    };
    let saved = app
        .exam
        .save_response(&sender, &AttemptId::new(id), response)
        .await?;
    Ok(Json(ReceiptShape {
        saved_at: rfc3339(saved.receipt.saved_at),
        option: saved.receipt.chosen.map(Letter::as_str),
        seq: saved.receipt.seq,
        remaining_ms: saved.remaining_ms,
        feedback: (saved.feedback).map(|item| ItemShape::of(item, language(&headers))),
    }))
}

/// Flags an item, or takes the flag away.
#[utoipa::path(put, path = "/attempts/{id}/flags/{item}", tag = "sitting",
    params(("id" = String, Path), ("item" = String, Path)), request_body = Flag, responses(
    (status = 200, body = FlagReceipt),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn flag(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, item)): Path<(String, String)>,
    headers: HeaderMap,
    ApiJson(flag): ApiJson<Flag>,
) -> Result<Json<FlagReceipt>, Problem> {
    let saved_at = app
        .exam
        .flag(
            &learner.id,
            &AttemptId::new(id),
            &ItemId::new(item),
            flag.flagged,
            page(&headers),
        )
        .await?;
    Ok(Json(FlagReceipt {
        flagged: flag.flagged,
        saved_at: rfc3339(saved_at),
    }))
}

/// Counts a play of a recording; play it only after a 200. With an `idempotency-key`, a repeated request counts once.
#[utoipa::path(post, path = "/attempts/{id}/plays/{testlet}", tag = "sitting",
    params(("id" = String, Path), ("testlet" = String, Path)), responses(
    (status = 200, body = Played),
    (status = 409, description = "`…/plays-used`, `…/played-by-track`, `…/section-closed`, `…/page-superseded`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn play(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, testlet)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Played>, Problem> {
    let plays_left = app
        .exam
        .play(
            &learner.id,
            &AttemptId::new(id),
            &TestletId::new(testlet),
            page(&headers),
            request_key(&headers),
        )
        .await?;
    Ok(Json(Played { plays_left }))
}
