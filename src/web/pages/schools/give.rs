//! Giving a group a mock exam or a practice set, after a look at what a learner would get.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Chrome, Fault, Room, again,
    audience::Audience,
    failed, fault_of,
    form::{Choice, Fields},
    pick,
    preview::{PreviewView, preview_view},
    render,
};
use crate::domain::{access::Act, id::GroupId};
use crate::service::{Failure, GroupView, NewAssignment, Preview};
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    urls,
};

#[derive(Template)]
#[template(path = "schools/give.html")]
struct GivePage<'a> {
    c: Chrome<'a>,
    group: GroupId,
    group_name: String,
    kind: &'static str,
    fields: Fields,
    preview: Option<PreviewView>,
    audience: Audience,
    fault: Option<Fault>,
}

impl GivePage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    view: &GroupView,
    choice: Choice,
    fault: Option<Fault>,
) -> GivePage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    GivePage {
        audience: Audience::of(&c, &view.learners, &choice.audience, fault.as_ref()),
        group: view.group.id.clone(),
        group_name: view.group.name.clone(),
        kind: match choice.is_practice() {
            true => "practice",
            false => "mock",
        },
        fields: Fields::new(app, &c, view.school.zone, choice),
        preview: None,
        fault,
        c,
    }
}

/// The group, for somebody who may give it something.
pub(super) async fn group(
    app: &App,
    learner: &PageLearner,
    id: &str,
) -> Result<GroupView, Failure> {
    let view = app.exam.group(&learner.account, &GroupId::new(id)).await?;
    match view.may(Act::GiveAssignment) {
        true => Ok(view),
        false => Err(Failure::NotAllowed),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Query(choice): Query<Choice>,
) -> Response {
    match group(&app, &learner, &choice.group).await {
        Ok(view) => render(&page(&app, &learner, &view, choice, None)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// What the form means.
fn read(app: &App, choice: &Choice) -> Result<NewAssignment, Fault> {
    Ok(NewAssignment {
        title: choice.title.clone(),
        work: choice.work(&app.exam.content().bank)?,
        opens: choice.opens()?,
        due: choice.due()?,
        attempts: choice.attempts(),
        learners: choice.audience.learners(),
    })
}

/// What a learner would get of what the form says; a fault where it says nothing that can be made.
pub(super) async fn look(
    app: &App,
    learner: &PageLearner,
    group: &GroupId,
    choice: &Choice,
) -> Result<Result<Preview, Fault>, Failure> {
    let work = match choice.work(&app.exam.content().bank) {
        Ok(work) => work,
        Err(fault) => return Ok(Err(fault)),
    };
    let preview = app.exam.preview(&learner.account, group, &work).await;
    match preview.map_err(|failure| choice.fault_in(failure)) {
        Ok(preview) => Ok(Ok(preview)),
        Err(Ok(fault)) => Ok(Err(fault)),
        Err(Err(failure)) => Err(failure),
    }
}

pub(super) async fn give(
    State(app): State<App>,
    learner: PageLearner,
    CheckedForm(choice): CheckedForm<Choice>,
) -> Response {
    let view = match group(&app, &learner, &choice.group).await {
        Ok(view) => view,
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    match choice.act.as_str() {
        "pick" => return Redirect::to(&pick::address(&choice)).into_response(),
        "preview" => {
            let seen = look(&app, &learner, &view.group.id, &choice).await;
            return match seen {
                Ok(Ok(preview)) => {
                    let mut page = page(&app, &learner, &view, choice, None);
                    page.preview = Some(preview_view(&page.c, &preview));
                    render(&page)
                }
                Ok(Err(fault)) => again(&page(&app, &learner, &view, choice, Some(fault))),
                Err(failure) => failed(&app, Some(&learner.visitor), failure),
            };
        }
        _ => {}
    }
    let given = match read(&app, &choice) {
        Ok(new) => app.exam.give(&learner.account, &view.group.id, new).await,
        Err(fault) => return again(&page(&app, &learner, &view, choice, Some(fault))),
    };
    match given.map_err(|failure| choice.fault_in(failure)) {
        Ok(given) => Redirect::to(&urls::assignment(&given.id)).into_response(),
        Err(Ok(fault)) => again(&page(&app, &learner, &view, choice, Some(fault))),
        Err(Err(failure)) => failed(&app, Some(&learner.visitor), failure),
    }
}
