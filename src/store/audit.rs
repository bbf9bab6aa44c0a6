//! The record as it is read: the newest first, by school or over everything, some at a time.

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{LearnerId, SchoolId},
};

statements! {
    OF_SCHOOL = "select e.id, e.at, e.actor, e.kind, e.learner_id, e.school_id, e.detail, s.name as school_name, \
                 a.name as actor_name, a.erased_at as actor_erased, l.name as learner_name, l.erased_at as learner_erased \
                 from events e left join schools s on s.id = e.school_id \
                 left join learners a on a.id = e.actor left join learners l on l.id = e.learner_id \
                 where e.school_id = $1 and ($2 = '' or e.kind = $2) and ($3 = '' or e.actor = $3 or e.learner_id = $3) \
                 and e.at >= $4 and e.at < $5 and e.id < $6 and ($8 or e.kind <> 'rescored') order by e.id desc limit $7";
    /// Everything but what learners did in attempts, what the clock did in them, and what they came to when they were
    /// marked again: that is their own affair. How many a correction changed, its own event tells without names.
    OF_SERVER = "select e.id, e.at, e.actor, e.kind, e.learner_id, e.school_id, e.detail, s.name as school_name, \
                 a.name as actor_name, a.erased_at as actor_erased, l.name as learner_name, l.erased_at as learner_erased \
                 from events e left join schools s on s.id = e.school_id \
                 left join learners a on a.id = e.actor left join learners l on l.id = e.learner_id \
                 where (e.attempt_id is null or e.kind = 'time-given-back' \
                        or (e.actor <> coalesce(e.learner_id, '') and e.actor <> 'server')) and e.kind <> 'rescored' \
                 and ($1 = '' or e.kind = $1) and ($2 = '' or e.actor = $2 or e.learner_id = $2) \
                 and e.at >= $3 and e.at < $4 and e.id < $5 order by e.id desc limit $6";
    KINDS_OF_SCHOOL = "select distinct kind from events where school_id = $1 and ($2 or kind <> 'rescored') order by kind";
    RECENT_KINDS = "select distinct kind from (select kind from events where attempt_id is null order by id desc limit 5000) recent \
                    order by kind";
    ASSIGNMENT_TITLES = "select id, title from assignments where school_id = $1";
}

/// Which of what happened is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this kind; empty for every kind.
    pub kind: String,
    /// By or about whom; empty for everybody.
    pub person: String,
    /// From this instant on.
    pub from: Timestamp,
    /// Before this instant.
    pub until: Timestamp,
    /// Older than the event with this id; empty for the newest.
    pub before: String,
    /// At most so many.
    pub limit: i64,
    /// Whether what attempts came to when they were marked again may be told. Of the whole server it never is.
    pub scores: bool,
}

/// Who did something, or to whom it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Somebody {
    /// Who.
    pub id: LearnerId,
    /// Their name; none for a guest and for somebody who is erased.
    pub name: Option<String>,
    /// Whether they are erased.
    pub erased: bool,
}

/// Something that happened, with the names of those whom it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its id; ids rise with time.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who did it: a learner's id, or `server`, or `invited`.
    pub actor: Somebody,
    /// What.
    pub kind: String,
    /// To whom.
    pub learner: Option<Somebody>,
    /// In which school, and its name.
    pub school: Option<(SchoolId, String)>,
    /// The particulars.
    pub detail: serde_json::Value,
}

#[derive(FromRow)]
struct Row {
    id: String,
    at: i64,
    actor: String,
    kind: String,
    learner_id: Option<String>,
    school_id: Option<String>,
    detail: String,
    school_name: Option<String>,
    actor_name: Option<String>,
    actor_erased: Option<i64>,
    learner_name: Option<String>,
    learner_erased: Option<i64>,
}

impl TryFrom<Row> for Recorded {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let detail = serde_json::from_str(&row.detail).map_err(|error| StoreError::Corrupt {
            table: "events",
            column: "detail",
            row: row.id.clone(),
            reason: error.to_string(),
        })?;
        let school = row.school_id.map(SchoolId::new);
        Ok(Self {
            id: row.id,
            at: from_ms(row.at),
            actor: Somebody {
                id: LearnerId::new(row.actor),
                name: row.actor_name,
                erased: row.actor_erased.is_some(),
            },
            kind: row.kind,
            learner: row.learner_id.map(|id| Somebody {
                id: LearnerId::new(id),
                name: row.learner_name,
                erased: row.learner_erased.is_some(),
            }),
            school: school.zip(row.school_name),
            detail,
        })
    }
}

/// Later than any id.
const NEWEST: &str = "zzzz";

fn before(filter: &AuditFilter) -> &str {
    match filter.before.as_str() {
        "" => NEWEST,
        id => id,
    }
}

impl Conn {
    /// What happened in a school, the newest first.
    pub async fn audit_of_school(
        &mut self,
        school: &SchoolId,
        filter: &AuditFilter,
    ) -> Result<Vec<Recorded>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_SCHOOL)
            .bind(school.as_str()).bind(&filter.kind).bind(&filter.person)
            .bind(filter.from.timestamp_millis()).bind(filter.until.timestamp_millis())
            .bind(before(filter)).bind(filter.limit).bind(filter.scores)
            .fetch_all(db).await)?;
        rows.into_iter().map(Recorded::try_from).collect()
    }

    /// What happened anywhere on the server but in attempts, the newest first.
    pub async fn audit_of_server(
        &mut self,
        filter: &AuditFilter,
    ) -> Result<Vec<Recorded>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_SERVER)
            .bind(&filter.kind).bind(&filter.person)
            .bind(filter.from.timestamp_millis()).bind(filter.until.timestamp_millis())
            .bind(before(filter)).bind(filter.limit)
            .fetch_all(db).await)?;
        rows.into_iter().map(Recorded::try_from).collect()
    }

    /// The kinds of what happened in a school, with or without new scores, or (without a school) lately anywhere.
    pub async fn audit_kinds(
        &mut self,
        school: Option<(&SchoolId, bool)>,
    ) -> Result<Vec<String>, StoreError> {
        let kinds = match school {
            Some((school, scores)) => on!(self, db => sqlx::query_scalar(KINDS_OF_SCHOOL)
                .bind(school.as_str()).bind(scores).fetch_all(db).await)?,
            None => on!(self, db => sqlx::query_scalar(RECENT_KINDS).fetch_all(db).await)?,
        };
        Ok(kinds)
    }

    /// The titles of what a school gave, by id.
    pub async fn assignment_titles(
        &mut self,
        school: &SchoolId,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let titles = on!(self, db => sqlx::query_as(ASSIGNMENT_TITLES)
            .bind(school.as_str()).fetch_all(db).await)?;
        Ok(titles)
    }
}
