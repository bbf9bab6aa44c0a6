//! What was given to groups, and the attempts made for it.

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    assignment::{Assignment, Exception, GivenSet, Work},
    delivery::Delivery,
    id::{AssignmentId, AttemptId, GroupId, LearnerId, RuleId, SchoolId},
};

statements! {
    INSERT = "insert into assignments (id, school_id, group_id, title, kind, rule_id, wish, counts, feedback, results, \
              opens_at, due_at, attempts_allowed, made_by, made_at, delivery) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    /// Writing to the row holds it until the transaction is over, on both engines.
    LOCK = "update assignments set version = version + 1 where id = $1";
    ONE = "select id, school_id, group_id, title, kind, rule_id, wish, counts, feedback, results, opens_at, due_at, \
           attempts_allowed, released_at, withdrawn_at, made_by, made_at, delivery from assignments where id = $1";
    OF_ATTEMPT = "select a.id, a.school_id, a.group_id, a.title, a.kind, a.rule_id, a.wish, a.counts, a.feedback, \
                  a.results, a.opens_at, a.due_at, a.attempts_allowed, a.released_at, a.withdrawn_at, a.made_by, \
                  a.made_at, a.delivery, e.due_at as own_due, e.extra_attempts \
                  from assignments a join assignment_attempts x on x.assignment_id = a.id \
                  left join assignment_exceptions e on e.assignment_id = a.id and e.learner_id = x.learner_id \
                  where x.attempt_id = $1";
    OF_GROUP = "select id, school_id, group_id, title, kind, rule_id, wish, counts, feedback, results, opens_at, due_at, \
                attempts_allowed, released_at, withdrawn_at, made_by, made_at, delivery from assignments \
                where group_id = $1 order by due_at desc, id desc limit 500";
    OF_LEARNER = "select a.id, a.school_id, a.group_id, a.title, a.kind, a.rule_id, a.wish, a.counts, a.feedback, \
                  a.results, a.opens_at, a.due_at, a.attempts_allowed, a.released_at, a.withdrawn_at, a.made_by, \
                  a.made_at, a.delivery, e.due_at as own_due, e.extra_attempts, s.name as school_name, s.zone, g.name as group_name, \
                  (select count(*) from assignment_attempts x join attempts t on t.id = x.attempt_id \
                   where x.assignment_id = a.id and x.learner_id = $1 and t.state not in ('expired', 'voided')) as made, \
                  (select min(t.id) from assignment_attempts x join attempts t on t.id = x.attempt_id \
                   where x.assignment_id = a.id and x.learner_id = $1 and t.state in ('ready', 'running', 'break')) \
                  as open_attempt \
                  from assignments a join group_members m on m.group_id = a.group_id and m.learner_id = $1 \
                  join schools s on s.id = a.school_id join school_groups g on g.id = a.group_id \
                  left join assignment_exceptions e on e.assignment_id = a.id and e.learner_id = $1 \
                  where a.withdrawn_at is null and (a.due_at > $2 or e.due_at > $2) \
                  and (not exists (select 1 from assignment_learners n where n.assignment_id = a.id) \
                  or exists (select 1 from assignment_learners n where n.assignment_id = a.id and n.learner_id = $1)) \
                  order by a.due_at, a.id limit 100";
    LINK = "insert into assignment_attempts (attempt_id, assignment_id, learner_id) values ($1, $2, $3)";
    ATTEMPTS_OF = "select t.id, t.state, t.created_at, t.ended_at from assignment_attempts x \
                   join attempts t on t.id = x.attempt_id \
                   where x.assignment_id = $1 and x.learner_id = $2 order by t.id";
    ATTEMPT_IN = "select l.id, l.name from assignment_attempts x join learners l on l.id = x.learner_id \
                  where x.assignment_id = $1 and x.attempt_id = $2";
    WITHDRAW = "update assignments set withdrawn_at = $2 where id = $1 and withdrawn_at is null";
    RELEASE = "update assignments set released_at = $2 where id = $1 and released_at is null";
}

/// What a learner can do or will be able to do.
#[derive(Debug, Clone)]
pub struct DueAssignment {
    /// The assignment, as it holds for this learner.
    pub assignment: Assignment,
    /// The school's name.
    pub school_name: String,
    /// The school's zone.
    pub zone: chrono_tz::Tz,
    /// The group's name.
    pub group_name: String,
    /// Attempts made that neither lapsed nor were declared void.
    pub made: u32,
    /// An attempt that is ready or goes on.
    pub open_attempt: Option<AttemptId>,
}

/// A learner's attempt for an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignedAttempt {
    /// Which.
    pub id: AttemptId,
    /// The state's name.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

impl AssignedAttempt {
    /// Whether it is one of those that are allowed: it neither lapsed nor was declared void.
    pub fn is_used(&self) -> bool {
        !matches!(self.state.as_str(), "expired" | "voided")
    }

    /// Whether it is ready or goes on.
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "ready" | "running" | "break")
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    school_id: String,
    group_id: String,
    title: String,
    kind: String,
    rule_id: Option<String>,
    wish: Option<String>,
    counts: bool,
    feedback: String,
    results: String,
    opens_at: i64,
    due_at: i64,
    attempts_allowed: i64,
    released_at: Option<i64>,
    withdrawn_at: Option<i64>,
    made_by: String,
    made_at: i64,
    delivery: Option<String>,
}

/// An assignment, and what a learner was granted beyond it.
#[derive(FromRow)]
struct TheirRow {
    #[sqlx(flatten)]
    assignment: Row,
    own_due: Option<i64>,
    extra_attempts: Option<i64>,
}

#[derive(FromRow)]
struct DueRow {
    #[sqlx(flatten)]
    theirs: TheirRow,
    school_name: String,
    zone: String,
    group_name: String,
    made: i64,
    open_attempt: Option<String>,
}

fn corrupt(column: &'static str, row: &str, reason: impl ToString) -> StoreError {
    StoreError::corrupt("assignments", column, row, reason)
}

impl Row {
    fn work(&self) -> Result<Work, StoreError> {
        let missing = |column| corrupt(column, &self.id, format!("missing of a {}", self.kind));
        let feedback = self.feedback.parse();
        let feedback = feedback.map_err(|error| corrupt("feedback", &self.id, error))?;
        match self.kind.as_str() {
            "mock" => Ok(Work::Mock {
                rule: RuleId::new(self.rule_id.clone().ok_or_else(|| missing("rule_id"))?),
                counts: self.counts,
                feedback,
                results: self
                    .results
                    .parse()
                    .map_err(|error| corrupt("results", &self.id, error))?,
                delivery: self
                    .delivery
                    .as_deref()
                    .map(str::parse)
                    .transpose()
                    .map_err(|error| corrupt("delivery", &self.id, error))?,
            }),
            "practice" => {
                let wish = self.wish.as_deref().ok_or_else(|| missing("wish"))?;
                let wish = serde_json::from_str(wish);
                let wish = wish.map_err(|error| corrupt("wish", &self.id, error))?;
                Ok(Work::Practice(GivenSet { wish, feedback }))
            }
            other => Err(corrupt("kind", &self.id, format!("unknown kind {other:?}"))),
        }
    }
}

impl TryFrom<Row> for Assignment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let work = row.work()?;
        let allowed = u32::try_from(row.attempts_allowed)
            .map_err(|error| corrupt("attempts_allowed", &row.id, error))?;
        Ok(Self {
            work,
            id: AssignmentId::new(row.id),
            school: SchoolId::new(row.school_id),
            group: GroupId::new(row.group_id),
            title: row.title,
            opens_at: from_ms(row.opens_at),
            due_at: from_ms(row.due_at),
            attempts_allowed: allowed,
            released_at: row.released_at.map(from_ms),
            withdrawn_at: row.withdrawn_at.map(from_ms),
            made_by: LearnerId::new(row.made_by),
            made_at: from_ms(row.made_at),
        })
    }
}

impl TryFrom<TheirRow> for Assignment {
    type Error = StoreError;

    fn try_from(row: TheirRow) -> Result<Self, StoreError> {
        let granted = row
            .extra_attempts
            .map(|extra| exception(row.own_due, extra));
        Ok(Self::try_from(row.assignment)?.for_learner(granted.as_ref()))
    }
}

/// What a learner was granted, of its columns.
pub(super) fn exception(due_at: Option<i64>, extra_attempts: i64) -> Exception {
    Exception {
        due_at: due_at.map(from_ms),
        extra_attempts: u32::try_from(extra_attempts).unwrap_or_default(),
    }
}

/// A practice set's wish as it is kept.
pub(super) fn wish_text(given: &Assignment) -> Result<Option<String>, StoreError> {
    match &given.work {
        Work::Mock { .. } => Ok(None),
        Work::Practice(set) => serde_json::to_string(&set.wish)
            .map(Some)
            .map_err(|error| corrupt("wish", given.id.as_str(), error)),
    }
}

/// A mock's rule set.
pub(super) fn rule_of(work: &Work) -> Option<&str> {
    match work {
        Work::Mock { rule, .. } => Some(rule.as_str()),
        Work::Practice(_) => None,
    }
}

impl TryFrom<DueRow> for DueAssignment {
    type Error = StoreError;

    fn try_from(row: DueRow) -> Result<Self, StoreError> {
        let zone = row.zone.parse();
        let zone = zone.map_err(|error: chrono_tz::ParseError| StoreError::Corrupt {
            table: "schools",
            column: "zone",
            row: row.theirs.assignment.school_id.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            assignment: row.theirs.try_into()?,
            school_name: row.school_name,
            zone,
            group_name: row.group_name,
            made: u32::try_from(row.made).unwrap_or(u32::MAX),
            open_attempt: row.open_attempt.map(AttemptId::new),
        })
    }
}

impl Conn {
    /// Adds an assignment that is neither released nor withdrawn.
    pub async fn insert_assignment(&mut self, given: &Assignment) -> Result<(), StoreError> {
        let wish = wish_text(given)?;
        on!(self, db => sqlx::query(INSERT)
            .bind(given.id.as_str()).bind(given.school.as_str()).bind(given.group.as_str())
            .bind(&given.title).bind(given.work.kind()).bind(rule_of(&given.work)).bind(wish.as_deref())
            .bind(given.work.counts()).bind(given.work.feedback().as_str())
            .bind(given.work.results().as_str())
            .bind(given.opens_at.timestamp_millis()).bind(given.due_at.timestamp_millis())
            .bind(i64::from(given.attempts_allowed))
            .bind(given.made_by.as_str()).bind(given.made_at.timestamp_millis())
            .bind(given.work.delivery().map(Delivery::as_str))
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// The assignment with this id.
    pub async fn assignment(
        &mut self,
        id: &AssignmentId,
    ) -> Result<Option<Assignment>, StoreError> {
        let row: Option<Row> =
            on!(self, db => sqlx::query_as(ONE).bind(id.as_str()).fetch_optional(db).await)?;
        row.map(Assignment::try_from).transpose()
    }

    /// The assignment with this id, held against every other writer until the transaction is over.
    pub async fn lock_assignment(
        &mut self,
        id: &AssignmentId,
    ) -> Result<Option<Assignment>, StoreError> {
        on!(self, db => sqlx::query(LOCK).bind(id.as_str()).execute(db).await.map(drop))?;
        self.assignment(id).await
    }

    /// The assignment for which an attempt was made, as it holds for its learner; none for a private one.
    pub async fn assignment_of(
        &mut self,
        attempt: &AttemptId,
    ) -> Result<Option<Assignment>, StoreError> {
        let row: Option<TheirRow> = on!(self, db => sqlx::query_as(OF_ATTEMPT)
            .bind(attempt.as_str()).fetch_optional(db).await)?;
        row.map(Assignment::try_from).transpose()
    }

    /// What was given to a group, what is due last first; at most 500.
    pub async fn assignments_of_group(
        &mut self,
        group: &GroupId,
    ) -> Result<Vec<Assignment>, StoreError> {
        let rows: Vec<Row> =
            on!(self, db => sqlx::query_as(OF_GROUP).bind(group.as_str()).fetch_all(db).await)?;
        rows.into_iter().map(Assignment::try_from).collect()
    }

    /// What a learner's groups were given that is not over and not withdrawn, what is due first first; at most 100.
    pub async fn due_for(
        &mut self,
        learner: &LearnerId,
        now: Timestamp,
    ) -> Result<Vec<DueAssignment>, StoreError> {
        let rows: Vec<DueRow> = on!(self, db => sqlx::query_as(OF_LEARNER)
            .bind(learner.as_str()).bind(now.timestamp_millis()).fetch_all(db).await)?;
        rows.into_iter().map(DueAssignment::try_from).collect()
    }

    /// Notes that an attempt was made for an assignment.
    pub async fn link_attempt(
        &mut self,
        attempt: &AttemptId,
        assignment: &AssignmentId,
        learner: &LearnerId,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(LINK)
            .bind(attempt.as_str()).bind(assignment.as_str()).bind(learner.as_str())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// A learner's attempts for an assignment, the first one first.
    pub async fn attempts_for(
        &mut self,
        assignment: &AssignmentId,
        learner: &LearnerId,
    ) -> Result<Vec<AssignedAttempt>, StoreError> {
        let rows: Vec<(String, String, i64, Option<i64>)> = on!(self, db =>
            sqlx::query_as(ATTEMPTS_OF)
                .bind(assignment.as_str()).bind(learner.as_str()).fetch_all(db).await)?;
        Ok(rows
            .into_iter()
            .map(|(id, state, created_at, ended_at)| AssignedAttempt {
                id: AttemptId::new(id),
                state,
                created_at: from_ms(created_at),
                ended_at: ended_at.map(from_ms),
            })
            .collect())
    }

    /// Whose attempt it is, and their name, if it was made for this assignment.
    pub async fn learner_of_attempt(
        &mut self,
        assignment: &AssignmentId,
        attempt: &AttemptId,
    ) -> Result<Option<(LearnerId, String)>, StoreError> {
        let learner: Option<(String, Option<String>)> = on!(self, db =>
            sqlx::query_as(ATTEMPT_IN)
                .bind(assignment.as_str()).bind(attempt.as_str()).fetch_optional(db).await)?;
        Ok(learner.map(|(id, name)| (LearnerId::new(id), name.unwrap_or_default())))
    }

    /// Withdraws an assignment; false if it was withdrawn before.
    pub async fn withdraw_assignment(
        &mut self,
        id: &AssignmentId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = on!(self, db => sqlx::query(WITHDRAW)
            .bind(id.as_str()).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }

    /// Lets the keys of an assignment be seen; false if they could be before.
    pub async fn release_assignment(
        &mut self,
        id: &AssignmentId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = on!(self, db => sqlx::query(RELEASE)
            .bind(id.as_str()).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }
}
