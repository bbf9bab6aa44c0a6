//! What happens by itself: sections end at their deadlines, breaks end, attempts lapse, and time lost to an outage is
//! given back. All of it rests on the store alone, so it survives restarts and works on any node.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use super::{Exam, Failure, load::attempt_event};
use crate::clock::Discipline;
use crate::domain::{Timestamp, attempt::Limits, id::AttemptId};
use crate::measures;
use crate::store::StoreError;

/// A time in which no server of this database showed a sign of life: none was alive, or the database was out of reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// The last sign of life.
    pub from: Timestamp,
    /// When one could again.
    pub until: Timestamp,
    /// How many attempts got time back.
    pub attempts: usize,
}

/// Attempts that are settled in one transaction: they share one wait for the disk, and it is short enough that whoever
/// saves an answer gets in between two.
const TOGETHER: usize = 16;
/// How long they may take. A database that does not answer any more keeps nobody for ever who would find the next one.
const TOGETHER_LONGEST: Duration = Duration::from_secs(60);
/// The same of a sign of life.
const BEAT_LONGEST: Duration = Duration::from_secs(10);
/// The same of giving back what an outage took, to however many.
const RECOVERY_LONGEST: Duration = Duration::from_secs(300);

/// As of when what is due is done.
#[derive(Debug, Clone, Copy)]
enum AsOf {
    Now,
    /// The last sign of life before an outage.
    Before(Timestamp),
}

impl Exam {
    /// Does what is due in every attempt; returns in how many something was. Nothing, while this server's sign of life is
    /// older than [`Exam::keep_alive`] was told that it may be: first the time lost is given back.
    ///
    /// # Errors
    /// [`Failure::Store`]; what was done before stays done.
    pub async fn sweep(&self) -> Result<usize, Failure> {
        match self.store.contact().is_lost(self.clock.now()) {
            true => Ok(0),
            false => self.sweep_as_of(AsOf::Now).await,
        }
    }

    async fn sweep_as_of(&self, as_of: AsOf) -> Result<usize, Failure> {
        let mut settled = 0;
        loop {
            let due_by = match as_of {
                AsOf::Now => self.clock.now(),
                // A section is due only after the grace, which did not come.
                AsOf::Before(outage) => outage + self.settings.limits.grace,
            };
            let mut ids = {
                let mut conn = self.store.read().await?;
                conn.due_attempts(due_by).await?
            };
            let before = settled;
            for together in ids.chunks_mut(TOGETHER) {
                // One order for every node and for the writer, so that two transactions never wait for each other.
                together.sort();
                let sweeping = self.sweep_together(together, as_of);
                settled += match within(TOGETHER_LONGEST, sweeping).await {
                    Ok(done) => done,
                    Err(error) if outage(&error) => return Err(error),
                    Err(_) => self.sweep_one_by_one(together, as_of).await?,
                };
            }
            if settled == before {
                return Ok(settled);
            }
        }
    }

    /// Does what is due in these, in one transaction.
    async fn sweep_together(&self, ids: &[AttemptId], as_of: AsOf) -> Result<usize, Failure> {
        let mut conn = self.store.write().await?;
        let mut settled = 0;
        for id in ids {
            let Some(mut stored) = conn.lock_attempt(id).await? else {
                continue;
            };
            let attempt = &mut stored.attempt;
            let done = match as_of {
                AsOf::Now => match self.settle(&mut conn, attempt).await {
                    // The time that an outage took is to be given back first.
                    Err(Failure::Busy) => false,
                    done => done?,
                },
                AsOf::Before(outage) => {
                    let limits = Limits {
                        grace: TimeDelta::zero(),
                        ..self.settings.limits
                    };
                    self.settle_as_of(&mut conn, attempt, outage, limits)
                        .await?
                }
            };
            settled += usize::from(done);
        }
        if settled > 0 {
            conn.commit().await?;
        }
        Ok(settled)
    }

    /// One attempt that cannot be settled must not hold up the others.
    async fn sweep_one_by_one(&self, ids: &[AttemptId], as_of: AsOf) -> Result<usize, Failure> {
        let mut settled = 0;
        for id in ids {
            let sweeping = self.sweep_together(std::slice::from_ref(id), as_of);
            match within(TOGETHER_LONGEST, sweeping).await {
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
        self.give_back(node, unnoticed, "the server was down").await
    }

    /// Does what was due at the last sign of life, if that is older than `unnoticed`: a section whose time was up by then
    /// had ended, though its grace had not, and what the outage took is of the break after it. Each in a transaction of
    /// its own, because it is true whatever comes after it, also to another server that starts.
    async fn settle_before_outage(&self, unnoticed: TimeDelta) -> Result<(), Failure> {
        let last_beat = {
            let mut conn = self.store.read().await?;
            conn.last_beat().await?
        };
        let now = self.clock.now();
        if let Some(outage) = last_beat.filter(|beat| now - *beat > unnoticed) {
            self.sweep_as_of(AsOf::Before(outage)).await?;
        }
        Ok(())
    }

    async fn give_back(
        &self,
        node: &str,
        unnoticed: TimeDelta,
        why: &str,
    ) -> Result<Option<Outage>, Failure> {
        self.settle_before_outage(unnoticed).await?;
        let mut conn = self.store.write().await?;
        conn.wait_patiently().await?;
        conn.lock_beats().await?;
        let until = self.clock.now();
        let last_beat = conn.last_beat().await?;
        conn.beat(node, until).await?;
        conn.forget_beats(until - TimeDelta::days(1)).await?;
        let Some(from) = last_beat.filter(|beat| until - *beat > unnoticed) else {
            conn.commit().await?;
            self.store.contact().made(until);
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
                "why": why,
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
        // Again: giving back to thousands takes a while, in which others wait, and that is no outage.
        let done = self.clock.now();
        conn.beat(node, done).await?;
        conn.commit().await?;
        self.store.contact().made(done);
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
        // When it is known to be on the disk: a slow database is none that is out of reach.
        self.store.contact().made(self.clock.now());
        measures::attempts_timed(timed);
        Ok(timed)
    }

    /// Notes again and again that this server is alive. If that was not possible for longer than `unnoticed`, the database
    /// was out of reach though this server lived: then the time lost is given back, unless another server could note that
    /// it was alive; and until that is done nothing ends by itself here. Returns how many attempts are being timed.
    ///
    /// # Errors
    /// [`Failure::Store`]; then it is to be called again.
    pub async fn keep_alive(&self, node: &str, unnoticed: TimeDelta) -> Result<u64, Failure> {
        let contact = self.store.contact();
        contact.expect_within(unnoticed);
        if contact.is_lost(self.clock.now()) {
            let why = "the database was out of reach";
            let giving = self.give_back(node, unnoticed, why);
            if let Some(outage) = within(RECOVERY_LONGEST, giving).await? {
                tracing::warn!(
                    from = %outage.from,
                    until = %outage.until,
                    attempts = outage.attempts,
                    "the database was out of reach; the time lost was given back"
                );
            }
        }
        within(BEAT_LONGEST, self.beat(node)).await
    }

    /// Compares the clock with the wall clock, see [`crate::clock::Clock::discipline`].
    pub fn keep_time(&self, idle: bool) -> Discipline {
        self.kept(self.clock.discipline(idle))
    }

    /// Compares the clock with the one that all servers of this database share, PostgreSQL's own, so that none ends what
    /// another has begun by another time. A jump is followed when nobody is timed, and when another server that lives goes
    /// by the shared clock: then it is this one that is off. With SQLite there is no other server, and the wall clock is
    /// asked.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn keep_common_time(&self, node: &str, idle: bool) -> Result<Discipline, Failure> {
        /// How far a sign of life may be from now: they come every few seconds.
        const CLOSE_MS: i64 = 5_000;
        let mut conn = self.store.read().await?;
        let before = self.clock.now();
        let Some(common) = conn.common_time(node, CLOSE_MS).await? else {
            return Ok(self.keep_time(idle));
        };
        // It was read somewhere between asking and hearing.
        let taken = self.clock.now() - before;
        let ahead = common.now - (before + taken / 2);
        if ahead.abs() <= taken {
            return Ok(Discipline::Followed(0));
        }
        let free = idle || common.others_keep_it;
        Ok(self.kept(self.clock.follow(ahead.num_milliseconds(), free)))
    }

    /// A jump that is followed is no time without a sign of life.
    fn kept(&self, found: Discipline) -> Discipline {
        if let Discipline::Followed(ms) = found {
            self.store
                .contact()
                .clock_moved(TimeDelta::milliseconds(ms));
        }
        found
    }
}

/// What something came to, if it did in time.
async fn within<T>(
    longest: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(longest, work).await {
        Ok(done) => done,
        Err(_) => Err(StoreError::unanswered().into()),
    }
}

/// Whether it is the database that failed, and not what was asked of it: then the next sweep comes soon enough.
fn outage(failure: &Failure) -> bool {
    matches!(failure, Failure::Store(error) if error.is_outage())
}
