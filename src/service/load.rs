//! Loading an attempt: whose it is, what has become due in the meantime, and the wording it was given.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::{Exam, Failure};
use crate::domain::{
    Timestamp,
    attempt::{Attempt, Due, EndedBy, Limits, State},
    bank::{Edition, Item, Recording, Stimulus, Testlet},
    form::{Form, FormTestlet},
    id::{AttemptId, ItemId, LearnerId, RecordingId},
    score,
    voice::Voice,
};
use crate::measures;
use crate::store::{Conn, Event, Marking, Stored};

/// The wordings of a form's testlets, by hash, and the human voices in which they are heard.
pub(super) struct Wording {
    editions: HashMap<String, Arc<Edition>>,
    voices: HashMap<RecordingId, Voice>,
}

impl Wording {
    /// The wording of one testlet of the form.
    pub(super) fn of(&self, digest: &str) -> Option<&Arc<Edition>> {
        self.editions.get(digest)
    }

    /// The recording that a form gave, if its stimulus is one: in a human voice, where it named one.
    pub(super) fn recording(&self, given: &FormTestlet) -> Option<Recording> {
        let recording = self.of(&given.digest)?.testlet.stimulus.recording()?;
        let voice = given.voice.as_ref().and_then(|id| self.voices.get(id));
        Some(match voice {
            Some(voice) => recording.in_voice(voice),
            None => recording.clone(),
        })
    }

    /// The stimulus of a testlet as a form gave it.
    pub(super) fn stimulus(&self, given: &FormTestlet, testlet: &Testlet) -> Stimulus {
        match self.recording(given) {
            Some(recording) => Stimulus::Recording(recording),
            None => testlet.stimulus.clone(),
        }
    }

    /// Every item of a form's testlets, by id.
    pub(super) fn items_of(&self, form: &Form) -> HashMap<&ItemId, &Item> {
        form.testlets()
            .filter_map(|testlet| self.of(&testlet.digest))
            .flat_map(|edition| &edition.testlet.items)
            .map(|item| (&item.id, item))
            .collect()
    }
}

impl Exam {
    /// Loads a learner's attempt, after doing what has become due in it, see [`Exam::settle`].
    ///
    /// # Errors
    /// [`Failure::NotFound`]; [`Failure::Busy`] as there.
    pub(super) async fn load(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
    ) -> Result<Stored, Failure> {
        let now = self.clock.now();
        let mut conn = self.store.read().await?;
        let stored = owned(conn.attempt(id).await?, learner)?;
        drop(conn);
        let due = stored.attempt.due(now, self.settings.limits).is_some();
        if !due || self.answers_wait(&stored.attempt, now) {
            return Ok(stored);
        }
        if self.store.contact().is_lost(now) {
            return Err(Failure::Busy);
        }
        let mut conn = self.store.write().await?;
        let stored = self.hold(&mut conn, learner, id).await?;
        conn.commit().await?;
        Ok(stored)
    }

    /// Holds a learner's attempt for a change, after doing what has become due in it, see [`Exam::settle`].
    ///
    /// # Errors
    /// [`Failure::NotFound`]; [`Failure::Busy`] as there.
    pub(super) async fn hold(
        &self,
        conn: &mut Conn,
        learner: &LearnerId,
        id: &AttemptId,
    ) -> Result<Stored, Failure> {
        let mut stored = owned(conn.lock_attempt(id).await?, learner)?;
        if self.settle(conn, &mut stored.attempt).await? && stored.attempt.running().is_some() {
            // A section has begun, whose own first page is yet to be opened.
            stored.live_page = None;
        }
        Ok(stored)
    }

    /// Does what has become due in an attempt that is held: finishes a section whose time is up, starts the one after a
    /// break, lets an attempt lapse that was never begun. Returns whether anything was. While answers wait that came in
    /// time nothing is: they are written first.
    ///
    /// # Errors
    /// [`Failure::Busy`] where something is due and what an outage of the database took is to be given back first.
    pub(super) async fn settle(
        &self,
        conn: &mut Conn,
        attempt: &mut Attempt,
    ) -> Result<bool, Failure> {
        let now = self.clock.now();
        let limits = self.settings.limits;
        if attempt.due(now, limits).is_none() {
            return Ok(false);
        }
        // Asked only now that it is held: waiting for it may have taken as long as the outage.
        if self.store.contact().is_lost(now) {
            return Err(Failure::Busy);
        }
        if self.answers_wait(attempt, now) {
            return Ok(false);
        }
        self.settle_as_of(conn, attempt, now, limits).await
    }

    /// Whether answers to the section that runs wait to be written by this node that may have come before its time was up.
    /// None waits longer than the writer's patience, so the end is not put off for ever.
    fn answers_wait(&self, attempt: &Attempt, now: Timestamp) -> bool {
        let running = attempt.running();
        let Some(deadline) = running.and_then(|(_, running)| running.deadline) else {
            return false;
        };
        let longest = deadline + self.settings.limits.grace + self.writer.patience();
        now < longest && self.writer.has(&attempt.id)
    }

    /// Does what was due in an attempt that is held at an instant, now or past, under these limits.
    pub(super) async fn settle_as_of(
        &self,
        conn: &mut Conn,
        attempt: &mut Attempt,
        as_of: Timestamp,
        limits: Limits,
    ) -> Result<bool, Failure> {
        let now = self.clock.now();
        let mut changed = false;
        while let Some(due) = attempt.due(as_of, limits) {
            changed = true;
            match due {
                Due::Finish { at, .. } => {
                    let due = at + self.settings.limits.grace;
                    measures::section_ended((now - due).num_milliseconds());
                    self.end_section(conn, attempt, at, EndedBy::Deadline, "server")
                        .await?;
                }
                Due::Start { index, at } => {
                    let section = attempt.form.sections[index].name;
                    self.begin(conn, attempt, section, at).await?;
                    conn.record(&attempt_event(
                        attempt,
                        now,
                        "server",
                        "section-started",
                        json!({ "section": section, "why": "the break was over", "as_of": at }),
                    ))
                    .await?;
                }
                Due::Expire { at } => {
                    attempt.expire(at)?;
                    conn.record(&attempt_event(
                        attempt,
                        now,
                        "server",
                        "attempt-expired",
                        json!({ "why": "it was never begun", "as_of": at }),
                    ))
                    .await?;
                }
            }
        }
        if changed {
            self.save(conn, attempt).await?;
        }
        Ok(changed)
    }

    /// Scores and ends the running section. The caller holds the attempt and saves it afterwards.
    pub(super) async fn end_section(
        &self,
        conn: &mut Conn,
        attempt: &mut Attempt,
        at: Timestamp,
        by: EndedBy,
        actor: &str,
    ) -> Result<(), Failure> {
        let Some((section, _)) = attempt.running() else {
            return Err(Failure::Refused(
                crate::domain::attempt::Refused::SectionClosed,
            ));
        };
        let name = section.name;
        let wording = self.wording(conn, &attempt.form).await?;
        let Marking {
            responses,
            corrections,
        } = conn.marking_of(&attempt.id).await?;
        let items = wording.items_of(&attempt.form);
        let score = score::mark(section, &items, &responses, &corrections);
        attempt.finish(name, at, by, score)?;
        self.hold_result(conn, attempt).await?;
        conn.record(&attempt_event(
            attempt,
            self.clock.now(),
            actor,
            "section-finished",
            json!({ "section": name, "ended_by": by, "as_of": at, "correct": score.correct, "of": score.of }),
        ))
        .await?;
        if attempt.finished() {
            self.mark_earlier(conn, attempt, &wording, &responses, &corrections)
                .await?;
        }
        Ok(())
    }

    /// Writes an attempt that is held, and when the sweeper has to look at it again.
    pub(super) async fn save(&self, conn: &mut Conn, attempt: &Attempt) -> Result<(), Failure> {
        conn.save_attempt(attempt, self.due_at(attempt)).await?;
        Ok(())
    }

    /// When something becomes due in an attempt by itself.
    pub(super) fn due_at(&self, attempt: &Attempt) -> Option<Timestamp> {
        let limits = self.settings.limits;
        match &attempt.state {
            State::Ready => Some(attempt.created_at + limits.ready_for),
            State::Running(running) => running.deadline.map(|deadline| deadline + limits.grace),
            State::Break(pause) => Some(pause.until),
            State::Finished { .. } | State::Expired { .. } | State::Voided { .. } => None,
        }
    }

    /// The wording that a form was given: from the bank where it still is the same, otherwise as it was kept.
    pub(super) async fn wording(&self, conn: &mut Conn, form: &Form) -> Result<Wording, Failure> {
        self.wordings(conn, &[form]).await
    }

    /// The wordings that many forms were given, each looked for once.
    pub(super) async fn wordings(
        &self,
        conn: &mut Conn,
        forms: &[&Form],
    ) -> Result<Wording, Failure> {
        let mut editions = HashMap::new();
        for testlet in forms.iter().flat_map(|form| form.testlets()) {
            if editions.contains_key(&testlet.digest) {
                continue;
            }
            let current = self
                .content
                .bank
                .get(&testlet.id)
                .filter(|edition| edition.digest == testlet.digest);
            let edition = match current {
                Some(edition) => edition.clone(),
                None => Arc::new(Edition {
                    digest: testlet.digest.clone(),
                    testlet: conn.edition(&testlet.digest).await?,
                }),
            };
            editions.insert(testlet.digest.clone(), edition);
        }
        let mut voices = HashMap::new();
        let given = forms.iter().flat_map(|form| form.testlets());
        for id in given.filter_map(|testlet| testlet.voice.as_ref()) {
            if !voices.contains_key(id)
                && let Some(kept) = conn.voice(id).await?
            {
                voices.insert(id.clone(), kept.voice);
            }
        }
        Ok(Wording { editions, voices })
    }
}

/// An attempt of this learner; anything else looks as if it did not exist.
fn owned(stored: Option<Stored>, learner: &LearnerId) -> Result<Stored, Failure> {
    stored
        .filter(|stored| stored.attempt.learner == *learner)
        .ok_or(Failure::NotFound)
}

/// An event about an attempt.
pub(super) fn attempt_event(
    attempt: &Attempt,
    at: Timestamp,
    actor: &str,
    kind: &str,
    detail: serde_json::Value,
) -> Event {
    Event {
        at,
        actor: actor.to_owned(),
        kind: kind.to_owned(),
        attempt: Some(attempt.id.clone()),
        learner: Some(attempt.learner.clone()),
        school: None,
        detail,
    }
}
