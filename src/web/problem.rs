//! Errors of the API: RFC 9457 `application/problem+json` with a stable `type`.

use axum::{
    Json,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};

pub use super::json::ApiJson;
use super::{api::shapes::rfc3339, urls};
use crate::domain::{
    assignment::Closed, attempt::Refused, points::Reason, practice::NothingFits,
    school::CodeRefused,
};
use crate::service::{Failure, PROFILES_MAX};

/// After how many seconds somebody who was turned away may try again, where it is only a matter of time: a server that
/// is busy, and what one address, or one person, may do in a minute.
pub(super) fn retry_after(status: StatusCode) -> Option<HeaderValue> {
    let seconds: u32 = match status {
        StatusCode::SERVICE_UNAVAILABLE => 2,
        StatusCode::TOO_MANY_REQUESTS => 60,
        _ => return None,
    };
    Some(HeaderValue::from(seconds))
}

/// An error of the API.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// A stable name, such as `/problems/retake-limit`.
    #[serde(rename = "type")]
    kind: String,
    /// What it means, in English.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong in this case, in English.
    detail: String,
    /// What the kind of problem carries besides, such as `next_allowed`.
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl Problem {
    /// A problem with nothing but its kind and detail.
    pub fn new(status: StatusCode, slug: &str, title: &'static str, detail: impl ToString) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title,
            status: status.as_u16(),
            detail: detail.to_string(),
            more: Map::new(),
        }
    }

    /// Adds a member.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The last part of the type: `retake-limit`.
    pub fn slug(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Sign in first",
            "send a bearer token or the session's cookie",
        )
    }

    /// Whether nobody is signed in.
    pub fn is_unauthenticated(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED.as_u16()
    }

    /// A change by cookie without the page's token.
    pub fn csrf() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "csrf",
            "The request did not come from one of our pages",
            "a change by cookie must carry the page's token in the header synaq-csrf",
        )
    }

    /// Too often from one address.
    pub fn too_many() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-requests",
            "Too many requests",
            "wait a minute and try again",
        )
    }

    /// A value in the request is not acceptable.
    pub fn invalid(field: &str, reason: impl ToString) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "A value is not acceptable",
            format!("{field}: {}", reason.to_string()),
        )
        .with("field", field)
    }
}

/// What is wrong with a value and what to do, of the words that a use case has for it.
fn reason(problem: &'static str) -> &'static str {
    match problem {
        "missing" => "is missing; write at least one character",
        "too-long" => "is too long, or not on one line",
        "too-many" => "there are as many as are allowed; remove one first",
        "teaches" => "whoever has this address teaches in the school already",
        "empty" => "holds no row",
        "wrong" => "is not the password of your account",
        "crowded" => "there are as many open invitations as are allowed; take some back first",
        "out-of-range" => "is out of range; /api/v1/openapi.json says what is possible",
        "unknown" => "is not one of those that there are",
        "after-due" => "must be before the last day",
        "past" => "must be today or later",
        "too-far" => "must be within a year",
        "held" => "the keys of one of them are still withheld from this group",
        "open" => "it is open already; the first day can no longer be changed",
        "fewer" => "somebody has made more attempts already",
        "started" => "somebody has started; what is to be done can no longer be changed",
        "other-kind" => "a mock cannot become a practice set, nor a set a mock",
        "not-later" => "must be later than the last day of the group",
        "corrected" => "is corrected already in this scope; undo that correction first",
        "which" => "rekey takes one option, accept two or more, credit-all and leave-out none",
        "not-offered" => "the rule set does not offer this; see sections.delivery of the rule set",
        "same" => "this option is the key already",
        "needed" => "is missing; whoever invited you has it",
        "mismatch" => "is not the code of this invitation; whoever invited you has it",
        other => other,
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        use StatusCode as S;
        let detail = failure.to_string();
        let simple = |status, slug, title| Problem::new(status, slug, title, &detail);
        match &failure {
            Failure::NotFound => simple(S::NOT_FOUND, "not-found", "There is no such attempt"),
            Failure::UnknownRule(_) => simple(
                S::UNPROCESSABLE_ENTITY,
                "unknown-rule",
                "There is no such rule set",
            ),
            Failure::RetakeLimit { next_allowed } => {
                simple(S::CONFLICT, "retake-limit", "The retake limit is reached")
                    .with("next_allowed", next_allowed.to_string())
            }
            Failure::AttemptInProgress(id) => simple(
                S::CONFLICT,
                "attempt-in-progress",
                "Another mock is in progress",
            )
            .with("attempt", id.as_str()),
            Failure::KeptBack => simple(
                S::CONFLICT,
                "kept-back",
                "The keys of this text are kept back",
            ),
            Failure::Refused(refused) => match refused {
                Refused::SectionClosed => simple(
                    S::CONFLICT,
                    "section-closed",
                    "The section takes no more answers",
                ),
                Refused::TooManyResponses => simple(
                    S::CONFLICT,
                    "too-many-responses",
                    "The attempt holds as many answers as one may",
                ),
                Refused::WrongState { state } => simple(
                    S::CONFLICT,
                    "wrong-state",
                    "The attempt's state does not allow this",
                )
                .with("state", *state),
                Refused::WrongSection { next, .. } => {
                    simple(S::CONFLICT, "section-order", "Another section comes next")
                        .with("next", next.as_str())
                }
                Refused::NoSuchSection(_) => simple(
                    S::NOT_FOUND,
                    "no-such-section",
                    "The attempt has no such section",
                ),
                Refused::NotTimed => simple(
                    S::CONFLICT,
                    "not-timed",
                    "The section has no clock, so no time can be given",
                ),
                Refused::NoSuchItem(_) => {
                    simple(S::NOT_FOUND, "no-such-item", "The attempt has no such item")
                }
            },
            Failure::PageSuperseded => simple(
                S::CONFLICT,
                "page-superseded",
                "The exam is open on another page",
            ),
            Failure::PlaysUsed => simple(
                S::CONFLICT,
                "plays-used",
                "No plays of this recording are left",
            ),
            Failure::PlayedByTrack => simple(
                S::CONFLICT,
                "played-by-track",
                "The recordings are played by the section's track",
            ),
            Failure::TrackTooLong(_) | Failure::NoTrack => simple(
                S::SERVICE_UNAVAILABLE,
                "no-track",
                "This mock cannot be sat by a track",
            ),
            Failure::NoSuchRecording(_) => simple(
                S::NOT_FOUND,
                "no-such-recording",
                "The attempt has no such recording",
            ),
            Failure::NotFinished => {
                simple(S::CONFLICT, "not-finished", "The attempt is not finished")
            }
            Failure::ResultNotYet(from) => simple(
                S::CONFLICT,
                "result-not-yet",
                "The result comes later, as on the real test",
            )
            .with("visible_at", rfc3339(from.at))
            .with("doubtful", from.doubtful),
            Failure::NotAMock => simple(
                S::CONFLICT,
                "not-a-mock",
                "Only a finished mock that counts gives a language score",
            ),
            Failure::Unfilled(_) => simple(
                S::SERVICE_UNAVAILABLE,
                "bank-too-small",
                "The bank cannot make a form under this rule set",
            ),
            Failure::NothingFits(picked @ (NothingFits::Testlet(_) | NothingFits::TooMany(_))) => {
                Problem::invalid("testlets", picked)
            }
            Failure::NothingFits(NothingFits::Wish) => simple(
                S::UNPROCESSABLE_ENTITY,
                "nothing-fits",
                "No item fits this choice",
            ),
            Failure::Invalid { field, problem } => Problem::invalid(field, reason(problem)),
            Failure::AccountRefused => simple(
                S::CONFLICT,
                "account-refused",
                "An account cannot be made with this address",
            ),
            Failure::SessionOver => Self::unauthenticated(),
            Failure::WrongCredentials => simple(
                S::UNAUTHORIZED,
                "wrong-credentials",
                "The address or the password is wrong",
            ),
            Failure::NoPointsTable => simple(
                S::SERVICE_UNAVAILABLE,
                "no-points-table",
                "There is no table of points in force",
            ),
            Failure::Profile(fault) => {
                let problem = Problem::invalid(&fault.field, &fault.reason)
                    .with("reason", fault.reason.to_string());
                match &fault.reason {
                    Reason::Score(score) => problem.with("code", score.code()),
                    _ => problem,
                }
            }
            Failure::NoSuchProfile => {
                simple(S::NOT_FOUND, "no-such-profile", "There is no such profile")
            }
            Failure::TooManyProfiles => simple(
                S::CONFLICT,
                "too-many-profiles",
                "No more profiles can be saved",
            )
            .with("most", PROFILES_MAX),
            Failure::NoPathway => simple(
                S::SERVICE_UNAVAILABLE,
                "no-pathway",
                "There is no table of the way to a residence permit in force",
            ),
            Failure::NothingHere => simple(
                S::NOT_FOUND,
                "nothing-here",
                "There is nothing here for you",
            ),
            Failure::NotAllowed => simple(
                S::FORBIDDEN,
                "not-allowed",
                "Your role in this school does not allow it",
            ),
            Failure::AccountNeeded => {
                simple(S::FORBIDDEN, "account-needed", "This needs an account")
            }
            Failure::NoSuchCode => simple(S::NOT_FOUND, "no-such-code", "There is no such code"),
            Failure::Code(CodeRefused::Expired) => {
                simple(S::GONE, "code-expired", "The code has expired")
            }
            Failure::Code(CodeRefused::Revoked) => {
                simple(S::GONE, "code-revoked", "The code was taken back")
            }
            Failure::LastOwner => simple(S::CONFLICT, "last-owner", "The school needs an owner"),
            Failure::Closed(Closed::Ahead(at)) => simple(
                S::CONFLICT,
                "assignment-ahead",
                "The assignment cannot be started yet",
            )
            .with("opens_at", rfc3339(*at)),
            Failure::Closed(Closed::Over(at)) => simple(
                S::CONFLICT,
                "assignment-over",
                "The assignment cannot be started any more",
            )
            .with("due_at", rfc3339(*at)),
            Failure::Closed(Closed::Withdrawn) => simple(
                S::CONFLICT,
                "assignment-withdrawn",
                "The assignment was withdrawn",
            ),
            Failure::Closed(Closed::NoAttemptsLeft) => simple(
                S::CONFLICT,
                "no-attempts-left",
                "No attempts are left for this assignment",
            ),
            Failure::Take(refusal) => {
                let (slug, numbers) = super::takes::refusal(refusal);
                let problem = simple(
                    S::UNPROCESSABLE_ENTITY,
                    "recording-refused",
                    "The file cannot be used as a recording",
                )
                .with("reason", slug);
                numbers
                    .into_iter()
                    .fold(problem, |problem, (name, number)| {
                        problem.with(name, number)
                    })
            }
            Failure::Voice(wrong) => simple(
                S::CONFLICT,
                "recording-state",
                "The recording's state does not allow this",
            )
            .with("state", wrong.0.as_str()),
            Failure::TooManyWatching => simple(
                S::TOO_MANY_REQUESTS,
                "too-many-watching",
                "Too many views are open",
            ),
            Failure::Busy => simple(S::SERVICE_UNAVAILABLE, "busy", "The server is busy"),
            Failure::Store(error) => {
                // What the database said is for the log, not for the client.
                tracing::error!(%error, "the store failed");
                let detail = "nothing was changed; try again in a moment";
                let simple =
                    |slug, title| Problem::new(S::SERVICE_UNAVAILABLE, slug, title, detail);
                match error.is_full() {
                    true => simple("storage-full", "The server has no room to save"),
                    false => simple("store-unavailable", "The database cannot be reached"),
                }
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after(status) {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Gives an answer of the API that no handler made the form of a problem.
pub async fn api_fallbacks(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with(urls::API);
    let response = next.run(request).await;
    if api { as_problem(response) } else { response }
}

/// An answer of the API; one that no handler made (no such route, wrong method, too slow) in the form of a problem.
pub(super) fn as_problem(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_problem = kind.is_some_and(|kind| kind == "application/problem+json");
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::new(
            status,
            "not-found",
            "There is nothing here",
            "see /api/v1/openapi.json for what there is",
        ),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            status,
            "method-not-allowed",
            "This method is not allowed here",
            "see /api/v1/openapi.json for what is",
        ),
        StatusCode::SERVICE_UNAVAILABLE => Problem::new(
            status,
            "busy",
            "The server is busy",
            "the request took too long; try again in a moment",
        ),
        _ => Problem::new(
            status,
            "refused",
            status.canonical_reason().unwrap_or("Refused"),
            "the request could not be read",
        ),
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut answer = problem.into_response();
    if let Some(allow) = allow {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}

/// A handler panicked: the client learns that and nothing else, the log has the rest.
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> axum::http::Response<Body> {
    tracing::error!("a handler panicked");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong on the server",
        "nothing that was saved is lost",
    )
    .into_response()
}
