//! Other conditions that schools grant to learners, and the attempts that these are about.

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    accommodation::Accommodation,
    id::{AttemptId, LearnerId, SchoolId},
};

statements! {
    ONE = "select a.terms, a.reason, a.granted_at, l.name from accommodations a \
           join learners l on l.id = a.granted_by where a.school_id = $1 and a.learner_id = $2";
    OF_SCHOOL = "select learner_id, terms from accommodations where school_id = $1";
    PUT = "insert into accommodations (school_id, learner_id, terms, reason, granted_by, granted_at) \
           values ($1, $2, $3, $4, $5, $6) on conflict (school_id, learner_id) do update set \
           terms = excluded.terms, reason = excluded.reason, granted_by = excluded.granted_by, \
           granted_at = excluded.granted_at";
    WHO = "select l.name from members m join learners l on l.id = m.learner_id \
           where m.school_id = $1 and m.learner_id = $2 and m.role = 'learner'";
    DELETE = "delete from accommodations where school_id = $1 and learner_id = $2";
    /// The attempts of a learner for a school that are not over, in the order in which they are held.
    OPEN = "select t.id from assignment_attempts x join attempts t on t.id = x.attempt_id \
            join assignments g on g.id = x.assignment_id \
            where x.learner_id = $2 and g.school_id = $1 and t.state in ('ready', 'running', 'break') order by t.id";
}

/// What a school granted a learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What is different.
    pub terms: Accommodation,
    /// Why, if it was said.
    pub reason: Option<String>,
    /// Who granted it, by name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    terms: String,
    reason: Option<String>,
    granted_at: i64,
    name: Option<String>,
}

fn read(
    text: &str,
    table: &'static str,
    column: &'static str,
    row: &str,
) -> Result<Accommodation, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt {
        table,
        column,
        row: row.to_owned(),
        reason: error.to_string(),
    })
}

/// The conditions of an attempt, of its column.
pub(super) fn allowance_of(text: Option<&str>, row: &str) -> Result<Accommodation, StoreError> {
    text.map_or(Ok(Accommodation::default()), |text| {
        read(text, "attempts", "allowance", row)
    })
}

/// The conditions as a column keeps them: null for the same as everybody.
pub(super) fn terms_of(terms: Accommodation) -> Result<Option<String>, StoreError> {
    match terms.is_none() {
        true => Ok(None),
        false => text_of(terms).map(Some),
    }
}

fn text_of(terms: Accommodation) -> Result<String, StoreError> {
    serde_json::to_string(&terms).map_err(|error| StoreError::Corrupt {
        table: "accommodations",
        column: "terms",
        row: String::new(),
        reason: error.to_string(),
    })
}

impl Conn {
    /// What a school granted a learner, if anything.
    pub async fn accommodation(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Option<Grant>, StoreError> {
        let row: Option<Row> = on!(self, db => sqlx::query_as(ONE)
            .bind(school.as_str()).bind(learner.as_str()).fetch_optional(db).await)?;
        row.map(|row| {
            Ok(Grant {
                terms: read(&row.terms, "accommodations", "terms", learner.as_str())?,
                reason: row.reason,
                by: row.name.unwrap_or_default(),
                at: from_ms(row.granted_at),
            })
        })
        .transpose()
    }

    /// The name of somebody who is a learner of the school; empty for one who has none.
    pub async fn name_of_learner(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Option<String>, StoreError> {
        let name: Option<Option<String>> = on!(self, db => sqlx::query_scalar(WHO)
            .bind(school.as_str()).bind(learner.as_str()).fetch_optional(db).await)?;
        Ok(name.map(Option::unwrap_or_default))
    }

    /// What a school granted to whom.
    pub async fn accommodations_of_school(
        &mut self,
        school: &SchoolId,
    ) -> Result<Vec<(LearnerId, Accommodation)>, StoreError> {
        let rows: Vec<(String, String)> = on!(self, db => sqlx::query_as(OF_SCHOOL)
            .bind(school.as_str()).fetch_all(db).await)?;
        rows.into_iter()
            .map(|(learner, terms)| {
                let terms = read(&terms, "accommodations", "terms", &learner)?;
                Ok((LearnerId::new(learner), terms))
            })
            .collect()
    }

    /// Keeps what a school grants a learner, in place of what it granted before.
    pub async fn put_accommodation(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
        terms: Accommodation,
        reason: Option<&str>,
        by: &LearnerId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let terms = text_of(terms)?;
        on!(self, db => sqlx::query(PUT)
            .bind(school.as_str()).bind(learner.as_str()).bind(&terms).bind(reason)
            .bind(by.as_str()).bind(now.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Takes back what a school granted a learner.
    pub async fn delete_accommodation(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(DELETE)
            .bind(school.as_str()).bind(learner.as_str()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// A learner's attempts for a school that are not over.
    pub async fn open_attempts_for_school(
        &mut self,
        school: &SchoolId,
        learner: &LearnerId,
    ) -> Result<Vec<AttemptId>, StoreError> {
        let ids: Vec<String> = on!(self, db => sqlx::query_scalar(OPEN)
            .bind(school.as_str()).bind(learner.as_str()).fetch_all(db).await)?;
        Ok(ids.into_iter().map(AttemptId::new).collect())
    }
}
