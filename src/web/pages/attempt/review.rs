//! The list of answers before finishing: what has none comes first. One form finishes.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

use super::{Chrome, TimeLeft, every_ms, page_token, render, room, sitting, track::TrackView};
use crate::domain::id::AttemptId;
use crate::service::paper::PaperSection;
use crate::web::{
    App,
    access::PageLearner,
    pages::{failed, markup::strings},
    urls,
};

#[derive(Template)]
#[template(path = "attempt/review.html")]
struct ReviewPage<'a> {
    c: Chrome<'a>,
    /// How often the page asks for the time left.
    every_ms: u32,
    attempt: &'a AttemptId,
    section: &'a PaperSection,
    page: String,
    /// The number with which it begins to number its responses.
    order: i64,
    /// Questions without an answer, flagged ones, all.
    missing: Vec<Line>,
    flagged: Vec<Line>,
    all: Vec<Line>,
    time: Option<TimeLeft>,
    /// The track, which goes on meanwhile.
    track: Option<TrackView>,
    back: String,
    here: String,
    sign_in: String,
    finish: String,
    strings: String,
}

/// A question in a list.
#[derive(Clone)]
struct Line {
    position: usize,
    href: String,
    answered: bool,
    flagged: bool,
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let id = AttemptId::new(id);
    let opened = app
        .exam
        .open_page(&learner.account.id, &id, page_token(&headers))
        .await;
    let (paper, page) = match opened {
        Ok(opened) => opened,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let Some(section) = paper.running() else {
        return Redirect::to(&urls::attempt(&id)).into_response();
    };
    let c = Chrome::new(&app, &learner.visitor, room(paper.kind)).under(paper.allowance);
    let all: Vec<Line> = section
        .testlets
        .iter()
        .flat_map(|testlet| testlet.items.iter().map(move |item| (testlet, item)))
        .map(|(testlet, item)| Line {
            position: item.position,
            href: format!("{}#item-{}", urls::testlet(&id, testlet.ordinal), item.id),
            answered: item.response.is_some(),
            flagged: item.flagged,
        })
        .collect();
    let only = |which: fn(&Line) -> bool| all.iter().filter(|line| which(line)).cloned().collect();
    render(&ReviewPage {
        every_ms: every_ms(&paper),
        attempt: &id,
        section,
        page,
        order: paper.next_order,
        missing: only(|line| !line.answered),
        flagged: only(|line| line.flagged),
        time: TimeLeft::of(&c, section),
        track: TrackView::of(&c, &id, section),
        back: urls::attempt(&id),
        here: urls::attempt_review(&id),
        sign_in: format!("{}?next={}", urls::SIGN_IN, urls::attempt(&id)),
        finish: urls::attempt_finish(&id),
        strings: strings(&c, "sit-", &sitting::WANTED),
        all,
        c,
    })
}
