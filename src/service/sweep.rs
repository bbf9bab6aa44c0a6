//! What happens by itself: sections end at their deadlines, breaks end, attempts lapse, and time lost to an outage is
//! given back. All of it rests on the store alone, so it survives restarts and works on any node.

use chrono::TimeDelta;
use serde_json::json;

use super::{Exam, Failure, load::attempt_event};
use crate::domain::{Timestamp, id::AttemptId};
use crate::measures;
use crate::store::StoreError;

/// A time in which no server of this database was alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// The last sign of life.
    pub from: Timestamp,
    /// When a server came back.
    pub until: Timestamp,
    /// How many attempts got time back.
    pub attempts: usize,
}

/// Attempts that are settled in one transaction: they share one wait for the disk, and it is short enough that whoever
/// saves an answer gets in between two.
const TOGETHER: usize = 16;

impl Exam {
    /// Does what is due in every attempt; returns in how many something was.
    ///
    /// # Errors
    /// [`Failure::Store`]; what was done before stays done.
    pub async fn sweep(&self) -> Result<usize, Failure> {
        let mut settled = 0;
        loop {
            let mut ids = {
                let mut conn = self.store.read().await?;
                conn.due_attempts(self.clock.now()).await?
            };
            let before = settled;
            for together in ids.chunks_mut(TOGETHER) {
                // One order for every node and for the writer, so that two transactions never wait for each other.
                together.sort();
                settled += match self.sweep_together(together).await {
                    Ok(done) => done,
                    Err(error) if outage(&error) => return Err(error),
                    Err(_) => self.sweep_one_by_one(together).await?,
                };
            }
            if settled == before {
                return Ok(settled);
            }
        }
    }

    /// Does what is due in these, in one transaction.
    async fn sweep_together(&self, ids: &[AttemptId]) -> Result<usize, Failure> {
        let mut conn = self.store.write().await?;
        let mut settled = 0;
        for id in ids {
            let Some(mut stored) = conn.lock_attempt(id).await? else {
                continue;
            };
            settled += usize::from(self.settle(&mut conn, &mut stored.attempt).await?);
        }
        if settled > 0 {
            conn.commit().await?;
        }
        Ok(settled)
    }

    /// One attempt that cannot be settled must not hold up the others.
    async fn sweep_one_by_one(&self, ids: &[AttemptId]) -> Result<usize, Failure> {
        let mut settled = 0;
        for id in ids {
            match self.sweep_together(std::slice::from_ref(id)).await {
                Ok(done) => settled += done,
                Err(error) if outage(&error) => return Err(error),
                Err(error) => tracing::error!(%error, attempt = %id, "not settled"),
            }
        }
        Ok(settled)
    }

    /// Before the first sweep after a start: if no server was alive for longer than `unnoticed`, gives the time lost
    /// back to every attempt that was being timed. The event says so.
    ///
    /// The look at the last sign of life, what is given back and this server's own first sign of life are one
    /// transaction, which other servers that start wait for: an outage is given back once, and wholly.
    ///
    /// # Errors
    /// [`Failure::Store`]; then nothing was given back.
    pub async fn recover(
        &self,
        node: &str,
        unnoticed: TimeDelta,
    ) -> Result<Option<Outage>, Failure> {
        let mut conn = self.store.write().await?;
        conn.lock_beats().await?;
        let until = self.clock.now();
        let last_beat = conn.last_beat().await?;
        conn.beat(node, until).await?;
        conn.forget_beats(until - TimeDelta::days(1)).await?;
        let Some(from) = last_beat.filter(|beat| until - *beat > unnoticed) else {
            conn.commit().await?;
            return Ok(None);
        };
        let mut attempts = 0;
        for id in conn.attempts_going_on().await? {
            let mut stored = match conn.lock_attempt(&id).await {
                Ok(Some(stored)) => stored,
                Ok(None) => continue,
                // One attempt that cannot be read must not keep the server from starting.
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::error!(%error, attempt = %id, "no time given back");
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let Some(given) = stored.attempt.give_back(from, until) else {
                continue;
            };
            self.save(&mut conn, &stored.attempt).await?;
            let detail = json!({
                "why": "the server was down",
                "from": from,
                "until": until,
                "given_back_ms": given.num_milliseconds(),
            });
            conn.record(&attempt_event(
                &stored.attempt,
                until,
                "server",
                "time-given-back",
                detail,
            ))
            .await?;
            attempts += 1;
        }
        conn.commit().await?;
        Ok(Some(Outage {
            from,
            until,
            attempts,
        }))
    }

    /// Notes that this server is alive; returns how many attempts are being timed.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn beat(&self, node: &str) -> Result<u64, Failure> {
        let mut conn = self.store.write().await?;
        conn.beat(node, self.clock.now()).await?;
        let timed = conn.count_timed().await?;
        conn.commit().await?;
        measures::attempts_timed(timed);
        Ok(timed)
    }
}

/// Whether it is the database that failed, and not what was asked of it: then the next sweep comes soon enough.
fn outage(failure: &Failure) -> bool {
    matches!(failure, Failure::Store(error) if error.is_outage())
}
