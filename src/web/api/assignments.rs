//! Assignments: giving one, what is due, starting it, how the group did.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    accommodations::Conditions,
    attempts::{AttemptRequest, delivery_of},
    giving::WorkRequest,
    shapes::{ResultShape, rfc3339},
};
use crate::domain::{
    Timestamp,
    assignment::{Assignment, Work},
    delivery::Delivery,
    distribution::Distribution,
    id::{AssignmentId, AttemptId, GroupId, LearnerId},
};
use crate::service::{Failure, GradebookRow, GradedSection, NewAssignment, Shown};
use crate::web::api::refusals::{Asked, Body, Change, NotFound, Read};
use crate::web::{
    App,
    access::{Learner, Visitor},
    problem::{ApiJson, Problem},
};

/// What to give to a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRequest {
    /// 1 to 120 characters.
    title: String,
    /// A mock or a practice set, as `POST /attempts` takes it.
    work: AttemptRequest,
    /// Whether a mock counts against the retake limit; otherwise it is training. True if not given.
    counts: Option<bool>,
    /// When learners see the keys: `at-once`, `after-due` or `released`; `at-once` if not given.
    feedback: Option<String>,
    /// When learners see what a mock came to: `at-once` or, as on the real test, `working-days-3`; `at-once` if not given.
    results: Option<String>,
    /// The first day, such as `2026-11-30`, in the school's zone; at once if not given.
    opens: Option<String>,
    /// The last day on which it can be started, in the school's zone.
    due: String,
    /// Attempts that a learner may make: 1 to 10, 1 if not given.
    attempts: Option<u32>,
    /// The learners of the group that it is for, by id; the whole group if not given.
    learners: Option<Vec<String>>,
}

/// Which attempt of each learner is asked for.
#[derive(Debug, Deserialize)]
pub struct WhichAttempt {
    attempt: Option<String>,
}

/// How an assignment is started.
#[derive(Debug, Deserialize)]
pub struct How {
    delivery: Option<String>,
}

/// An assignment in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentLine {
    id: String,
    group: String,
    title: String,
    /// `mock` or `practice`.
    kind: &'static str,
    /// Of a mock.
    rule: Option<String>,
    /// Whether it counts against the retake limit.
    counts: bool,
    /// `at-once`, `after-due` or `released`.
    feedback: &'static str,
    /// `at-once` or `working-days-3`.
    results: &'static str,
    /// How the recordings of a mock come, `free` or `paced`; null: as each learner chooses.
    delivery: Option<&'static str>,
    /// Of a practice set: the limit of time in minutes, if it has one.
    minutes: Option<u32>,
    /// Whether learners may see the keys of finished attempts now.
    shows_keys: bool,
    opens_at: String,
    /// From this instant on nothing can be started.
    due_at: String,
    attempts_allowed: u32,
    /// `ahead`, `open`, `over` or `withdrawn`.
    state: &'static str,
}

/// An assignment, and your own attempts for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentShape {
    #[serde(flatten)]
    line: AssignmentLine,
    school_name: String,
    group_name: String,
    /// Whether you were granted a later last day or more attempts than the group; what is said here holds for you.
    granted: bool,
    attempts_left: u32,
    /// The conditions that the school grants you, which your next attempt gets.
    allowance: Option<Conditions>,
    attempts: Vec<OwnAttempt>,
    /// The learners it is for, by id, for those who teach; none where it is for the whole group.
    learners: Vec<String>,
}

/// One of your attempts.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAttempt {
    id: String,
    state: String,
    created_at: String,
    ended_at: Option<String>,
    /// From when you see what it came to, where the school lets that come later; null once you do.
    result_visible_at: Option<String>,
}

/// Something that one of your groups was given and that is not over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Due {
    #[serde(flatten)]
    line: AssignmentLine,
    school_name: String,
    group_name: String,
    attempts_left: u32,
    /// Your attempt that is ready or goes on.
    open_attempt: Option<String>,
}

/// An attempt that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Started {
    /// See `/attempts/{id}`.
    attempt: String,
}

/// How a group did.
#[derive(Debug, Serialize, ToSchema)]
pub struct GradebookShape {
    assignment: String,
    /// The columns.
    sections: Vec<&'static str>,
    /// How each section's results lie; null before there is any.
    distributions: Vec<Option<DistributionShape>>,
    rows: Vec<RowShape>,
}

/// How a section's results lie against the cut score, in percent.
#[derive(Debug, Serialize, ToSchema)]
pub struct DistributionShape {
    /// Null in practice.
    needed: Option<u32>,
    count: u32,
    passed: u32,
    median: u32,
    lowest: u32,
    highest: u32,
    /// How many have 0 to 9 percent, 10 to 19 and so on, 90 to 100.
    bins: Vec<u32>,
}

impl From<&Distribution> for DistributionShape {
    fn from(found: &Distribution) -> Self {
        Self {
            needed: found.cut,
            count: found.count,
            passed: found.passed,
            median: found.median,
            lowest: found.lowest,
            highest: found.highest,
            bins: found.bins.to_vec(),
        }
    }
}

/// A learner's row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowShape {
    learner: String,
    name: String,
    /// Whether they are in the group still.
    in_group: bool,
    attempts: u32,
    /// Of the attempt that was asked for; null before the first.
    attempt: Option<String>,
    state: Option<String>,
    ended_at: Option<String>,
    /// The conditions under which it is sat, where the school granted other ones.
    allowance: Option<Conditions>,
    /// Once it is finished.
    sections: Vec<CellShape>,
    level: Option<&'static str>,
    passed: Option<bool>,
}

/// A learner's section.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellShape {
    name: &'static str,
    correct: u32,
    of: u32,
    percent: u32,
    level: Option<&'static str>,
    passed: Option<bool>,
    took_ms: i64,
}

impl AssignmentLine {
    /// The line, as it is now.
    pub fn of(given: &Assignment, now: Timestamp) -> Self {
        Self {
            id: given.id.to_string(),
            group: given.group.to_string(),
            title: given.title.clone(),
            kind: given.work.kind(),
            rule: match &given.work {
                Work::Mock { rule, .. } => Some(rule.to_string()),
                Work::Practice(_) => None,
            },
            counts: given.work.counts(),
            feedback: given.work.feedback().as_str(),
            results: given.work.results().as_str(),
            delivery: given.work.delivery().map(Delivery::as_str),
            minutes: match &given.work {
                Work::Mock { .. } => None,
                Work::Practice(set) => set.wish.minutes,
            },
            shows_keys: given.shows_keys(now),
            opens_at: rfc3339(given.opens_at),
            due_at: rfc3339(given.due_at),
            attempts_allowed: given.attempts_allowed,
            state: given.window(now).as_str(),
        }
    }
}

impl From<&GradedSection> for CellShape {
    fn from(section: &GradedSection) -> Self {
        Self {
            name: section.score.name.as_str(),
            correct: section.score.correct,
            of: section.score.of,
            percent: section.score.percent(),
            level: section.level.map(|level| level.as_str()),
            passed: section.passed,
            took_ms: section.took_ms,
        }
    }
}

impl From<GradebookRow> for RowShape {
    fn from(row: GradebookRow) -> Self {
        let last = row.last.as_ref();
        Self {
            learner: row.learner.to_string(),
            name: row.name,
            in_group: row.in_group,
            attempts: row.attempts,
            attempt: last.map(|last| last.attempt.to_string()),
            state: last.map(|last| last.state.clone()),
            ended_at: last.and_then(|last| last.ended_at).map(rfc3339),
            allowance: last.and_then(|last| Conditions::of(last.allowance)),
            sections: last.map_or_else(Vec::new, |last| {
                last.sections.iter().map(CellShape::from).collect()
            }),
            level: last.and_then(|last| last.level).map(|level| level.as_str()),
            passed: last.and_then(|last| last.passed),
        }
    }
}

/// The day that a text names.
pub(super) fn day(field: &str, text: &str) -> Result<NaiveDate, Problem> {
    text.parse()
        .map_err(|_| Problem::invalid(field, "expected a day such as 2026-11-30"))
}

impl AssignmentRequest {
    fn read(self, app: &App) -> Result<NewAssignment, Problem> {
        let work = WorkRequest {
            work: self.work,
            counts: self.counts,
            feedback: self.feedback,
            results: self.results,
        };
        let work = work.read(app)?;
        Ok(NewAssignment {
            title: self.title,
            work,
            opens: self.opens.map(|text| day("opens", &text)).transpose()?,
            due: day("due", &self.due)?,
            attempts: self.attempts.unwrap_or(1),
            learners: self
                .learners
                .map(|ids| ids.into_iter().map(LearnerId::new).collect()),
        })
    }
}

/// Gives a group a mock or a practice set.
#[utoipa::path(post, path = "/groups/{id}/assignments", tag = "assignments", params(("id" = String, Path)), request_body = AssignmentRequest, responses(
    (status = 201, body = AssignmentLine),
    Change, NotFound, Body,
))]
pub async fn give(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<AssignmentRequest>,
) -> Result<(StatusCode, Json<AssignmentLine>), Problem> {
    let group = GroupId::new(id);
    // Whether one may is told before what is wrong with the rest.
    let view = app.exam.group(&learner, &group).await?;
    if !view.may(crate::domain::access::Act::GiveAssignment) {
        return Err(Failure::NotAllowed.into());
    }
    let new = request.read(&app)?;
    let given = app.exam.give(&learner, &group, new).await?;
    let line = AssignmentLine::of(&given, app.exam.clock().now());
    Ok((StatusCode::CREATED, Json(line)))
}

/// What your groups were given and what is not over, what is due first first.
#[utoipa::path(get, path = "/assignments", tag = "assignments", responses(
    (status = 200, body = Vec<Due>),
    Read,
))]
pub async fn due(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Vec<Due>>, Problem> {
    let now = app.exam.clock().now();
    let due = app.exam.due(&learner).await?.into_iter().map(|given| Due {
        line: AssignmentLine::of(&given.assignment, now),
        attempts_left: given.assignment.attempts_left(given.made),
        school_name: given.school_name,
        group_name: given.group_name,
        open_attempt: given.open_attempt.map(|id| id.to_string()),
    });
    Ok(Json(due.collect()))
}

/// An assignment, and your own attempts for it.
#[utoipa::path(get, path = "/assignments/{id}", tag = "assignments", params(("id" = String, Path)), responses(
    (status = 200, body = AssignmentShape),
    Read, NotFound,
))]
pub async fn one(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<AssignmentShape>, Problem> {
    let view = app
        .exam
        .assignment(&learner, &AssignmentId::new(id))
        .await?;
    Ok(Json(AssignmentShape {
        line: AssignmentLine::of(&view.assignment, app.exam.clock().now()),
        attempts_left: view.attempts_left(),
        granted: view.granted.is_some(),
        allowance: Conditions::of(view.allowance),
        attempts: view
            .mine
            .iter()
            .map(|attempt| OwnAttempt {
                id: attempt.id.to_string(),
                state: attempt.state.clone(),
                created_at: rfc3339(attempt.created_at),
                ended_at: attempt.ended_at.map(rfc3339),
                result_visible_at: view
                    .held_results
                    .get(&attempt.id)
                    .map(|from| rfc3339(from.at)),
            })
            .collect(),
        learners: view
            .audience
            .iter()
            .map(|member| member.learner.to_string())
            .collect(),
        school_name: view.school.name,
        group_name: view.group.name,
    }))
}

/// Makes an attempt for an assignment, or finds yours that is ready or goes on. A mock is ready then and begins with its
/// first section; a practice set is begun.
#[utoipa::path(post, path = "/assignments/{id}/attempts", tag = "assignments", params(("id" = String, Path), ("delivery" = Option<String>, Query, description = "How the recordings of a mock come, where that may be chosen: `free` or `paced`; `free` if not given")), responses(
    (status = 200, body = Started),
    (status = 409, description = "`…/assignment-ahead`, `…/assignment-over`, `…/assignment-withdrawn`, `…/no-attempts-left`, `…/retake-limit`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`…/invalid`: there is no such delivery, or it may not be chosen", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Asked,
))]
pub async fn start(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    Query(how): Query<How>,
) -> Result<Json<Started>, Problem> {
    if !app.rate.allows_attempt(&learner.id) {
        return Err(Problem::too_many());
    }
    let id = AssignmentId::new(id);
    let delivery = delivery_of(how.delivery.as_deref())?;
    let attempt = app.exam.start_assignment(&learner, &id, delivery).await?;
    Ok(Json(Started {
        attempt: attempt.to_string(),
    }))
}

/// Withdraws an assignment: nobody can start it any more, and what was begun goes on.
#[utoipa::path(post, path = "/assignments/{id}/withdraw", tag = "assignments", params(("id" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn withdraw(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.exam.withdraw(&learner, &AssignmentId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets the learners see the keys of their finished attempts.
#[utoipa::path(post, path = "/assignments/{id}/release", tag = "assignments", params(("id" = String, Path)), responses(
    (status = 204),
    Change, NotFound,
))]
pub async fn release(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.exam.release(&learner, &AssignmentId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How the group did: learners × sections.
#[utoipa::path(get, path = "/assignments/{id}/gradebook", tag = "assignments", params(("id" = String, Path), ("attempt" = Option<String>, Query, description = "Which attempt of each learner: `last`, `best` or `first`; `last` if not given")), responses(
    (status = 200, body = GradebookShape),
    (status = 422, description = "`…/invalid`: there is no such choice", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Asked,
))]
pub async fn gradebook(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    Query(which): Query<WhichAttempt>,
) -> Result<Json<GradebookShape>, Problem> {
    let shown = which.attempt.as_deref().unwrap_or("last");
    let shown = Shown::of(shown)
        .ok_or_else(|| Problem::invalid("attempt", "expected last, best or first"))?;
    let id = AssignmentId::new(id);
    let book = app.exam.gradebook_of(&learner, &id, shown).await?;
    Ok(Json(GradebookShape {
        assignment: book.assignment.id.to_string(),
        sections: book
            .sections
            .iter()
            .map(|section| section.as_str())
            .collect(),
        distributions: book
            .distributions
            .iter()
            .map(|found| found.as_ref().map(DistributionShape::from))
            .collect(),
        rows: book.rows.into_iter().map(RowShape::from).collect(),
    }))
}

/// One learner's finished attempt for an assignment, with its keys, for those who teach.
#[utoipa::path(get, path = "/assignments/{id}/attempts/{attempt}/result", tag = "assignments", params(("id" = String, Path), ("attempt" = String, Path)), responses(
    (status = 200, body = ResultShape),
    (status = 409, description = "`…/not-finished`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`…/unknown-rule`", body = Problem, content_type = "application/problem+json"),
    Change, NotFound,
))]
pub async fn result(
    State(app): State<App>,
    Learner(learner): Learner,
    visitor: Visitor,
    Path((id, attempt)): Path<(String, String)>,
) -> Result<Json<ResultShape>, Problem> {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    let result = app.exam.assigned_result(&learner, &id, &attempt).await?;
    Ok(Json(ResultShape::of(result.result, visitor.language)))
}
