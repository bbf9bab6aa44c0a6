//! How long each route takes, and what was turned away.

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};

use super::urls;
use crate::measures::{self, Timer};

/// The route of what no route fits.
const NO_ROUTE: &str = "none";

/// Measures a request, under the pattern of its route and not under its path.
pub(super) async fn request(request: Request, next: Next) -> Response {
    let measuring = Measuring::begin(&request);
    let response = next.run(request).await;
    measuring.end(response.status());
    response
}

/// A request that is being measured.
#[derive(Debug)]
pub(super) struct Measuring {
    took: Timer,
    method: Method,
    route: Option<MatchedPath>,
}

impl Measuring {
    /// Begins now.
    pub(super) fn begin(request: &Request) -> Self {
        Self {
            took: Timer::start(),
            method: request.method().clone(),
            route: request.extensions().get::<MatchedPath>().cloned(),
        }
    }

    /// It was answered with this status.
    pub(super) fn end(self, status: StatusCode) {
        let route = self.route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
        measures::request(self.method.as_str(), route, status.as_u16(), self.took);
        // A node that is not ready is asked again and again: that is no request turned away.
        if status == StatusCode::SERVICE_UNAVAILABLE && route != urls::READY {
            measures::request_shed();
        }
    }
}
