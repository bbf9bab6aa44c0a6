//! Attempts: making one, listing them, looking at one.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::{Attempt, rfc3339};
use crate::domain::{
    Timestamp,
    bank::{SKILLS, STEM_TYPES, TOPICS},
    delivery::{Delivery, UnknownDelivery},
    id::{AttemptId, RuleId, TestletId},
    level::Level,
    practice::{DEFAULT_ITEMS, MAX_ITEMS, MAX_MINUTES, Wish},
    rules::Section,
    score::SectionScore,
};
use crate::service::{HistoryEntry, paper::Status};
use crate::web::api::refusals::{Body, Change, NotFound, Read};
use crate::web::{
    App,
    access::Learner,
    problem::{ApiJson, Problem},
};

/// What attempt to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum AttemptRequest {
    /// A mock exam under a rule set; without one, under the server's default.
    Mock {
        /// The rule set's id.
        rule: Option<String>,
        /// `free` or `paced`, where the rule set lets one choose; free if not given.
        delivery: Option<String>,
    },
    /// A practice set.
    Practice {
        /// `listening` or `reading`.
        section: String,
        /// `A1` to `C1`.
        level: String,
        /// Only on this topic.
        topic: Option<String>,
        /// Only items that test this skill.
        skill: Option<String>,
        /// Only items with this kind of stem, such as `main-idea`.
        stem: Option<String>,
        /// At most so many items: 1 to 40, 10 if not given.
        items: Option<u32>,
        /// A limit of time in minutes: 1 to 240; none if not given.
        minutes: Option<u32>,
        /// For a set that is given to a group: it is made of these testlets (see `/bank`), in this order.
        testlets: Option<Vec<String>>,
    },
}

/// A line of the history.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overview {
    id: String,
    kind: &'static str,
    rule: String,
    /// `free` or `paced`.
    delivery: &'static str,
    state: String,
    created_at: String,
    /// Since when it counts against the retake limit.
    counted_at: Option<String>,
    ended_at: Option<String>,
    sections: Vec<OverviewSection>,
    level: Option<&'static str>,
    passed: Option<bool>,
    /// From when it is seen what it came to, where a school lets that come later; null once it is.
    result_visible_at: Option<String>,
    /// Whether a tutor said something of it: see its result.
    commented: bool,
}

/// A section in the history.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewSection {
    name: &'static str,
    /// `waiting`, `running` or `finished`.
    status: &'static str,
    deadline: Option<String>,
    remaining_ms: Option<i64>,
    /// Right answers, once the attempt is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    correct: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u32>,
}

/// The time left, for a page that checks its own count.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeLeft {
    state: String,
    /// The running section.
    section: Option<&'static str>,
    /// Of the running section or the break.
    remaining_ms: Option<i64>,
    now: String,
}

/// A practice wish in words, as requests and forms bring it.
#[derive(Debug, Clone, Default)]
pub struct WishWords {
    /// `listening` or `reading`.
    pub section: String,
    /// `A1` to `C1`.
    pub level: String,
    /// One of [`TOPICS`].
    pub topic: Option<String>,
    /// One of [`SKILLS`].
    pub skill: Option<String>,
    /// One of [`STEM_TYPES`].
    pub stem: Option<String>,
    /// How many items; the default number if none.
    pub items: Option<u32>,
    /// The limit of time.
    pub minutes: Option<u32>,
    /// The picked testlets.
    pub testlets: Vec<String>,
}

/// The practice wish that a request's words mean.
///
/// # Errors
/// The field that is wrong, and what it may be.
pub fn wish(words: WishWords) -> Result<Wish, (&'static str, String)> {
    let known = |field, list: &[&str], value: Option<String>| match value {
        Some(value) if !list.contains(&value.as_str()) => {
            Err((field, format!("expected one of: {}", list.join(", "))))
        }
        value => Ok(value),
    };
    let items = words.items.unwrap_or(DEFAULT_ITEMS);
    if !(1..=MAX_ITEMS).contains(&items) {
        return Err(("items", format!("expected 1 to {MAX_ITEMS}")));
    }
    if words
        .minutes
        .is_some_and(|n| !(1..=MAX_MINUTES).contains(&n))
    {
        return Err(("minutes", format!("expected 1 to {MAX_MINUTES}")));
    }
    if words.testlets.len() > MAX_ITEMS as usize {
        return Err(("testlets", format!("expected at most {MAX_ITEMS}")));
    }
    Ok(Wish {
        section: words
            .section
            .parse::<Section>()
            .map_err(|error| ("section", error.to_string()))?,
        level: words
            .level
            .parse::<Level>()
            .map_err(|error| ("level", error.to_string()))?,
        topic: known("topic", &TOPICS, words.topic)?,
        skill: known("skill", &SKILLS, words.skill)?,
        stem_type: known("stem", &STEM_TYPES, words.stem)?,
        items,
        minutes: words.minutes,
        testlets: words.testlets.into_iter().map(TestletId::new).collect(),
    })
}

impl AttemptRequest {
    /// The words of a practice set; none of a mock.
    pub fn wish_words(self) -> Option<WishWords> {
        match self {
            AttemptRequest::Mock { .. } => None,
            AttemptRequest::Practice {
                section,
                level,
                topic,
                skill,
                stem,
                items,
                minutes,
                testlets,
            } => Some(WishWords {
                section,
                level,
                topic,
                skill,
                stem,
                items,
                minutes,
                testlets: testlets.unwrap_or_default(),
            }),
        }
    }
}

/// The way of delivery that a request names.
pub(super) fn delivery_of(word: Option<&str>) -> Result<Option<Delivery>, Problem> {
    word.map(str::parse)
        .transpose()
        .map_err(|error: UnknownDelivery| Problem::invalid("delivery", error))
}

/// Makes an attempt: a mock, ready to be begun, or a practice set, begun.
#[utoipa::path(post, path = "/attempts", tag = "attempts", request_body = AttemptRequest, responses(
    (status = 201, body = Attempt),
    (status = 409, description = "`…/retake-limit` with `next_allowed`", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    Change, Body,
))]
pub async fn make(
    State(app): State<App>,
    Learner(learner): Learner,
    ApiJson(request): ApiJson<AttemptRequest>,
) -> Result<(StatusCode, Json<Attempt>), Problem> {
    if !app.rate.allows_attempt(&learner.id) {
        return Err(Problem::too_many());
    }
    let paper = match request {
        AttemptRequest::Mock { rule, delivery } => {
            let rule = rule.map(RuleId::new);
            let delivery = delivery_of(delivery.as_deref())?;
            let made = app.exam.create_mock(&learner.id, rule.as_ref(), delivery);
            made.await?
        }
        practice => {
            let words = practice.wish_words().unwrap_or_default();
            if !words.testlets.is_empty() {
                let reason = "testlets can be picked for a set that is given to a group";
                return Err(Problem::invalid("testlets", reason));
            }
            let wish = wish(words).map_err(|(field, reason)| Problem::invalid(field, reason))?;
            app.exam.create_practice(&learner.id, &wish).await?
        }
    };
    Ok((StatusCode::CREATED, Json(paper.into())))
}

/// The learner's attempts, the latest first.
#[utoipa::path(get, path = "/attempts", tag = "attempts", responses(
    (status = 200, body = Vec<Overview>),
    Read,
))]
pub async fn list(
    State(app): State<App>,
    Learner(learner): Learner,
) -> Result<Json<Vec<Overview>>, Problem> {
    let history = app.exam.history(&learner.id).await?;
    let now = app.exam.clock().now();
    let lines = history.into_iter().map(|entry| overview(entry, now));
    Ok(Json(lines.collect()))
}

fn overview(entry: HistoryEntry, now: Timestamp) -> Overview {
    let HistoryEntry {
        overview,
        level,
        passed,
        seen_from,
        commented,
    } = entry;
    let sections = overview
        .sections
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let status = match (overview.state.as_str(), overview.section_index) {
                ("finished", _) => Status::Finished,
                ("running", Some(running)) if index == running => Status::Running,
                (_, Some(next)) if index < next => Status::Finished,
                _ => Status::Waiting,
            };
            let deadline = overview.until.filter(|_| status == Status::Running);
            let score = overview.scores.get(index);
            OverviewSection {
                name: name.as_str(),
                status: status.as_str(),
                deadline: deadline.map(rfc3339),
                remaining_ms: deadline.map(|deadline| (deadline - now).num_milliseconds().max(0)),
                correct: score.map(|score| score.correct),
                of: score.map(|score| score.of),
                percent: score.map(SectionScore::percent),
            }
        })
        .collect();
    Overview {
        id: overview.id.to_string(),
        kind: overview.kind.as_str(),
        rule: overview.rule.to_string(),
        delivery: overview.delivery.as_str(),
        state: overview.state,
        created_at: rfc3339(overview.created_at),
        counted_at: overview.counted_at.map(rfc3339),
        ended_at: overview.ended_at.map(rfc3339),
        sections,
        level: level.map(|level| level.as_str()),
        passed,
        result_visible_at: seen_from.map(|from| rfc3339(from.at)),
        commented,
    }
}

/// An attempt: its state, and while a section runs, its stimuli and items.
#[utoipa::path(get, path = "/attempts/{id}", tag = "attempts", params(("id" = String, Path)), responses(
    (status = 200, body = Attempt),
    Read, NotFound,
))]
pub async fn one(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<Attempt>, Problem> {
    let paper = app.exam.paper(&learner.id, &AttemptId::new(id)).await?;
    Ok(Json(paper.into()))
}

/// The time left.
#[utoipa::path(get, path = "/attempts/{id}/time", tag = "attempts", params(("id" = String, Path)), responses(
    (status = 200, body = TimeLeft),
    Read, NotFound,
))]
pub async fn time(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<TimeLeft>, Problem> {
    let left = app.exam.time_left(&learner.id, &AttemptId::new(id)).await?;
    Ok(Json(TimeLeft {
        state: left.state,
        section: left.section.map(|section| section.as_str()),
        remaining_ms: left.remaining_ms,
        now: rfc3339(left.as_of),
    }))
}
