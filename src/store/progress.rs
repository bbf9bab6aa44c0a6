//! What one learner did for a school, and nothing else of theirs.

use sqlx::FromRow;

use super::{Conn, StoreError, attempts::score_of, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    attempt::Kind,
    id::{AssignmentId, AttemptId, LearnerId, RuleId, SchoolId},
    score::SectionScore,
};

statements! {
    /// The name of somebody who learns in a school, or did something for it.
    LEARNER = "select l.name from learners l where l.id = $2 and (exists (select 1 from group_members m \
               join school_groups g on g.id = m.group_id where g.school_id = $1 and m.learner_id = l.id) \
               or exists (select 1 from assignment_attempts x join assignments a on a.id = x.assignment_id \
               where a.school_id = $1 and x.learner_id = l.id))";
    /// The last 200 attempts, each with each section that is over.
    ATTEMPTS = "select t.id, x.assignment_id, a.title, t.kind, t.rule_id, t.state, t.counts, t.created_at, t.counted_at, \
                t.ended_at, r.section, r.correct, r.of_items \
                from (select y.attempt_id, y.assignment_id from assignment_attempts y \
                join assignments b on b.id = y.assignment_id where b.school_id = $1 and y.learner_id = $2 \
                order by y.attempt_id desc limit 200) x \
                join assignments a on a.id = x.assignment_id join attempts t on t.id = x.attempt_id \
                left join section_results r on r.attempt_id = t.id order by t.id desc, r.section_index";
}

/// An attempt that a learner made for a school.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolAttempt {
    /// Which.
    pub id: AttemptId,
    /// For which assignment.
    pub assignment: AssignmentId,
    /// What that is called.
    pub title: String,
    /// Mock or practice.
    pub kind: Kind,
    /// Under which rule set.
    pub rule: RuleId,
    /// The state's name.
    pub state: String,
    /// Whether it counts against the retake limit.
    pub counts: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it counts.
    pub counted_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// The sections that are over, in order.
    pub scores: Vec<SectionScore>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    assignment_id: String,
    title: String,
    kind: String,
    rule_id: String,
    state: String,
    counts: bool,
    created_at: i64,
    counted_at: Option<i64>,
    ended_at: Option<i64>,
    section: Option<String>,
    correct: Option<i64>,
    of_items: Option<i64>,
}

impl Row {
    fn score(&self) -> Result<Option<SectionScore>, StoreError> {
        match (&self.section, self.correct, self.of_items) {
            (Some(section), Some(correct), Some(of)) => {
                score_of(section, correct, of, &self.id).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn into_attempt(self) -> SchoolAttempt {
        SchoolAttempt {
            id: AttemptId::new(self.id),
            assignment: AssignmentId::new(self.assignment_id),
            title: self.title,
            kind: match self.kind.as_str() {
                "mock" => Kind::Mock,
                _ => Kind::Practice,
            },
            rule: RuleId::new(self.rule_id),
            state: self.state,
            counts: self.counts,
            created_at: from_ms(self.created_at),
            counted_at: self.counted_at.map(from_ms),
            ended_at: self.ended_at.map(from_ms),
            scores: Vec::new(),
        }
    }
}

impl Conn {
    /// The name of a learner of a school, also of one who left after doing something for it.
    pub async fn learner_of_school(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Option<String>, StoreError> {
        let name: Option<Option<String>> = on!(self, db => sqlx::query_scalar(LEARNER)
            .bind(school.as_str()).bind(learner.as_str()).fetch_optional(db).await)?;
        Ok(name.map(Option::unwrap_or_default))
    }

    /// A learner's attempts for a school, the last one first; at most 200.
    pub async fn attempts_for_school(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Vec<SchoolAttempt>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(ATTEMPTS)
            .bind(school.as_str()).bind(learner.as_str()).fetch_all(db).await)?;
        let mut attempts: Vec<SchoolAttempt> = Vec::new();
        for row in rows {
            let score = row.score()?;
            // The rows of an attempt stand together.
            if attempts
                .last()
                .is_none_or(|last| last.id.as_str() != row.id)
            {
                attempts.push(row.into_attempt());
            }
            if let (Some(last), Some(score)) = (attempts.last_mut(), score) {
                last.scores.push(score);
            }
        }
        Ok(attempts)
    }
}
