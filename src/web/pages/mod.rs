//! Pages: a page's struct, handler and helpers in one file, its template in the folder that mirrors this one.

mod accounts;
mod attempt;
mod audio;
mod audit;
mod bar;
mod chart;
mod chrome;
mod comments;
mod conditions;
mod errors;
mod history;
mod items;
mod markup;
mod mock;
mod operator;
mod own_data;
mod pathway;
mod points;
mod practice;
mod practice_set;
mod result;
mod result_not_yet;
mod schools;
mod settings;
mod sourced;
mod start;
mod stimuli;
mod terms;
mod track;

use askama::Template;
use axum::{
    Router,
    response::{Html, IntoResponse, Response},
};

pub(super) use chrome::{Chrome, Room};
pub(super) use errors::{bad_request, failed, not_found, stale_form};
pub(super) use stimuli::Stimuli;

use super::App;

pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(start::router())
        .merge(accounts::router())
        .merge(settings::router())
        .merge(mock::router())
        .merge(attempt::router())
        .merge(practice::router())
        .merge(practice_set::router())
        .merge(result::router())
        .merge(history::router())
        .merge(points::router())
        .merge(pathway::router())
        .merge(schools::router())
        .merge(audit::router())
        .merge(operator::router())
        .merge(own_data::router())
}

/// Recordings: apart from the pages, because they are not compressed.
pub(super) fn audio_router() -> Router<App> {
    audio::router().merge(track::router())
}

/// Large uploads: apart from the pages, because they may take longer.
pub(super) fn uploads() -> Router<App> {
    schools::uploads()
}

/// What is sent bit by bit, as long as somebody listens.
pub(super) fn streams() -> Router<App> {
    schools::streams()
}

/// A finished page.
fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
