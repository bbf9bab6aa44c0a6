//! What a learner has done in an attempt: responses, flags, plays.

use std::collections::{HashMap, HashSet};

use sqlx::FromRow;

use super::{
    Conn, Kept, StoreError, on, statements,
    withheld::{given, held, kept, withheld},
};
use crate::domain::{
    Timestamp,
    correction::Corrections,
    form::Letter,
    id::{AttemptId, ItemId, LearnerId, TestletId},
};

/// An attempt's responses as lines of `item option`, the option empty where it was cleared, in the order in which they
/// came. One text, since each row that SQLite's thread hands over wakes the one that waits for it.
macro_rules! responses {
    () => {
        "(select string_agg(item_id || ' ' || coalesce(chosen, ''), '\n' order by seq) from responses where attempt_id = $1)"
    };
}

/// What an attempt is marked by; of corrections, which are rare, only whether there are any.
macro_rules! marking {
    () => {
        concat!(
            responses!(),
            " as responses, exists (select 1 from corrections c where c.undone_at is null \
             and (c.assignment_id is null or c.assignment_id in \
             (select assignment_id from assignment_attempts where attempt_id = $1))) as corrected"
        )
    };
}

statements! {
    MARKING = concat!("select ", marking!());
    /// The same, and what is kept back from a learner, in one row.
    MARKING_AND_KEPT = concat!("select ", marking!(), ", ", kept!("$2", "$3"));
    /// All that an attempt's page shows, in one row.
    WORK = concat!("select ", responses!(), " as responses, \
            (select max(top_order) from responses where attempt_id = $1) as top_order, \
            (select string_agg(item_id, '\n') from flags where attempt_id = $1) as flags, \
            (select string_agg(testlet_id || ' ' || times, '\n') from (select testlet_id, count(*) as times from plays \
            where attempt_id = $1 group by testlet_id) played) as plays");
    FLAG = "insert into flags (attempt_id, item_id) values ($1, $2) on conflict (attempt_id, item_id) do nothing";
    UNFLAG = "delete from flags where attempt_id = $1 and item_id = $2";
    PLAYS = "select testlet_id, count(*) from plays where attempt_id = $1 group by testlet_id";
    PLAY = "insert into plays (attempt_id, testlet_id, ordinal, played_at, request_key) values ($1, $2, $3, $4, $5)";
    PLAYED_BY_REQUEST = "select count(*) from plays where attempt_id = $1 and testlet_id = $2 and request_key = $3";
}

/// What an attempt is marked by.
#[derive(Debug, Clone)]
pub struct Marking {
    /// The responses that count: the last one of each item, cleared ones left out.
    pub responses: HashMap<ItemId, Letter>,
    /// The corrections in force.
    pub corrections: Corrections,
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

#[derive(FromRow)]
struct WorkRow {
    responses: Option<String>,
    top_order: Option<i64>,
    flags: Option<String>,
    plays: Option<String>,
}

/// Lines of two words.
fn pairs(lines: Option<&str>) -> impl Iterator<Item = (&str, &str)> {
    let lines = lines.unwrap_or_default().lines();
    lines.map(|line| line.rsplit_once(' ').unwrap_or((line, "")))
}

/// The responses that count: the last one of each item, unless it cleared what was there.
fn counting(id: &AttemptId, lines: Option<&str>) -> Result<HashMap<ItemId, Letter>, StoreError> {
    let last: HashMap<&str, &str> = pairs(lines).collect();
    last.into_iter()
        .filter(|(_, chosen)| !chosen.is_empty())
        .map(|(item, chosen)| {
            let letter = chosen.parse().map_err(|_| StoreError::Corrupt {
                table: "responses",
                column: "chosen",
                row: id.to_string(),
                reason: format!("unknown option {chosen:?}"),
            })?;
            Ok((ItemId::new(item), letter))
        })
        .collect()
}

impl Conn {
    /// What an attempt is marked by.
    pub async fn marking_of(&mut self, id: &AttemptId) -> Result<Marking, StoreError> {
        let (lines, corrected): (Option<String>, bool) = on!(self, db => sqlx::query_as(MARKING)
            .bind(id.as_str()).fetch_one(db).await)?;
        self.marking(id, lines, corrected).await
    }

    /// What an attempt is marked by, and what is kept back from a learner at this time.
    pub async fn marking_and_kept(
        &mut self,
        id: &AttemptId,
        learner: &LearnerId,
        now: Timestamp,
    ) -> Result<(Marking, Kept), StoreError> {
        let (lines, corrected, mock, school): (Option<String>, bool, _, _) = on!(self, db =>
            sqlx::query_as(MARKING_AND_KEPT)
                .bind(id.as_str()).bind(learner.as_str()).bind(now.timestamp_millis())
                .fetch_one(db).await)?;
        let marking = self.marking(id, lines, corrected).await?;
        Ok((marking, Kept::of(mock, school)))
    }

    async fn marking(
        &mut self,
        id: &AttemptId,
        lines: Option<String>,
        corrected: bool,
    ) -> Result<Marking, StoreError> {
        let corrections = match corrected {
            true => self.corrections_for(id).await?,
            false => Vec::new(),
        };
        Ok(Marking {
            responses: counting(id, lines.as_deref())?,
            corrections: Corrections::of(corrections),
        })
    }

    /// What the learner has done in an attempt so far.
    pub async fn work_of(&mut self, id: &AttemptId) -> Result<WorkDone, StoreError> {
        let row: WorkRow = on!(self, db => sqlx::query_as(WORK)
            .bind(id.as_str()).fetch_one(db).await)?;
        let flags = row.flags.iter().flat_map(|all| all.lines());
        Ok(WorkDone {
            responses: counting(id, row.responses.as_deref())?,
            flags: flags.map(ItemId::new).collect(),
            plays: pairs(row.plays.as_deref())
                .map(|(testlet, times)| {
                    (TestletId::new(testlet), times.parse().unwrap_or_default())
                })
                .collect(),
            top_order: row.top_order,
        })
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
