//! Giving: a look at what a learner would get, the bank to choose from, changes, and exceptions for one learner.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    assignments::{AssignmentLine, day},
    attempts::{AttemptRequest, delivery_of, wish},
    shapes::rfc3339,
};
use crate::domain::{
    Language,
    assignment::{FeedbackPolicy, GivenSet, ResultsPolicy, Work},
    id::{AssignmentId, GroupId, LearnerId, RuleId},
};
use crate::service::{AssignmentChange, BankLine, Failure, ItemResult, Preview, PreviewTestlet};
use crate::web::api::refusals::{Body, Change, NotFound};
use crate::web::{
    App,
    access::{Learner, Visitor},
    problem::{ApiJson, Problem},
};

/// What is to be done, and when what is seen of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkRequest {
    /// A mock or a practice set, as `POST /attempts` takes it.
    pub(super) work: AttemptRequest,
    /// Whether a mock counts against the retake limit; otherwise it is training. True if not given.
    pub(super) counts: Option<bool>,
    /// When learners see the keys: `at-once`, `after-due` or `released`; `at-once` if not given.
    pub(super) feedback: Option<String>,
    /// When learners see what a mock came to: `at-once` or `working-days-3`; `at-once` if not given.
    pub(super) results: Option<String>,
}

/// What to change of an assignment; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRequest {
    /// 1 to 120 characters.
    title: Option<String>,
    /// The first day, in the school's zone; only before it has opened.
    opens: Option<String>,
    /// The last day, in the school's zone: later or earlier, and not over.
    due: Option<String>,
    /// 1 to 10, and not fewer than somebody has made.
    attempts: Option<u32>,
    /// `at-once`, `after-due` or `released`.
    feedback: Option<String>,
    /// `at-once` or `working-days-3`, of a mock.
    results: Option<String>,
    /// Something else of the same kind to do; only before anybody has started.
    work: Option<AttemptRequest>,
    /// Whether a mock counts; only together with `work`, true if not given.
    counts: Option<bool>,
}

/// What one learner is granted; nothing of both takes it back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionRequest {
    /// Their last day, in the school's zone, later than the group's.
    due: Option<String>,
    /// Attempts more than the group's: 0 to 10, 0 if not given.
    extra_attempts: Option<u32>,
}

/// What a learner is granted now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExceptionShape {
    learner: String,
    /// Null: as for the group.
    due_at: Option<String>,
    extra_attempts: u32,
}

/// A testlet of the bank.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankText {
    id: String,
    title: String,
    /// `listening` or `reading`.
    section: &'static str,
    /// Of its text or recording.
    level: &'static str,
    topic: String,
    /// How many items it has.
    items: u32,
}

/// What a learner would get; nothing of it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewShape {
    items: u32,
    /// Its time limit, or an estimate.
    minutes: u32,
    estimated: bool,
    /// Whether each learner gets others of the kind.
    sample: bool,
    testlets: Vec<PreviewTestletShape>,
}

/// A testlet that a learner would get.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewTestletShape {
    id: String,
    title: String,
    section: &'static str,
    level: &'static str,
    topic: String,
    items: Vec<PreviewItemShape>,
}

/// A question that a learner would get, with its key.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewItemShape {
    id: String,
    position: usize,
    stem: String,
    /// In the order of the letters A to D.
    options: Vec<String>,
    /// `A` to `D`.
    key: &'static str,
    explanation: String,
    skill: String,
    level: &'static str,
}

impl From<BankLine> for BankText {
    fn from(line: BankLine) -> Self {
        Self {
            id: line.id.to_string(),
            title: line.title,
            section: line.section.as_str(),
            level: line.level.as_str(),
            topic: line.topic,
            items: line.items,
        }
    }
}

impl PreviewItemShape {
    fn of(item: ItemResult, language: Language) -> Self {
        Self {
            id: item.id.to_string(),
            position: item.position,
            stem: item.stem,
            options: item.options.into_iter().map(|(_, text)| text).collect(),
            key: item.key.as_str(),
            explanation: item.explanation.get(language).to_owned(),
            skill: item.skill,
            level: item.level.as_str(),
        }
    }
}

impl PreviewShape {
    fn of(preview: Preview, language: Language) -> Self {
        let testlet = |testlet: PreviewTestlet| PreviewTestletShape {
            id: testlet.content.id.to_string(),
            title: testlet.content.title,
            section: testlet.content.section.as_str(),
            level: testlet.level.as_str(),
            topic: testlet.topic,
            items: testlet
                .content
                .items
                .into_iter()
                .map(|item| PreviewItemShape::of(item, language))
                .collect(),
        };
        let sections = preview.sections.into_iter();
        Self {
            items: preview.items,
            minutes: preview.minutes,
            estimated: preview.estimated,
            sample: preview.sample,
            testlets: sections
                .flat_map(|section| section.testlets)
                .map(testlet)
                .collect(),
        }
    }
}

/// The policy that a word names.
fn policy<T>(field: &str, word: Option<String>) -> Result<Option<T>, Problem>
where
    T: std::str::FromStr,
    T::Err: ToString,
{
    word.map(|word| word.parse())
        .transpose()
        .map_err(|error: T::Err| Problem::invalid(field, error))
}

impl WorkRequest {
    /// What is to be done.
    pub(super) fn read(self, app: &App) -> Result<Work, Problem> {
        let feedback = policy("feedback", self.feedback)?.unwrap_or(FeedbackPolicy::AtOnce);
        let results = policy("results", self.results)?.unwrap_or(ResultsPolicy::AtOnce);
        match self.work {
            AttemptRequest::Mock { rule, delivery } => {
                let rule = rule.map(RuleId::new);
                Ok(Work::Mock {
                    rule: app.exam.rules(rule.as_ref())?.id.clone(),
                    counts: self.counts.unwrap_or(true),
                    feedback,
                    results,
                    delivery: delivery_of(delivery.as_deref())?,
                })
            }
            practice => {
                let words = practice.wish_words().unwrap_or_default();
                let wish =
                    wish(words).map_err(|(field, reason)| Problem::invalid(field, reason))?;
                if self.counts == Some(true) {
                    return Err(Problem::invalid("counts", "a practice set never counts"));
                }
                if results != ResultsPolicy::AtOnce {
                    let reason = "the result of a practice set comes at once";
                    return Err(Problem::invalid("results", reason));
                }
                Ok(Work::Practice(GivenSet { wish, feedback }))
            }
        }
    }
}

/// What a learner of the group would get, with the keys; nothing is kept.
#[utoipa::path(post, path = "/groups/{id}/assignments/preview", tag = "assignments", params(("id" = String, Path)), request_body = WorkRequest, responses(
    (status = 200, body = PreviewShape),
    (status = 409, description = "`…/attempt-in-progress` with `attempt`, `…/kept-back`: a mock of whoever asks has it", body = Problem, content_type = "application/problem+json"),
    Change, NotFound, Body,
))]
pub async fn preview(
    State(app): State<App>,
    Learner(learner): Learner,
    visitor: Visitor,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<WorkRequest>,
) -> Result<Json<PreviewShape>, Problem> {
    let group = GroupId::new(id);
    // Whether one may is told before what is wrong with the rest.
    let view = app.exam.group(&learner, &group).await?;
    if !view.may(crate::domain::access::Act::GiveAssignment) {
        return Err(Failure::NotAllowed.into());
    }
    let work = request.read(&app)?;
    let preview = app.exam.preview(&learner, &group, &work).await?;
    Ok(Json(PreviewShape::of(preview, visitor.language)))
}

/// The bank's testlets, without keys, for those who teach in some school.
#[utoipa::path(get, path = "/bank", tag = "assignments", responses(
    (status = 200, body = Vec<BankText>),
    Change,
))]
pub async fn bank(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Vec<BankText>>, Problem> {
    let lines = app.exam.bank(&learner).await?;
    Ok(Json(lines.into_iter().map(BankText::from).collect()))
}

/// Changes an assignment. Whoever is in the middle keeps their attempt, its deadline and its result.
#[utoipa::path(patch, path = "/assignments/{id}", tag = "assignments", params(("id" = String, Path)), request_body = ChangeRequest, responses(
    (status = 200, body = AssignmentLine),
    Change, NotFound, Body,
))]
pub async fn change(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<ChangeRequest>,
) -> Result<Json<AssignmentLine>, Problem> {
    let id = AssignmentId::new(id);
    // Whether one may is told before what is wrong with the rest.
    app.exam.assignment_settings(&learner, &id).await?;
    if request.work.is_none() && request.counts.is_some() {
        return Err(Problem::invalid("counts", "give it together with work"));
    }
    let work = request.work.map(|work| WorkRequest {
        work,
        counts: request.counts,
        feedback: None,
        results: None,
    });
    let change = AssignmentChange {
        title: request.title,
        opens: request.opens.map(|text| day("opens", &text)).transpose()?,
        due: request.due.map(|text| day("due", &text)).transpose()?,
        attempts: request.attempts,
        feedback: policy("feedback", request.feedback)?,
        results: policy("results", request.results)?,
        work: work.map(|work| work.read(&app)).transpose()?,
    };
    let changed = app.exam.change_assignment(&learner, &id, change).await?;
    let now = app.exam.clock().now();
    Ok(Json(AssignmentLine::of(&changed, now)))
}

/// Grants one learner of the group a later last day or more attempts, in place of what they were granted before.
#[utoipa::path(put, path = "/assignments/{id}/exceptions/{learner}", tag = "assignments", params(("id" = String, Path), ("learner" = String, Path)), request_body = ExceptionRequest, responses(
    (status = 200, body = ExceptionShape),
    Change, NotFound, Body,
))]
pub async fn grant(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, to)): Path<(String, String)>,
    ApiJson(request): ApiJson<ExceptionRequest>,
) -> Result<Json<ExceptionShape>, Problem> {
    let (id, to) = (AssignmentId::new(id), LearnerId::new(to));
    app.exam.assignment_settings(&learner, &id).await?;
    let until = request.due.map(|text| day("due", &text)).transpose()?;
    let extra = request.extra_attempts.unwrap_or(0);
    let granted = app
        .exam
        .grant_exception(&learner, &id, &to, until, extra)
        .await;
    let granted = granted.map_err(|failure| match failure {
        // The page's form calls the fields otherwise.
        Failure::Invalid {
            field: "until",
            problem,
        } => Failure::Invalid {
            field: "due",
            problem,
        },
        Failure::Invalid { problem, .. } => Failure::Invalid {
            field: "extra_attempts",
            problem,
        },
        other => other,
    })?;
    Ok(Json(ExceptionShape {
        learner: to.to_string(),
        due_at: granted
            .as_ref()
            .and_then(|granted| granted.due_at)
            .map(rfc3339),
        extra_attempts: granted.map_or(0, |granted| granted.extra_attempts),
    }))
}
