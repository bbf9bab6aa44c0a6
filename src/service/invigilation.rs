//! What a tutor does while a group sits: more time for one or for all, and declaring an attempt void.

use serde_json::json;

use super::{
    Exam, Failure,
    load::attempt_event,
    standing::{REMARK_MAX, line, remark},
};
use crate::domain::{
    access::Act,
    accommodation::GIVEN_MAX,
    assignment::Assignment,
    id::{AssignmentId, AttemptId, LearnerId, is_slug},
};
use crate::store::{Account, Conn};

impl Exam {
    /// Gives more minutes to one attempt for an assignment, or to every one that is being timed. To all is a transaction
    /// each: who has finished meanwhile is passed over. Returns how many got them.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for an attempt that was not made for this assignment; [`Failure::NotAllowed`],
    /// [`Failure::Invalid`] with `minutes` (`out-of-range`) or `reason` (`too-long`), [`Failure::Refused`] for one in
    /// which nothing is being timed.
    pub async fn give_time(
        &self,
        who: &Account,
        id: &AssignmentId,
        to: Option<&AttemptId>,
        minutes: u32,
        reason: &str,
    ) -> Result<usize, Failure> {
        let (given, attempts) = {
            let mut conn = self.store.read().await?;
            let (_, _, given, _) = self
                .assignment_for(&mut conn, who, id, Act::ManageAssignment)
                .await?;
            let attempts = match to {
                Some(attempt) => {
                    let learner = self.learner_in(&mut conn, id, attempt).await?;
                    vec![(attempt.clone(), learner)]
                }
                None => conn.timed_attempts(id).await?,
            };
            (given, attempts)
        };
        if !(1..=GIVEN_MAX).contains(&minutes) {
            return Err(Failure::Invalid {
                field: "minutes",
                problem: "out-of-range",
            });
        }
        let reason = remark("reason", reason)?;
        let mut got = 0;
        for (attempt, learner) in &attempts {
            let done = self.give_to(who, &given, attempt, learner, minutes, reason.as_deref());
            match done.await {
                Ok(()) => got += 1,
                Err(Failure::Refused(_)) if to.is_none() => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(got)
    }

    async fn give_to(
        &self,
        who: &Account,
        given: &Assignment,
        id: &AttemptId,
        learner: &LearnerId,
        minutes: u32,
        reason: Option<&str>,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let attempt = &mut self.hold(&mut conn, learner, id).await?.attempt;
        let moved = attempt.give(minutes)?;
        self.save(&mut conn, attempt).await?;
        let detail = json!({
            "assignment": given.id,
            "minutes": minutes,
            "why": reason,
            "end_before": moved.from,
            "end_after": moved.to,
        });
        let now = self.clock.now();
        let mut event = attempt_event(attempt, now, who.id.as_str(), "time-given", detail);
        event.school = Some(given.school.clone());
        conn.record(&event).await?;
        conn.commit().await?;
        Ok(())
    }

    /// Declares a learner's attempt for an assignment void: it counts neither against the retake limit nor as one of the
    /// attempts allowed. The learner sees the reason.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], also for an attempt that was not made for this assignment; [`Failure::NotAllowed`],
    /// [`Failure::Invalid`] with `reason` (`missing`, `too-long`), [`Failure::Refused`] when it is void or lapsed already.
    pub async fn void_assigned(
        &self,
        who: &Account,
        id: &AssignmentId,
        attempt: &AttemptId,
        reason: &str,
    ) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        let (_, _, given, _) = self
            .assignment_for(&mut conn, who, id, Act::ManageAssignment)
            .await?;
        let learner = self.learner_in(&mut conn, id, attempt).await?;
        let reason = line("reason", reason, REMARK_MAX)?;
        let attempt = &mut self.hold(&mut conn, &learner, attempt).await?.attempt;
        let now = self.clock.now();
        let before = attempt.state.name();
        attempt.void(now, reason.clone())?;
        self.save(&mut conn, attempt).await?;
        let detail = json!({ "assignment": given.id, "why": reason, "before": before });
        let mut event = attempt_event(attempt, now, who.id.as_str(), "attempt-voided", detail);
        event.school = Some(given.school);
        conn.record(&event).await?;
        conn.commit().await?;
        Ok(())
    }

    /// Whose attempt for this assignment it is.
    async fn learner_in(
        &self,
        conn: &mut Conn,
        id: &AssignmentId,
        attempt: &AttemptId,
    ) -> Result<LearnerId, Failure> {
        let learner = match is_slug(attempt.as_str()) {
            true => conn.learner_of_attempt(id, attempt).await?,
            false => None,
        };
        Ok(learner.ok_or(Failure::NothingHere)?.0)
    }
}
