//! What is kept for how long: a pass at start and once a day deletes what is older, some at a time.

use chrono::TimeDelta;
use serde_json::json;

use super::{Exam, Failure};
use crate::domain::{Timestamp, voice::DRAFT_HOURS};
use crate::store::{Account, Event, Role};

/// For how many days something is kept; 0 is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Guests without any use: then they are erased.
    pub guests_days: u32,
    /// Responses, flags and plays of attempts that are over: their results stay.
    pub responses_days: u32,
    /// Invitations that are over, with the addresses in them.
    pub invitations_days: u32,
}

/// What a pass deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Guests erased.
    pub guests: u64,
    /// Attempts whose responses were deleted.
    pub attempts: u64,
    /// Invitations deleted.
    pub invitations: u64,
    /// Recordings deleted that were made and never used.
    pub drafts: u64,
}

/// So many rows go in one transaction, so that nobody waits long behind it.
const BATCH: i64 = 200;

/// The instant before which something is too old; none where it is kept for ever.
fn limit(now: Timestamp, days: u32) -> Option<Timestamp> {
    (days > 0).then(|| now - TimeDelta::days(i64::from(days)))
}

impl Exam {
    /// Deletes what is older than it is kept; what was deleted. Sessions that have ended go too, and recordings that nobody
    /// has decided to use.
    ///
    /// # Errors
    /// [`Failure::Store`]; what was deleted before stays deleted.
    pub async fn retain(&self) -> Result<Forgotten, Failure> {
        let now = self.clock.now();
        let keep = self.settings.retention;
        let mut gone = Forgotten::default();
        if let Some(since) = limit(now, keep.guests_days) {
            loop {
                let erased = self.erase_guests(since).await?;
                gone.guests += erased;
                if erased == 0 {
                    break;
                }
            }
        }
        if let Some(before) = limit(now, keep.responses_days) {
            loop {
                let mut conn = self.store.write().await?;
                let attempts = conn.forget_responses(before, BATCH, now).await?;
                conn.commit().await?;
                gone.attempts += attempts;
                if attempts == 0 {
                    break;
                }
            }
        }
        let mut conn = self.store.write().await?;
        conn.end_expired_sessions(now).await?;
        gone.drafts = conn
            .delete_old_drafts(now - TimeDelta::hours(DRAFT_HOURS))
            .await?;
        if let Some(before) = limit(now, keep.invitations_days) {
            gone.invitations = conn.forget_invitations(before).await?;
        }
        if gone != Forgotten::default() {
            conn.record(&Event {
                at: now,
                actor: "server".to_owned(),
                kind: "retention-applied".to_owned(),
                attempt: None,
                learner: None,
                school: None,
                detail: json!({
                    "guests": gone.guests,
                    "attempts": gone.attempts,
                    "invitations": gone.invitations,
                    "drafts": gone.drafts,
                }),
            })
            .await?;
        }
        conn.commit().await?;
        Ok(gone)
    }

    /// Erases some guests without use; how many.
    async fn erase_guests(&self, since: Timestamp) -> Result<u64, Failure> {
        let mut conn = self.store.write().await?;
        let mut erased = 0;
        for id in conn.unused_guests(since, BATCH).await? {
            let guest = Account {
                id,
                name: None,
                email: None,
                password_hash: None,
                role: Role::Learner,
                created_at: since,
            };
            match self.erase(&mut conn, &guest, "server").await {
                Ok(()) => erased += 1,
                // One that is in the middle of a mock is in use.
                Err(Failure::AttemptInProgress(_)) => {}
                Err(other) => return Err(other),
            }
        }
        conn.commit().await?;
        Ok(erased)
    }
}
