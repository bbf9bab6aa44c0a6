//! What a learner may not be told yet: keys that their running mock or a school keeps back, results that a school lets
//! come as late as on the real test.

use std::collections::HashSet;

use super::{Exam, Failure};
use crate::domain::{
    assignment::ResultsPolicy,
    attempt::{Attempt, State},
    delay,
    id::{LearnerId, TestletId},
};
use crate::store::{Conn, Kept};

impl Exam {
    /// What is kept back from a learner now, in whatever attempt it stands.
    pub(super) async fn kept_from(&self, learner: &LearnerId) -> Result<Kept, Failure> {
        let mut conn = self.store.read().await?;
        Ok(conn.kept_from(learner, self.clock.now()).await?)
    }

    /// Refuses what would tell somebody a key of these testlets that is kept back from them: also somebody who teaches, and
    /// sits a mock of their own.
    ///
    /// # Errors
    /// [`Failure::AttemptInProgress`] of a mock that goes on, [`Failure::KeptBack`].
    pub(super) async fn tells_no_key_to<'t>(
        &self,
        conn: &mut Conn,
        who: &LearnerId,
        testlets: impl IntoIterator<Item = &'t TestletId>,
    ) -> Result<(), Failure> {
        let kept = conn.kept_from(who, self.clock.now()).await?;
        let mut of_mock = false;
        let mut of_school = false;
        for id in testlets {
            of_mock |= kept.mock.contains(id);
            of_school |= kept.school.contains(id);
        }
        if of_mock && let Some(mock) = conn.mock_in_progress(who).await? {
            return Err(Failure::AttemptInProgress(mock));
        }
        match of_mock || of_school {
            true => Err(Failure::KeptBack),
            false => Ok(()),
        }
    }

    /// Whether the school that gave an attempt lets its learner see the keys now; a private attempt was given by none.
    pub(super) async fn school_shows_keys(&self, attempt: &Attempt) -> Result<bool, Failure> {
        let mut conn = self.store.read().await?;
        let given = conn.assignment_of(&attempt.id).await?;
        Ok(given.is_none_or(|given| given.shows_keys(self.clock.now())))
    }

    /// The testlets of a practice set whose keys a school keeps back from its learner.
    pub(super) async fn keys_kept(
        &self,
        conn: &mut Conn,
        attempt: &Attempt,
    ) -> Result<HashSet<TestletId>, Failure> {
        let now = self.clock.now();
        let given = conn.assignment_of(&attempt.id).await?;
        let own = given.is_some_and(|given| !given.shows_keys(now));
        let withheld = conn.kept_from(&attempt.learner, now).await?.school;
        let testlets = attempt.form.testlets().map(|testlet| testlet.id.clone());
        Ok(testlets.filter(|id| own || withheld.contains(id)).collect())
    }

    /// Whether its learner may see what a finished attempt came to.
    ///
    /// # Errors
    /// [`Failure::ResultNotYet`].
    pub(super) async fn result_is_seen(&self, attempt: &Attempt) -> Result<(), Failure> {
        let mut conn = self.store.read().await?;
        let held = conn.held_results(&attempt.learner, self.clock.now());
        match held.await?.get(&attempt.id) {
            Some(from) => Err(Failure::ResultNotYet(*from)),
            None => Ok(()),
        }
    }

    /// Notes, when a mock ends whose result its school lets come later, from when its learner sees it.
    pub(super) async fn hold_result(
        &self,
        conn: &mut Conn,
        attempt: &Attempt,
    ) -> Result<(), Failure> {
        let State::Finished { at } = attempt.state else {
            return Ok(());
        };
        let Some(given) = conn.assignment_of(&attempt.id).await? else {
            return Ok(());
        };
        if given.work.results() == ResultsPolicy::AtOnce {
            return Ok(());
        }
        let school = conn.school(&given.school).await?;
        let school = school.ok_or(Failure::NothingHere)?;
        // A country has one calendar; of several, the first by name.
        let calendar = self.content.calendars.values().next();
        let from = delay::seen_from(at, school.zone, calendar.map(AsRef::as_ref));
        conn.hold_result(&attempt.id, from).await?;
        Ok(())
    }
}
