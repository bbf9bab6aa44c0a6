//! For whom of a group an assignment is: no row in `assignment_learners` is the whole group.

use std::collections::HashSet;

use super::{Conn, GroupMember, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::id::{AssignmentId, GroupId, LearnerId};

statements! {
    ADD = "insert into assignment_learners (assignment_id, learner_id) values ($1, $2) \
           on conflict (assignment_id, learner_id) do nothing";
    OF = "select l.id, l.name, a.made_at from assignment_learners x join learners l on l.id = x.learner_id \
          join assignments a on a.id = x.assignment_id where x.assignment_id = $1 order by l.name, l.id";
    /// Rows that name somebody, and among them those that name this learner.
    NAMED = "select count(*), coalesce(sum(case when learner_id = $2 then 1 else 0 end), 0) \
             from assignment_learners where assignment_id = $1";
    NOT_FOR = "select distinct x.assignment_id from assignment_learners x join assignments a on a.id = x.assignment_id \
               where a.group_id = $1 and not exists (select 1 from assignment_learners y \
               where y.assignment_id = x.assignment_id and y.learner_id = $2)";
}

impl Conn {
    /// Makes an assignment one for these learners.
    pub async fn address(
        &mut self,
        assignment: &AssignmentId,
        learners: &[LearnerId],
    ) -> Result<(), StoreError> {
        for learner in learners {
            on!(self, db => sqlx::query(ADD)
                .bind(assignment.as_str()).bind(learner.as_str())
                .execute(db).await.map(drop))?;
        }
        Ok(())
    }

    /// The learners an assignment is for, by name; none where it is for the whole group.
    pub async fn audience(
        &mut self,
        assignment: &AssignmentId,
    ) -> Result<Vec<GroupMember>, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> =
            on!(self, db => sqlx::query_as(OF).bind(assignment.as_str()).fetch_all(db).await)?;
        Ok(rows
            .into_iter()
            .map(|(learner, name, since)| GroupMember {
                learner: LearnerId::new(learner),
                name: name.unwrap_or_default(),
                since: from_ms(since),
            })
            .collect())
    }

    /// Whether an assignment is for this learner, as far as it names anybody.
    pub async fn is_addressed(
        &mut self,
        assignment: &AssignmentId,
        learner: &LearnerId,
    ) -> Result<bool, StoreError> {
        let (named, this): (i64, i64) = on!(self, db => sqlx::query_as(NAMED)
            .bind(assignment.as_str()).bind(learner.as_str()).fetch_one(db).await)?;
        Ok(named == 0 || this > 0)
    }

    /// What was given to others of the group and not to this learner.
    pub async fn not_for(
        &mut self,
        group: &GroupId,
        learner: &LearnerId,
    ) -> Result<HashSet<AssignmentId>, StoreError> {
        let ids: Vec<String> = on!(self, db => sqlx::query_scalar(NOT_FOR)
            .bind(group.as_str()).bind(learner.as_str()).fetch_all(db).await)?;
        Ok(ids.into_iter().map(AssignmentId::new).collect())
    }
}
