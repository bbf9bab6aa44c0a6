//! Saving a response as it is chosen, and flags.

use super::{Exam, Failure, results::ItemResult};
use crate::domain::{
    Timestamp,
    attempt::{Attempt, Kind, Refused},
    form::{FormTestlet, Letter},
    id::{AttemptId, ItemId, LearnerId},
};
use crate::measures::{self, Refusal};
use crate::store::{Receipt, Save, SaveError, Sender, Stored};

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

impl Saved {
    fn of(receipt: Receipt, now: Timestamp, feedback: Option<ItemResult>) -> Self {
        let left = |end: Timestamp| (end - now).num_milliseconds().max(0);
        Self {
            receipt,
            remaining_ms: receipt.deadline.map(left),
            feedback,
        }
    }
}

/// A response as it is sent.
#[derive(Debug, Clone, Copy)]
pub struct Response<'a> {
    /// To which item.
    pub item: &'a ItemId,
    /// The option chosen; none clears it.
    pub chosen: Option<Letter>,
    /// The token of the page that sends it, if a page does; only the live one may save.
    pub page: Option<&'a str>,
    /// The sender's own number, rising within the attempt. Of two responses to one item the one with the higher number
    /// counts, whichever arrives first; one sent again with its number is acknowledged and not counted again.
    pub order: Option<i64>,
}

impl Exam {
    /// Saves a response (none clears it) without a number of its sender; see [`Exam::save_response`].
    ///
    /// # Errors
    /// As there.
    pub async fn respond(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        item: &ItemId,
        chosen: Option<Letter>,
        page: Option<&str>,
    ) -> Result<Saved, Failure> {
        let response = Response {
            item,
            chosen,
            page,
            order: None,
        };
        self.save_response(&Sender::Learner(learner.clone()), id, response)
            .await
    }

    /// Saves a response. It returns when the response is on the disk.
    ///
    /// # Errors
    /// [`Failure::SessionOver`], [`Failure::NotFound`], [`Failure::Refused`] (no such item, section closed, as many
    /// responses as an attempt may hold), [`Failure::PageSuperseded`], [`Failure::Busy`]; in practice [`Failure::AttemptInProgress`] when the learner's
    /// running mock has the same testlet, and [`Failure::KeptBack`] when one that is not begun has it, or, in a private
    /// set, a school keeps its keys back. On any of them nothing was saved. Nor is anything saved, though a receipt is
    /// given, where the item's key is known already by an earlier answer.
    pub async fn save_response(
        &self,
        sender: &Sender,
        id: &AttemptId,
        response: Response<'_>,
    ) -> Result<Saved, Failure> {
        let saved = async {
            // What would be refused after some work is refused before it: the database has enough to do.
            if self.writer.is_full() {
                return Err(Failure::Busy);
            }
            match self.save_known(sender, id, response).await? {
                Some(saved) => Ok(saved),
                None => self.save_looked_up(sender, id, response).await,
            }
        };
        let saved = saved.await;
        saved.inspect_err(|failure| measures::response_refused(refusal(failure)))
    }

    /// Saves a response of a mock whose facts are at hand. None: there are no such facts, or the response was not
    /// taken, and only a look at everything tells why.
    async fn save_known(
        &self,
        sender: &Sender,
        id: &AttemptId,
        response: Response<'_>,
    ) -> Result<Option<Saved>, Failure> {
        let Some(facts) = self.known.get(id) else {
            return Ok(None);
        };
        if matches!(sender, Sender::Learner(learner) if *learner != facts.learner) {
            return Ok(None);
        }
        let Some(section_index) = self.known.section_of(&facts, response.item) else {
            return Ok(None);
        };
        let at = self.clock.now();
        let save = self.save_of(sender, id, response, section_index, at);
        let receipt = match self.write_response(save).await? {
            Some(receipt) => receipt,
            None => return Ok(None),
        };
        if facts.given {
            self.presence.seen(id, at);
        }
        Ok(Some(Saved::of(receipt, self.clock.now(), None)))
    }

    /// Looks at the session and the attempt, does what has become due, and saves the response if it may.
    async fn save_looked_up(
        &self,
        sender: &Sender,
        id: &AttemptId,
        response: Response<'_>,
    ) -> Result<Saved, Failure> {
        let Response {
            item, page, order, ..
        } = response;
        let at = self.clock.now();
        let learner = match sender {
            Sender::Learner(learner) => learner.clone(),
            Sender::Session(hash) => {
                let mut conn = self.store.read().await?;
                let account = conn.account_by_session(hash, at).await?;
                account.ok_or(Failure::SessionOver)?.id
            }
        };
        let stored = self.load(&learner, id).await?;
        let attempt = &stored.attempt;
        let section_index = attempt
            .form
            .section_of(item)
            .ok_or_else(|| Refused::NoSuchItem(item.clone()))?;
        superseded(&stored.live_page, page)?;
        // Sent again, or overtaken by a newer one: the receipt of what is there, even if the section is over since.
        if let Some(receipt) = self.saved_since(id, item, order).await? {
            return self.told(attempt, item, receipt).await;
        }
        attempt.accepts(item, at, self.settings.limits)?;
        if attempt.kind == Kind::Practice {
            self.leave_exam_alone(&stored, item).await?;
            // The first answer counts where the key is known after it.
            if let Some(first) = self.answered_knowingly(attempt, item).await? {
                return self.told(attempt, item, first).await;
            }
        }
        self.known.learn(&stored);
        let save = self.save_of(sender, id, response, section_index, at);
        let Some(receipt) = self.write_response(save).await? else {
            // Something has changed since the look.
            let now = self.load(&learner, id).await?;
            superseded(&now.live_page, page)?;
            if let Some(receipt) = self.saved_since(id, item, order).await? {
                return self.told(attempt, item, receipt).await;
            }
            return Err(Failure::Refused(Refused::SectionClosed));
        };
        if stored.assignment.is_some() {
            self.presence.seen(id, at);
        }
        self.told(attempt, item, receipt).await
    }

    /// What a learner is told with a receipt: in practice the key, where it may be told.
    async fn told(
        &self,
        attempt: &Attempt,
        item: &ItemId,
        receipt: Receipt,
    ) -> Result<Saved, Failure> {
        let feedback = match (attempt.kind, receipt.chosen) {
            (Kind::Practice, Some(letter)) => self.item_feedback(attempt, item, letter).await?,
            _ => None,
        };
        Ok(Saved::of(receipt, self.clock.now(), feedback))
    }

    /// The receipt of an item's answer in practice, if there is one and its key is known to the learner by it.
    async fn answered_knowingly(
        &self,
        attempt: &Attempt,
        item: &ItemId,
    ) -> Result<Option<Receipt>, Failure> {
        let mut conn = self.store.read().await?;
        let last = conn.last_response(&attempt.id, item).await?;
        let Some(answered) = last.filter(|receipt| receipt.chosen.is_some()) else {
            return Ok(None);
        };
        let kept = self.keys_kept(&mut conn, attempt).await?;
        let known = testlet_of(attempt, item).is_some_and(|testlet| !kept.contains(&testlet.id));
        Ok(known.then_some(answered))
    }

    fn save_of(
        &self,
        sender: &Sender,
        id: &AttemptId,
        response: Response<'_>,
        section_index: usize,
        at: Timestamp,
    ) -> Save {
        Save {
            attempt: id.clone(),
            sender: sender.clone(),
            section_index,
            item: response.item.clone(),
            chosen: response.chosen,
            at,
            deadline_after: at - self.settings.limits.grace,
            page: response.page.map(str::to_owned),
            order: response.order,
            most: self.settings.limits.responses,
        }
    }

    /// Hands a response to the writer; none where it was not taken.
    async fn write_response(&self, save: Save) -> Result<Option<Receipt>, Failure> {
        match self.writer.save(save).await {
            Ok(receipt) => {
                if receipt.late {
                    measures::response_late();
                }
                Ok(Some(receipt))
            }
            Err(SaveError::NotTaken) => Ok(None),
            Err(SaveError::Busy) => Err(Failure::Busy),
            Err(SaveError::Full) => Err(Refused::TooManyResponses.into()),
            Err(SaveError::Store(error)) => Err(Failure::Store(error)),
        }
    }

    /// The receipt of an item's last response, if one with this number or a higher one is saved.
    async fn saved_since(
        &self,
        id: &AttemptId,
        item: &ItemId,
        order: Option<i64>,
    ) -> Result<Option<Receipt>, Failure> {
        let Some(order) = order else { return Ok(None) };
        let mut conn = self.store.read().await?;
        Ok(conn.response_since(id, item, order).await?)
    }

    /// Practice tells the key at once: not of a testlet that the learner's own mock has too. Nor does a private set tell by
    /// its score what a school keeps back.
    pub(super) async fn leave_exam_alone(
        &self,
        stored: &Stored,
        item: &ItemId,
    ) -> Result<(), Failure> {
        let attempt = &stored.attempt;
        let Some(testlet) = testlet_of(attempt, item) else {
            return Ok(());
        };
        let mut conn = self.store.read().await?;
        let told = self
            .tells_no_key_to(&mut conn, &attempt.learner, [&testlet.id])
            .await;
        match told {
            Err(Failure::KeptBack) if stored.assignment.is_some() => {
                let held = conn.held_testlets(&attempt.learner).await?;
                match held.contains(&testlet.id) {
                    true => Err(Failure::KeptBack),
                    false => Ok(()),
                }
            }
            told => told,
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

/// The testlet of an attempt that has an item.
fn testlet_of<'a>(attempt: &'a Attempt, item: &ItemId) -> Option<&'a FormTestlet> {
    let mut testlets = attempt.form.testlets();
    testlets.find(|testlet| testlet.items.iter().any(|own| own.id == *item))
}

/// Under which reason a response that was not saved is counted.
fn refusal(failure: &Failure) -> Refusal {
    match failure {
        Failure::NotFound => Refusal::NoAttempt,
        Failure::Refused(Refused::NoSuchItem(_)) => Refusal::NoItem,
        Failure::Refused(Refused::SectionClosed | Refused::WrongState { .. }) => {
            Refusal::SectionClosed
        }
        Failure::Refused(Refused::TooManyResponses) => Refusal::AttemptFull,
        Failure::PageSuperseded => Refusal::PageSuperseded,
        Failure::AttemptInProgress(_) | Failure::KeptBack => Refusal::MockInProgress,
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
