//! What becomes of an assignment after it was given: changes, conditions of single learners, results that come later.

use std::collections::HashMap;

use super::{
    Conn, StoreError,
    assignments::{exception, rule_of, wish_text},
    on, statements,
};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    assignment::{Assignment, Exception},
    delay::SeenFrom,
    delivery::Delivery,
    id::{AssignmentId, AttemptId, LearnerId},
};

statements! {
    CHANGE = "update assignments set title = $2, rule_id = $3, wish = $4, counts = $5, feedback = $6, results = $7, \
              opens_at = $8, due_at = $9, attempts_allowed = $10, delivery = $11 where id = $1";
    STARTED = "select count(*) from assignment_attempts x join attempts t on t.id = x.attempt_id \
               where x.assignment_id = $1 and t.state <> 'expired'";
    MADE = "select x.learner_id, count(*) from assignment_attempts x join attempts t on t.id = x.attempt_id \
            where x.assignment_id = $1 and t.state not in ('expired', 'voided') group by x.learner_id";
    EXCEPTION = "select due_at, extra_attempts from assignment_exceptions where assignment_id = $1 and learner_id = $2";
    EXCEPTIONS = "select e.learner_id, l.name, e.due_at, e.extra_attempts from assignment_exceptions e \
                  join learners l on l.id = e.learner_id where e.assignment_id = $1 order by l.name, l.id";
    GRANT = "insert into assignment_exceptions (assignment_id, learner_id, due_at, extra_attempts, granted_by, granted_at) \
             values ($1, $2, $3, $4, $5, $6) on conflict (assignment_id, learner_id) do update set \
             due_at = excluded.due_at, extra_attempts = excluded.extra_attempts, granted_by = excluded.granted_by, \
             granted_at = excluded.granted_at";
    UNGRANT = "delete from assignment_exceptions where assignment_id = $1 and learner_id = $2";
    HOLD_RESULT = "update assignment_attempts set result_at = $2, result_doubtful = $3 where attempt_id = $1";
    FREE_RESULTS = "update assignment_attempts set result_at = null, result_doubtful = false where assignment_id = $1";
    HELD_RESULTS = "select x.attempt_id, x.result_at, x.result_doubtful from assignment_attempts x \
                    join assignments s on s.id = x.assignment_id join attempts t on t.id = x.attempt_id \
                    where x.learner_id = $1 and x.result_at > $2 and t.state = 'finished' \
                    and s.released_at is null and s.results <> 'at-once'";
}

/// What a learner was granted, with their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Who.
    pub learner: LearnerId,
    /// Their name; empty for one who has none.
    pub name: String,
    /// What.
    pub exception: Exception,
}

impl Conn {
    /// Writes what can be changed of an assignment. The caller holds it (see `lock_assignment`).
    pub async fn change_assignment(&mut self, given: &Assignment) -> Result<(), StoreError> {
        let wish = wish_text(given)?;
        on!(self, db => sqlx::query(CHANGE)
            .bind(given.id.as_str()).bind(&given.title)
            .bind(rule_of(&given.work)).bind(wish.as_deref())
            .bind(given.work.counts()).bind(given.work.feedback().as_str())
            .bind(given.work.results().as_str())
            .bind(given.opens_at.timestamp_millis()).bind(given.due_at.timestamp_millis())
            .bind(i64::from(given.attempts_allowed))
            .bind(given.work.delivery().map(Delivery::as_str))
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Whether an attempt was made for an assignment that did not lapse.
    pub async fn is_started(&mut self, id: &AssignmentId) -> Result<bool, StoreError> {
        let attempts: i64 = on!(self, db => sqlx::query_scalar(STARTED)
            .bind(id.as_str()).fetch_one(db).await)?;
        Ok(attempts > 0)
    }

    /// How many attempts each learner has made that neither lapsed nor were declared void.
    pub async fn attempts_made(
        &mut self,
        id: &AssignmentId,
    ) -> Result<HashMap<LearnerId, u32>, StoreError> {
        let made: Vec<(String, i64)> = on!(self, db => sqlx::query_as(MADE)
            .bind(id.as_str()).fetch_all(db).await)?;
        Ok(made
            .into_iter()
            .map(|(id, made)| (LearnerId::new(id), u32::try_from(made).unwrap_or(u32::MAX)))
            .collect())
    }

    /// What a learner was granted beyond what their group has.
    pub async fn exception(
        &mut self,
        assignment: &AssignmentId,
        learner: &LearnerId,
    ) -> Result<Option<Exception>, StoreError> {
        let row: Option<(Option<i64>, i64)> = on!(self, db => sqlx::query_as(EXCEPTION)
            .bind(assignment.as_str()).bind(learner.as_str()).fetch_optional(db).await)?;
        Ok(row.map(|(due_at, extra)| exception(due_at, extra)))
    }

    /// What learners were granted, by name.
    pub async fn exceptions(&mut self, id: &AssignmentId) -> Result<Vec<Granted>, StoreError> {
        let rows: Vec<(String, Option<String>, Option<i64>, i64)> = on!(self, db =>
            sqlx::query_as(EXCEPTIONS).bind(id.as_str()).fetch_all(db).await)?;
        Ok(rows
            .into_iter()
            .map(|(learner, name, due_at, extra)| Granted {
                learner: LearnerId::new(learner),
                name: name.unwrap_or_default(),
                exception: exception(due_at, extra),
            })
            .collect())
    }

    /// Grants a learner something, in place of what they were granted before; nothing takes it away.
    pub async fn grant_exception(
        &mut self,
        id: &AssignmentId,
        learner: &LearnerId,
        granted: Option<&Exception>,
        by: &LearnerId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match granted {
            Some(granted) => on!(self, db => sqlx::query(GRANT)
                .bind(id.as_str()).bind(learner.as_str())
                .bind(granted.due_at.map(|at| at.timestamp_millis()))
                .bind(i64::from(granted.extra_attempts))
                .bind(by.as_str()).bind(now.timestamp_millis())
                .execute(db).await.map(drop))?,
            None => on!(self, db => sqlx::query(UNGRANT)
                .bind(id.as_str()).bind(learner.as_str())
                .execute(db).await.map(drop))?,
        }
        Ok(())
    }

    /// Notes from when the learner sees what an attempt came to.
    pub async fn hold_result(
        &mut self,
        attempt: &AttemptId,
        from: SeenFrom,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(HOLD_RESULT)
            .bind(attempt.as_str()).bind(from.at.timestamp_millis()).bind(from.doubtful)
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Lets what the attempts for an assignment came to be seen at once.
    pub async fn free_results(&mut self, id: &AssignmentId) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(FREE_RESULTS).bind(id.as_str()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// A learner's attempts of which they may not see yet what they came to, and from when they may.
    pub async fn held_results(
        &mut self,
        learner: &LearnerId,
        now: Timestamp,
    ) -> Result<HashMap<AttemptId, SeenFrom>, StoreError> {
        let rows: Vec<(String, i64, bool)> = on!(self, db => sqlx::query_as(HELD_RESULTS)
            .bind(learner.as_str()).bind(now.timestamp_millis()).fetch_all(db).await)?;
        Ok(rows
            .into_iter()
            .map(|(id, at, doubtful)| {
                let at = from_ms(at);
                (AttemptId::new(id), SeenFrom { at, doubtful })
            })
            .collect())
    }
}
