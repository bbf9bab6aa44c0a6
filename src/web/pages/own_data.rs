//! One's own data: downloaded as one document, and erased.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::{Chrome, Room, errors::too_many, failed, render};
use crate::service::{Consent, Failure};
use crate::web::{
    App,
    access::{CheckedForm, ClientAddress, PageLearner, no_session},
    urls,
};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::OWN_DATA, get(download))
        .route(urls::ERASE, get(show).post(erase))
        .route(urls::OPERATOR_ERASE, post(erase_other).get(to_operator))
}

#[derive(Template)]
#[template(path = "erase.html")]
struct ErasePage<'a> {
    c: Chrome<'a>,
    guest: bool,
    /// The field and the key of what is wrong with it.
    fault: Option<(&'static str, &'static str)>,
}

impl ErasePage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        self.fault
            .filter(|(wrong, _)| *wrong == field)
            .map(|(_, key)| self.c.say(key))
    }
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage<'a> {
    c: Chrome<'a>,
}

async fn download(State(app): State<App>, learner: PageLearner) -> Response {
    match app.exam.own_data(&learner.account).await {
        Ok(document) => (
            [
                (header::CONTENT_TYPE, "application/json"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"synaq-my-data.json\"",
                ),
                (header::CACHE_CONTROL, "no-store"),
            ],
            format!("{document:#}"),
        )
            .into_response(),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

async fn show(State(app): State<App>, learner: PageLearner) -> Response {
    render(&ErasePage {
        c: Chrome::new(&app, &learner.visitor, Room::Other),
        guest: learner.account.is_guest(),
        fault: None,
    })
}

#[derive(Deserialize)]
struct EraseForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    sure: String,
}

async fn erase(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    learner: PageLearner,
    CheckedForm(form): CheckedForm<EraseForm>,
) -> Response {
    let who = &learner.account;
    // Whoever finds an open browser must not try passwords here that they could not try when signing in.
    let email = who.email.as_deref().unwrap_or(who.id.as_str());
    if !app.rate.allows_sign_in(address, email) {
        return too_many(&app, &learner.visitor);
    }
    let consent = match who.is_guest() {
        true => Consent::Guest(!form.sure.is_empty()),
        false => Consent::Password(form.password),
    };
    match app.exam.erase_self(who, consent).await {
        Ok(()) => {
            let mut nobody = learner.visitor.clone();
            nobody.account = None;
            let c = Chrome::new(&app, &nobody, Room::Other);
            let jar = CookieJar::new().add(no_session(&app));
            (jar, render(&ErasedPage { c })).into_response()
        }
        Err(Failure::Invalid { field, .. }) => {
            let page = ErasePage {
                c: Chrome::new(&app, &learner.visitor, Room::Other),
                guest: who.is_guest(),
                fault: Some(match field {
                    "sure" => ("sure", "erase-fault-sure"),
                    _ => ("password", "erase-fault-password"),
                }),
            };
            (StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response()
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

#[derive(Deserialize)]
struct OtherForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    sure: String,
}

async fn to_operator() -> Redirect {
    Redirect::to(urls::OPERATOR)
}

async fn erase_other(
    State(app): State<App>,
    learner: PageLearner,
    CheckedForm(form): CheckedForm<OtherForm>,
) -> Response {
    let who = &learner.account;
    let done = match form.sure.is_empty() {
        false => app.exam.erase_on_request(who, &form.email).await,
        // Whoever may not see the page is not told what is missing on it.
        true => app.exam.server(who).await.and(Err(Failure::Invalid {
            field: "sure",
            problem: "missing",
        })),
    };
    let key = match done {
        Ok(()) => {
            return Redirect::to(&format!("{}?erased=1#erase-title", urls::OPERATOR))
                .into_response();
        }
        Err(Failure::Invalid { field: "sure", .. }) => ("sure", "erase-fault-sure"),
        Err(Failure::Invalid {
            problem: "unknown", ..
        }) => ("email", "erase-fault-unknown"),
        Err(Failure::Invalid { .. }) => ("email", "school-fault-email-not-an-address"),
        Err(failure) => return failed(&app, Some(&learner.visitor), failure),
    };
    super::operator::again(&app, &learner, form.email, key).await
}
