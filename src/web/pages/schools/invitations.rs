//! Invitations: those that wait for somebody, on the page of their schools, and those that a school takes back.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{Chrome, Nothing, failed, then};
use crate::domain::{id::InvitationId, invitation::Invitation};
use crate::service::NamedInvitation;
use crate::web::{
    App,
    access::{CheckedForm, PageLearner},
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
}

impl InvitationRow {
    pub(super) fn of(c: &Chrome<'_>, named: NamedInvitation) -> Self {
        Self {
            until: c.moment_in(&named.invitation.expires_at, named.zone),
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
}

impl InvitedRow {
    pub(super) fn of(c: &Chrome<'_>, invited: &Invitation, zone: chrono_tz::Tz) -> Self {
        Self {
            id: invited.id.clone(),
            name: invited.name.clone(),
            email: invited.email.clone(),
            until: c.moment_in(&invited.expires_at, zone),
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

pub(super) async fn accept(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    CheckedForm(Nothing {}): CheckedForm<Nothing>,
) -> Response {
    let id = InvitationId::new(id);
    match app.exam.accept_invitation(&learner.account, &id).await {
        Ok(invitation) => Redirect::to(&place_of(&invitation)).into_response(),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
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
