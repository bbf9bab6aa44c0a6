//! Saving a response as it is chosen, and flags.

use super::{Exam, Failure, results::ItemResult};
use crate::domain::{
    Timestamp,
    attempt::{Attempt, Kind, Refused},
    form::Letter,
    id::{AttemptId, ItemId, LearnerId},
};
use crate::measures::{self, Refusal};
use crate::store::{Receipt, Save, SaveError};

/// What a learner gets for a response.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Proof that it is on the disk.
    pub receipt: Receipt,
    /// Milliseconds left in the section, if it is timed.
    pub remaining_ms: Option<i64>,
    /// In practice, at once: the key, the evidence, the explanation.
    pub feedback: Option<ItemResult>,
}

impl Exam {
    /// Saves a response (none clears it). It returns when the response is on the disk.
    ///
    /// `page` is the token of the page that sends it, if a page does; only the live one may save.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Refused`] (no such item, section closed), [`Failure::PageSuperseded`],
    /// [`Failure::Busy`], [`Failure::AttemptInProgress`] in practice when the learner's running mock has the same testlet.
    /// On any of them nothing was saved.
    pub async fn respond(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        item: &ItemId,
        chosen: Option<Letter>,
        page: Option<&str>,
    ) -> Result<Saved, Failure> {
        let saved = self.respond_to(learner, id, item, chosen, page).await;
        saved.inspect_err(|failure| measures::response_refused(refusal(failure)))
    }

    async fn respond_to(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        item: &ItemId,
        chosen: Option<Letter>,
        page: Option<&str>,
    ) -> Result<Saved, Failure> {
        // What would be refused after some work is refused before it: the database has enough to do.
        if self.writer.is_full() {
            return Err(Failure::Busy);
        }
        let at = self.clock.now();
        let stored = self.load(learner, id).await?;
        let attempt = &stored.attempt;
        let limits = self.settings.limits;
        let late = attempt.accepts(item, at, limits)?;
        superseded(&stored.live_page, page)?;
        let section_index = attempt
            .form
            .section_of(item)
            .ok_or_else(|| Refused::NoSuchItem(item.clone()))?;
        if attempt.kind == Kind::Practice {
            self.leave_exam_alone(attempt, item).await?;
        }
        let save = Save {
            attempt: id.clone(),
            section_index,
            item: item.clone(),
            chosen,
            at,
            deadline_after: at - limits.grace,
            late,
            page: page.map(str::to_owned),
        };
        let receipt = match self.writer.save(save).await {
            Ok(receipt) => receipt,
            Err(SaveError::Busy) => return Err(Failure::Busy),
            Err(SaveError::Store(error)) => return Err(Failure::Store(error)),
            Err(SaveError::NotTaken) => {
                let now = self.load(learner, id).await?;
                superseded(&now.live_page, page)?;
                return Err(Failure::Refused(Refused::SectionClosed));
            }
        };
        if late {
            measures::response_late();
        }
        let feedback = match (attempt.kind, chosen) {
            (Kind::Practice, Some(letter)) => self.item_feedback(attempt, item, letter).await?,
            _ => None,
        };
        if stored.assignment.is_some() {
            self.presence.seen(id, at);
        }
        let left = |end: Timestamp| (end - at).num_milliseconds().max(0);
        Ok(Saved {
            receipt,
            remaining_ms: attempt.end().map(left),
            feedback,
        })
    }

    /// Practice tells the key at once: not of a testlet that the learner's running mock has too.
    pub(super) async fn leave_exam_alone(
        &self,
        attempt: &Attempt,
        item: &ItemId,
    ) -> Result<(), Failure> {
        let mut conn = self.store.read().await?;
        let held = conn.held_testlets(&attempt.learner).await?;
        let mine = attempt
            .form
            .testlets()
            .find(|testlet| testlet.items.iter().any(|own| own.id == *item));
        if !mine.is_some_and(|testlet| held.contains(&testlet.id)) {
            return Ok(());
        }
        match conn.mock_in_progress(&attempt.learner).await? {
            Some(mock) => Err(Failure::AttemptInProgress(mock)),
            // It ended in between.
            None => Ok(()),
        }
    }

    /// Flags an item to come back to, or takes the flag away. Answers since when that is on the disk.
    ///
    /// # Errors
    /// As for [`Exam::respond`].
    pub async fn flag(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        item: &ItemId,
        flagged: bool,
        page: Option<&str>,
    ) -> Result<Timestamp, Failure> {
        let stored = self.load(learner, id).await?;
        let now = self.clock.now();
        stored.attempt.accepts(item, now, self.settings.limits)?;
        superseded(&stored.live_page, page)?;
        let mut conn = self.store.write().await?;
        conn.set_flag(id, item, flagged).await?;
        conn.commit().await?;
        Ok(now)
    }
}

/// Under which reason a response that was not saved is counted.
fn refusal(failure: &Failure) -> Refusal {
    match failure {
        Failure::NotFound => Refusal::NoAttempt,
        Failure::Refused(Refused::NoSuchItem(_)) => Refusal::NoItem,
        Failure::Refused(Refused::SectionClosed | Refused::WrongState { .. }) => {
            Refusal::SectionClosed
        }
        Failure::PageSuperseded => Refusal::PageSuperseded,
        Failure::AttemptInProgress(_) => Refusal::MockInProgress,
        Failure::Busy => Refusal::Busy,
        Failure::Store(_) => Refusal::Store,
        _ => Refusal::Other,
    }
}

/// A page that is not the live one may not save. Before a page was opened there is none that could be ours.
pub(super) fn superseded(live: &Option<String>, page: Option<&str>) -> Result<(), Failure> {
    match page {
        Some(page) if live.as_deref() != Some(page) => Err(Failure::PageSuperseded),
        _ => Ok(()),
    }
}
