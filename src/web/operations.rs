//! For whoever runs the server: alive, ready, metrics.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::{App, urls};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::HEALTH, get(health))
        .route(urls::READY, get(ready))
        .route(urls::METRICS, get(metrics))
}

/// The process runs.
async fn health() -> &'static str {
    "alive\n"
}

/// The database answers and the bank is loaded.
async fn ready(State(app): State<App>) -> Response {
    match app.exam.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database cannot be reached\n",
            )
                .into_response()
        }
    }
}

async fn metrics(State(app): State<App>) -> Response {
    match &app.metrics {
        Some(handle) => {
            app.exam.measure();
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
            (kind, handle.render()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
