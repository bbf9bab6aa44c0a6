//! What a page says when something is refused: what happened, that nothing is lost, what to do.

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Chrome, Room, render};
use crate::domain::attempt::Refused;
use crate::service::Failure;
use crate::web::{
    App,
    access::{Display, Visitor},
    problem::{Problem, retry_after},
    urls,
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    c: Chrome<'a>,
    title: String,
    text: String,
    /// Where to go from here.
    href: String,
    /// The key of the link's words.
    link: &'a str,
}

fn page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    slug: &str,
    date: String,
    href: String,
    link: &str,
) -> Response {
    let c = Chrome::new(app, visitor, Room::Other);
    let page = ErrorPage {
        title: c.say_of("problem-", slug),
        text: c.say1(&format!("problem-{slug}-text"), "date", date),
        c,
        href,
        link,
    };
    let mut response = (status, render(&page)).into_response();
    if let Some(seconds) = retry_after(status) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// A failure as a page. Without a visitor (the database could not say who it is) in English.
pub fn failed(app: &App, visitor: Option<&Visitor>, failure: Failure) -> Response {
    let (date, href, link) = match &failure {
        Failure::RetakeLimit { next_allowed } => (
            next_allowed.format("%d.%m.%Y").to_string(),
            urls::PRACTICE.to_owned(),
            "error-practise",
        ),
        Failure::AttemptInProgress(id) => (String::new(), urls::attempt(id), "error-continue"),
        Failure::Refused(Refused::WrongState { .. }) => {
            (String::new(), urls::HISTORY.to_owned(), "error-history")
        }
        _ => (String::new(), urls::START.to_owned(), "error-start"),
    };
    let problem = Problem::from(failure);
    let nobody = Visitor::unknown(Display::of("", "", ""));
    page(
        app,
        visitor.unwrap_or(&nobody),
        problem.status(),
        problem.slug(),
        date,
        href,
        link,
    )
}

fn plain(app: &App, visitor: &Visitor, status: StatusCode, slug: &str) -> Response {
    let href = urls::START.to_owned();
    page(
        app,
        visitor,
        status,
        slug,
        String::new(),
        href,
        "error-start",
    )
}

/// Nothing has this address.
pub async fn not_found(State(app): State<App>, visitor: Visitor) -> Response {
    plain(&app, &visitor, StatusCode::NOT_FOUND, "no-page")
}

/// A form that cannot be read.
pub fn bad_request(app: &App, visitor: &Visitor, status: StatusCode) -> Response {
    let slug = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        _ => "malformed",
    };
    plain(app, visitor, status, slug)
}

/// A form whose page is too old, or that is not ours.
pub fn stale_form(app: &App, visitor: &Visitor) -> Response {
    plain(app, visitor, StatusCode::FORBIDDEN, "csrf")
}

/// Too often from one address.
pub fn too_many(app: &App, visitor: &Visitor) -> Response {
    plain(
        app,
        visitor,
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-requests",
    )
}
