//! All that the layers do for a request, in one piece: for saving a response, which comes by the thousand a second.
//!
//! Each layer of a router is a box, a future that holds the next one's, and copies of both for each request: together
//! they cost more than the response itself. What they do is told once, in the functions that both use, and a test
//! compares what comes out.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::{
    extract::{DefaultBodyLimit, Request},
    handler::Handler,
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on_service},
};
use futures_util::FutureExt;
use tower::{Service, service_fn};
use tower_http::request_id::{MakeRequestId, MakeRequestUuid, RequestId};
use tracing::Instrument;

use super::{App, headers, measured::Measuring, problem};

/// A route that calls this handler without any layer; what comes by another method goes to `others`.
pub(super) fn route<H, T, S>(method: MethodFilter, handler: H, app: App, others: S) -> MethodRouter
where
    H: Handler<T, App> + Sync,
    T: Send + 'static,
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    let service = service_fn(move |request| {
        let (handler, app) = (handler.clone(), app.clone());
        async move { Ok::<_, Infallible>(answer(handler, app, request).await) }
    });
    on_service(method, service).fallback_service(others)
}

async fn answer<H, T>(handler: H, app: App, mut request: Request) -> Response
where
    H: Handler<T, App>,
{
    let measuring = Measuring::begin(&request);
    let id = request_id(&request);
    if let Some(id) = &id {
        request
            .headers_mut()
            .insert(headers::REQUEST_ID, id.clone());
    }
    DefaultBodyLimit::max(app.config.server.body_bytes).apply(&mut request);
    let span = headers::span(&request);
    let patience = Duration::from_secs(app.config.server.request_seconds);
    let work = async move {
        let answer = AssertUnwindSafe(handler.call(request, app)).catch_unwind();
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => problem::panicked(panic),
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    };
    let mut response = problem::as_problem(work.instrument(span.clone()).await);
    if response.status().is_server_error() {
        span.in_scope(|| tracing::error!(status = %response.status(), "response failed"));
    }
    headers::secure(response.headers_mut());
    if let Some(id) = id {
        response.headers_mut().insert(headers::REQUEST_ID, id);
    }
    measuring.end(response.status());
    response
}

/// The number that the client has given, else one of our own.
fn request_id(request: &Request) -> Option<HeaderValue> {
    let given = request.headers().get(headers::REQUEST_ID).cloned();
    given.or_else(|| {
        let id = MakeRequestUuid.make_request_id(request);
        id.map(RequestId::into_header_value)
    })
}
