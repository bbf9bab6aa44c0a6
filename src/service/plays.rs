//! Plays of a recording: counted here, so that they survive a reload, another device and a lie.

use serde_json::json;

use super::{Exam, Failure, load::attempt_event, responses::superseded};
use crate::domain::{
    attempt::Refused,
    id::{AttemptId, LearnerId, TestletId},
};

/// In practice a recording may be played without end; so many plays of one are written down.
const UNLIMITED_NOTED: u32 = 100;

impl Exam {
    /// Counts a play of a recording in the running section; returns how many are left (none: without limit).
    ///
    /// A request that is sent again with the same `request_key` (its answer was lost on the way) is the same play.
    ///
    /// # Errors
    /// [`Failure::NoSuchRecording`], [`Failure::PlaysUsed`], [`Failure::PlayedByTrack`], [`Failure::PageSuperseded`],
    /// [`Failure::Refused`].
    pub async fn play(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        testlet: &TestletId,
        page: Option<&str>,
        request_key: Option<&str>,
    ) -> Result<Option<u32>, Failure> {
        let now = self.clock.now();
        let mut conn = self.store.write().await?;
        let stored = self.hold(&mut conn, learner, id).await?;
        superseded(&stored.live_page, page)?;
        let attempt = &stored.attempt;
        let unknown = || Failure::NoSuchRecording(testlet.to_string());
        let (section, _) = attempt.running().ok_or(Refused::SectionClosed)?;
        let index = attempt
            .form
            .index_of(section.name)
            .ok_or(Refused::SectionClosed)?;
        attempt.open(index, now, self.settings.limits)?;
        if attempt.track.is_some() && section.plays.is_some() {
            return Err(Failure::PlayedByTrack);
        }
        let allowed = attempt.plays(index);
        let given = section
            .testlets
            .iter()
            .find(|candidate| candidate.id == *testlet)
            .ok_or_else(unknown)?;
        let wording = self.wording(&mut conn, &attempt.form).await?;
        wording
            .of(&given.digest)
            .and_then(|edition| edition.testlet.stimulus.recording())
            .ok_or_else(unknown)?;

        let played = conn
            .plays_of(id)
            .await?
            .get(testlet)
            .copied()
            .unwrap_or_default();
        if let Some(key) = request_key
            && conn.played_by_request(id, testlet, key).await?
        {
            return Ok(allowed.map(|allowed| allowed.saturating_sub(played)));
        }
        if allowed.is_some_and(|allowed| played >= allowed) {
            return Err(Failure::PlaysUsed);
        }
        if allowed.is_none() && played >= UNLIMITED_NOTED {
            return Ok(None); // as often as they like; that it was often is noted already
        }
        conn.record_play(id, testlet, played + 1, now, request_key)
            .await?;
        let detail = json!({ "testlet": testlet, "ordinal": played + 1 });
        conn.record(&attempt_event(
            attempt,
            now,
            learner.as_str(),
            "recording-played",
            detail,
        ))
        .await?;
        conn.commit().await?;
        Ok(allowed.map(|allowed| allowed - played - 1))
    }
}
