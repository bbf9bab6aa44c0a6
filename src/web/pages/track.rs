//! The track of a paced section, for its learner alone; whole, or the stretch that was asked for.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path as InPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::stream;

use super::audio::names;
use crate::domain::id::AttemptId;
use crate::service::TrackFile;
use crate::web::{App, access::Learner, problem::Problem, ranges::stretch, urls};

/// What a track of this name holds never changes; it is nobody else's business what this browser fetched.
const CACHING: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// So much is joined at once: about 40 seconds.
const CHUNK: u64 = 256 * 1024;

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::ATTEMPT_TRACK, get(track))
}

async fn track(
    State(app): State<App>,
    Learner(learner): Learner,
    InPath((id, file)): InPath<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let name = file.strip_suffix(".mp3").unwrap_or_default();
    let id = AttemptId::new(id);
    let track = app.exam.track_file(&learner.id, &id, name).await?;
    let asked = request.headers();
    let tag = HeaderValue::from_str(&format!("\"{name}\"")).map_err(|_| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-such-recording",
            "The attempt has no such recording",
            "the name of a track is in its section",
        )
    })?;
    let mut response = match names(asked, header::IF_NONE_MATCH, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let range = asked.get(header::RANGE).filter(|_| {
                !asked.contains_key(header::IF_RANGE) || names(asked, header::IF_RANGE, &tag)
            });
            answer(track, range)
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, CACHING);
    Ok(response)
}

fn answer(track: TrackFile, range: Option<&HeaderValue>) -> Response {
    let length = track.bytes();
    let bytes = (header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("audio/mpeg"));
    match range.map_or(Ok(None), |range| stretch(range, length as usize)) {
        Ok(None) => {
            let size = [(header::CONTENT_LENGTH, length)];
            ([bytes, kind], size, body(track, 0, length)).into_response()
        }
        Ok(Some((first, last))) => {
            let (first, end) = (first as u64, last as u64 + 1);
            let place = format!("bytes {first}-{last}/{length}");
            let headers = [
                (header::CONTENT_RANGE, place),
                (header::CONTENT_LENGTH, (end - first).to_string()),
            ];
            let partial = StatusCode::PARTIAL_CONTENT;
            (partial, [bytes, kind], headers, body(track, first, end)).into_response()
        }
        Err(()) => {
            let headers = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, [bytes], headers).into_response()
        }
    }
}

/// The bytes from one place to another, joined chunk by chunk as they are taken.
fn body(track: TrackFile, first: u64, end: u64) -> Body {
    let chunks = stream::unfold((track, first), move |(track, at)| async move {
        let next = (at + CHUNK).min(end);
        let chunk = (at < end).then(|| Bytes::from(track.read(at..next)))?;
        Some((Ok::<_, std::convert::Infallible>(chunk), (track, next)))
    });
    Body::from_stream(chunks)
}
