//! Schools: the list of one's own, a school, a group, joining by a code, giving something and what was given. All of it
//! is plain forms; a form that cannot be taken is shown again with what was typed.

mod accommodation;
mod assignment;
mod attempt;
mod audience;
mod edit;
mod export;
mod form;
mod give;
mod group;
mod invitations;
mod join;
mod letter;
mod live;
mod needs;
mod pick;
mod preview;
mod progress;
mod recordings;
mod rescore;
mod review;
mod roster;
mod school;
mod tabs;
mod watch;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

use invitations::{InvitationRow, InvitedRow};

use super::{Chrome, Room, errors::too_many, failed, render};
use crate::domain::school::{SchoolRole, ZONES};
use crate::service::{Failure, Role};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    urls,
};

pub(super) fn router() -> Router<App> {
    // The addresses of forms are also asked for by GET, by somebody who reloads or signs in again: see `to_page`.
    Router::new()
        .route(urls::SCHOOLS, get(list).post(make))
        .route(urls::SCHOOL, get(school::show))
        .route(urls::SCHOOL_RENAME, post(school::rename).get(to_page))
        .route(urls::SCHOOL_TUTORS, post(school::add_tutor).get(to_page))
        .route(urls::SCHOOL_GROUPS, post(school::make_group).get(to_page))
        .route(urls::SCHOOL_LEAVE, post(school::leave).get(to_page))
        .route(
            urls::ACCOMMODATION,
            get(accommodation::show).post(accommodation::grant),
        )
        .route(
            urls::ACCOMMODATION_END,
            post(accommodation::withdraw).get(to_page),
        )
        .route(urls::GROUP, get(group::show))
        .route(urls::GROUP_CODES, post(group::make_code).get(to_page))
        .route(urls::GROUP_REVOKE, post(group::revoke).get(to_page))
        .route(urls::GROUP_LEAVE, post(group::leave).get(to_page))
        .route(urls::GROUP_RENAME, post(group::rename).get(to_page))
        .route(urls::GROUP_REMOVE, post(group::remove).get(to_page))
        .route(
            urls::GROUP_ROSTER,
            get(roster::show)
                .post(roster::import)
                .layer(DefaultBodyLimit::max(roster::FORM_BYTES)),
        )
        .route(urls::SCHOOL_ROLES, post(school::change_role).get(to_page))
        .route(
            urls::INVITATION_ACCEPT,
            post(invitations::accept).get(invitations::to_schools),
        )
        .route(
            urls::INVITATION_DECLINE,
            post(invitations::decline).get(invitations::to_schools),
        )
        .route(
            urls::INVITATION_REVOKE,
            post(invitations::revoke).get(invitations::to_schools),
        )
        .route(urls::JOIN, get(join::ask).post(join::find))
        .route(urls::JOIN_CODE, get(join::show).post(join::join))
        .route(urls::ASSIGNMENT_NEW, get(give::show).post(give::give))
        .route(urls::ASSIGNMENT_PICK, get(pick::show))
        .route(urls::ASSIGNMENT, get(assignment::show))
        .route(urls::ASSIGNMENT_EDIT, get(edit::show).post(edit::change))
        .route(urls::ASSIGNMENT_EXCEPTIONS, post(edit::grant).get(to_page))
        .route(urls::ASSIGNMENT_ITEMS, get(review::show_items))
        .route(urls::ASSIGNMENT_ITEM, get(review::show_item))
        .route(urls::ASSIGNMENT_SKILLS, get(review::show_skills))
        .route(urls::ASSIGNMENT_START, post(assignment::start).get(to_page))
        .route(urls::ASSIGNMENT_ATTEMPT, get(attempt::show))
        .route(urls::LIVE, get(live::show))
        .route(urls::LIVE_TIME, post(live::give_time).get(to_page))
        .route(urls::LIVE_VOID, post(live::void).get(to_page))
        .route(
            urls::ASSIGNMENT_COMMENTS,
            post(attempt::write).get(attempt::to_attempt),
        )
        .route(
            urls::ASSIGNMENT_RESCORE,
            get(rescore::show).post(rescore::apply),
        )
        .route(
            urls::ASSIGNMENT_RESCORE_UNDO,
            post(rescore::undo).get(to_page),
        )
        .route(
            urls::ASSIGNMENT_WITHDRAW,
            post(assignment::withdraw).get(to_page),
        )
        .route(
            urls::ASSIGNMENT_RELEASE,
            post(assignment::release).get(to_page),
        )
        .merge(teaching())
        .merge(recordings::router())
}

/// What helps those who teach: files of the tables, who needs what, a learner's progress, a letter.
fn teaching() -> Router<App> {
    Router::new()
        .route(urls::ASSIGNMENT_CSV, get(export::assignment_csv))
        .route(urls::ASSIGNMENT_XLSX, get(export::assignment_xlsx))
        .route(urls::GROUP_CSV, get(export::group_csv))
        .route(urls::GROUP_XLSX, get(export::group_xlsx))
        .route(urls::ASSIGNMENT_NEEDS, get(needs::of_assignment))
        .route(urls::GROUP_NEEDS, get(needs::of_group).post(needs::give))
        .route(urls::SCHOOL_LEARNER, get(progress::show))
        .route(urls::ASSIGNMENT_LETTER, get(letter::show))
}

/// Streams: apart from the pages, because they are neither compressed nor limited in time.
pub(super) fn streams() -> Router<App> {
    watch::router()
}

/// Uploads of recordings: apart from the pages, because they may take longer.
pub(super) fn uploads() -> Router<App> {
    recordings::uploads()
}

async fn to_page(uri: Uri) -> Redirect {
    Redirect::to(&urls::page_of_form(uri.path()))
}

/// A form's field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    field: &'static str,
    /// The key of the words.
    key: String,
}

impl Fault {
    /// The fault that a use case found, if it found one in a field; any other failure comes back.
    fn of(failure: Failure) -> Result<Self, Failure> {
        match failure {
            Failure::Invalid { field, problem } => Ok(Self {
                field,
                key: format!("school-fault-{field}-{problem}"),
            }),
            other => Err(other),
        }
    }
}

/// What is wrong with a field, in words, where something is.
fn fault_of(c: &Chrome<'_>, fault: Option<&Fault>, field: &str) -> Option<String> {
    fault
        .filter(|fault| fault.field == field)
        .map(|fault| c.say(&fault.key))
}

/// A name in a list; whoever is erased has none.
fn name_of(c: &Chrome<'_>, name: &str) -> String {
    match name {
        "" => c.say("erased-learner"),
        name => name.to_owned(),
    }
}

/// A form shown again.
fn again(page: &impl Template) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, render(page)).into_response()
}

#[derive(Template)]
#[template(path = "schools/list.html")]
struct ListPage<'a> {
    c: Chrome<'a>,
    schools: Vec<SchoolRow>,
    /// What waits for them.
    invitations: Vec<InvitationRow>,
    /// Whether they run the server.
    operator: bool,
    /// Whether an account is needed first.
    guest: bool,
    name: String,
    zones: Vec<(&'static str, bool)>,
    fault: Option<Fault>,
}

struct SchoolRow {
    name: String,
    href: String,
    /// The key of what one is there.
    role: &'static str,
}

impl ListPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

/// The key of a role's word; whoever runs the server has none in a school.
fn role_key(role: Option<SchoolRole>) -> &'static str {
    role.map_or("operator", SchoolRole::as_str)
}

async fn list_page<'a>(
    app: &'a App,
    learner: &PageLearner,
    name: String,
    zone: &str,
    fault: Option<Fault>,
) -> Result<ListPage<'a>, Failure> {
    let schools = app.exam.schools(&learner.account).await?;
    let waiting = app.exam.invitations(&learner.account).await?;
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let known = ZONES.contains(&zone);
    Ok(ListPage {
        invitations: waiting
            .into_iter()
            .map(|named| InvitationRow::of(&c, named))
            .collect(),
        schools: schools
            .into_iter()
            .map(|(school, role)| SchoolRow {
                href: urls::school(&school.id),
                name: school.name,
                role: role_key(role),
            })
            .collect(),
        operator: learner.account.role == Role::Operator,
        guest: learner.account.is_guest(),
        name,
        zones: ZONES
            .iter()
            .enumerate()
            .map(|(n, one)| (*one, if known { *one == zone } else { n == 0 }))
            .collect(),
        fault,
        c,
    })
}

async fn list(State(app): State<App>, learner: PageLearner) -> Response {
    match list_page(&app, &learner, String::new(), "", None).await {
        Ok(page) => render(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
struct NewSchool {
    #[serde(default)]
    name: String,
    #[serde(default)]
    zone: String,
}

async fn make(
    State(app): State<App>,
    learner: PageLearner,
    CheckedForm(form): CheckedForm<NewSchool>,
) -> Response {
    let made = app
        .exam
        .make_school(&learner.account, &form.name, &form.zone);
    let fault = match made.await.map_err(Fault::of) {
        Ok(school) => return Redirect::to(&urls::school(&school.id)).into_response(),
        Err(Ok(fault)) => fault,
        Err(Err(failure)) => return failed(&app, Some(&learner.visitor), failure),
    };
    match list_page(&app, &learner, form.name, &form.zone, Some(fault)).await {
        Ok(page) => again(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// After a step: to a page, or what was wrong.
fn then(app: &App, learner: &PageLearner, done: Result<(), Failure>, to: &str) -> Response {
    match done {
        Ok(()) => Redirect::to(to).into_response(),
        Err(failure) => failed(app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
struct Nothing {}
