//! Stylesheets, scripts and icons, built into the binary and named by their content, so that browsers keep them for ever.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::RustEmbed;

use super::{App, urls};
use crate::service::hex;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Static;

/// One version for all files: scripts import each other by relative URL, so they must change names together.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    use sha2::{Digest, Sha256};
    let mut names: Vec<_> = Static::iter().collect();
    names.sort_unstable();
    let mut hasher = Sha256::new();
    for name in names {
        if let Some(file) = Static::get(&name) {
            hasher.update(name.as_bytes());
            hasher.update(file.metadata.sha256_hash());
        }
    }
    hex(&hasher.finalize()[..6])
});

/// The URL of a file below `static/`.
pub fn url(path: &str) -> String {
    format!("/static/{}/{path}", *VERSION)
}

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::STATIC, get(file))
        .route(
            urls::FAVICON,
            get(|| async { Redirect::permanent(&url("icons/favicon.svg")) }),
        )
        .route(urls::WORKER, get(worker))
}

/// The service worker. It may do something only for addresses below its own, so it stands where the attempts are; and
/// it has one address for all versions, so that a browser finds the present one there.
async fn worker() -> Response {
    file(Path("/js/worker.js".to_owned())).await
}

async fn file(Path(path): Path<String>) -> Response {
    static TYPES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        HashMap::from([
            ("css", "text/css; charset=utf-8"),
            ("js", "text/javascript; charset=utf-8"),
            ("svg", "image/svg+xml"),
            ("mp3", "audio/mpeg"),
        ])
    });
    let (version, name) = path.split_once('/').unwrap_or_default();
    let Some(file) = Static::get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = name
        .rsplit_once('.')
        .and_then(|(_, ending)| TYPES.get(ending))
        .unwrap_or(&"application/octet-stream");
    // An old page may ask for an old version: it gets the present one, but may not keep it.
    let caching = match version == *VERSION {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    (
        [
            (header::CONTENT_TYPE, *kind),
            (header::CACHE_CONTROL, caching),
        ],
        file.data,
    )
        .into_response()
}
