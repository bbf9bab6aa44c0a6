//! Starting and finishing a section.

use serde_json::json;

use super::{Exam, Failure, attempts::limit, load::attempt_event, paper::Paper};
use crate::domain::{
    attempt::{EndedBy, Kind, State},
    id::{AttemptId, LearnerId},
    retake,
    rules::Section,
};

impl Exam {
    /// Starts a section whose turn it is. Starting a mock's first section counts the attempt; that and the check of the
    /// limit happen while the learner's other starts are held back, so two at once cannot both slip through.
    ///
    /// Starting a practice section that runs already is harmless: it runs from the beginning.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::AttemptInProgress`], [`Failure::RetakeLimit`], [`Failure::Closed`],
    /// [`Failure::Refused`].
    pub async fn start_section(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        section: Section,
    ) -> Result<Paper, Failure> {
        let mut conn = self.store.write().await?;
        conn.lock_starts(learner).await?;
        let mut stored = self.hold(&mut conn, learner, id).await?;
        let attempt = &mut stored.attempt;
        let now = self.clock.now();

        let practice_runs = attempt.kind == Kind::Practice
            && attempt
                .running()
                .is_some_and(|(running, _)| running.name == section);
        let mock_begins = attempt.kind == Kind::Mock && attempt.state == State::Ready;
        if !practice_runs {
            if mock_begins {
                if let Some(other) = conn.mock_in_progress(learner).await? {
                    // What holds the place may be over without anybody having looked.
                    let other = self.hold(&mut conn, learner, &other).await?.attempt;
                    if other.in_progress() {
                        return Err(Failure::AttemptInProgress(other.id));
                    }
                }
                if attempt.counts {
                    let rules = self.rules(Some(&attempt.rule))?;
                    let starts = conn.counted_starts(learner).await?;
                    retake::decide(&rules.retake, &starts, now).map_err(limit)?;
                }
                // One that a school gave may be over or withdrawn since it was made.
                if let Some(assignment) = conn.assignment_of(id).await? {
                    assignment.open(now)?;
                }
            }
            self.begin(&mut conn, attempt, section, now).await?;
            let detail = json!({ "section": section });
            conn.record(&attempt_event(
                attempt,
                now,
                learner.as_str(),
                "section-started",
                detail,
            ))
            .await?;
        }
        let material = self.material(&mut conn, &stored).await?;
        if mock_begins {
            // No other step leads out of `Ready` into a section, so an attempt is counted once. And so late, because whoever
            // begins a mock with one of the same texts waits from here to the commit.
            conn.count_uses(&stored.attempt.form).await?;
        }
        if !practice_runs {
            // The paper is what is delivered here: the time counts from when it is ready, but for the commit.
            stored.attempt.deliver(self.clock.now());
            self.save(&mut conn, &stored.attempt).await?;
        }
        conn.commit().await?;
        Ok(self.paper_from(&stored, material))
    }

    /// Finishes the running section before its time is up.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Refused`].
    pub async fn finish_section(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        section: Section,
    ) -> Result<Paper, Failure> {
        let mut conn = self.store.write().await?;
        let mut stored = self.hold(&mut conn, learner, id).await?;
        let attempt = &mut stored.attempt;
        match attempt.running() {
            Some((running, _)) if running.name == section => {}
            Some(_) => {
                return Err(Failure::Refused(
                    crate::domain::attempt::Refused::SectionClosed,
                ));
            }
            None => {
                return Err(Failure::Refused(
                    crate::domain::attempt::Refused::WrongState {
                        state: attempt.state.name(),
                    },
                ));
            }
        }
        let now = self.clock.now();
        self.end_section(&mut conn, attempt, now, EndedBy::Learner, learner.as_str())
            .await?;
        self.save(&mut conn, attempt).await?;
        conn.commit().await?;
        self.paper_of(&stored).await
    }
}
