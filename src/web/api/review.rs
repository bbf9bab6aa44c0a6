//! How a group answered: learners × questions, one question, learners × skills.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    form::Letter,
    id::{AssignmentId, ItemId},
    review::{Answer, ItemStats, Matrix, Question, Tallies, Tally, Untold},
};
use crate::service::{ItemReview, Review, ReviewedLearner};
use crate::web::api::refusals::{NotFound, Read};
use crate::web::{
    App,
    access::{Learner, Visitor},
    problem::Problem,
};

/// Learners × questions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemsShape {
    assignment: String,
    /// The columns.
    items: Vec<AnsweredQuestion>,
    /// Learners with a finished attempt, by name.
    rows: Vec<AnswersRow>,
    reliability: ReliabilityShape,
}

/// A question, and how it went.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnsweredQuestion {
    id: String,
    /// From 1, the same for all learners.
    number: usize,
    section: &'static str,
    skill: String,
    level: &'static str,
    /// The key, by the bank's order of the options, as all letters here.
    key: &'static str,
    /// Other options that are right by a correction.
    also_right: Vec<&'static str>,
    /// Learners who had it.
    asked: u32,
    right: u32,
    unanswered: u32,
    /// How many chose each option, A to D.
    chosen: Vec<u32>,
    /// How many answered it in another wording with other options.
    otherwise: u32,
    /// −1 to 1; null where it cannot be told.
    discrimination: Option<f64>,
    /// `too-few` or `no-spread`, where it cannot be told.
    untold: Option<&'static str>,
}

/// A learner's answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswersRow {
    #[serde(flatten)]
    learner: AnswersOfLearner,
    right: u32,
    of: u32,
    /// One for each item; null where the learner had other questions.
    answers: Vec<Option<AnswerShape>>,
}

/// A learner with a finished attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswersOfLearner {
    learner: String,
    name: String,
    /// Whether they are in the group still.
    in_group: bool,
    attempt: String,
}

/// What a learner chose.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerShape {
    /// Null: nothing, or an option that the question does not have any more.
    option: Option<&'static str>,
    correct: bool,
}

/// KR-20 and the standard error of measurement.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReliabilityShape {
    kr20: Option<f64>,
    /// In right answers.
    sem: Option<f64>,
    mean: Option<f64>,
    /// `too-few`, `no-spread` or `different-forms`, where it cannot be told.
    untold: Option<&'static str>,
}

/// One question.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemReviewShape {
    #[serde(flatten)]
    question: AnsweredQuestion,
    stem: String,
    evidence: String,
    explanation: String,
    /// The options, and then nothing chosen.
    options: Vec<OptionShape>,
}

/// An option, and who chose it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptionShape {
    /// `A` to `D`; null: nothing chosen.
    id: Option<&'static str>,
    text: Option<String>,
    chosen_by: Vec<AnswersOfLearner>,
}

/// Learners × skills and × levels.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkillsShape {
    assignment: String,
    skills: Vec<String>,
    levels: Vec<&'static str>,
    rows: Vec<SkillsRow>,
    group: TalliesShape,
}

/// A learner's right answers by skill and level.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkillsRow {
    #[serde(flatten)]
    learner: AnswersOfLearner,
    #[serde(flatten)]
    tallies: TalliesShape,
}

/// Right answers, in the order of the skills and levels.
#[derive(Debug, Serialize, ToSchema)]
pub struct TalliesShape {
    by_skill: Vec<TallyShape>,
    by_level: Vec<TallyShape>,
}

/// Right answers of those asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct TallyShape {
    right: u32,
    of: u32,
}

fn letter(option: u8) -> &'static str {
    Letter::ALL[usize::from(option) % Letter::ALL.len()].as_str()
}

impl From<&ReviewedLearner> for AnswersOfLearner {
    fn from(one: &ReviewedLearner) -> Self {
        Self {
            learner: one.learner.to_string(),
            name: one.name.clone(),
            in_group: one.in_group,
            attempt: one.attempt.to_string(),
        }
    }
}

impl From<Answer> for AnswerShape {
    fn from(answer: Answer) -> Self {
        Self {
            option: answer.chosen.map(letter),
            correct: answer.correct,
        }
    }
}

impl From<&Matrix> for ReliabilityShape {
    fn from(matrix: &Matrix) -> Self {
        let found = matrix.reliability();
        Self {
            kr20: found.ok().map(|found| found.kr20),
            sem: found.ok().map(|found| found.sem),
            mean: found.ok().map(|found| found.mean),
            untold: found.err().map(Untold::as_str),
        }
    }
}

impl AnsweredQuestion {
    fn of(column: usize, question: &Question, stats: &ItemStats) -> Self {
        Self {
            id: question.item.to_string(),
            number: column + 1,
            section: question.section.as_str(),
            skill: question.skill.clone(),
            level: question.level.as_str(),
            key: letter(question.key),
            also_right: question.also_right.iter().map(|one| letter(*one)).collect(),
            asked: stats.tally.of,
            right: stats.tally.right,
            unanswered: stats.unanswered(),
            chosen: stats.chosen.to_vec(),
            otherwise: stats.otherwise,
            discrimination: stats.discrimination.ok(),
            untold: stats.discrimination.err().map(Untold::as_str),
        }
    }
}

impl TalliesShape {
    fn of(by_skill: &[Tally], by_level: &[Tally]) -> Self {
        let shapes = |tallies: &[Tally]| {
            let tallies = tallies.iter();
            tallies
                .map(|tally| TallyShape {
                    right: tally.right,
                    of: tally.of,
                })
                .collect()
        };
        Self {
            by_skill: shapes(by_skill),
            by_level: shapes(by_level),
        }
    }
}

fn items_shape(review: &Review) -> ItemsShape {
    let matrix = &review.matrix;
    let columns = matrix.questions.iter().zip(matrix.stats());
    let rows = review
        .learners
        .iter()
        .zip(&matrix.rows)
        .zip(matrix.totals());
    ItemsShape {
        assignment: review.assignment.id.to_string(),
        items: columns
            .enumerate()
            .map(|(column, (question, stats))| AnsweredQuestion::of(column, question, &stats))
            .collect(),
        rows: rows
            .map(|((learner, row), total)| AnswersRow {
                learner: learner.into(),
                right: total.right,
                of: total.of,
                answers: row
                    .iter()
                    .map(|answer| answer.map(AnswerShape::from))
                    .collect(),
            })
            .collect(),
        reliability: matrix.into(),
    }
}

fn item_shape(found: &ItemReview, visitor: &Visitor) -> ItemReviewShape {
    let review = &found.review;
    let who = |fits: &dyn Fn(Answer) -> bool| -> Vec<AnswersOfLearner> {
        let rows = review.learners.iter().zip(&review.matrix.rows);
        rows.filter(|(_, row)| row[found.column].is_some_and(fits))
            .map(|(learner, _)| learner.into())
            .collect()
    };
    let mut options: Vec<OptionShape> = (0u8..)
        .zip(&found.item.options)
        .map(|(option, (shown, text))| OptionShape {
            id: Some(shown.as_str()),
            text: Some(text.clone()),
            chosen_by: who(&|answer| answer.chosen == Some(option)),
        })
        .collect();
    options.push(OptionShape {
        id: None,
        text: None,
        chosen_by: who(&|answer| !answer.answered),
    });
    ItemReviewShape {
        question: AnsweredQuestion::of(found.column, found.question(), &found.stats),
        stem: found.item.stem.clone(),
        evidence: found.item.evidence.clone(),
        explanation: found.item.explanation.get(visitor.language).to_owned(),
        options,
    }
}

/// How the group answered, question by question.
#[utoipa::path(get, path = "/assignments/{id}/items", tag = "review", params(("id" = String, Path)), responses(
    (status = 200, body = ItemsShape),
    (status = 403, description = "`…/not-allowed`", body = Problem, content_type = "application/problem+json"),
    Read, NotFound,
))]
pub async fn items(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<ItemsShape>, Problem> {
    let review = app.exam.review(&learner, &AssignmentId::new(id)).await?;
    Ok(Json(items_shape(&review)))
}

/// How the group answered one question: which option took whom.
#[utoipa::path(get, path = "/assignments/{id}/items/{item}", tag = "review", params(("id" = String, Path), ("item" = String, Path)), responses(
    (status = 200, body = ItemReviewShape),
    (status = 409, description = "`…/attempt-in-progress` with `attempt`, `…/kept-back`: a mock of whoever asks has it", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`…/not-allowed`", body = Problem, content_type = "application/problem+json"),
    Read, NotFound,
))]
pub async fn item(
    State(app): State<App>,
    Learner(learner): Learner,
    visitor: Visitor,
    Path((id, item)): Path<(String, String)>,
) -> Result<Json<ItemReviewShape>, Problem> {
    let (id, item) = (AssignmentId::new(id), ItemId::new(item));
    let found = app.exam.review_item(&learner, &id, &item).await?;
    Ok(Json(item_shape(&found, &visitor)))
}

/// How the group did by skill and by level.
#[utoipa::path(get, path = "/assignments/{id}/skills", tag = "review", params(("id" = String, Path)), responses(
    (status = 200, body = SkillsShape),
    (status = 403, description = "`…/not-allowed`", body = Problem, content_type = "application/problem+json"),
    Read, NotFound,
))]
pub async fn skills(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<SkillsShape>, Problem> {
    let review = app.exam.review(&learner, &AssignmentId::new(id)).await?;
    let skills: Tallies<String> = review.matrix.tallies(|question| question.skill.clone());
    let levels = review.matrix.tallies(|question| question.level);
    let rows = review.learners.iter().zip(&skills.rows).zip(&levels.rows);
    Ok(Json(SkillsShape {
        assignment: review.assignment.id.to_string(),
        levels: levels.keys.iter().map(|level| level.as_str()).collect(),
        rows: rows
            .map(|((learner, skills), levels)| SkillsRow {
                learner: learner.into(),
                tallies: TalliesShape::of(skills, levels),
            })
            .collect(),
        group: TalliesShape::of(&skills.all, &levels.all),
        skills: skills.keys,
    }))
}
