//! Making attempts, and a learner's history of them.

use std::sync::Arc;

use serde_json::json;

use super::{Exam, Failure, load::attempt_event, paper::Paper};
use crate::domain::{
    Timestamp,
    accommodation::Accommodation,
    assemble,
    assignment::FeedbackPolicy,
    attempt::{Attempt, Kind, State},
    delay::SeenFrom,
    delivery::Delivery,
    form::Form,
    id::{AttemptId, LearnerId, RuleId, SchoolId},
    level::Level,
    practice::{self, Wish},
    retake::{self, Allowance, LimitReached},
    rules::RuleSet,
    score,
};
use crate::store::{AttemptOverview, Conn, Stored, fresh_id};

/// An attempt in a learner's history.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// What the store knows.
    pub overview: AttemptOverview,
    /// The overall level of a finished mock.
    pub level: Option<Level>,
    /// Whether a finished mock passed.
    pub passed: Option<bool>,
    /// From when it is seen what it came to, where a school lets that come later: until then nothing here tells.
    pub seen_from: Option<SeenFrom>,
    /// Whether a tutor said something of it that the learner may see.
    pub commented: bool,
}

/// How an attempt is given: the default is not counted, with recordings that come freely.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Given<'a> {
    /// Whether it counts against the retake limit.
    pub(super) counts: bool,
    /// How its recordings come.
    pub(super) delivery: Delivery,
    /// The school that gives it and lends it its voices.
    pub(super) school: Option<&'a SchoolId>,
}

/// When a learner's next mock may start.
#[derive(Debug, Clone)]
pub struct NextMock {
    /// What the retake limit says today.
    pub decision: Result<Allowance, LimitReached>,
    /// A mock that goes on.
    pub in_progress: Option<AttemptId>,
}

impl Exam {
    /// Makes a mock under a rule set (the server's default if none is named), ready to be begun.
    ///
    /// # Errors
    /// [`Failure::UnknownRule`], [`Failure::RetakeLimit`], [`Failure::Unfilled`]; of a delivery that is wished for,
    /// [`Failure::Invalid`] with `delivery` (`not-offered`) and [`Failure::TrackTooLong`].
    pub async fn create_mock(
        &self,
        learner: &LearnerId,
        rule: Option<&RuleId>,
        delivery: Option<Delivery>,
    ) -> Result<Paper, Failure> {
        let rules = self.rules(rule)?;
        let given = Given {
            delivery: self.delivery(&rules, delivery)?,
            counts: true,
            school: None,
        };
        let mut conn = self.store.write().await?;
        let stored = self.new_mock(&mut conn, learner, &rules, given).await?;
        conn.commit().await?;
        self.paper_of(&stored).await
    }

    /// Makes a practice set and begins it.
    ///
    /// # Errors
    /// [`Failure::NothingFits`].
    pub async fn create_practice(
        &self,
        learner: &LearnerId,
        wish: &Wish,
    ) -> Result<Paper, Failure> {
        let mut conn = self.store.write().await?;
        let at_once = FeedbackPolicy::AtOnce;
        let stored = self
            .new_practice(&mut conn, learner, wish, at_once, None)
            .await?;
        conn.commit().await?;
        self.paper_of(&stored).await
    }

    /// Adds a mock that is ready, given by a school or by nobody. One that does not count asks nothing of the retake limit.
    pub(super) async fn new_mock(
        &self,
        conn: &mut Conn,
        learner: &LearnerId,
        rules: &RuleSet,
        given: Given<'_>,
    ) -> Result<Stored, Failure> {
        let now = self.clock.now();
        if given.counts {
            let starts = conn.counted_starts(learner).await?;
            retake::decide(&rules.retake, &starts, now).map_err(limit)?;
        }
        let exposure = conn.exposure(learner, now).await?;
        let mut form = assemble::mock(&self.content.bank, rules, &exposure, self.chance.seed())?;
        self.lend_voices(conn, given.school, &mut form).await?;
        let attempt = new_attempt(learner, Kind::Mock, rules, form, given, now);
        self.has_tracks(conn, &attempt).await?;
        self.insert(conn, attempt, rules).await
    }

    /// Adds a practice set that is begun, given by a school or by nobody.
    pub(super) async fn new_practice(
        &self,
        conn: &mut Conn,
        learner: &LearnerId,
        wish: &Wish,
        feedback: FeedbackPolicy,
        school: Option<&SchoolId>,
    ) -> Result<Stored, Failure> {
        let rules = self.rules(None)?;
        let now = self.clock.now();
        let mut exposure = conn.exposure(learner, now).await?;
        if feedback != FeedbackPolicy::AtOnce {
            // Its own keys come later, and what a school withholds elsewhere is left out then.
            exposure.held = conn.held_testlets(learner).await?;
        }
        let mut form = practice::set(&self.content.bank, wish, &exposure, self.chance.seed())?;
        self.lend_voices(conn, school, &mut form).await?;
        let free = Given::default();
        let attempt = new_attempt(learner, Kind::Practice, &rules, form, free, now);
        let mut stored = self.insert(conn, attempt, &rules).await?;
        stored.attempt.start(wish.section, now)?;
        self.save(conn, &stored.attempt).await?;
        Ok(stored)
    }

    async fn insert(
        &self,
        conn: &mut Conn,
        attempt: Attempt,
        rules: &RuleSet,
    ) -> Result<Stored, Failure> {
        conn.insert_attempt(&attempt, &rules.digest, self.due_at(&attempt))
            .await?;
        let detail = json!({
            "kind": attempt.kind,
            "rule": rules.id,
            "seed": attempt.form.seed,
            "counts": attempt.counts,
            "delivery": attempt.delivery,
        });
        conn.record(&attempt_event(
            &attempt,
            attempt.created_at,
            attempt.learner.as_str(),
            "attempt-made",
            detail,
        ))
        .await?;
        Ok(Stored {
            attempt,
            live_page: None,
            assignment: None,
            forgotten: false,
        })
    }

    /// A learner's attempts, the latest first. Scores are there once an attempt is finished: between its sections they
    /// would be feedback too early.
    pub async fn history(&self, learner: &LearnerId) -> Result<Vec<HistoryEntry>, Failure> {
        let mut conn = self.store.read().await?;
        let attempts = conn.attempts_of(learner).await?;
        let held = conn.held_results(learner, self.clock.now()).await?;
        let commented = self.commented(&mut conn, learner, &attempts).await?;
        Ok(attempts
            .into_iter()
            .map(|mut overview| {
                let seen_from = held.get(&overview.id).copied();
                let finished = overview.state == "finished" && seen_from.is_none();
                if !finished {
                    overview.scores.clear();
                }
                let rules = self.content.rules.get(&overview.rule);
                let rules = rules.filter(|_| overview.kind == Kind::Mock && finished);
                HistoryEntry {
                    level: rules.and_then(|rules| score::overall_level(&overview.scores, rules)),
                    passed: rules.map(|rules| score::passed(&overview.scores, rules)),
                    seen_from,
                    commented: commented.contains(&overview.id),
                    overview,
                }
            })
            .collect())
    }

    /// Whether a learner may start a mock now, and if not, when.
    ///
    /// # Errors
    /// [`Failure::UnknownRule`].
    pub async fn next_mock(
        &self,
        learner: &LearnerId,
        rule: Option<&RuleId>,
    ) -> Result<NextMock, Failure> {
        let rules = self.rules(rule)?;
        let mut conn = self.store.read().await?;
        let starts = conn.counted_starts(learner).await?;
        Ok(NextMock {
            decision: retake::decide(&rules.retake, &starts, self.clock.now()),
            in_progress: conn.mock_in_progress(learner).await?,
        })
    }

    /// Declares an attempt void: it no longer counts. The reason is recorded.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Refused`] when it is void or lapsed already.
    pub async fn void(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        actor: &str,
        reason: &str,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let mut conn = self.store.write().await?;
        let mut stored = self.hold(&mut conn, learner, id).await?;
        stored.attempt.void(now, reason.to_owned())?;
        self.save(&mut conn, &stored.attempt).await?;
        let detail = json!({ "why": reason });
        conn.record(&attempt_event(
            &stored.attempt,
            now,
            actor,
            "attempt-voided",
            detail,
        ))
        .await?;
        conn.commit().await?;
        Ok(())
    }
}

fn new_attempt(
    learner: &LearnerId,
    kind: Kind,
    rules: &RuleSet,
    form: Form,
    given: Given<'_>,
    now: Timestamp,
) -> Attempt {
    Attempt {
        id: AttemptId::new(fresh_id(now)),
        learner: learner.clone(),
        kind,
        rule: rules.id.clone(),
        form: Arc::new(form),
        created_at: now,
        counts: given.counts,
        counted_at: None,
        allowance: Accommodation::default(),
        delivery: given.delivery,
        track: None,
        done: Vec::new(),
        state: State::Ready,
    }
}

/// The retake limit as a failure.
pub(super) fn limit(reached: LimitReached) -> Failure {
    Failure::RetakeLimit {
        next_allowed: reached.next_allowed,
    }
}
