//! A group: what was given to it; for those who teach also its learners and the codes by which one joins it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Chrome, Fault, Nothing, Room, again, failed, fault_of, render, then};
use crate::domain::{
    access::Act,
    assignment::last_day,
    id::{GroupId, SchoolId},
};
use crate::service::{CODE_DAYS, Failure};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    urls,
};

#[derive(Template)]
#[template(path = "schools/group.html")]
struct GroupPage<'a> {
    c: Chrome<'a>,
    id: GroupId,
    name: String,
    school: SchoolId,
    school_name: String,
    assignments: Vec<AssignmentRow>,
    learners: Vec<LearnerRow>,
    codes: Vec<CodeRow>,
    may_manage: bool,
    may_leave: bool,
    days: String,
    fault: Option<Fault>,
}

struct AssignmentRow {
    title: String,
    href: String,
    kind: &'static str,
    window: &'static str,
    due: String,
}

struct LearnerRow {
    name: String,
    since: String,
    /// Where their conditions are.
    conditions: String,
}

struct CodeRow {
    code: String,
    /// As it is sent back to take it back.
    value: String,
    link: String,
    until: String,
}

impl GroupPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

/// Where the reader's browser finds this server, so that a link can be copied and sent.
fn origin(app: &App, headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    match (host.is_empty(), app.config.server.behind_tls) {
        (true, _) => String::new(),
        (false, true) => format!("https://{host}"),
        (false, false) => format!("http://{host}"),
    }
}

async fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: &GroupId,
    headers: &HeaderMap,
    days: String,
    fault: Option<Fault>,
) -> Result<GroupPage<'a>, Failure> {
    let view = app.exam.group(&learner.account, id).await?;
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let zone = view.school.zone;
    let now = app.exam.clock().now();
    let origin = origin(app, headers);
    Ok(GroupPage {
        may_manage: view.may(Act::ManageGroup),
        may_leave: view.may(Act::LeaveGroup),
        assignments: view
            .assignments
            .iter()
            .map(|given| AssignmentRow {
                title: given.title.clone(),
                href: urls::assignment(&given.id),
                kind: given.work.kind(),
                window: given.window(now).as_str(),
                due: c.day(&last_day(given.due_at, zone)),
            })
            .collect(),
        learners: view
            .learners
            .iter()
            .map(|member| LearnerRow {
                name: member.name.clone(),
                since: c.moment_in(&member.since, zone),
                conditions: urls::accommodation(&view.school.id, &member.learner),
            })
            .collect(),
        codes: view
            .codes
            .iter()
            .map(|code| CodeRow {
                code: code.code.to_string(),
                value: code.code.as_str().to_owned(),
                link: format!("{origin}{}", urls::join(&code.code)),
                until: c.moment_in(&code.expires_at, zone),
            })
            .collect(),
        id: view.group.id,
        name: view.group.name,
        school: view.school.id,
        school_name: view.school.name,
        days,
        fault,
        c,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let days = CODE_DAYS.to_string();
    match page(&app, &learner, &GroupId::new(id), &headers, days, None).await {
        Ok(page) => render(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    days: String,
}

pub(super) async fn make_code(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    headers: HeaderMap,
    CheckedForm(CodeForm { days }): CheckedForm<CodeForm>,
) -> Response {
    let id = GroupId::new(id);
    // A number that is none is as wrong as one that is too small.
    let number = days.trim().parse().unwrap_or_default();
    let made = app.exam.make_code(&learner.account, &id, number).await;
    let fault = match made.map_err(Fault::of) {
        Ok(_) => return Redirect::to(&format!("{}#codes", urls::group(&id))).into_response(),
        Err(Ok(fault)) => fault,
        Err(Err(failure)) => return failed(&app, Some(&learner.visitor), failure),
    };
    match page(&app, &learner, &id, &headers, days, Some(fault)).await {
        Ok(page) => again(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
pub(super) struct RevokeForm {
    #[serde(default)]
    code: String,
}

pub(super) async fn revoke(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(RevokeForm { code }): CheckedForm<RevokeForm>,
) -> Response {
    let id = GroupId::new(id);
    let done = app.exam.revoke_code(&learner.account, &id, &code).await;
    then(&app, &learner, done, &format!("{}#codes", urls::group(&id)))
}

pub(super) async fn leave(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let left = app
        .exam
        .leave_group(&learner.account, &GroupId::new(id))
        .await;
    then(&app, &learner, left, urls::SCHOOLS)
}
