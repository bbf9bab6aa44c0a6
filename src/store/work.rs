//! What a learner has done in an attempt: responses, flags, plays.

use std::collections::{HashMap, HashSet};

use super::{Conn, StoreError, on, statements};
use crate::domain::{
    Timestamp,
    correction::Correction,
    form::Letter,
    id::{AttemptId, ItemId, TestletId},
};

statements! {
    /// What an attempt is marked by; of corrections, which are rare, only whether there are any.
    MARKING = "select 'response', item_id, chosen, seq from responses where attempt_id = $1 \
               union all select 'corrected', '', null, 0 where exists (select 1 from corrections c \
               where c.undone_at is null and (c.assignment_id is null or c.assignment_id in \
               (select assignment_id from assignment_attempts where attempt_id = $1))) order by 4";
    /// All that an attempt's page shows, in one go.
    WORK = "select 'response', item_id, chosen, seq, top_order from responses where attempt_id = $1 \
            union all select 'flag', item_id, null, 0, null from flags where attempt_id = $1 \
            union all select 'plays', testlet_id, null, count(*), null from plays where attempt_id = $1 \
            group by testlet_id order by 4";
    FLAG = "insert into flags (attempt_id, item_id) values ($1, $2) on conflict (attempt_id, item_id) do nothing";
    UNFLAG = "delete from flags where attempt_id = $1 and item_id = $2";
    PLAYS = "select testlet_id, count(*) from plays where attempt_id = $1 group by testlet_id";
    PLAY = "insert into plays (attempt_id, testlet_id, ordinal, played_at, request_key) values ($1, $2, $3, $4, $5)";
    PLAYED_BY_REQUEST = "select count(*) from plays where attempt_id = $1 and testlet_id = $2 and request_key = $3";
}

/// What a learner has done in an attempt so far.
#[derive(Debug, Clone, Default)]
pub struct WorkDone {
    /// The responses that count.
    pub responses: HashMap<ItemId, Letter>,
    /// Items that the learner has flagged.
    pub flags: HashSet<ItemId>,
    /// How often each recording was played.
    pub plays: HashMap<TestletId, u32>,
    /// The highest number that a sender has given to a response.
    pub top_order: Option<i64>,
}

/// The response to an item that came after those before: it counts, or clears what did.
fn respond(
    responses: &mut HashMap<ItemId, Letter>,
    id: &AttemptId,
    item: String,
    chosen: Option<String>,
) -> Result<(), StoreError> {
    let item = ItemId::new(item);
    let Some(chosen) = chosen else {
        responses.remove(&item);
        return Ok(());
    };
    let letter = chosen.parse().map_err(|_| StoreError::Corrupt {
        table: "responses",
        column: "chosen",
        row: id.to_string(),
        reason: format!("unknown option {chosen:?}"),
    })?;
    responses.insert(item, letter);
    Ok(())
}

impl Conn {
    /// The responses that count (the last one of each item, cleared ones left out) and the corrections in force.
    pub async fn marking_of(
        &mut self,
        id: &AttemptId,
    ) -> Result<(HashMap<ItemId, Letter>, Vec<Correction>), StoreError> {
        type Part = (String, String, Option<String>, i64);
        let rows: Vec<Part> = on!(self, db => sqlx::query_as(MARKING)
            .bind(id.as_str()).fetch_all(db).await)?;
        let (mut responses, mut corrected) = (HashMap::new(), false);
        for (kind, item, chosen, _) in rows {
            match kind.as_str() {
                "response" => respond(&mut responses, id, item, chosen)?,
                _ => corrected = true,
            }
        }
        let corrections = match corrected {
            true => self.corrections_for(id).await?,
            false => Vec::new(),
        };
        Ok((responses, corrections))
    }

    /// What the learner has done in an attempt so far.
    pub async fn work_of(&mut self, id: &AttemptId) -> Result<WorkDone, StoreError> {
        type Done = (String, String, Option<String>, i64, Option<i64>);
        let rows: Vec<Done> = on!(self, db => sqlx::query_as(WORK)
            .bind(id.as_str()).fetch_all(db).await)?;
        let mut work = WorkDone::default();
        for (kind, name, chosen, number, order) in rows {
            match kind.as_str() {
                "response" => respond(&mut work.responses, id, name, chosen)?,
                "flag" => {
                    work.flags.insert(ItemId::new(name));
                }
                _ => {
                    work.plays.insert(TestletId::new(name), number as u32);
                }
            }
            work.top_order = work.top_order.max(order);
        }
        Ok(work)
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
