//! Guests, accounts, sessions.

use axum::{Json, extract::State, http::StatusCode};
use axum_extra::extract::CookieJar;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::rfc3339;
use crate::service::{NewAccount, SignedIn};
use crate::web::{
    App,
    access::{ClientAddress, Learner, SESSION_COOKIE},
    problem::{ApiJson, Problem},
    rate::Action,
};

/// A session that was opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Send it as `Authorization: Bearer …`. It is shown only here.
    token: String,
    expires_at: String,
    learner: LearnerShape,
}

/// Whose session it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct LearnerShape {
    id: String,
    name: Option<String>,
    guest: bool,
}

impl From<SignedIn> for Session {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            expires_at: rfc3339(signed_in.expires_at),
            learner: LearnerShape {
                id: signed_in.account.id.to_string(),
                guest: signed_in.account.is_guest(),
                name: signed_in.account.name,
            },
            token: signed_in.token,
        }
    }
}

/// What an account is made of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    email: String,
    /// At least 10 characters.
    password: String,
    name: String,
}

/// What signs somebody in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    email: String,
    password: String,
}

/// Makes a guest: a learner with no account.
#[utoipa::path(post, path = "/guests", tag = "accounts", security(()), responses(
    (status = 201, body = Session),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn make_guest(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
) -> Result<(StatusCode, Json<Session>), Problem> {
    if !app.rate.allows(Action::Guest, address) {
        return Err(Problem::too_many());
    }
    let signed_in = app.exam.guest().await?;
    Ok((StatusCode::CREATED, Json(signed_in.into())))
}

/// Makes an account. With a guest's token the guest becomes the account and keeps their attempts.
#[utoipa::path(post, path = "/accounts", tag = "accounts", security((), ("bearer" = [])), request_body = AccountRequest, responses(
    (status = 201, body = Session),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 415, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn make_account(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    guest: Option<Learner>,
    ApiJson(request): ApiJson<AccountRequest>,
) -> Result<(StatusCode, Json<Session>), Problem> {
    if !app.rate.allows(Action::SignUp, address) {
        return Err(Problem::too_many());
    }
    let new = NewAccount {
        email: request.email,
        password: request.password,
        name: request.name,
    };
    let guest = guest.as_ref().map(|Learner(account)| account);
    let signed_in = app.exam.sign_up(new, guest).await?;
    Ok((StatusCode::CREATED, Json(signed_in.into())))
}

/// Signs in.
#[utoipa::path(post, path = "/sessions", tag = "accounts", security(()), request_body = SessionRequest, responses(
    (status = 201, body = Session),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 415, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn open_session(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    ApiJson(request): ApiJson<SessionRequest>,
) -> Result<(StatusCode, Json<Session>), Problem> {
    if !app.rate.allows_sign_in(address, &request.email) {
        return Err(Problem::too_many());
    }
    let signed_in = app.exam.sign_in(&request.email, &request.password).await?;
    Ok((StatusCode::CREATED, Json(signed_in.into())))
}

/// Ends the session whose token the request carries.
#[utoipa::path(delete, path = "/sessions", tag = "accounts", responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn end_session(
    State(app): State<App>,
    _learner: Learner,
    jar: CookieJar,
    headers: axum::http::HeaderMap,
) -> Result<StatusCode, Problem> {
    let bearer = headers
        .get(axum::http::header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .map(str::trim);
    let cookie = jar.get(SESSION_COOKIE);
    if let Some(token) = bearer.or_else(|| cookie.map(|cookie| cookie.value())) {
        app.exam.sign_out(token).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
