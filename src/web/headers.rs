//! Headers that every answer carries, and what the log says of a request: method, route and status; no person, no
//! answer, no address.

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use rand::RngExt;

use super::{App, access, urls};
use crate::domain::Language;
use crate::service::hex;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
                      form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        PERMISSIONS,
        "camera=(), geolocation=(), microphone=(), payment=()",
    ),
];

/// The number of a request in the log and in its answer: the client's own, else one that the server gives.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const WITH_MICROPHONE: &str = "camera=(), geolocation=(), microphone=(self), payment=()";

/// Marks an answer whose page may ask for the microphone.
#[derive(Debug, Clone, Copy)]
struct Microphone;

/// The same answer, for a page that may ask for the microphone.
pub(super) fn with_microphone(mut response: Response) -> Response {
    response.extensions_mut().insert(Microphone);
    response
}

/// A page asked for with `?lang=ru` is asked for again without, in that language from then on; what else the query holds
/// stays.
pub async fn language(State(app): State<App>, request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let (first, rest) = query.split_once('&').unwrap_or((query, ""));
    let chosen = first
        .strip_prefix("lang=")
        .and_then(Language::from_tag)
        .filter(|_| request.method() == Method::GET);
    let Some(language) = chosen else {
        return next.run(request).await;
    };
    let code = language.code().to_owned();
    let cookie = access::choice_cookie(&app, access::LANGUAGE_COOKIE, code);
    // The path comes from the request line: a second slash at its start (or what a browser reads as one) would name
    // another host.
    let path = request.uri().path().trim_start_matches(['/', '\\']);
    let path = match rest {
        "" => format!("/{path}"),
        rest => format!("/{path}?{rest}"),
    };
    (CookieJar::new().add(cookie), Redirect::to(&path)).into_response()
}

/// Adds the security headers, forbids caches to keep what is not meant for them, and gives a visitor of a page without
/// a cookie the one that their forms' CSRF token rests on.
pub async fn security(State(app): State<App>, request: Request, next: Next) -> Response {
    let new_visit = new_visit(&request);
    let mut request = request;
    if let Some(visit) = &new_visit {
        // The page that is about to be made must already carry the token that belongs to the cookie.
        let cookie = format!("{}={visit}", access::VISIT_COOKIE);
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            request.headers_mut().append(header::COOKIE, value);
        }
    }
    let mut response = next.run(request).await;
    let microphone = response.extensions_mut().remove::<Microphone>().is_some();
    let headers = response.headers_mut();
    secure(headers);
    if microphone {
        headers.insert(PERMISSIONS, HeaderValue::from_static(WITH_MICROPHONE));
    }
    if let Some(visit) = new_visit {
        let cookie = access::choice_cookie(&app, access::VISIT_COOKIE, visit).to_string();
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, value);
        }
    }
    response
}

/// Adds the headers of every answer.
pub(super) fn secure(headers: &mut HeaderMap) {
    headers.reserve(ALWAYS.len() + 2);
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

fn new_visit(request: &Request) -> Option<String> {
    let path = request.uri().path();
    let page = !["/api/", "/static/", "/audio/", "/.well-known/", "/schemas/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
        && ![
            urls::HEALTH,
            urls::READY,
            urls::METRICS,
            urls::FAVICON,
            urls::WORKER,
        ]
        .contains(&path);
    let known = CookieJar::from_headers(request.headers())
        .get(access::VISIT_COOKIE)
        .is_some();
    (page && !known).then(|| {
        let bytes: [u8; 16] = rand::rng().random();
        hex(&bytes)
    })
}

/// The span of a request: the route's pattern and not the path, which holds ids.
pub fn span(request: &axum::http::Request<Body>) -> tracing::Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str);
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), route, id)
}
