//! The record of what happened: who, what, when, why. Rows are added and never changed.

use chrono::TimeDelta;
use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{AttemptId, LearnerId, SchoolId},
};

statements! {
    INSERT = "insert into events (id, at, actor, kind, attempt_id, learner_id, school_id, detail) \
              values ($1, $2, $3, $4, $5, $6, $7, $8)";
    OF_ATTEMPT = "select at, actor, kind, attempt_id, learner_id, school_id, detail from events where attempt_id = $1 order by id";
    GIVEN_BACK = "select detail from events where attempt_id = $1 and kind = 'time-given-back' and at > $2";
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// A learner's id, or `server`.
    pub actor: String,
    /// What, such as `section-started`.
    pub kind: String,
    /// To which attempt, if to one.
    pub attempt: Option<AttemptId>,
    /// To which learner, if to one.
    pub learner: Option<LearnerId>,
    /// In which school, if in one.
    pub school: Option<SchoolId>,
    /// The particulars.
    pub detail: serde_json::Value,
}

/// The particulars of an event of an attempt.
fn detail_of(text: &str, attempt: &AttemptId) -> Result<serde_json::Value, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt {
        table: "events",
        column: "detail",
        row: attempt.to_string(),
        reason: error.to_string(),
    })
}

#[derive(FromRow)]
struct Row {
    at: i64,
    actor: String,
    kind: String,
    attempt_id: Option<String>,
    learner_id: Option<String>,
    school_id: Option<String>,
    detail: String,
}

impl Conn {
    /// Records an event.
    pub async fn record(&mut self, event: &Event) -> Result<(), StoreError> {
        // UUIDv7: events of one attempt sort by the time they were written.
        let id = super::fresh_id(event.at);
        on!(self, db => sqlx::query(INSERT)
            .bind(&id)
            .bind(event.at.timestamp_millis())
            .bind(&event.actor)
            .bind(&event.kind)
            .bind(event.attempt.as_ref().map(AttemptId::as_str))
            .bind(event.learner.as_ref().map(LearnerId::as_str))
            .bind(event.school.as_ref().map(SchoolId::as_str))
            .bind(event.detail.to_string())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// An attempt's events in the order in which they were recorded.
    pub async fn events_of(&mut self, attempt: &AttemptId) -> Result<Vec<Event>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(OF_ATTEMPT)
            .bind(attempt.as_str()).fetch_all(db).await)?;
        rows.into_iter()
            .map(|row| {
                let detail = detail_of(&row.detail, attempt)?;
                Ok(Event {
                    at: from_ms(row.at),
                    actor: row.actor,
                    kind: row.kind,
                    attempt: row.attempt_id.map(AttemptId::new),
                    learner: row.learner_id.map(LearnerId::new),
                    school: row.school_id.map(SchoolId::new),
                    detail,
                })
            })
            .collect()
    }

    /// What outages took of an attempt after this instant, and was given back to it.
    pub async fn given_back(
        &mut self,
        attempt: &AttemptId,
        since: Timestamp,
    ) -> Result<TimeDelta, StoreError> {
        let details: Vec<String> = on!(self, db => sqlx::query_scalar(GIVEN_BACK)
            .bind(attempt.as_str()).bind(since.timestamp_millis()).fetch_all(db).await)?;
        let mut given_back = 0;
        for detail in &details {
            let ms = detail_of(detail, attempt)?["given_back_ms"].as_i64();
            given_back += ms.unwrap_or_default();
        }
        Ok(TimeDelta::milliseconds(given_back))
    }
}
