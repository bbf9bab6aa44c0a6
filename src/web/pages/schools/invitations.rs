//! Invitations: those that wait for somebody, on the page of their schools, and those that a school takes back.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Chrome, Fault, ListPage, Nothing, again, failed, fault_of, list_page, then, too_many};
use crate::domain::{id::InvitationId, invitation::Invitation};
use crate::service::{Failure, InvitedTutor, NamedInvitation};
use crate::web::{
    App,
    access::{CheckedForm, ClientAddress, PageLearner},
    rate::Action,
    urls,
};

/// An invitation as whoever is invited sees it.
pub(super) struct InvitationRow {
    pub(super) id: InvitationId,
    pub(super) school: String,
    /// None for a tutor's.
    pub(super) group: Option<String>,
    pub(super) by: String,
    pub(super) until: String,
    /// Where its code is typed; none for one that needs no code.
    pub(super) code: Option<CodeField>,
}

/// The field for an invitation's code. Several may wait on one page, so each field has an id of its own.
pub(super) struct CodeField {
    pub(super) id: String,
    pub(super) typed: String,
    /// What is wrong with it, in words.
    pub(super) fault: Option<String>,
}

impl InvitationRow {
    pub(super) fn of(c: &Chrome<'_>, named: NamedInvitation) -> Self {
        Self {
            until: c.moment_in(&named.invitation.expires_at, named.zone),
            code: named.invitation.to_teach().then(|| CodeField {
                id: format!("code-{}", named.invitation.id),
                typed: String::new(),
                fault: None,
            }),
            id: named.invitation.id,
            school: named.school_name,
            group: named.group_name,
            by: named.by,
        }
    }
}

/// An invitation as those who made it see it.
pub(super) struct InvitedRow {
    pub(super) id: InvitationId,
    /// The name, where the roster had one, and the address.
    pub(super) name: String,
    pub(super) email: String,
    pub(super) until: String,
    /// What they type to accept it; none for one that needs no code.
    pub(super) code: Option<String>,
}

impl InvitedRow {
    pub(super) fn of(c: &Chrome<'_>, invited: &Invitation, zone: chrono_tz::Tz) -> Self {
        Self {
            id: invited.id.clone(),
            name: invited.name.clone(),
            email: invited.email.clone(),
            until: c.moment_in(&invited.expires_at, zone),
            code: None,
        }
    }

    pub(super) fn of_tutor(c: &Chrome<'_>, invited: &InvitedTutor, zone: chrono_tz::Tz) -> Self {
        Self {
            code: Some(invited.code.to_string()),
            ..Self::of(c, &invited.invitation, zone)
        }
    }
}

pub(super) async fn to_schools() -> Redirect {
    Redirect::to(urls::SCHOOLS)
}

/// The page of the group or the school that somebody is invited to.
fn place_of(invitation: &Invitation) -> String {
    match &invitation.group {
        Some(group) => urls::group(group),
        None => urls::school(&invitation.school),
    }
}

#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
}

pub(super) async fn accept(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(CodeForm { code }): CheckedForm<CodeForm>,
) -> Response {
    // Without a code nothing is guessed, and a class that accepts behind one address stays unlimited.
    if !code.is_empty() && !app.rate.allows(Action::Code, address) {
        return too_many(&app, &learner.visitor);
    }
    let id = InvitationId::new(id);
    let accepted = app.exam.accept_invitation(&learner.account, &id, &code);
    let fault = match accepted.await.map_err(Fault::of) {
        Ok(invitation) => return Redirect::to(&place_of(&invitation)).into_response(),
        Err(Ok(fault)) => fault,
        Err(Err(failure)) => return failed(&app, Some(&learner.visitor), failure),
    };
    match page_with(&app, &learner, &id, code, fault).await {
        Ok(page) => again(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}

/// The page of their schools with what was typed for one of the invitations, and what is wrong with it.
async fn page_with<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: &InvitationId,
    typed: String,
    fault: Fault,
) -> Result<ListPage<'a>, Failure> {
    let mut page = list_page(app, learner, String::new(), "", None).await?;
    let words = fault_of(&page.c, Some(&fault), fault.field);
    let mut rows = page.invitations.iter_mut();
    if let Some(row) = rows.find(|row| row.id == *id) {
        row.code = Some(CodeField {
            // The summary of what is wrong leads to the field by its name.
            id: fault.field.to_owned(),
            typed,
            fault: words,
        });
    }
    page.fault = Some(fault);
    Ok(page)
}

pub(super) async fn decline(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let id = InvitationId::new(id);
    let done = app.exam.decline_invitation(&learner.account, &id).await;
    then(&app, &learner, done, urls::SCHOOLS)
}

pub(super) async fn revoke(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let id = InvitationId::new(id);
    match app.exam.revoke_invitation(&learner.account, &id).await {
        Ok(invitation) => {
            Redirect::to(&format!("{}#invited", place_of(&invitation))).into_response()
        }
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
