//! Recordings, named by their hash, for anybody with a session.
//!
//! The name tells nothing of the testlet, and a recording is fetched before the clock starts (a slow network must not
//! cost anybody their exam): so the hash is no secret, and plays are counted where they are asked for, not here. What a
//! school recorded comes from the database, the bank's from its files.

use std::path::Path;

use axum::{
    Router,
    body::Body,
    extract::{Path as InPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::services::ServeFile;

use crate::web::{App, access::Learner, problem::Problem, ranges, urls};

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
    let path = app.exam.recording(sha256);
    let recorded = match path {
        Some(_) => None,
        None => Some(app.exam.voice_file(sha256).await?.ok_or_else(missing)?),
    };
    let tag = HeaderValue::from_str(&format!("\"{sha256}\"")).map_err(|_| missing())?;

    let asked = request.headers();
    let mut response = match names(asked, header::IF_NONE_MATCH, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            // A range of an older file is no use; our names do not change their files, so this is for the client's sake.
            let range = asked.get(header::RANGE).filter(|_| {
                !asked.contains_key(header::IF_RANGE) || names(asked, header::IF_RANGE, &tag)
            });
            match (path, recorded) {
                (Some(path), _) => from_file(path, request.method(), range)
                    .await
                    .inspect_err(|error| {
                        tracing::error!(%error, sha256, "a recording cannot be read");
                    })
                    .map_err(|_| missing())?,
                (None, Some(bytes)) => ranges::answer(bytes, range),
                (None, None) => return Err(missing()),
            }
        }
    };
    if response.status() == StatusCode::NOT_FOUND {
        tracing::error!(sha256, "a recording's file is gone");
        return Err(missing());
    }
    let headers = response.headers_mut();
    headers.remove(header::LAST_MODIFIED);
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, CACHING);
    if headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/mpeg"));
    }
    Ok(response)
}

async fn from_file(
    path: &Path,
    method: &Method,
    range: Option<&HeaderValue>,
) -> std::io::Result<Response> {
    let mut wanted = axum::http::Request::new(Body::empty());
    *wanted.method_mut() = method.clone();
    if let Some(range) = range {
        wanted.headers_mut().insert(header::RANGE, range.clone());
    }
    let served = ServeFile::new(path).try_call(wanted).await?;
    Ok(served.map(Body::new))
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
