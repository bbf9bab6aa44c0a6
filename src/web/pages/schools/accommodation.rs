//! Other conditions for a learner: what is granted, granting it, taking it back.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Chrome, Fault, Nothing, Room, again, failed, fault_of, render, then};
use crate::domain::{
    accommodation::Accommodation,
    id::{LearnerId, SchoolId},
};
use crate::service::AccommodationView;
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
    pages::conditions::conditions,
    urls,
};

#[derive(Template)]
#[template(path = "schools/accommodation.html")]
struct AccommodationPage<'a> {
    c: Chrome<'a>,
    school: SchoolId,
    school_name: String,
    learner: LearnerId,
    name: String,
    granted: Option<Granted>,
    form: Form,
    fault: Option<Fault>,
}

/// What is granted now.
struct Granted {
    what: Vec<String>,
    by: String,
    at: String,
    reason: Option<String>,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    extra_percent: String,
    extra_minutes: String,
    extra_plays: String,
    break_minutes: String,
    larger_text: String,
    reason: String,
}

impl AccommodationPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

impl Form {
    fn of(view: &AccommodationView) -> Self {
        let terms = view.terms();
        let number = |n: u32| n.to_string();
        Self {
            extra_percent: number(terms.extra_percent),
            extra_minutes: number(terms.extra_minutes),
            extra_plays: number(terms.extra_plays),
            break_minutes: number(terms.break_minutes),
            larger_text: if terms.larger_text { "yes" } else { "" }.to_owned(),
            reason: view
                .granted
                .as_ref()
                .and_then(|grant| grant.reason.clone())
                .unwrap_or_default(),
        }
    }

    fn read(&self) -> Accommodation {
        // A number that is none is as wrong as one that is too large; an empty field changes nothing.
        let number = |text: &str| match text.trim() {
            "" => 0,
            text => text.parse().unwrap_or(u32::MAX),
        };
        Accommodation {
            extra_percent: number(&self.extra_percent),
            extra_minutes: number(&self.extra_minutes),
            extra_plays: number(&self.extra_plays),
            break_minutes: number(&self.break_minutes),
            larger_text: !self.larger_text.is_empty(),
        }
    }
}

fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    view: AccommodationView,
    form: Form,
    fault: Option<Fault>,
) -> AccommodationPage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    AccommodationPage {
        granted: view.granted.map(|grant| Granted {
            what: conditions(&c, grant.terms),
            by: grant.by,
            at: c.moment_in(&grant.at, view.school.zone),
            reason: grant.reason,
        }),
        school: view.school.id,
        school_name: view.school.name,
        learner: view.learner,
        name: view.name,
        form,
        fault,
        c,
    }
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path((school, of)): Path<(String, String)>,
) -> Response {
    let (school, of) = (SchoolId::new(school), LearnerId::new(of));
    match app.exam.accommodation(&learner.account, &school, &of).await {
        Ok(view) => {
            let form = Form::of(&view);
            render(&page(&app, &learner, view, form, None))
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

pub(super) async fn grant(
    State(app): State<App>,
    learner: PageLearner,
    Path((school, of)): Path<(String, String)>,
    CheckedForm(form): CheckedForm<Form>,
) -> Response {
    let (school, of) = (SchoolId::new(school), LearnerId::new(of));
    let who = &learner.account;
    let granted = app
        .exam
        .accommodate(who, &school, &of, form.read(), &form.reason);
    let fault = match granted.await.map_err(Fault::of) {
        Ok(_) => return Redirect::to(&urls::accommodation(&school, &of)).into_response(),
        Err(Ok(fault)) => fault,
        Err(Err(failure)) => return failed(&app, Some(&learner.visitor), failure),
    };
    match app.exam.accommodation(who, &school, &of).await {
        Ok(view) => again(&page(&app, &learner, view, form, Some(fault))),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

pub(super) async fn withdraw(
    State(app): State<App>,
    learner: PageLearner,
    Path((school, of)): Path<(String, String)>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let (school, of) = (SchoolId::new(school), LearnerId::new(of));
    let nothing = Accommodation::default();
    let done = app
        .exam
        .accommodate(&learner.account, &school, &of, nothing, "")
        .await;
    let to = urls::accommodation(&school, &of);
    then(&app, &learner, done.map(drop), &to)
}
