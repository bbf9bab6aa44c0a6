//! The settings of an assignment: changing it, extending it for everybody or for one learner, showing the answers,
//! withdrawing it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Chrome, Fault, Room, again, failed, fault_of,
    form::{Choice, Fields, fault},
    give, pick,
    preview::{PreviewView, preview_view},
    render,
    tabs::{Tab, TabLink, tabs},
};
use crate::domain::{
    assignment::{Assignment, Window, last_day},
    id::{AssignmentId, GroupId, LearnerId},
};
use crate::service::{AssignmentChange, Failure, SettingsView};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::practice::Offer,
    urls,
};

#[derive(Template)]
#[template(path = "schools/edit.html")]
struct EditPage<'a> {
    c: Chrome<'a>,
    id: AssignmentId,
    title: String,
    group: GroupId,
    group_name: String,
    kind: &'static str,
    tabs: Vec<TabLink>,
    fields: Fields,
    preview: Option<PreviewView>,
    fault: Option<Fault>,
    learners: Vec<Offer>,
    grant: Grant,
    exceptions: Vec<ExceptionRow>,
    may_withdraw: bool,
    may_release: bool,
    /// Whether the last form was taken.
    saved: bool,
}

impl EditPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

/// What a learner was granted.
struct ExceptionRow {
    learner: String,
    name: String,
    until: Option<String>,
    extra: u32,
}

/// What is to be granted, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Grant {
    learner: String,
    until: String,
    extra: String,
}

fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    view: SettingsView,
    choice: Option<Choice>,
    grant: Grant,
    fault: Option<Fault>,
) -> EditPage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let (given, zone) = (&view.assignment, view.school.zone);
    let choice = choice.unwrap_or_else(|| Choice::of(given, zone));
    let choice = Choice {
        group: view.group.id.to_string(),
        assignment: given.id.to_string(),
        kind: given.work.kind().to_owned(),
        ..choice
    };
    let now = app.exam.clock().now();
    let mut fields = Fields::new(app, &c, zone, choice);
    fields.work_open = !view.started;
    fields.opens_open = given.opens_at > now;
    EditPage {
        id: given.id.clone(),
        title: given.title.clone(),
        kind: given.work.kind(),
        tabs: tabs(&c, &given.id, Tab::Settings),
        fields,
        preview: None,
        fault,
        learners: view
            .learners
            .iter()
            .map(|member| Offer {
                chosen: member.learner.as_str() == grant.learner,
                value: member.learner.to_string(),
                label: member.name.clone(),
                hint: String::new(),
            })
            .collect(),
        grant,
        exceptions: view
            .exceptions
            .iter()
            .map(|granted| ExceptionRow {
                learner: granted.learner.to_string(),
                name: granted.name.clone(),
                until: granted
                    .exception
                    .due_at
                    .map(|due| c.day(&last_day(due.max(given.due_at), zone))),
                extra: granted.exception.extra_attempts,
            })
            .collect(),
        may_withdraw: given.window(now) != Window::Withdrawn,
        may_release: may_release(given, now),
        saved: false,
        group: view.group.id,
        group_name: view.group.name,
        c,
    }
}

/// Whether a release would show something that is kept back.
fn may_release(given: &Assignment, now: crate::domain::Timestamp) -> bool {
    use crate::domain::assignment::ResultsPolicy;
    given.released_at.is_none()
        && (!given.shows_keys(now) || given.work.results() != ResultsPolicy::AtOnce)
}

async fn settings(
    app: &App,
    learner: &PageLearner,
    id: &AssignmentId,
) -> Result<SettingsView, Failure> {
    app.exam.assignment_settings(&learner.account, id).await
}

/// What the page is asked with: nothing, or a choice that comes back from the list of testlets.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Whether something was just saved.
    saved: String,
    #[serde(flatten)]
    choice: Choice,
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match settings(&app, &learner, &AssignmentId::new(id)).await {
        Ok(view) => {
            let back = !asked.choice.kind.is_empty();
            let choice = back.then_some(asked.choice);
            let mut page = page(&app, &learner, view, choice, Grant::default(), None);
            page.saved = !asked.saved.is_empty();
            render(&page)
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// What the form means, of an assignment as it is.
fn read(app: &App, choice: &Choice, view: &SettingsView) -> Result<AssignmentChange, Fault> {
    let (feedback, results) = choice.policies()?;
    let opened = view.assignment.opens_at <= app.exam.clock().now();
    Ok(AssignmentChange {
        title: Some(choice.title.clone()),
        opens: match opened {
            true => None,
            false => choice.opens()?,
        },
        due: Some(choice.due()?),
        attempts: Some(choice.attempts()),
        feedback: Some(feedback),
        results: Some(results),
        // A form that shows nothing of the work says nothing of it.
        work: match choice.rule.is_empty() && choice.section.is_empty() {
            true => None,
            false => Some(choice.work(&app.exam.content().bank)?),
        },
    })
}

pub(super) async fn change(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(choice): CheckedForm<Choice>,
) -> Response {
    let id = AssignmentId::new(id);
    let view = match settings(&app, &learner, &id).await {
        Ok(view) => view,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    let choice = Choice {
        group: view.group.id.to_string(),
        assignment: id.to_string(),
        kind: view.assignment.work.kind().to_owned(),
        ..choice
    };
    let shown_again = |view, choice, fault| {
        again(&page(
            &app,
            &learner,
            view,
            Some(choice),
            Grant::default(),
            Some(fault),
        ))
    };
    match choice.act.as_str() {
        "pick" => return Redirect::to(&pick::address(&choice)).into_response(),
        "preview" => {
            return match give::look(&app, &learner, &view.group.id, &choice).await {
                Ok(Ok(preview)) => {
                    let mut page = page(&app, &learner, view, Some(choice), Grant::default(), None);
                    page.preview = Some(preview_view(&page.c, &preview));
                    render(&page)
                }
                Ok(Err(fault)) => shown_again(view, choice, fault),
                Err(failure) => failed(&app, Some(&learner.visitor), failure),
            };
        }
        _ => {}
    }
    let changed = match read(&app, &choice, &view) {
        Ok(change) => {
            app.exam
                .change_assignment(&learner.account, &id, change)
                .await
        }
        Err(fault) => return shown_again(view, choice, fault),
    };
    match changed.map_err(|failure| choice.fault_in(failure)) {
        Ok(_) => Redirect::to(&format!("{}?saved=1", urls::assignment_edit(&id))).into_response(),
        // Somebody may have started meanwhile: the page shows what is true now.
        Err(Ok(fault)) => match settings(&app, &learner, &id).await {
            Ok(view) => shown_again(view, choice, fault),
            Err(failure) => failed(&app, Some(&learner.visitor), failure),
        },
        Err(Err(failure)) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// Grants one learner more, or with nothing in the fields takes it back.
async fn grant_one(
    app: &App,
    learner: &PageLearner,
    id: &AssignmentId,
    grant: &Grant,
) -> Result<Result<(), Fault>, Failure> {
    if grant.learner.is_empty() {
        return Ok(Err(fault("learner", "missing")));
    }
    let until = match grant.until.trim() {
        "" => None,
        text => match text.parse() {
            Ok(day) => Some(day),
            Err(_) => return Ok(Err(fault("until", "no-date"))),
        },
    };
    let extra = match grant.extra.trim() {
        "" => 0,
        text => match text.parse() {
            Ok(extra) => extra,
            Err(_) => return Ok(Err(fault("extra", "out-of-range"))),
        },
    };
    let to = LearnerId::new(grant.learner.as_str());
    let granted = app
        .exam
        .grant_exception(&learner.account, id, &to, until, extra)
        .await;
    match granted.map_err(Fault::of) {
        Ok(_) => Ok(Ok(())),
        Err(Ok(fault)) => Ok(Err(fault)),
        Err(Err(failure)) => Err(failure),
    }
}

pub(super) async fn grant(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(grant): CheckedForm<Grant>,
) -> Response {
    let id = AssignmentId::new(id);
    let view = match settings(&app, &learner, &id).await {
        Ok(view) => view,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    match grant_one(&app, &learner, &id, &grant).await {
        Ok(Ok(())) => {
            let to = format!("{}?saved=1#exceptions", urls::assignment_edit(&id));
            Redirect::to(&to).into_response()
        }
        Ok(Err(fault)) => again(&page(&app, &learner, view, None, grant, Some(fault))),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
