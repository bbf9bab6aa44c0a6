//! How a group did in an assignment: one query, however many learners.

use sqlx::FromRow;

use super::{Conn, StoreError, accommodations::allowance_of, attempts::score_of, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    accommodation::Accommodation,
    id::{AssignmentId, AttemptId, GroupId, LearnerId},
    score::SectionScore,
};

statements! {
    /// The group's learners that it is for, and those who left after an attempt; each attempt with each section that is over.
    GRADEBOOK = "select l.id as learner_id, l.name, \
                 (select count(*) from group_members m where m.group_id = $2 and m.learner_id = l.id) as in_group, \
                 t.id as attempt_id, t.state, t.created_at, t.ended_at, t.allowance, \
                 r.section, r.started_at, r.ended_at as section_ended_at, r.correct, r.of_items \
                 from (select learner_id from group_members m where group_id = $2 \
                       and (not exists (select 1 from assignment_learners n where n.assignment_id = $1) \
                       or exists (select 1 from assignment_learners n where n.assignment_id = $1 \
                       and n.learner_id = m.learner_id)) \
                       union select learner_id from assignment_attempts where assignment_id = $1) p \
                 join learners l on l.id = p.learner_id \
                 left join assignment_attempts x on x.assignment_id = $1 and x.learner_id = l.id \
                 left join attempts t on t.id = x.attempt_id \
                 left join section_results r on r.attempt_id = t.id \
                 order by l.name, l.id, t.id, r.section_index";
}

/// A learner's line.
#[derive(Debug, Clone, PartialEq)]
pub struct GradebookLine {
    /// Who.
    pub learner: LearnerId,
    /// Their name; empty for one who has none.
    pub name: String,
    /// Whether they are in the group (still).
    pub in_group: bool,
    /// Their attempts, the first one first.
    pub attempts: Vec<GradedAttempt>,
}

/// An attempt in a learner's line.
#[derive(Debug, Clone, PartialEq)]
pub struct GradedAttempt {
    /// Which.
    pub id: AttemptId,
    /// The state's name.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// The conditions under which it is sat.
    pub allowance: Accommodation,
    /// The sections that are over, in order, and how long each took in milliseconds.
    pub sections: Vec<(SectionScore, i64)>,
}

#[derive(FromRow)]
struct Row {
    learner_id: String,
    name: Option<String>,
    in_group: i64,
    attempt_id: Option<String>,
    state: Option<String>,
    created_at: Option<i64>,
    ended_at: Option<i64>,
    allowance: Option<String>,
    section: Option<String>,
    started_at: Option<i64>,
    section_ended_at: Option<i64>,
    correct: Option<i64>,
    of_items: Option<i64>,
}

impl Row {
    fn section(&self) -> Result<Option<(SectionScore, i64)>, StoreError> {
        let (Some(section), Some(correct), Some(of)) = (&self.section, self.correct, self.of_items)
        else {
            return Ok(None);
        };
        let score = score_of(section, correct, of, &self.learner_id)?;
        let took = self.section_ended_at.zip(self.started_at);
        Ok(Some((score, took.map_or(0, |(end, start)| end - start))))
    }

    fn attempt(&self) -> Result<Option<GradedAttempt>, StoreError> {
        let (Some(id), Some(state), Some(created_at)) =
            (&self.attempt_id, &self.state, self.created_at)
        else {
            return Ok(None);
        };
        Ok(Some(GradedAttempt {
            id: AttemptId::new(id.clone()),
            state: state.clone(),
            created_at: from_ms(created_at),
            ended_at: self.ended_at.map(from_ms),
            allowance: allowance_of(self.allowance.as_deref(), id)?,
            sections: Vec::new(),
        }))
    }
}

impl Conn {
    /// How a group's learners did in an assignment, by name.
    pub async fn gradebook(
        &mut self,
        assignment: &AssignmentId,
        group: &GroupId,
    ) -> Result<Vec<GradebookLine>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(GRADEBOOK)
            .bind(assignment.as_str()).bind(group.as_str()).fetch_all(db).await)?;
        let mut lines: Vec<GradebookLine> = Vec::new();
        for row in rows {
            // The rows of a learner stand together, and so do those of an attempt.
            if lines
                .last()
                .is_none_or(|line| line.learner.as_str() != row.learner_id)
            {
                lines.push(GradebookLine {
                    learner: LearnerId::new(row.learner_id.clone()),
                    name: row.name.clone().unwrap_or_default(),
                    in_group: row.in_group > 0,
                    attempts: Vec::new(),
                });
            }
            let (Some(line), Some(attempt)) = (lines.last_mut(), row.attempt()?) else {
                continue;
            };
            if line
                .attempts
                .last()
                .is_none_or(|last| last.id != attempt.id)
            {
                line.attempts.push(attempt);
            }
            if let (Some(attempt), Some(section)) = (line.attempts.last_mut(), row.section()?) {
                attempt.sections.push(section);
            }
        }
        Ok(lines)
    }
}
