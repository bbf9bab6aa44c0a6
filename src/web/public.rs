//! What programs anywhere may read, also scripts of other sites (`Access-Control-Allow-Origin: *`): it is the same for
//! everybody, tells nothing of anybody, and is there so that others can check what this server says.

use std::sync::LazyLock;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
    response::IntoResponse,
};
use serde_json::Value;

use super::{App, schemas, urls};
use crate::domain::{
    language_score::{Jwks, LanguageScore, SCHEMA},
    points::report::Assessed,
};

/// An hour: a reader who meets a key that they do not know asks again.
const CACHED: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=3600");
const ANY_ORIGIN: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

/// The public keys of this server's language scores, the one in use first.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "results", security(()), responses(
    (status = 200, body = Jwks, content_type = "application/jwk-set+json"),
))]
pub async fn jwks(State(app): State<App>) -> impl IntoResponse {
    let kind = (header::CONTENT_TYPE, "application/jwk-set+json");
    let keys = Jwks::of(&app.exam.keys().published);
    ([kind, CACHED, ANY_ORIGIN], Json(keys))
}

static LANGUAGE_SCORE: LazyLock<Value> =
    LazyLock::new(|| schemas::document::<LanguageScore>(urls::LANGUAGE_SCORE_SCHEMA, SCHEMA));
static ASSESSMENT: LazyLock<Value> =
    LazyLock::new(|| schemas::document::<Assessed>(urls::ASSESSMENT_SCHEMA, "assessment.v1"));

fn schema(document: &'static Value) -> impl IntoResponse {
    let kind = (header::CONTENT_TYPE, "application/schema+json");
    ([kind, CACHED, ANY_ORIGIN], Json(document))
}

/// The JSON Schema of a language score.
#[utoipa::path(get, path = "/schemas/language-score.v1.json", tag = "results", security(()), responses(
    (status = 200, body = Object, content_type = "application/schema+json"),
))]
pub async fn language_score_schema() -> impl IntoResponse {
    schema(&LANGUAGE_SCORE)
}

/// The JSON Schema of an assessment.
#[utoipa::path(get, path = "/schemas/assessment.v1.json", tag = "points", security(()), responses(
    (status = 200, body = Object, content_type = "application/schema+json"),
))]
pub async fn assessment_schema() -> impl IntoResponse {
    schema(&ASSESSMENT)
}
