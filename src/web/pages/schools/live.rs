//! The group while it sits: who has started, how far they are, the time left, who has lost contact; giving time and
//! declaring an attempt void. Without scripts the page is loaded again; with them, `watch` tells what changes.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Chrome, Fault, Room, again, failed, fault_of, render,
    tabs::{Tab, TabLink, tabs},
};
use crate::domain::{
    Timestamp,
    id::{AssignmentId, AttemptId, GroupId},
};
use crate::service::{Failure, LiveRow, LiveView};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::{
        conditions::conditions_line,
        markup::{Wanted, strings},
    },
    urls,
};

/// What static/js/live.js says.
const WANTED: [Wanted<'static>; 13] = [
    ("state-none", &[]),
    ("state-ready", &[]),
    ("state-listening", &[]),
    ("state-reading", &[]),
    ("state-break", &[]),
    ("state-finished", &[]),
    ("state-voided", &[]),
    ("answered-of", &["n", "of"]),
    ("lost", &[]),
    ("lost-now", &["name"]),
    ("lost-many", &["n"]),
    ("connected", &[]),
    ("cut-off", &[]),
];

#[derive(Template)]
#[template(path = "schools/live.html")]
struct LivePage<'a> {
    c: Chrome<'a>,
    id: AssignmentId,
    title: String,
    group: GroupId,
    group_name: String,
    tabs: Vec<TabLink>,
    as_of: String,
    rows: Vec<Row>,
    summary: Vec<(&'static str, usize)>,
    may_manage: bool,
    /// Attempts that are being timed, and those that can be declared void.
    timed: Vec<Choice>,
    voidable: Vec<Choice>,
    form: Form,
    /// What was done a moment ago.
    done: Option<String>,
    fault: Option<Fault>,
    strings: String,
}

struct Row {
    learner: String,
    attempt: Option<String>,
    name: String,
    in_group: bool,
    conditions: Option<String>,
    /// The key of the state's word: a section's name where one runs.
    state: &'static str,
    answered: String,
    left: String,
    seen: String,
    lost: bool,
    timed: bool,
    voidable: bool,
}

/// An attempt to choose, by its learner's name.
struct Choice {
    attempt: String,
    name: String,
}

/// What the forms send, and the links to them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    /// To whose attempt; empty is all.
    to: String,
    minutes: String,
    remark: String,
    /// Which attempt is void.
    attempt: String,
    reason: String,
    /// How many got time, or that an attempt is void: after a form.
    given: String,
    voided: String,
}

impl LivePage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

/// The key of a row's state.
fn state(row: &LiveRow) -> &'static str {
    match (row.state.as_str(), row.section) {
        ("running", Some(section)) => section.as_str(),
        ("ready", _) => "ready",
        ("break", _) => "break",
        ("finished", _) => "finished",
        ("voided", _) => "voided",
        _ => "none",
    }
}

fn row(c: &Chrome<'_>, row: &LiveRow, now: Timestamp) -> Row {
    let left = row
        .until
        .map(|until| c.minutes((until - now).num_milliseconds()));
    let answered = row.of.filter(|_| row.section.is_some());
    Row {
        learner: row.learner.to_string(),
        attempt: row.attempt.as_ref().map(AttemptId::to_string),
        name: row.name.clone(),
        in_group: row.in_group,
        conditions: conditions_line(c, row.allowance),
        state: state(row),
        answered: answered.map_or_else(String::new, |of| {
            c.say2("live-answered-of", "n", row.answered, "of", of)
        }),
        left: left.unwrap_or_default(),
        seen: row.seen_at.map_or_else(String::new, |seen| c.clock(&seen)),
        lost: row.lost,
        timed: row.is_timed(),
        voidable: row.attempt.is_some() && row.state != "voided",
    }
}

/// How many are where, what there is none of left out.
fn summary(rows: &[LiveRow]) -> Vec<(&'static str, usize)> {
    let count = |which: &dyn Fn(&LiveRow) -> bool| rows.iter().filter(|row| which(row)).count();
    let all: [(&'static str, usize); 5] = [
        ("sitting", count(&|row| row.state == "running")),
        ("break", count(&|row| row.state == "break")),
        ("lost", count(&|row| row.lost)),
        (
            "waiting",
            count(&|row| matches!(row.state.as_str(), "none" | "ready")),
        ),
        ("finished", count(&|row| row.state == "finished")),
    ];
    all.to_vec()
}

fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    view: &LiveView,
    form: Form,
    fault: Option<Fault>,
) -> LivePage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let look = &view.look;
    let rows: Vec<Row> = look
        .rows
        .iter()
        .map(|one| row(&c, one, look.as_of))
        .collect();
    let choices = |which: fn(&Row) -> bool| -> Vec<Choice> {
        let rows = rows.iter().filter(|row| which(row));
        rows.filter_map(|row| {
            Some(Choice {
                attempt: row.attempt.clone()?,
                name: row.name.clone(),
            })
        })
        .collect()
    };
    let done = match (form.given.parse::<usize>(), form.voided.as_str()) {
        (Ok(n), _) => Some(c.say1("live-given", "n", n)),
        (_, "1") => Some(c.say("live-voided")),
        _ => None,
    };
    LivePage {
        id: view.assignment.id.clone(),
        title: view.assignment.title.clone(),
        group: view.group.id.clone(),
        group_name: view.group.name.clone(),
        tabs: tabs(&c, &view.assignment.id, Tab::Live),
        as_of: c.clock(&look.as_of),
        summary: summary(&look.rows),
        may_manage: view.may_manage,
        timed: choices(|row| row.timed),
        voidable: choices(|row| row.voidable),
        strings: strings(&c, "live-", &WANTED),
        rows,
        form,
        done,
        fault,
        c,
    }
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(form): Query<Form>,
) -> Response {
    match app
        .exam
        .live(&learner.account, &AssignmentId::new(id))
        .await
    {
        Ok(view) => render(&page(&app, &learner, &view, form, None)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// After a form: the page with what was wrong and what was typed.
async fn shown_again(
    app: &App,
    learner: &PageLearner,
    id: &AssignmentId,
    form: Form,
    failure: Failure,
) -> Response {
    let fault = match Fault::of(failure) {
        Ok(fault) => fault,
        Err(failure) => return failed(app, Some(&learner.visitor), failure),
    };
    match app.exam.live(&learner.account, id).await {
        Ok(view) => again(&page(app, learner, &view, form, Some(fault))),
        Err(failure) => failed(app, Some(&learner.visitor), failure),
    }
}

pub(super) async fn give_time(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm<Form>,
) -> Response {
    let id = AssignmentId::new(id);
    let to = (!form.to.is_empty()).then(|| AttemptId::new(form.to.as_str()));
    // A number that is none is as wrong as one that is too small.
    let minutes = form.minutes.trim().parse().unwrap_or_default();
    let given = app
        .exam
        .give_time(&learner.account, &id, to.as_ref(), minutes, &form.remark);
    match given.await {
        Ok(n) => Redirect::to(&format!("{}?given={n}", urls::live(&id))).into_response(),
        // The page has two reasons.
        Err(Failure::Invalid {
            field: "reason",
            problem,
        }) => {
            let failure = Failure::Invalid {
                field: "remark",
                problem,
            };
            shown_again(&app, &learner, &id, form, failure).await
        }
        Err(failure) => shown_again(&app, &learner, &id, form, failure).await,
    }
}

pub(super) async fn void(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm<Form>,
) -> Response {
    let id = AssignmentId::new(id);
    let attempt = AttemptId::new(form.attempt.as_str());
    let done = app
        .exam
        .void_assigned(&learner.account, &id, &attempt, &form.reason);
    match done.await {
        Ok(()) => Redirect::to(&format!("{}?voided=1", urls::live(&id))).into_response(),
        Err(Failure::NothingHere) if form.attempt.is_empty() => {
            let failure = Failure::Invalid {
                field: "attempt",
                problem: "unknown",
            };
            shown_again(&app, &learner, &id, form, failure).await
        }
        Err(failure) => shown_again(&app, &learner, &id, form, failure).await,
    }
}
