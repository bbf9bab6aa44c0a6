//! What a learner has done in an attempt: responses, flags, plays.

use std::collections::{HashMap, HashSet};

use super::{Conn, StoreError, on, statements};
use crate::domain::{
    Timestamp,
    form::Letter,
    id::{AttemptId, ItemId, TestletId},
};

statements! {
    RESPONSES = "select item_id, chosen from responses where attempt_id = $1 order by seq";
    FLAGS = "select item_id from flags where attempt_id = $1";
    FLAG = "insert into flags (attempt_id, item_id) values ($1, $2) on conflict (attempt_id, item_id) do nothing";
    UNFLAG = "delete from flags where attempt_id = $1 and item_id = $2";
    PLAYS = "select testlet_id, count(*) from plays where attempt_id = $1 group by testlet_id";
    PLAY = "insert into plays (attempt_id, testlet_id, ordinal, played_at, request_key) values ($1, $2, $3, $4, $5)";
    PLAYED_BY_REQUEST = "select count(*) from plays where attempt_id = $1 and testlet_id = $2 and request_key = $3";
}

impl Conn {
    /// The responses that count: the last one of each item, cleared ones left out.
    pub async fn responses_of(
        &mut self,
        id: &AttemptId,
    ) -> Result<HashMap<ItemId, Letter>, StoreError> {
        let rows: Vec<(String, Option<String>)> = on!(self, db => sqlx::query_as(RESPONSES)
            .bind(id.as_str()).fetch_all(db).await)?;
        let mut responses = HashMap::new();
        for (item, chosen) in rows {
            match chosen {
                None => {
                    responses.remove(&ItemId::new(item));
                }
                Some(chosen) => {
                    let letter = chosen.parse().map_err(|_| StoreError::Corrupt {
                        table: "responses",
                        column: "chosen",
                        row: id.to_string(),
                        reason: format!("unknown option {chosen:?}"),
                    })?;
                    responses.insert(ItemId::new(item), letter);
                }
            }
        }
        Ok(responses)
    }

    /// Items that the learner has flagged.
    pub async fn flags_of(&mut self, id: &AttemptId) -> Result<HashSet<ItemId>, StoreError> {
        let items: Vec<String> = on!(self, db => sqlx::query_scalar(FLAGS)
            .bind(id.as_str()).fetch_all(db).await)?;
        Ok(items.into_iter().map(ItemId::new).collect())
    }

    /// Flags an item or takes the flag away; again is harmless.
    pub async fn set_flag(
        &mut self,
        id: &AttemptId,
        item: &ItemId,
        flagged: bool,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(if flagged { FLAG } else { UNFLAG })
            .bind(id.as_str()).bind(item.as_str()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// How often each recording was played.
    pub async fn plays_of(
        &mut self,
        id: &AttemptId,
    ) -> Result<HashMap<TestletId, u32>, StoreError> {
        let rows: Vec<(String, i64)> = on!(self, db => sqlx::query_as(PLAYS)
            .bind(id.as_str()).fetch_all(db).await)?;
        Ok(rows
            .into_iter()
            .map(|(testlet, count)| (TestletId::new(testlet), count as u32))
            .collect())
    }

    /// Records a play. The caller holds the attempt and has counted.
    pub async fn record_play(
        &mut self,
        id: &AttemptId,
        testlet: &TestletId,
        ordinal: u32,
        now: Timestamp,
        request_key: Option<&str>,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(PLAY)
            .bind(id.as_str())
            .bind(testlet.as_str())
            .bind(i64::from(ordinal))
            .bind(now.timestamp_millis())
            .bind(request_key)
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Whether a request with this key was counted already.
    pub async fn played_by_request(
        &mut self,
        id: &AttemptId,
        testlet: &TestletId,
        request_key: &str,
    ) -> Result<bool, StoreError> {
        let count: i64 = on!(self, db => sqlx::query_scalar(PLAYED_BY_REQUEST)
            .bind(id.as_str()).bind(testlet.as_str()).bind(request_key)
            .fetch_one(db).await)?;
        Ok(count > 0)
    }
}
