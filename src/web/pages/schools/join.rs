//! Joining a group: by typing its code, or by a link that holds it. Everybody with the code may see what it invites to;
//! whoever joins needs an account.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Chrome, Fault, Nothing, Room, again, failed, fault_of, render, too_many};
use crate::domain::school::Code;
use crate::service::{Failure, Invitation};
use crate::web::{
    App,
    access::{CheckedForm, ClientAddress, PageLearner, Visitor},
    rate::Action,
    urls,
};

#[derive(Template)]
#[template(path = "schools/code.html")]
struct CodePage<'a> {
    c: Chrome<'a>,
    code: String,
    fault: Option<Fault>,
}

impl CodePage<'_> {
    fn fault_of(&self, field: &str) -> Option<String> {
        fault_of(&self.c, self.fault.as_ref(), field)
    }
}

#[derive(Template)]
#[template(path = "schools/join.html")]
struct JoinPage<'a> {
    c: Chrome<'a>,
    school: String,
    group: String,
    until: String,
    here: String,
    /// Whether an account is needed first.
    needs_account: bool,
}

pub(super) async fn ask(State(app): State<App>, visitor: Visitor) -> Response {
    render(&CodePage {
        c: Chrome::new(&app, &visitor, Room::Schools),
        code: String::new(),
        fault: None,
    })
}

#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
}

/// Why a code opens nothing, as the fault of the field in which it was typed.
fn code_fault(failure: Failure) -> Result<Fault, Failure> {
    let key = match failure {
        Failure::NoSuchCode => "school-fault-code-unknown",
        Failure::Code(_) => "school-fault-code-over",
        other => return Err(other),
    };
    Ok(Fault {
        field: "code",
        key: key.to_owned(),
    })
}

pub(super) async fn find(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    visitor: Visitor,
    CheckedForm(CodeForm { code }): CheckedForm<CodeForm>,
) -> Response {
    if !app.rate.allows(Action::Code, address) {
        return too_many(&app, &visitor);
    }
    let found = app.exam.invitation(&code).await;
    match found.map_err(code_fault) {
        Ok(invitation) => Redirect::to(&urls::join(&invitation.code)).into_response(),
        Err(Ok(fault)) => again(&CodePage {
            c: Chrome::new(&app, &visitor, Room::Schools),
            code,
            fault: Some(fault),
        }),
        Err(Err(failure)) => failed(&app, Some(&visitor), failure),
    }
}

/// A link whose code opens nothing leads to the field for another code.
fn refused(app: &App, visitor: &Visitor, code: String, failure: Failure) -> Response {
    match code_fault(failure) {
        Ok(fault) => {
            let page = CodePage {
                c: Chrome::new(app, visitor, Room::Schools),
                code,
                fault: Some(fault),
            };
            (StatusCode::NOT_FOUND, render(&page)).into_response()
        }
        Err(failure) => failed(app, Some(visitor), failure),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Response {
    if !app.rate.allows(Action::Code, address) {
        return too_many(&app, &visitor);
    }
    let Invitation {
        school,
        group,
        expires_at,
        code,
    } = match app.exam.invitation(&code).await {
        Ok(invitation) => invitation,
        Err(failure) => return refused(&app, &visitor, code, failure),
    };
    let c = Chrome::new(&app, &visitor, Room::Schools);
    render(&JoinPage {
        until: c.moment_in(&expires_at, school.zone),
        school: school.name,
        group: group.name,
        here: urls::join(&code),
        needs_account: visitor
            .account
            .as_ref()
            .is_none_or(|account| account.is_guest()),
        c,
    })
}

pub(super) async fn join(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    learner: PageLearner,
    Path(code): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    if !app.rate.allows(Action::Code, address) {
        return too_many(&app, &learner.visitor);
    }
    match app.exam.join(&learner.account, &code).await {
        Ok(group) => Redirect::to(&urls::group(&group.id)).into_response(),
        Err(Failure::AccountNeeded) => {
            // The page says what to do, and keeps the way back.
            let here =
                Code::parse(&code).map_or_else(|| urls::JOIN.to_owned(), |code| urls::join(&code));
            Redirect::to(&here).into_response()
        }
        Err(failure) => refused(&app, &learner.visitor, code, failure),
    }
}
