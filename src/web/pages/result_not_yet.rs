//! The result's page until a school lets the result be seen: the date and nothing else.

use askama::Template;
use axum::response::Response;

use super::{Chrome, Room, render};
use crate::domain::delay::SeenFrom;
use crate::web::{App, access::PageLearner};

#[derive(Template)]
#[template(path = "result_not_yet.html")]
struct NotYetPage<'a> {
    c: Chrome<'a>,
    from: String,
    doubtful: bool,
}

pub(super) fn page(app: &App, learner: &PageLearner, from: SeenFrom) -> Response {
    let c = Chrome::new(app, &learner.visitor, Room::History);
    render(&NotYetPage {
        from: c.moment(&from.at),
        doubtful: from.doubtful,
        c,
    })
}
