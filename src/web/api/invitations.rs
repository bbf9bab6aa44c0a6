//! Invitations, rosters, and what people are in a school.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{schools::NameRequest, shapes::rfc3339};
use crate::domain::{
    id::{GroupId, InvitationId, LearnerId, SchoolId},
    invitation::Invitation,
    roster::Row,
    school::SchoolRole,
};
use crate::service::{Failure, InvitedTutor, NamedInvitation, RosterPlan};
use crate::web::api::refusals::{Body, Change, NotFound, Read};
use crate::web::{
    App,
    access::{ClientAddress, Learner},
    problem::{ApiJson, Problem},
    rate::Action,
};

/// The most bytes of a roster's body: a thousand rows of the longest names and addresses.
pub const ROSTER_BYTES: usize = 1024 * 1024;

/// An invitation as those who made it see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedShape {
    id: String,
    /// What the roster calls them; may be empty.
    name: String,
    email: String,
    /// `tutor` or `learner`.
    role: &'static str,
    /// What a tutor types to accept it, as it is read out: `ABCD-EFGH-JKMN`. Pass it on to them and to nobody else: nobody
    /// proves that an address is theirs. Null for a learner, who needs none.
    code: Option<String>,
    made_at: String,
    expires_at: String,
}

/// An invitation as whoever is invited sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyInvitation {
    id: String,
    school: String,
    school_name: String,
    /// Null for a tutor.
    group: Option<String>,
    group_name: Option<String>,
    /// `tutor` or `learner`.
    role: &'static str,
    /// Who invites, by name.
    by: String,
    expires_at: String,
}

/// How an invitation is accepted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptRequest {
    /// The code of an invitation to teach, which whoever invited has; in either case, with or without hyphens and spaces.
    /// To learn none is needed.
    code: Option<String>,
}

/// Where one is after accepting.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    school: String,
    /// Null for a tutor.
    group: Option<String>,
}

/// What somebody is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleRequest {
    /// `owner` or `tutor`.
    role: String,
}

/// A list of learners to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterRequest {
    /// 1 to 1,000.
    rows: Vec<RosterRow>,
    /// Whether to import it, or only to say what would happen.
    #[serde(default)]
    confirm: bool,
}

/// A row of a roster.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterRow {
    /// At most 100 characters; may be left out.
    #[serde(default)]
    name: String,
    email: String,
}

/// What a roster would do, or did.
#[derive(Debug, Serialize, ToSchema)]
pub struct RosterShape {
    rows: Vec<RosterRowShape>,
    /// How many invitations it makes.
    new: usize,
    /// How many rows are wrong. While there are any, nothing is imported.
    faults: usize,
    /// Whether it was imported.
    imported: bool,
}

/// What happens to a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RosterRowShape {
    /// Its place in the list, from 1.
    line: u64,
    name: String,
    email: String,
    /// `invite`, `in-group`, `invited`, `teaches` or `twice`; null where the row is wrong.
    fate: Option<&'static str>,
    /// `no-address`, `not-an-address`, `name-too-long` or `name-control`; null where it is right.
    fault: Option<&'static str>,
}

impl From<&Invitation> for InvitedShape {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            name: invitation.name.clone(),
            email: invitation.email.clone(),
            role: invitation.role.as_str(),
            code: None,
            made_at: rfc3339(invitation.made_at),
            expires_at: rfc3339(invitation.expires_at),
        }
    }
}

impl From<&InvitedTutor> for InvitedShape {
    fn from(invited: &InvitedTutor) -> Self {
        Self {
            code: Some(invited.code.to_string()),
            ..Self::from(&invited.invitation)
        }
    }
}

impl From<NamedInvitation> for MyInvitation {
    fn from(named: NamedInvitation) -> Self {
        let invitation = named.invitation;
        Self {
            id: invitation.id.to_string(),
            school: invitation.school.to_string(),
            school_name: named.school_name,
            group: invitation.group.map(|group| group.to_string()),
            group_name: named.group_name,
            role: invitation.role.as_str(),
            by: named.by,
            expires_at: rfc3339(invitation.expires_at),
        }
    }
}

impl From<RosterPlan> for RosterShape {
    fn from(plan: RosterPlan) -> Self {
        Self {
            new: plan.new_ones(),
            faults: plan.faults(),
            imported: plan.imported,
            rows: plan
                .rows
                .into_iter()
                .map(|(row, fate)| RosterRowShape {
                    line: row.line,
                    name: row.name,
                    email: row.email,
                    fate: fate.ok().map(|fate| fate.as_str()),
                    fault: fate.err().map(|fault| fault.as_str()),
                })
                .collect(),
        }
    }
}

/// The invitations that wait for you: made to the address of your account.
#[utoipa::path(get, path = "/invitations", tag = "schools", responses(
    (status = 200, body = Vec<MyInvitation>),
    Read,
))]
pub async fn mine(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Vec<MyInvitation>>, Problem> {
    let waiting = app.exam.invitations(&learner).await?;
    Ok(Json(waiting.into_iter().map(MyInvitation::from).collect()))
}

/// Accepts an invitation. One to teach needs its code.
#[utoipa::path(
    post, path = "/invitations/{id}/accept", tag = "schools", params(("id" = String, Path)),
    request_body(content = Option<AcceptRequest>, content_type = "application/json"),
    responses(
        (status = 200, body = Accepted),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        Change, NotFound, Body,
    )
)]
pub async fn accept(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Learner(learner): Learner,
    Path(id): Path<String>,
    request: Option<ApiJson<Option<AcceptRequest>>>,
) -> Result<Json<Accepted>, Problem> {
    let code = request
        .and_then(|ApiJson(request)| request?.code)
        .unwrap_or_default();
    // Without a code nothing is guessed, and a class that accepts behind one address stays unlimited.
    if !code.is_empty() && !app.rate.allows(Action::Code, address) {
        return Err(Problem::too_many());
    }
    let id = InvitationId::new(id);
    let invitation = app.exam.accept_invitation(&learner, &id, &code).await?;
    Ok(Json(Accepted {
        school: invitation.school.to_string(),
        group: invitation.group.map(|group| group.to_string()),
    }))
}

/// Declines an invitation. The school learns that it was declined.
#[utoipa::path(post, path = "/invitations/{id}/decline", tag = "schools", params(("id" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn decline(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = InvitationId::new(id);
    app.exam.decline_invitation(&learner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an invitation of your school back. Again is harmless.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "schools", params(("id" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn revoke(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = InvitationId::new(id);
    app.exam.revoke_invitation(&learner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what a roster would do to a group, or does it: everybody whom the group does not know is invited, all of them or
/// nobody. The same again invites nobody.
#[utoipa::path(post, path = "/groups/{id}/roster", tag = "schools", params(("id" = String, Path)), request_body = RosterRequest, responses(
    (status = 200, body = RosterShape),
    Change, NotFound, Body,
))]
pub async fn roster(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<RosterRequest>,
) -> Result<Json<RosterShape>, Problem> {
    let rows = request.rows.iter().zip(1..);
    let rows = rows.map(|(row, line)| Row::new(line, &row.name, &row.email));
    let plan = app
        .exam
        .roster(&learner, &GroupId::new(id), rows.collect(), request.confirm)
        .await?;
    Ok(Json(plan.into()))
}

/// Gives a group another name.
#[utoipa::path(put, path = "/groups/{id}", tag = "schools", params(("id" = String, Path)), request_body = NameRequest, responses(
    (status = 204),
    Change, NotFound, Body,
))]
pub async fn rename_group(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<NameRequest>,
) -> Result<StatusCode, Problem> {
    let id = GroupId::new(id);
    let done = app.exam.rename_group(&learner, &id, request.name()).await;
    done.map_err(|failure| match failure {
        // The page's form calls the field otherwise.
        Failure::Invalid { problem, .. } => Failure::Invalid {
            field: "name",
            problem,
        },
        other => other,
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a learner out of a group, and out of the school with the last of their groups. Their results stay.
#[utoipa::path(delete, path = "/groups/{id}/learners/{learner}", tag = "schools", params(("id" = String, Path), ("learner" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn remove_learner(
    State(app): State<App>,
    Learner(who): Learner,
    Path((id, learner)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (id, learner) = (GroupId::new(id), LearnerId::new(learner));
    app.exam.remove_learner(&who, &id, &learner).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes an owner of a tutor, or a tutor of an owner.
#[utoipa::path(put, path = "/schools/{id}/members/{learner}", tag = "schools", params(("id" = String, Path), ("learner" = String, Path)), request_body = RoleRequest, responses(
    (status = 204),
    (status = 409, description = "`…/last-owner`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn change_role(
    State(app): State<App>,
    Learner(who): Learner,
    Path((id, learner)): Path<(String, String)>,
    ApiJson(request): ApiJson<RoleRequest>,
) -> Result<StatusCode, Problem> {
    // A word that is no role is as wrong as one that cannot be given.
    let role: SchoolRole = request.role.parse().unwrap_or(SchoolRole::Learner);
    let (id, learner) = (SchoolId::new(id), LearnerId::new(learner));
    app.exam
        .change_role(&who, &id, &learner, Some(role))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a tutor or an owner away.
#[utoipa::path(delete, path = "/schools/{id}/members/{learner}", tag = "schools", params(("id" = String, Path), ("learner" = String, Path)), responses(
    (status = 204),
    (status = 409, description = "`…/last-owner`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn send_away(
    State(app): State<App>,
    Learner(who): Learner,
    Path((id, learner)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (id, learner) = (SchoolId::new(id), LearnerId::new(learner));
    app.exam.change_role(&who, &id, &learner, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
