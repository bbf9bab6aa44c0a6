//! Schools, groups, and the codes by which one joins them.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{assignments::AssignmentLine, invitations::InvitedShape, shapes::rfc3339};
use crate::domain::{
    id::{GroupId, SchoolId},
    school::{JoinCode, School, SchoolRole},
};
use crate::service::{CODE_DAYS, Failure, Member};
use crate::web::api::refusals::{Body, Change, NotFound, Read};
use crate::web::{
    App,
    access::{ClientAddress, Learner},
    problem::{ApiJson, Problem},
    rate::Action,
    urls,
};

/// A school to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchoolRequest {
    /// 1 to 100 characters.
    name: String,
    /// Of the tz database; `Asia/Almaty` if not given.
    zone: Option<String>,
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameRequest {
    /// 1 to 100 characters.
    name: String,
}

impl NameRequest {
    /// The name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Whom to invite as a tutor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TutorRequest {
    /// The address of the account that they have or will have.
    email: String,
}

/// A code to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// For how many days it lets in: 1 to 90, 14 if not given.
    days: Option<u32>,
}

/// A school in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolLine {
    id: String,
    name: String,
    zone: &'static str,
    /// `owner`, `tutor` or `learner`; null for whoever runs the server.
    role: Option<&'static str>,
}

/// A school.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolShape {
    id: String,
    name: String,
    zone: &'static str,
    /// `owner`, `tutor` or `learner`; null for whoever runs the server.
    role: Option<&'static str>,
    created_at: String,
    /// All groups, or those you are in.
    groups: Vec<GroupLineShape>,
    /// Everybody who belongs to it, or those who teach.
    members: Vec<MemberShape>,
    /// Tutors who are invited and have not answered, with the codes that they need, for owners.
    invited: Vec<InvitedShape>,
}

/// A group in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupLineShape {
    id: String,
    name: String,
    /// How many learners are in it, for those who may know.
    learners: Option<u32>,
}

/// Somebody who belongs to a school.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberShape {
    learner: String,
    name: String,
    role: &'static str,
    since: String,
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupShape {
    id: String,
    name: String,
    school: String,
    school_name: String,
    /// For those who teach.
    learners: Vec<MemberShape>,
    /// Codes that let in now, for those who teach.
    codes: Vec<CodeShape>,
    /// Learners who are invited and have not answered, for those who teach.
    invited: Vec<InvitedShape>,
    assignments: Vec<AssignmentLine>,
}

/// A code by which one joins a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeShape {
    /// As it is read out: `ABCD-EFGH`.
    code: String,
    /// The page of the code.
    link: String,
    expires_at: String,
}

/// What a code invites to.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationShape {
    school: String,
    group: String,
    expires_at: String,
}

/// The group that was joined.
#[derive(Debug, Serialize, ToSchema)]
pub struct Joined {
    group: String,
    name: String,
}

impl SchoolLine {
    fn of(school: School, role: Option<SchoolRole>) -> Self {
        Self {
            id: school.id.to_string(),
            name: school.name,
            zone: school.zone.name(),
            role: role.map(SchoolRole::as_str),
        }
    }
}

impl From<Member> for MemberShape {
    fn from(member: Member) -> Self {
        Self {
            learner: member.learner.to_string(),
            name: member.name,
            role: member.role.as_str(),
            since: rfc3339(member.since),
        }
    }
}

impl From<&JoinCode> for CodeShape {
    fn from(code: &JoinCode) -> Self {
        Self {
            code: code.code.to_string(),
            link: urls::join(&code.code),
            expires_at: rfc3339(code.expires_at),
        }
    }
}

/// Your schools; for whoever runs the server, all of them.
#[utoipa::path(get, path = "/schools", tag = "schools", responses(
    (status = 200, body = Vec<SchoolLine>),
    Read,
))]
pub async fn list(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Vec<SchoolLine>>, Problem> {
    let schools = app.exam.schools(&learner).await?;
    let lines = schools.into_iter();
    let lines = lines.map(|(school, role)| SchoolLine::of(school, role));
    Ok(Json(lines.collect()))
}

/// Makes a school that you own.
#[utoipa::path(post, path = "/schools", tag = "schools", request_body = SchoolRequest, responses(
    (status = 201, body = SchoolLine),
    (status = 403, description = "`…/account-needed`", body = Problem, content_type = "application/problem+json"),
    Read, Body,
))]
pub async fn make(
    State(app): State<App>,
    Learner(learner): Learner,
    ApiJson(request): ApiJson<SchoolRequest>,
) -> Result<(StatusCode, Json<SchoolLine>), Problem> {
    let zone = request.zone.as_deref().unwrap_or("Asia/Almaty");
    let school = app.exam.make_school(&learner, &request.name, zone).await?;
    let line = SchoolLine::of(school, Some(SchoolRole::Owner));
    Ok((StatusCode::CREATED, Json(line)))
}

/// A school: its groups and who belongs to it, as far as you may see them.
#[utoipa::path(get, path = "/schools/{id}", tag = "schools", params(("id" = String, Path)), responses(
    (status = 200, body = SchoolShape),
    Read, NotFound,
))]
pub async fn one(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<SchoolShape>, Problem> {
    let view = app.exam.school(&learner, &SchoolId::new(id)).await?;
    Ok(Json(SchoolShape {
        id: view.school.id.to_string(),
        name: view.school.name,
        zone: view.school.zone.name(),
        role: view.standing.role.map(SchoolRole::as_str),
        created_at: rfc3339(view.school.created_at),
        groups: view
            .groups
            .into_iter()
            .map(|line| GroupLineShape {
                id: line.group.id.to_string(),
                name: line.group.name,
                learners: line.learners,
            })
            .collect(),
        members: view.members.into_iter().map(MemberShape::from).collect(),
        invited: view.invited.iter().map(InvitedShape::from).collect(),
    }))
}

/// Gives a school another name.
#[utoipa::path(put, path = "/schools/{id}", tag = "schools", params(("id" = String, Path)), request_body = NameRequest, responses(
    (status = 204),
    Change, NotFound, Body,
))]
pub async fn rename(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<NameRequest>,
) -> Result<StatusCode, Problem> {
    let id = SchoolId::new(id);
    app.exam.rename_school(&learner, &id, &request.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invites whoever has an account with this address, now or later, to be a tutor. They find the invitation when they sign
/// in, and need its code to accept it: tell them. Whether there is such an account is not told.
#[utoipa::path(post, path = "/schools/{id}/tutors", tag = "schools", params(("id" = String, Path)), request_body = TutorRequest, responses(
    (status = 201, body = InvitedShape),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn invite_tutor(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<TutorRequest>,
) -> Result<(StatusCode, Json<InvitedShape>), Problem> {
    if !app.rate.allows_tutor(&learner.id) {
        return Err(Problem::too_many());
    }
    let id = SchoolId::new(id);
    let made = app.exam.invite_tutor(&learner, &id, &request.email).await?;
    Ok((StatusCode::CREATED, Json(InvitedShape::from(&made))))
}

/// Leaves a school and all its groups.
#[utoipa::path(delete, path = "/schools/{id}/membership", tag = "schools", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 409, description = "`…/last-owner`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn leave(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.exam.leave_school(&learner, &SchoolId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a group.
#[utoipa::path(post, path = "/schools/{id}/groups", tag = "schools", params(("id" = String, Path)), request_body = NameRequest, responses(
    (status = 201, body = GroupLineShape),
    Change, NotFound, Body,
))]
pub async fn make_group(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<NameRequest>,
) -> Result<(StatusCode, Json<GroupLineShape>), Problem> {
    let made = app
        .exam
        .make_group(&learner, &SchoolId::new(id), &request.name)
        .await;
    let group = made.map_err(|failure| match failure {
        // The page's form calls the field otherwise.
        Failure::Invalid { problem, .. } => Problem::invalid("name", problem),
        other => other.into(),
    })?;
    let line = GroupLineShape {
        id: group.id.to_string(),
        name: group.name,
        learners: Some(0),
    };
    Ok((StatusCode::CREATED, Json(line)))
}

/// A group: what was given to it; for those who teach also its learners and codes.
#[utoipa::path(get, path = "/groups/{id}", tag = "schools", params(("id" = String, Path)), responses(
    (status = 200, body = GroupShape),
    Read, NotFound,
))]
pub async fn group(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<GroupShape>, Problem> {
    let view = app.exam.group(&learner, &GroupId::new(id)).await?;
    let now = app.exam.clock().now();
    Ok(Json(GroupShape {
        id: view.group.id.to_string(),
        name: view.group.name,
        school: view.school.id.to_string(),
        school_name: view.school.name,
        learners: view
            .learners
            .into_iter()
            .map(|member| MemberShape {
                learner: member.learner.to_string(),
                name: member.name,
                role: SchoolRole::Learner.as_str(),
                since: rfc3339(member.since),
            })
            .collect(),
        codes: view.codes.iter().map(CodeShape::from).collect(),
        invited: view.invited.iter().map(InvitedShape::from).collect(),
        assignments: view
            .assignments
            .iter()
            .map(|given| AssignmentLine::of(given, now))
            .collect(),
    }))
}

/// Makes a code by which one joins the group.
#[utoipa::path(post, path = "/groups/{id}/codes", tag = "schools", params(("id" = String, Path)), request_body = CodeRequest, responses(
    (status = 201, body = CodeShape),
    Change, NotFound, Body,
))]
pub async fn make_code(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<CodeRequest>,
) -> Result<(StatusCode, Json<CodeShape>), Problem> {
    let days = request.days.unwrap_or(CODE_DAYS);
    let code = app
        .exam
        .make_code(&learner, &GroupId::new(id), days)
        .await?;
    Ok((StatusCode::CREATED, Json(CodeShape::from(&code))))
}

/// Takes a code back: it lets nobody in any more.
#[utoipa::path(delete, path = "/groups/{id}/codes/{code}", tag = "schools", params(("id" = String, Path), ("code" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn revoke_code(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, code)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let id = GroupId::new(id);
    app.exam.revoke_code(&learner, &id, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves a group, and its school with the last of its groups.
#[utoipa::path(delete, path = "/groups/{id}/membership", tag = "schools", params(("id" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn leave_group(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.exam.leave_group(&learner, &GroupId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a code invites to.
#[utoipa::path(get, path = "/join/{code}", tag = "schools", params(("code" = String, Path)), security(()), responses(
    (status = 200, body = InvitationShape),
    (status = 404, description = "`…/no-such-code`", body = Problem, content_type = "application/problem+json"),
    (status = 410, description = "`…/code-expired`, `…/code-revoked`", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn invitation(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path(code): Path<String>,
) -> Result<Json<InvitationShape>, Problem> {
    if !app.rate.allows(Action::Code, address) {
        return Err(Problem::too_many());
    }
    let invitation = app.exam.invitation(&code).await?;
    Ok(Json(InvitationShape {
        school: invitation.school.name,
        group: invitation.group.name,
        expires_at: rfc3339(invitation.expires_at),
    }))
}

/// Joins the group of a code. Again is harmless.
#[utoipa::path(post, path = "/join/{code}", tag = "schools", params(("code" = String, Path)), responses(
    (status = 200, body = Joined),
    (status = 403, description = "`…/account-needed`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`…/no-such-code`", body = Problem, content_type = "application/problem+json"),
    (status = 410, description = "`…/code-expired`, `…/code-revoked`", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    Read,
))]
pub async fn join(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Learner(learner): Learner,
    Path(code): Path<String>,
) -> Result<Json<Joined>, Problem> {
    if !app.rate.allows(Action::Code, address) {
        return Err(Problem::too_many());
    }
    let group = app.exam.join(&learner, &code).await?;
    Ok(Json(Joined {
        group: group.id.to_string(),
        name: group.name,
    }))
}
