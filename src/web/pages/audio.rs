//! Recordings, named by their hash, for anybody with a session.
//!
//! The name tells nothing of the testlet, and a recording is fetched before the clock starts (a slow network must not
//! cost anybody their exam): so the hash is no secret, and plays are counted where they are asked for, not here. All who
//! fetch one are sent the same bytes of memory, uncopied; the bank's come from its files, a school's from the database.

use crate::web::{App, access::Learner, problem::Problem, ranges, urls};
use axum::{
    Router,
    body::Bytes,
    extract::{Path as InPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// A file of this name never changes; it is nobody else's business what this browser fetched.
const CACHING: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::AUDIO, get(recording))
}

async fn recording(
    State(app): State<App>,
    Learner(_): Learner,
    InPath(file): InPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    let missing = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-such-recording",
            "There is no such recording",
            "the name of a recording is in its stimulus",
        )
    };
    let sha256 = file.strip_suffix(".mp3").ok_or_else(missing)?;
    let bytes = app.exam.recording(sha256).await?.ok_or_else(missing)?;
    let tag = HeaderValue::from_str(&format!("\"{sha256}\"")).map_err(|_| missing())?;

    let asked = request.headers();
    let mut response = match names(asked, header::IF_NONE_MATCH, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            // A range of an older file is no use; our names do not change their files, so this is for the client's sake.
            let range = asked.get(header::RANGE).filter(|_| {
                !asked.contains_key(header::IF_RANGE) || names(asked, header::IF_RANGE, &tag)
            });
            ranges::answer(Bytes::from_owner(bytes), range)
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, CACHING);
    if headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/mpeg"));
    }
    Ok(response)
}

/// Whether a condition's header names this tag.
pub(super) fn names(asked: &HeaderMap, condition: header::HeaderName, tag: &HeaderValue) -> bool {
    let tag = tag.to_str().unwrap_or_default();
    asked
        .get(condition)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .split(',')
                .map(|one| one.trim().trim_start_matches("W/"))
                .any(|one| one == tag || one == "*")
        })
}
