//! A group: what was given to it; for those who teach also its learners and the codes by which one joins it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Chrome, Fault, InvitedRow, Nothing, Room, again, export::Files, failed, fault_of, render, then,
};
use crate::domain::{
    access::Act,
    assignment::last_day,
    id::{GroupId, LearnerId, SchoolId},
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
    /// The tables of all of them, for those who teach.
    files: Files,
    learners: Vec<LearnerRow>,
    /// The reader's own progress, for a learner.
    progress: Option<String>,
    /// Learners who are invited and have not answered.
    invited: Vec<InvitedRow>,
    codes: Vec<CodeRow>,
    may_manage: bool,
    may_leave: bool,
    days: String,
    /// The name as it is, or as it was typed.
    name_typed: String,
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
    id: LearnerId,
    name: String,
    since: String,
    /// Their progress in the school.
    href: String,
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

/// What was typed into one of the forms.
#[derive(Default)]
struct Typed {
    days: Option<String>,
    name: Option<String>,
}

async fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: &GroupId,
    headers: &HeaderMap,
    typed: Typed,
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
        files: Files::of_group(&c, &view.group.id, view.assignments.len()),
        learners: view
            .learners
            .iter()
            .map(|member| LearnerRow {
                id: member.learner.clone(),
                name: member.name.clone(),
                since: c.moment_in(&member.since, zone),
                href: urls::school_learner(&view.school.id, &member.learner),
                conditions: urls::accommodation(&view.school.id, &member.learner),
            })
            .collect(),
        progress: view
            .may(Act::LeaveGroup)
            .then(|| urls::school_learner(&view.school.id, &learner.account.id)),
        invited: view
            .invited
            .iter()
            .map(|invited| InvitedRow::of(&c, invited, zone))
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
        name_typed: typed.name.unwrap_or_else(|| view.group.name.clone()),
        name: view.group.name,
        school: view.school.id,
        school_name: view.school.name,
        days: typed.days.unwrap_or_else(|| CODE_DAYS.to_string()),
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
    let (id, typed) = (GroupId::new(id), Typed::default());
    match page(&app, &learner, &id, &headers, typed, None).await {
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
    let typed = Typed {
        days: Some(days),
        ..Typed::default()
    };
    match page(&app, &learner, &id, &headers, typed, Some(fault)).await {
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

#[derive(Deserialize)]
pub(super) struct NameForm {
    #[serde(default)]
    group: String,
}

pub(super) async fn rename(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    headers: HeaderMap,
    CheckedForm(NameForm { group }): CheckedForm<NameForm>,
) -> Response {
    let id = GroupId::new(id);
    let done = app.exam.rename_group(&learner.account, &id, &group).await;
    let fault = match done.map_err(Fault::of) {
        Ok(()) => return Redirect::to(&urls::group(&id)).into_response(),
        Err(Ok(fault)) => fault,
        Err(Err(failure)) => return failed(&app, Some(&learner.visitor), failure),
    };
    let typed = Typed {
        name: Some(group),
        ..Typed::default()
    };
    match page(&app, &learner, &id, &headers, typed, Some(fault)).await {
        Ok(page) => again(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
pub(super) struct LearnerForm {
    #[serde(default)]
    learner: String,
}

pub(super) async fn remove(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm<LearnerForm>,
) -> Response {
    let (id, other) = (GroupId::new(id), LearnerId::new(form.learner));
    let done = app.exam.remove_learner(&learner.account, &id, &other).await;
    then(
        &app,
        &learner,
        done,
        &format!("{}#learners", urls::group(&id)),
    )
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
