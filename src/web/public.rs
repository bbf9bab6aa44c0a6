//! What programs anywhere may read, also scripts of other sites (`Access-Control-Allow-Origin: *`): it is the same for
//! everybody, tells nothing of anybody, and is there so that others can check what this server says.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
    response::IntoResponse,
};

use super::App;
use crate::domain::language_score::Jwks;

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
