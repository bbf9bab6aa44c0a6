//! Finished attempts that were made for assignments, with their forms and what was chosen last: what the questions of a
//! group or of a learner are marked from, in three queries however many there are. An attempt whose responses were kept
//! long enough and are deleted is none of them: all its questions would look as if nobody had answered.

use std::collections::{HashMap, HashSet};

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    form::{Form, Letter},
    id::{AssignmentId, AttemptId, ItemId, LearnerId, SchoolId, TestletId},
};

statements! {
    /// Of each learner the last finished attempt for an assignment whose responses are still kept.
    OF_ASSIGNMENT = "select x.assignment_id, x.learner_id, l.name, t.id as attempt_id, t.ended_at, f.form \
                     from assignment_attempts x join attempts t on t.id = x.attempt_id \
                     join learners l on l.id = x.learner_id join forms f on f.attempt_id = t.id \
                     where x.assignment_id = $1 and t.state = 'finished' and t.forgotten_at is null \
                     and not exists (select 1 from assignment_attempts y join attempts u on u.id = y.attempt_id \
                     where y.assignment_id = x.assignment_id and y.learner_id = x.learner_id \
                     and u.state = 'finished' and u.forgotten_at is null and u.id > t.id) \
                     order by l.name, l.id, t.id";
    /// All of them of each learner, so that one can be chosen.
    EACH_OF_ASSIGNMENT = "select x.assignment_id, x.learner_id, l.name, t.id as attempt_id, t.ended_at, f.form \
                          from assignment_attempts x join attempts t on t.id = x.attempt_id \
                          join learners l on l.id = x.learner_id join forms f on f.attempt_id = t.id \
                          where x.assignment_id = $1 and t.state = 'finished' and t.forgotten_at is null \
                          order by l.name, l.id, t.id";
    /// Also those whose responses are deleted.
    FINISHERS = "select distinct x.learner_id from assignment_attempts x join attempts t on t.id = x.attempt_id \
                 where x.assignment_id = $1 and t.state = 'finished'";
    CHOSEN_IN_ASSIGNMENT = "select r.attempt_id, r.item_id, r.chosen from responses r \
                            join assignment_attempts x on x.attempt_id = r.attempt_id \
                            where x.assignment_id = $1 order by r.attempt_id, r.seq";
    HELD_IN_ASSIGNMENT = "select t.learner_id, t.testlet_id from attempt_testlets t join attempts a on a.id = t.attempt_id \
                          where a.kind = 'mock' and a.state in ('running', 'break') \
                          and t.learner_id in (select learner_id from assignment_attempts where assignment_id = $1)";
    /// All finished attempts that a learner made for a school and whose responses are still kept, the last 200.
    OF_LEARNER = "select x.assignment_id, x.learner_id, l.name, t.id as attempt_id, t.ended_at, f.form \
                  from assignment_attempts x join attempts t on t.id = x.attempt_id \
                  join learners l on l.id = x.learner_id join forms f on f.attempt_id = t.id \
                  join assignments a on a.id = x.assignment_id \
                  where a.school_id = $1 and x.learner_id = $2 and t.state = 'finished' and t.forgotten_at is null \
                  order by t.id desc limit 200";
    CHOSEN_BY_LEARNER = "select r.attempt_id, r.item_id, r.chosen from responses r \
                         join assignment_attempts x on x.attempt_id = r.attempt_id \
                         join assignments a on a.id = x.assignment_id \
                         where a.school_id = $1 and x.learner_id = $2 order by r.attempt_id, r.seq";
}

/// A finished attempt that was made for an assignment and whose responses are still kept.
#[derive(Debug, Clone)]
pub struct FinishedAttempt {
    /// For which assignment.
    pub assignment: AssignmentId,
    /// By whom.
    pub learner: LearnerId,
    /// Their name; empty for one who has none.
    pub name: String,
    /// Which.
    pub attempt: AttemptId,
    /// When it was finished.
    pub ended_at: Option<Timestamp>,
    /// What they were given.
    pub form: Form,
    /// What they chose last, by item.
    pub chosen: HashMap<ItemId, Letter>,
}

#[derive(FromRow)]
struct Row {
    assignment_id: String,
    learner_id: String,
    name: Option<String>,
    attempt_id: String,
    ended_at: Option<i64>,
    form: String,
}

type Chosen = (String, String, Option<String>);

/// Puts together attempts and responses, which come in their order: the last one of an item counts.
fn together(rows: Vec<Row>, chosen: Vec<Chosen>) -> Result<Vec<FinishedAttempt>, StoreError> {
    let mut by_attempt: HashMap<String, HashMap<ItemId, Letter>> = HashMap::new();
    for (attempt, item, letter) in chosen {
        let of_attempt = by_attempt.entry(attempt).or_default();
        let item = ItemId::new(item);
        match letter.and_then(|letter| letter.parse().ok()) {
            Some(letter) => of_attempt.insert(item, letter),
            None => of_attempt.remove(&item),
        };
    }
    rows.into_iter()
        .map(|row| {
            let form = serde_json::from_str(&row.form);
            let form = form.map_err(|error: serde_json::Error| StoreError::Corrupt {
                table: "forms",
                column: "form",
                row: row.attempt_id.clone(),
                reason: error.to_string(),
            })?;
            Ok(FinishedAttempt {
                chosen: by_attempt.remove(&row.attempt_id).unwrap_or_default(),
                assignment: AssignmentId::new(row.assignment_id),
                learner: LearnerId::new(row.learner_id),
                name: row.name.unwrap_or_default(),
                attempt: AttemptId::new(row.attempt_id),
                ended_at: row.ended_at.map(from_ms),
                form,
            })
        })
        .collect()
}

impl Conn {
    /// Each learner's last finished attempt for an assignment, by name.
    pub async fn finished_in(
        &mut self,
        assignment: &AssignmentId,
    ) -> Result<Vec<FinishedAttempt>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_ASSIGNMENT)
            .bind(assignment.as_str()).fetch_all(db).await)?;
        let chosen: Vec<Chosen> = on!(self, db => sqlx::query_as(CHOSEN_IN_ASSIGNMENT)
            .bind(assignment.as_str()).fetch_all(db).await)?;
        together(rows, chosen)
    }

    /// Every finished attempt for an assignment, by the learners' names, of each the first one first.
    pub async fn all_finished_in(
        &mut self,
        assignment: &AssignmentId,
    ) -> Result<Vec<FinishedAttempt>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(EACH_OF_ASSIGNMENT)
            .bind(assignment.as_str()).fetch_all(db).await)?;
        let chosen: Vec<Chosen> = on!(self, db => sqlx::query_as(CHOSEN_IN_ASSIGNMENT)
            .bind(assignment.as_str()).fetch_all(db).await)?;
        together(rows, chosen)
    }

    /// Who has finished an attempt for an assignment, whether its responses are still kept or not.
    pub async fn finishers_of(
        &mut self,
        assignment: &AssignmentId,
    ) -> Result<HashSet<LearnerId>, StoreError> {
        let found: Vec<String> = on!(self, db => sqlx::query_scalar(FINISHERS)
            .bind(assignment.as_str()).fetch_all(db).await)?;
        Ok(found.into_iter().map(LearnerId::new).collect())
    }

    /// Testlets that running mocks of those who sat an assignment have: nothing may tell their keys meanwhile.
    pub async fn held_in(
        &mut self,
        assignment: &AssignmentId,
    ) -> Result<HashSet<(LearnerId, TestletId)>, StoreError> {
        let held: Vec<(String, String)> = on!(self, db => sqlx::query_as(HELD_IN_ASSIGNMENT)
            .bind(assignment.as_str()).fetch_all(db).await)?;
        Ok(held
            .into_iter()
            .map(|(learner, testlet)| (LearnerId::new(learner), TestletId::new(testlet)))
            .collect())
    }

    /// A learner's finished attempts for a school whose responses are still kept, the last one first; at most 200.
    pub async fn finished_by(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Vec<FinishedAttempt>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_LEARNER)
            .bind(school.as_str()).bind(learner.as_str()).fetch_all(db).await)?;
        let chosen: Vec<Chosen> = on!(self, db => sqlx::query_as(CHOSEN_BY_LEARNER)
            .bind(school.as_str()).bind(learner.as_str()).fetch_all(db).await)?;
        together(rows, chosen)
    }
}
