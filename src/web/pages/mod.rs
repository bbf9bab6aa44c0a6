//! stub
use super::{App, access::Visitor};
use crate::service::Failure;
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
};
pub(super) fn router() -> Router<App> {
    Router::new()
}
pub(super) fn audio_router() -> Router<App> {
    Router::new()
}
pub(super) async fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
pub(super) fn failed(_app: &App, _v: Option<&Visitor>, _f: Failure) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
pub(super) fn bad_request(_app: &App, _v: &Visitor, s: StatusCode) -> Response {
    s.into_response()
}
pub(super) fn stale_form(_app: &App, _v: &Visitor) -> Response {
    StatusCode::FORBIDDEN.into_response()
}
