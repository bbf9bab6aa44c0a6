//! For those who teach: who needs what, and a learner's progress.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::rfc3339;
use crate::domain::{
    attempt::Kind,
    id::{AssignmentId, GroupId, LearnerId, SchoolId},
    needs::{LEAST_ASKED, PRACTICE_CUT_PERCENT, Share},
    practice::Wish,
    score::SectionScore,
};
use crate::service::{ExpectedPoints, NeedsView, Progress, ProgressAttempt, SkillNeed};
use crate::web::api::refusals::{Change, NotFound};
use crate::web::{App, access::Learner, problem::Problem};

/// Who needs what.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedsShape {
    group: String,
    /// The assignments that were looked at.
    assignments: Vec<String>,
    /// Fewer questions on a skill tell too little. Assumed.
    least_asked: u32,
    /// The share below which a skill is missing in practice, in percent; in a mock it is the rule set's cut score. Assumed.
    practice_cut_percent: u32,
    /// The skill that most learners miss comes first.
    skills: Vec<SkillNeedShape>,
    /// Learners who have finished nothing of it.
    nothing_finished: Vec<NamedLearner>,
}

/// A skill.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkillNeedShape {
    skill: String,
    /// Who misses it, the lowest share first.
    lacking: Vec<ShareShape>,
    /// Of whom there is too little to tell.
    too_little: Vec<ShareShape>,
    /// How many have it.
    enough: usize,
    /// What would train it, as the work of `POST /groups/{id}/assignments`; null where the bank has nothing that fits.
    practice: Option<PracticeShape>,
}

/// A learner's share in a skill.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareShape {
    learner: String,
    name: String,
    right: u32,
    asked: u32,
    percent: u32,
}

/// A practice set.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeShape {
    /// Always `practice`.
    kind: &'static str,
    section: &'static str,
    level: &'static str,
    skill: Option<String>,
    items: u32,
}

/// A learner.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedLearner {
    learner: String,
    name: String,
}

/// What a learner did for a school.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressShape {
    school: String,
    learner: String,
    name: String,
    /// The groups they are in, by id.
    groups: Vec<String>,
    /// The last one first.
    attempts: Vec<ProgressAttemptShape>,
    skills: Vec<SkillShape>,
    /// What their last mock that counts would bring; null without one.
    kazakh_points: Option<KazakhPointsShape>,
}

/// An attempt that was made for a school.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressAttemptShape {
    id: String,
    assignment: String,
    title: String,
    /// `mock` or `practice`.
    kind: &'static str,
    state: String,
    counts: bool,
    created_at: String,
    ended_at: Option<String>,
    /// Once it is finished, and its learner, if they ask, may see what it came to.
    sections: Vec<ProgressSection>,
    level: Option<&'static str>,
    passed: Option<bool>,
    /// From when its learner, who asks, sees what it came to, where the school lets it come later.
    result_visible_at: Option<String>,
}

/// A section.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressSection {
    name: &'static str,
    correct: u32,
    of: u32,
    percent: u32,
    /// The cut score of the level that passes, of a mock.
    needed_percent: Option<u32>,
}

/// A skill in the last finished attempts together.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkillShape {
    skill: &'static str,
    right: u32,
    asked: u32,
}

/// Points for Kazakh that a mock would bring in the assessment of immigration potential.
#[derive(Debug, Serialize, ToSchema)]
pub struct KazakhPointsShape {
    attempt: String,
    level: Option<&'static str>,
    points: u32,
    /// `published` or `assumed`.
    basis: &'static str,
    source: String,
    /// The last day on which it counts.
    valid_until: String,
    notice: String,
}

fn share(view: &NeedsView, share: &Share) -> ShareShape {
    ShareShape {
        learner: share.learner.to_string(),
        name: view.name(&share.learner).to_owned(),
        right: share.right,
        asked: share.asked,
        percent: share.percent(),
    }
}

impl From<&Wish> for PracticeShape {
    fn from(wish: &Wish) -> Self {
        Self {
            kind: "practice",
            section: wish.section.as_str(),
            level: wish.level.as_str(),
            skill: wish.skill.clone(),
            items: wish.items,
        }
    }
}

impl NeedsShape {
    fn of(view: &NeedsView) -> Self {
        let skill = |skill: &SkillNeed| SkillNeedShape {
            skill: skill.need.skill.clone(),
            lacking: skill
                .need
                .lacking
                .iter()
                .map(|one| share(view, one))
                .collect(),
            too_little: skill
                .need
                .unclear
                .iter()
                .map(|one| share(view, one))
                .collect(),
            enough: skill.need.enough,
            practice: skill.practice.as_ref().map(PracticeShape::from),
        };
        Self {
            group: view.group.id.to_string(),
            assignments: view
                .looked_at
                .iter()
                .map(|given| given.id.to_string())
                .collect(),
            least_asked: LEAST_ASKED,
            practice_cut_percent: PRACTICE_CUT_PERCENT,
            skills: view.skills.iter().map(skill).collect(),
            nothing_finished: view
                .silent
                .iter()
                .map(|member| NamedLearner {
                    learner: member.learner.to_string(),
                    name: member.name.clone(),
                })
                .collect(),
        }
    }
}

fn attempt(one: &ProgressAttempt) -> ProgressAttemptShape {
    let needed = one.rules.as_ref().map(|rules| rules.required_percent());
    let section = |score: &SectionScore| ProgressSection {
        name: score.name.as_str(),
        correct: score.correct,
        of: score.of,
        percent: score.percent(),
        needed_percent: needed,
    };
    let attempt = &one.attempt;
    ProgressAttemptShape {
        id: attempt.id.to_string(),
        assignment: attempt.assignment.to_string(),
        title: attempt.title.clone(),
        kind: match attempt.kind {
            Kind::Mock => "mock",
            Kind::Practice => "practice",
        },
        state: attempt.state.clone(),
        counts: attempt.counts,
        created_at: rfc3339(attempt.created_at),
        ended_at: attempt.ended_at.map(rfc3339),
        sections: attempt.scores.iter().map(section).collect(),
        level: one.level.map(|level| level.as_str()),
        passed: one.passed,
        result_visible_at: one.seen_from.map(|from| rfc3339(from.at)),
    }
}

impl From<ExpectedPoints> for KazakhPointsShape {
    fn from(expected: ExpectedPoints) -> Self {
        let statement = expected.statement;
        Self {
            attempt: statement.attempt.to_string(),
            level: statement.level.map(|level| level.as_str()),
            points: statement.kazakh_points,
            basis: statement.kazakh_points_basis.as_str(),
            source: statement.kazakh_points_source,
            valid_until: statement.valid_until.to_string(),
            notice: statement.notice,
        }
    }
}

impl From<Progress> for ProgressShape {
    fn from(progress: Progress) -> Self {
        Self {
            school: progress.school.id.to_string(),
            learner: progress.learner.to_string(),
            name: progress.name,
            groups: progress
                .groups
                .iter()
                .map(|group| group.id.to_string())
                .collect(),
            attempts: progress.attempts.iter().map(attempt).collect(),
            skills: progress
                .skills
                .rows
                .iter()
                .map(|row| {
                    let (right, asked) = row.sum();
                    SkillShape {
                        skill: row.skill,
                        right,
                        asked,
                    }
                })
                .collect(),
            kazakh_points: progress.points.map(KazakhPointsShape::from),
        }
    }
}

/// Who needs what, by an assignment: learners grouped by the skill that they miss.
#[utoipa::path(get, path = "/assignments/{id}/needs", tag = "assignments", params(("id" = String, Path)), responses(
    (status = 200, body = NeedsShape),
    Change, NotFound,
))]
pub async fn assignment_needs(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<NeedsShape>, Problem> {
    let id = AssignmentId::new(id);
    let view = app.exam.needs_of_assignment(&learner, &id).await?;
    Ok(Json(NeedsShape::of(&view)))
}

/// Who needs what, by the last assignments of a group.
#[utoipa::path(get, path = "/groups/{id}/needs", tag = "schools", params(("id" = String, Path)), responses(
    (status = 200, body = NeedsShape),
    Change, NotFound,
))]
pub async fn group_needs(
    State(app): State<App>,
    Learner(learner): Learner,
    Path(id): Path<String>,
) -> Result<Json<NeedsShape>, Problem> {
    let view = app.exam.needs_of_group(&learner, &GroupId::new(id)).await?;
    Ok(Json(NeedsShape::of(&view)))
}

/// What a learner did for a school, for those who teach there and for the learner; nothing that they did by themselves.
#[utoipa::path(get, path = "/schools/{id}/learners/{learner}", tag = "schools", params(("id" = String, Path), ("learner" = String, Path)), responses(
    (status = 200, body = ProgressShape),
    Change, NotFound,
))]
pub async fn progress(
    State(app): State<App>,
    Learner(learner): Learner,
    Path((id, whose)): Path<(String, String)>,
) -> Result<Json<ProgressShape>, Problem> {
    let (id, whose) = (SchoolId::new(id), LearnerId::new(whose));
    let progress = app.exam.progress(&learner, &id, &whose).await?;
    Ok(Json(ProgressShape::from(progress)))
}
