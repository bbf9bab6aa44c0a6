//! The break, and the pages that only say how things stand: lapsed, void, closed, open elsewhere.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{Chrome, every_ms, hour_and_minute, render, room, with_status};
use crate::domain::{attempt::Kind, id::AttemptId};
use crate::service::{Failure, paper::Paper};
use crate::web::{
    App,
    access::PageLearner,
    pages::{
        Room, failed,
        markup::{Wanted, strings},
    },
    urls,
};

/// What static/js/break.js says.
const WANTED: [Wanted<'static>; 5] = [
    ("time-10", &[]),
    ("time-5", &[]),
    ("time-1", &[]),
    ("time-changed", &["time"]),
    ("break-waiting", &[]),
];

#[derive(Template)]
#[template(path = "attempt/break.html")]
struct BreakPage<'a> {
    c: Chrome<'a>,
    /// How often the page asks for the time left.
    every_ms: u32,
    attempt: &'a AttemptId,
    next: &'static str,
    remaining_ms: i64,
    /// When the next section starts by itself, as a time of day.
    until: String,
    /// The next section's time.
    minutes: Option<u32>,
    /// The section that was finished before.
    before: Option<&'static str>,
    start: String,
    strings: String,
}

/// The break between two sections.
pub(super) fn page(app: &App, learner: &PageLearner, paper: &Paper) -> Response {
    let Some(pause) = paper.pause else {
        return failed(app, Some(&learner.visitor), Failure::NotFound);
    };
    let c = Chrome::new(app, &learner.visitor, room(paper.kind)).under(paper.allowance);
    let place = paper
        .sections
        .iter()
        .position(|section| section.name == pause.next);
    let section = place.and_then(|place| paper.sections.get(place));
    let before = place
        .and_then(|place| place.checked_sub(1))
        .and_then(|place| paper.sections.get(place));
    render(&BreakPage {
        every_ms: every_ms(paper),
        attempt: &paper.id,
        next: pause.next.as_str(),
        remaining_ms: pause.remaining_ms,
        until: hour_and_minute(&c, &pause.until),
        minutes: section.and_then(|section| section.minutes),
        before: before.map(|section| section.name.as_str()),
        start: urls::attempt_start(&paper.id),
        strings: strings(&c, "sit-", &WANTED),
        c,
    })
}

#[derive(Template)]
#[template(path = "attempt/notice.html")]
struct NoticePage<'a> {
    c: Chrome<'a>,
    title: String,
    text: String,
    /// Somebody's own words: why the attempt is void.
    reason: Option<&'a str>,
    href: String,
    link: String,
    /// Whether nothing comes any more in this attempt: a browser drops what it keeps of it.
    over: bool,
}

/// An attempt that goes on no more and has no result: it lapsed or is void.
pub(super) fn over(app: &App, learner: &PageLearner, paper: &Paper) -> Response {
    let c = Chrome::new(app, &learner.visitor, room(paper.kind));
    render(&NoticePage {
        title: c.say_of("over-", paper.state),
        text: c.say(&format!("over-{}-text", paper.state)),
        reason: paper.void_reason.as_deref(),
        href: match paper.kind {
            Kind::Mock => urls::START,
            Kind::Practice => urls::PRACTICE,
        }
        .to_owned(),
        link: c.say("over-next"),
        over: true,
        c,
    })
}

/// Answers came when the section was over.
pub(super) fn closed(app: &App, learner: &PageLearner, id: &AttemptId) -> Response {
    to_attempt(app, learner, id, "over-closed", "over-go-on")
}

/// A page wanted to change something after another one had taken over.
pub(super) fn taken_over(app: &App, learner: &PageLearner, id: &AttemptId) -> Response {
    to_attempt(app, learner, id, "taken-over", "taken-over-here")
}

fn to_attempt(
    app: &App,
    learner: &PageLearner,
    id: &AttemptId,
    what: &str,
    link: &str,
) -> Response {
    let c = Chrome::new(app, &learner.visitor, Room::Mock);
    let page = render(&NoticePage {
        title: c.say(what),
        text: c.say(&format!("{what}-text")),
        reason: None,
        href: urls::attempt(id),
        link: c.say(link),
        over: false,
        c,
    });
    with_status(StatusCode::CONFLICT, page)
}
