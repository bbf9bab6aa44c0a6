//! Saved profiles of the points calculator.

use serde_json::Value;
use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{LearnerId, ProfileId},
};

statements! {
    LIST = "select id, name, created_at, updated_at from profiles where learner_id = $1 order by updated_at desc, id desc";
    ONE = "select id, name, body, created_at, updated_at from profiles where id = $1 and learner_id = $2";
    COUNT = "select count(*) from profiles where learner_id = $1";
    INSERT = "insert into profiles (id, learner_id, name, body, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)";
    UPDATE = "update profiles set name = $3, body = $4, updated_at = $5 where id = $1 and learner_id = $2";
    DELETE = "delete from profiles where id = $1 and learner_id = $2";
    /// Changes nothing, but locks the row, so that a learner's profiles are counted and added one after the other.
    LOCK = "update learners set role = role where id = $1";
}

/// A saved profile without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileOverview {
    /// Which.
    pub id: ProfileId,
    /// What its learner calls it.
    pub name: String,
    /// When it was saved first.
    pub created_at: Timestamp,
    /// When it was saved last.
    pub updated_at: Timestamp,
}

/// A saved profile.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedProfile {
    /// Which, its name and times.
    pub overview: ProfileOverview,
    /// What was sent.
    pub body: Value,
}

#[derive(FromRow)]
struct OverviewRow {
    id: String,
    name: String,
    created_at: i64,
    updated_at: i64,
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    overview: OverviewRow,
    body: String,
}

impl From<OverviewRow> for ProfileOverview {
    fn from(row: OverviewRow) -> Self {
        Self {
            id: ProfileId::new(row.id),
            name: row.name,
            created_at: from_ms(row.created_at),
            updated_at: from_ms(row.updated_at),
        }
    }
}

impl TryFrom<Row> for SavedProfile {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let body = serde_json::from_str(&row.body).map_err(|error| StoreError::Corrupt {
            table: "profiles",
            column: "body",
            row: row.overview.id.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            overview: row.overview.into(),
            body,
        })
    }
}

impl Conn {
    /// A learner's profiles, the one saved last first.
    pub async fn profiles_of(
        &mut self,
        learner: &LearnerId,
    ) -> Result<Vec<ProfileOverview>, StoreError> {
        let rows: Vec<OverviewRow> =
            on!(self, db => sqlx::query_as(LIST).bind(learner.as_str()).fetch_all(db).await)?;
        Ok(rows.into_iter().map(ProfileOverview::from).collect())
    }

    /// One of a learner's profiles.
    pub async fn profile_of(
        &mut self,
        learner: &LearnerId,
        id: &ProfileId,
    ) -> Result<Option<SavedProfile>, StoreError> {
        let row: Option<Row> = on!(self, db => sqlx::query_as(ONE)
            .bind(id.as_str()).bind(learner.as_str()).fetch_optional(db).await)?;
        row.map(SavedProfile::try_from).transpose()
    }

    /// How many profiles a learner has. No other is added before the transaction is over.
    pub async fn lock_and_count_profiles(
        &mut self,
        learner: &LearnerId,
    ) -> Result<i64, StoreError> {
        on!(self, db => sqlx::query(LOCK).bind(learner.as_str()).execute(db).await.map(drop))?;
        let count = on!(self, db => sqlx::query_scalar(COUNT)
            .bind(learner.as_str()).fetch_one(db).await)?;
        Ok(count)
    }

    /// Adds a profile.
    pub async fn insert_profile(
        &mut self,
        learner: &LearnerId,
        id: &ProfileId,
        name: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(INSERT)
            .bind(id.as_str()).bind(learner.as_str()).bind(name).bind(body)
            .bind(now.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Changes one of a learner's profiles; false if they have none with this id.
    pub async fn update_profile(
        &mut self,
        learner: &LearnerId,
        id: &ProfileId,
        name: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = on!(self, db => sqlx::query(UPDATE)
            .bind(id.as_str()).bind(learner.as_str()).bind(name).bind(body)
            .bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }

    /// Deletes one of a learner's profiles; false if they have none with this id.
    pub async fn delete_profile(
        &mut self,
        learner: &LearnerId,
        id: &ProfileId,
    ) -> Result<bool, StoreError> {
        let gone = on!(self, db => sqlx::query(DELETE)
            .bind(id.as_str()).bind(learner.as_str())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(gone == 1)
    }
}
