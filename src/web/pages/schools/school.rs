//! A school: its groups, who belongs to it, and what its owner may change.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Chrome, Fault, InvitedRow, Nothing, Room, again, failed, fault_of, render, role_key, then,
    too_many,
};
use crate::domain::{
    access::Act,
    id::{LearnerId, SchoolId},
    school::SchoolRole,
};
use crate::service::Failure;
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    urls,
};

#[derive(Template)]
#[template(path = "schools/school.html")]
struct SchoolPage<'a> {
    c: Chrome<'a>,
    id: SchoolId,
    name: String,
    zone: &'static str,
    role: &'static str,
    groups: Vec<GroupRow>,
    members: Vec<MemberRow>,
    /// Tutors who are invited and have not answered, with their codes.
    invited: Vec<InvitedRow>,
    /// Whether they see everybody, or only those who teach.
    sees_all: bool,
    may_make_group: bool,
    may_rename: bool,
    may_leave: bool,
    may_change_roles: bool,
    may_see_audit: bool,
    may_record: bool,
    /// What was typed, by field: `name`, `group`, `email`.
    typed: Typed,
    fault: Option<Fault>,
}

struct GroupRow {
    name: String,
    /// None where they may not look into it.
    href: Option<String>,
    learners: Option<u32>,
}

struct MemberRow {
    id: LearnerId,
    name: String,
    role: &'static str,
    since: String,
    /// What they can be made, where that can be changed.
    other_role: Option<&'static str>,
}

/// What was typed into one of the forms.
#[derive(Default)]
struct Typed {
    name: Option<String>,
    group: String,
    email: String,
}

impl SchoolPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }

    /// The name as it is, or as it was typed.
    fn name_typed(&self) -> &str {
        self.typed.name.as_deref().unwrap_or(&self.name)
    }
}

async fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: &SchoolId,
    typed: Typed,
    fault: Option<Fault>,
) -> Result<SchoolPage<'a>, Failure> {
    let view = app.exam.school(&learner.account, id).await?;
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let enters = view.standing.role.is_some();
    Ok(SchoolPage {
        groups: view
            .groups
            .iter()
            .map(|line| GroupRow {
                name: line.group.name.clone(),
                href: enters.then(|| urls::group(&line.group.id)),
                learners: line.learners,
            })
            .collect(),
        members: view
            .members
            .iter()
            .map(|member| MemberRow {
                id: member.learner.clone(),
                other_role: match member.role {
                    SchoolRole::Owner => Some("tutor"),
                    SchoolRole::Tutor => Some("owner"),
                    SchoolRole::Learner => None,
                },
                name: member.name.clone(),
                role: member.role.as_str(),
                since: c.moment_in(&member.since, view.school.zone),
            })
            .collect(),
        invited: view
            .invited
            .iter()
            .map(|invited| InvitedRow::of_tutor(&c, invited, view.school.zone))
            .collect(),
        may_change_roles: view.may(Act::ChangeRoles),
        may_see_audit: view.may(Act::SeeAudit),
        may_record: view.may(Act::RecordVoice),
        role: role_key(view.standing.role),
        sees_all: view.may(Act::SeeMembers),
        may_make_group: view.may(Act::MakeGroup),
        may_rename: view.may(Act::RenameSchool),
        may_leave: view.may(Act::LeaveSchool),
        zone: view.school.zone.name(),
        id: view.school.id,
        name: view.school.name,
        typed,
        fault,
        c,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
) -> Response {
    match page(&app, &learner, &SchoolId::new(id), Typed::default(), None).await {
        Ok(page) => render(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// After a form of this page: the page again, with what was wrong and what was typed if something was.
async fn after(
    app: &App,
    learner: &PageLearner,
    id: &SchoolId,
    done: Result<(), Failure>,
    typed: Typed,
) -> Response {
    let fault = match done.map_err(Fault::of) {
        Ok(()) => return Redirect::to(&urls::school(id)).into_response(),
        Err(Ok(fault)) => fault,
        Err(Err(failure)) => return failed(app, Some(&learner.visitor), failure),
    };
    match page(app, learner, id, typed, Some(fault)).await {
        Ok(page) => again(&page),
        Err(failure) => failed(app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
pub(super) struct NameForm {
    #[serde(default)]
    name: String,
}

pub(super) async fn rename(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(NameForm { name }): CheckedForm<NameForm>,
) -> Response {
    let id = SchoolId::new(id);
    let done = app.exam.rename_school(&learner.account, &id, &name).await;
    let typed = Typed {
        name: Some(name),
        ..Typed::default()
    };
    after(&app, &learner, &id, done, typed).await
}

#[derive(Deserialize)]
pub(super) struct EmailForm {
    #[serde(default)]
    email: String,
}

pub(super) async fn add_tutor(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(EmailForm { email }): CheckedForm<EmailForm>,
) -> Response {
    if !app.rate.allows_tutor(&learner.account.id) {
        return too_many(&app, &learner.visitor);
    }
    let id = SchoolId::new(id);
    let done = app.exam.invite_tutor(&learner.account, &id, &email).await;
    let done = done.map(drop);
    let typed = Typed {
        email,
        ..Typed::default()
    };
    after(&app, &learner, &id, done, typed).await
}

#[derive(Deserialize)]
pub(super) struct GroupForm {
    #[serde(default)]
    group: String,
}

pub(super) async fn make_group(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(GroupForm { group }): CheckedForm<GroupForm>,
) -> Response {
    let id = SchoolId::new(id);
    let done = match app.exam.make_group(&learner.account, &id, &group).await {
        Ok(made) => return Redirect::to(&urls::group(&made.id)).into_response(),
        Err(failure) => Err(failure),
    };
    let typed = Typed {
        group,
        ..Typed::default()
    };
    after(&app, &learner, &id, done, typed).await
}

#[derive(Deserialize)]
pub(super) struct RoleForm {
    #[serde(default)]
    learner: String,
    #[serde(default)]
    role: String,
}

pub(super) async fn change_role(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm<RoleForm>,
) -> Response {
    let (id, other) = (SchoolId::new(id), LearnerId::new(form.learner));
    let role = match form.role.as_str() {
        "owner" => Some(SchoolRole::Owner),
        "tutor" => Some(SchoolRole::Tutor),
        "none" => None,
        _ => Some(SchoolRole::Learner),
    };
    let who = &learner.account;
    let done = app.exam.change_role(who, &id, &other, role).await;
    let to = match other == who.id && role.is_none() {
        true => urls::SCHOOLS.to_owned(),
        false => urls::school(&id),
    };
    then(&app, &learner, done, &to)
}

pub(super) async fn leave(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let left = app
        .exam
        .leave_school(&learner.account, &SchoolId::new(id))
        .await;
    then(&app, &learner, left, urls::SCHOOLS)
}
