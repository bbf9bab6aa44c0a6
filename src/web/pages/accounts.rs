//! Signing up, signing in, signing out, going on as a guest.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::{Chrome, Room, errors::too_many, failed, render};
use crate::service::{DEMONSTRATION_PASSWORD, Failure, InventedAccount, NewAccount};
use crate::web::{
    App,
    access::{CheckedForm, ClientAddress, Visitor, no_session, session_cookie},
    rate::Action,
    urls,
};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(urls::SIGN_IN, get(sign_in_page).post(sign_in))
        .route(urls::SIGN_UP, get(sign_up_page).post(sign_up))
        .route(urls::SIGN_OUT, post(sign_out))
        .route(urls::GUEST, post(guest))
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

/// Only a path of ours: `//elsewhere` and `https://elsewhere` would lead away. So would a tab between two slashes:
/// browsers take tabs and line ends out of an address, and read a backslash as a slash.
fn own_path(next: Option<&str>) -> &str {
    next.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains(|c: char| c == '\\' || c.is_control())
    })
    .unwrap_or(urls::START)
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    c: Chrome<'a>,
    email: String,
    next: String,
    /// Whether the address or the password was wrong.
    wrong: bool,
    /// The accounts of a demonstration.
    demo: Option<DemoAccounts>,
}

/// The accounts of a demonstration, which anybody may sign in to.
struct DemoAccounts {
    password: &'static str,
    /// Those who teach, and the first learner.
    first: Vec<InventedAccount>,
    /// Every learner.
    learners: Vec<InventedAccount>,
}

/// The accounts of a demonstration; none where people are real.
async fn demo_accounts(app: &App) -> Result<Option<DemoAccounts>, Failure> {
    let all = app.exam.invented_accounts().await?;
    let (learners, mut first): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|account| account.role == "learner");
    first.extend(learners.first().cloned());
    Ok((!learners.is_empty()).then_some(DemoAccounts {
        password: DEMONSTRATION_PASSWORD,
        first,
        learners,
    }))
}

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage<'a> {
    c: Chrome<'a>,
    name: String,
    email: String,
    /// Where to go then.
    next: String,
    /// Whether a guest's attempts move into the account.
    guest: bool,
    /// The field and what is wrong with it, as a key of the locales.
    fault: Option<(&'static str, String)>,
}

impl SignUpPage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        self.fault
            .as_ref()
            .filter(|(wrong, _)| *wrong == field)
            .map(|(_, key)| self.c.say(key))
    }
}

async fn sign_in_page(
    State(app): State<App>,
    visitor: Visitor,
    Query(Next { next }): Query<Next>,
) -> Response {
    let demo = match demo_accounts(&app).await {
        Ok(demo) => demo,
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    render(&SignInPage {
        c: Chrome::new(&app, &visitor, Room::Other),
        email: String::new(),
        next: own_path(next.as_deref()).to_owned(),
        wrong: false,
        demo,
    })
}

#[derive(Deserialize)]
struct SignIn {
    email: String,
    password: String,
    next: Option<String>,
}

async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    visitor: Visitor,
    CheckedForm(form): CheckedForm<SignIn>,
) -> Response {
    if !app.rate.allows_sign_in(address, &form.email) {
        return too_many(&app, &visitor);
    }
    let next = own_path(form.next.as_deref());
    match app.exam.sign_in(&form.email, &form.password).await {
        Ok(signed_in) => {
            let jar = CookieJar::new().add(session_cookie(&app, &signed_in));
            (jar, Redirect::to(next)).into_response()
        }
        Err(Failure::WrongCredentials) => {
            let demo = match demo_accounts(&app).await {
                Ok(demo) => demo,
                Err(failure) => return failed(&app, Some(&visitor), failure),
            };
            let page = SignInPage {
                c: Chrome::new(&app, &visitor, Room::Other),
                email: form.email,
                next: next.to_owned(),
                wrong: true,
                demo,
            };
            (StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response()
        }
        Err(failure) => failed(&app, Some(&visitor), failure),
    }
}

fn is_guest(visitor: &Visitor) -> bool {
    visitor
        .account
        .as_ref()
        .is_some_and(|account| account.is_guest())
}

async fn sign_up_page(
    State(app): State<App>,
    visitor: Visitor,
    Query(Next { next }): Query<Next>,
) -> Response {
    render(&SignUpPage {
        next: after_sign_up(next.as_deref()).to_owned(),
        c: Chrome::new(&app, &visitor, Room::Other),
        name: String::new(),
        email: String::new(),
        guest: is_guest(&visitor),
        fault: None,
    })
}

#[derive(Deserialize)]
struct SignUp {
    name: String,
    email: String,
    password: String,
    next: Option<String>,
}

/// Where somebody goes who has just made an account: where they wanted to go, else to their history.
fn after_sign_up(next: Option<&str>) -> &str {
    match own_path(next) {
        urls::START => urls::HISTORY,
        path => path,
    }
}

async fn sign_up(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    visitor: Visitor,
    CheckedForm(form): CheckedForm<SignUp>,
) -> Response {
    if !app.rate.allows(Action::SignUp, address) {
        return too_many(&app, &visitor);
    }
    let next = after_sign_up(form.next.as_deref());
    let new = NewAccount {
        name: form.name.clone(),
        email: form.email.clone(),
        password: form.password,
    };
    let fault = match app.exam.sign_up(new, visitor.account.as_ref()).await {
        Ok(signed_in) => {
            let jar = CookieJar::new().add(session_cookie(&app, &signed_in));
            return (jar, Redirect::to(next)).into_response();
        }
        Err(Failure::Invalid { field, problem }) => (field, format!("fault-{field}-{problem}")),
        Err(Failure::AccountRefused) => ("email", "fault-email-refused".to_owned()),
        Err(failure) => return failed(&app, Some(&visitor), failure),
    };
    let page = SignUpPage {
        c: Chrome::new(&app, &visitor, Room::Other),
        next: next.to_owned(),
        name: form.name,
        email: form.email,
        guest: is_guest(&visitor),
        fault: Some(fault),
    };
    (StatusCode::UNPROCESSABLE_ENTITY, render(&page)).into_response()
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(
    State(app): State<App>,
    visitor: Visitor,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    if let Some(token) = &visitor.token
        && let Err(failure) = app.exam.sign_out(token).await
    {
        return failed(&app, Some(&visitor), failure);
    }
    let jar = CookieJar::new().add(no_session(&app));
    (jar, Redirect::to(urls::START)).into_response()
}

async fn guest(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    visitor: Visitor,
    CheckedForm(form): CheckedForm<Next>,
) -> Response {
    let next = own_path(form.next.as_deref()).to_owned();
    match as_somebody(&app, &visitor, address).await {
        Ok((_, jar)) => (jar, Redirect::to(&next)).into_response(),
        Err(refused) => refused,
    }
}

/// The visitor's learner; a visitor without a session becomes a guest, and the jar holds their cookie.
pub(super) async fn as_somebody(
    app: &App,
    visitor: &Visitor,
    address: std::net::IpAddr,
) -> Result<(crate::service::Account, CookieJar), Response> {
    if let Some(account) = &visitor.account {
        return Ok((account.clone(), CookieJar::new()));
    }
    if !app.rate.allows(Action::Guest, address) {
        return Err(too_many(app, visitor));
    }
    let signed_in = app
        .exam
        .guest()
        .await
        .map_err(|failure| failed(app, Some(visitor), failure))?;
    let jar = CookieJar::new().add(session_cookie(app, &signed_in));
    Ok((signed_in.account, jar))
}
