//! History: every exam of the learner, a chart of both sections over time, and when the next mock may start.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};

use super::{
    Chrome, Room,
    chart::{Chart, Sitting, percent_in},
    failed, render,
};
use crate::domain::{
    Timestamp,
    attempt::Kind,
    delivery::Delivery,
    id::AttemptId,
    level::Level,
    retake::{Allowance, LimitReached},
    rules::{RuleSet, Section},
};
use crate::service::{Failure, HistoryEntry, NextMock};
use crate::web::{App, access::Visitor, urls};

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::HISTORY, get(show))
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage<'a> {
    c: Chrome<'a>,
    /// Whether the results are kept by a cookie only.
    guest: bool,
    next: Option<Next>,
    chart: Option<Chart>,
    mocks: Vec<MockRow>,
    practice: Vec<PracticeRow>,
}

/// What the retake limit says.
struct Next {
    /// A mock that goes on.
    in_progress: Option<AttemptId>,
    /// The first day on which a mock may start, where the limit is reached.
    allowed_from: Option<String>,
    left: u32,
    retakes: u32,
    days: u32,
    basis: &'static str,
    source: String,
}

struct MockRow {
    date: String,
    /// The level required by the rule set; none where its file is gone.
    rule: Option<(&'static str, String)>,
    /// Whether it was sat as on the day.
    paced: bool,
    listening: Option<u32>,
    reading: Option<u32>,
    level: Option<String>,
    state: Shown,
}

struct PracticeRow {
    date: String,
    section: Option<&'static str>,
    right: Option<(u32, u32)>,
    state: Shown,
}

/// A state in words, with where it leads.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    /// `right`, `wrong` or none, as a tag's colour.
    class: &'static str,
    /// The key of the state's words.
    key: &'static str,
    /// Where to go on or look, and the key of the link's words.
    link: Option<(String, &'static str)>,
    /// From when the result is seen, where its school lets it come later.
    from: Option<Timestamp>,
    /// Whether a tutor said something of it.
    commented: bool,
}

impl Shown {
    fn of(entry: &HistoryEntry) -> Self {
        let id = &entry.overview.id;
        let (class, key, link) = match (entry.overview.state.as_str(), entry.passed) {
            ("finished", Some(true)) => ("right", "history-passed", Some("history-result")),
            ("finished", Some(false)) => ("wrong", "history-failed", Some("history-result")),
            ("finished", None) => ("", "history-finished", Some("history-result")),
            ("ready", _) => ("", "history-ready", Some("history-begin")),
            ("running" | "break", _) => ("assumed", "history-running", Some("history-continue")),
            ("voided", _) => ("", "history-voided", None),
            _ => ("", "history-expired", None),
        };
        let url = match key {
            "history-running" | "history-ready" => urls::attempt(id),
            _ => urls::attempt_result(id),
        };
        Self {
            class,
            key,
            link: link.map(|words| (url, words)),
            from: entry.seen_from.map(|from| from.at),
            commented: entry.commented,
        }
    }
}

async fn show(State(app): State<App>, visitor: Visitor) -> Response {
    match page(&app, &visitor).await {
        Ok(response) => response,
        Err(failure) => failed(&app, Some(&visitor), failure),
    }
}

async fn page(app: &App, visitor: &Visitor) -> Result<Response, Failure> {
    let c = Chrome::new(app, visitor, Room::History);
    let Some(account) = &visitor.account else {
        // Nobody yet: there is nothing to show, and nothing to refuse.
        return Ok(render(&HistoryPage {
            c,
            guest: false,
            next: None,
            chart: None,
            mocks: Vec::new(),
            practice: Vec::new(),
        }));
    };
    let history = app.exam.history(&account.id).await?;
    let rules = app.exam.rules(None)?;
    let next = app.exam.next_mock(&account.id, None).await?;
    let (mocks, practice): (Vec<_>, Vec<_>) = history
        .iter()
        .partition(|entry| entry.overview.kind == Kind::Mock);
    Ok(render(&HistoryPage {
        guest: account.is_guest(),
        next: Some(next_view(&c, next, &rules)),
        chart: Chart::of(&sittings(app, &mocks)),
        mocks: mocks.iter().map(|entry| mock_row(app, &c, entry)).collect(),
        practice: practice
            .iter()
            .map(|entry| practice_row(&c, entry))
            .collect(),
        c,
    }))
}

fn next_view(c: &Chrome<'_>, next: NextMock, rules: &RuleSet) -> Next {
    let (allowed_from, left) = match next.decision {
        Ok(Allowance { left, .. }) => (None, left),
        Err(LimitReached { next_allowed }) => (Some(c.day(&next_allowed)), 0),
    };
    let retakes = &rules.retake.retakes;
    Next {
        in_progress: next.in_progress,
        allowed_from,
        left,
        retakes: retakes.value,
        days: rules.retake.days.value,
        basis: retakes.basis.as_str(),
        source: retakes.source.clone(),
    }
}

/// The finished mocks, the earliest first.
fn sittings(app: &App, mocks: &[&HistoryEntry]) -> Vec<Sitting> {
    mocks
        .iter()
        .rev()
        .filter(|entry| entry.overview.state == "finished" && entry.seen_from.is_none())
        .filter_map(|entry| {
            let overview = &entry.overview;
            let rules = app.exam.rules(Some(&overview.rule)).ok()?;
            let at = overview.ended_at.unwrap_or(overview.created_at);
            let zone = rules.retake.zone.value;
            Some(Sitting::of(&at, zone, &overview.scores, &rules))
        })
        .collect()
}

fn mock_row(app: &App, c: &Chrome<'_>, entry: &HistoryEntry) -> MockRow {
    let overview = &entry.overview;
    let rules = app.exam.rules(Some(&overview.rule)).ok();
    MockRow {
        date: c.moment(&overview.counted_at.unwrap_or(overview.created_at)),
        rule: rules.map(|rules| {
            let required = rules.required_level.value.as_str();
            (required, urls::about_rule(&rules.id))
        }),
        paced: overview.delivery == Delivery::Paced,
        listening: percent_in(&overview.scores, Section::Listening),
        reading: percent_in(&overview.scores, Section::Reading),
        level: entry.passed.map(|_| match entry.level {
            Some(level) => level.as_str().to_owned(),
            None => c.say1("result-below", "level", Level::ALL[0].as_str()),
        }),
        state: Shown::of(entry),
    }
}

fn practice_row(c: &Chrome<'_>, entry: &HistoryEntry) -> PracticeRow {
    let overview = &entry.overview;
    let score = overview.scores.first();
    PracticeRow {
        date: c.moment(&overview.created_at),
        section: score.map(|score| score.name.as_str()),
        right: score.map(|score| (score.correct, score.of)),
        state: Shown::of(entry),
    }
}
