//! How long each route takes, and what was turned away.

use axum::{
    extract::{MatchedPath, Request},
    http::StatusCode,
    middleware::Next,
    response::Response,
};

use super::urls;
use crate::measures::{self, Timer};

/// The route of what no route fits.
const NO_ROUTE: &str = "none";

/// Measures a request, under the pattern of its route and not under its path.
pub(super) async fn request(request: Request, next: Next) -> Response {
    let took = Timer::start();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let status = response.status();
    measures::request(method.as_str(), route, status.as_u16(), took);
    // A node that is not ready is asked again and again: that is no request turned away.
    if status == StatusCode::SERVICE_UNAVAILABLE && route != urls::READY {
        measures::request_shed();
    }
    response
}
