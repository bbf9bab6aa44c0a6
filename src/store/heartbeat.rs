//! When a server of this database was last alive, so that an outage can be measured after it.

use super::{Conn, Engine, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::Timestamp;

statements! {
    BEAT = "insert into heartbeats (node, at) values ($1, $2) on conflict (node) do update set at = excluded.at";
    /// Holds back every other server's sign of life until the transaction is over.
    LOCK = "update heartbeats set at = at";
    LAST = "select max(at) from heartbeats";
    /// A server that starts has a new name: old names would gather.
    FORGET = "delete from heartbeats where at < $1";
}

/// PostgreSQL's own time, and whether the last sign of life of another server goes by it.
const COMMON_TIME: &str = "select c.now, exists (select 1 from heartbeats h \
     where h.node <> $1 and abs(h.at - c.now) < $2) \
     from (select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now) c";

/// The time by the clock that all servers of a database share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommonTime {
    /// What it shows.
    pub now: Timestamp,
    /// Whether another server lives and goes by it.
    pub others_keep_it: bool,
}

impl Conn {
    /// The time by the database's clock; none with SQLite, which one server has alone. A sign of life counts that is at
    /// most so many milliseconds off.
    pub async fn common_time(
        &mut self,
        node: &str,
        close_ms: i64,
    ) -> Result<Option<CommonTime>, StoreError> {
        let Engine::Postgres(db) = self.engine() else {
            return Ok(None);
        };
        let asked = sqlx::query_as(COMMON_TIME).bind(node).bind(close_ms);
        let (now, others_keep_it): (i64, bool) = asked.fetch_one(db).await?;
        Ok(Some(CommonTime {
            now: from_ms(now),
            others_keep_it,
        }))
    }

    /// Notes that this server is alive.
    pub async fn beat(&mut self, node: &str, now: Timestamp) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(BEAT)
            .bind(node).bind(now.timestamp_millis()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Holds back every other server's sign of life, and its look at them, until the transaction is over.
    pub async fn lock_beats(&mut self) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(LOCK).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Forgets servers that have shown no sign of life since an instant.
    pub async fn forget_beats(&mut self, before: Timestamp) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(FORGET)
            .bind(before.timestamp_millis()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// When any server was last alive; none on a new database.
    pub async fn last_beat(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = on!(self, db => sqlx::query_scalar(LAST).fetch_one(db).await)?;
        Ok(at.map(from_ms))
    }
}
