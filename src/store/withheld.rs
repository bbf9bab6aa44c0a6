//! Testlets whose keys may not be told yet: a running mock has them, or a school that gave them keeps the keys back.

use std::collections::HashSet;

use super::{Conn, StoreError, on, statements};
use crate::domain::{
    Timestamp,
    id::{GroupId, LearnerId, TestletId},
};

/// Of a learner's mocks that are not over: also of one that is not begun, whose recordings are known already.
macro_rules! held {
    ($learner:literal) => {
        concat!(
            "t.testlet_id from attempt_testlets t join attempts a on a.id = t.attempt_id where t.learner_id = ",
            $learner,
            " and a.kind = 'mock' and a.state in ('ready', 'running', 'break')"
        )
    };
}

/// Of attempts that were finished, void ones too, and of practice sets that go on, given by a school that does not let the
/// keys be seen yet (domain::assignment, `shows_keys` and `for_learner`), or not even what was reached. Of mocks that go
/// on see `held`.
macro_rules! withheld {
    ($now:literal) => {
        concat!(
            "(a.state in ('finished', 'voided') or (a.kind = 'practice' and a.state = 'running')) \
             and s.released_at is null and (s.feedback = 'released' or (g.result_at > ",
            $now,
            " and s.results <> 'at-once') or (s.feedback = 'after-due' and (s.due_at > ",
            $now,
            " or e.due_at > ",
            $now,
            ")))"
        )
    };
}

macro_rules! given {
    () => {
        "join attempts a on a.id = t.attempt_id \
         join assignment_attempts g on g.attempt_id = a.id join assignments s on s.id = g.assignment_id \
         left join assignment_exceptions e on e.assignment_id = s.id and e.learner_id = t.learner_id"
    };
}

/// Two columns for [`Kept::of`]: what is kept back from a learner, as lines.
macro_rules! kept {
    ($learner:literal, $now:literal) => {
        concat!(
            "(select string_agg(k.testlet_id, '\n') from (select ",
            held!($learner),
            ") k) as mock, (select string_agg(k.testlet_id, '\n') from (select t.testlet_id from attempt_testlets t ",
            given!(),
            " where t.learner_id = ",
            $learner,
            " and ",
            withheld!($now),
            ") k) as school"
        )
    };
}
pub(super) use {given, held, kept, withheld};

statements! {
    HELD = concat!("select ", held!("$1"));
    KEPT = concat!("select ", kept!("$1", "$2"));
    WITHHELD_IN_GROUP = concat!("select distinct t.testlet_id from group_members m \
                                 join attempt_testlets t on t.learner_id = m.learner_id ",
                                given!(), " where m.group_id = $1 and s.group_id = $1 and ", withheld!("$2"));
}

/// Testlets whose keys a learner may not be told.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Because their running mock has them.
    pub mock: HashSet<TestletId>,
    /// Because a school that gave them withholds the keys.
    pub school: HashSet<TestletId>,
}

impl Kept {
    /// Of the columns `kept`.
    pub(super) fn of(mock: Option<String>, school: Option<String>) -> Self {
        let all = |lines: Option<String>| {
            let lines = lines.iter().flat_map(|lines| lines.lines());
            lines.map(TestletId::new).collect()
        };
        Self {
            mock: all(mock),
            school: all(school),
        }
    }

    /// Whether this one is kept back.
    pub fn has(&self, id: &TestletId) -> bool {
        self.mock.contains(id) || self.school.contains(id)
    }
}

impl Conn {
    /// What is kept back from a learner at this time.
    pub async fn kept_from(
        &mut self,
        learner: &LearnerId,
        now: Timestamp,
    ) -> Result<Kept, StoreError> {
        let (mock, school) = on!(self, db => sqlx::query_as(KEPT)
            .bind(learner.as_str()).bind(now.timestamp_millis()).fetch_one(db).await)?;
        Ok(Kept::of(mock, school))
    }

    /// Testlets of this learner's mock in progress: nothing may tell their keys meanwhile.
    pub async fn held_testlets(
        &mut self,
        learner: &LearnerId,
    ) -> Result<HashSet<TestletId>, StoreError> {
        let held: Vec<String> = on!(self, db => sqlx::query_scalar(HELD)
            .bind(learner.as_str()).fetch_all(db).await)?;
        Ok(held.into_iter().map(TestletId::new).collect())
    }

    /// Testlets whose keys are withheld from any learner of a group by what was given to it.
    pub async fn withheld_in_group(
        &mut self,
        group: &GroupId,
        now: Timestamp,
    ) -> Result<HashSet<TestletId>, StoreError> {
        let withheld: Vec<String> = on!(self, db => sqlx::query_scalar(WITHHELD_IN_GROUP)
            .bind(group.as_str()).bind(now.timestamp_millis()).fetch_all(db).await)?;
        Ok(withheld.into_iter().map(TestletId::new).collect())
    }
}
