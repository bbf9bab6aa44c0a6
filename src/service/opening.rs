//! A learner's page: opening it, and how much time it shows.

use serde_json::json;

use super::{Exam, Failure, load::attempt_event, paper::Paper, responses::superseded};
use crate::domain::{
    Timestamp,
    id::{AttemptId, LearnerId},
    rules::Section,
};
use crate::store::{Conn, Stored, fresh_id};

/// How much time is left in an attempt, for a page that checks its own count.
#[derive(Debug, Clone)]
pub struct TimeLeft {
    /// The state's name.
    pub state: String,
    /// The section that runs.
    pub section: Option<Section>,
    /// Milliseconds left of the section or the break, not below 0; none without a limit.
    pub remaining_ms: Option<i64>,
    /// When this was true.
    pub as_of: Timestamp,
}

/// Places that a page has in the order of answers, many more than it needs.
const PLACES: i64 = 10_000;

/// How many pages of the section were opened before this one: its token begins with it.
fn number(page: &str) -> i64 {
    let number = page.split_once('.').map(|(number, _)| number);
    number
        .and_then(|number| number.parse::<u32>().ok())
        .map_or(0, i64::from)
}

impl Exam {
    /// How much time is left. Whoever asks is there: of an attempt that a school gave, this is noted.
    ///
    /// # Errors
    /// [`Failure::NotFound`].
    pub async fn time_left(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
    ) -> Result<TimeLeft, Failure> {
        let as_of = self.clock.now();
        let timing = {
            let mut conn = self.store.read().await?;
            conn.timing(id).await?
        };
        let timing = timing.filter(|timing| timing.learner == *learner);
        let timing = timing.ok_or(Failure::NotFound)?;
        if timing.assigned {
            self.presence.seen(id, as_of);
        }
        let left = |end: Timestamp| (end - as_of).num_milliseconds().max(0);
        if timing.due_at.is_none_or(|due| due > as_of) {
            return Ok(TimeLeft {
                state: timing.state,
                section: timing.section,
                remaining_ms: timing.until.map(left),
                as_of,
            });
        }
        let attempt = self.load(learner, id).await?.attempt;
        Ok(TimeLeft {
            state: attempt.state.name().to_owned(),
            section: attempt.running().map(|(section, _)| section.name),
            remaining_ms: attempt.end().map(left),
            as_of,
        })
    }

    /// Opens the attempt on a page: from now on only this page may save. Returns the paper and the page's token.
    ///
    /// A page that fetches another of its views sends its own token as `current` and keeps it.
    ///
    /// # Errors
    /// [`Failure::NotFound`]; [`Failure::PageSuperseded`] when `current` is not the live page (any more).
    pub async fn open_page(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
        current: Option<&str>,
    ) -> Result<(Paper, String), Failure> {
        let stored = self.load(learner, id).await?;
        if stored.assignment.is_some() {
            self.presence.seen(id, self.clock.now());
        }
        if let Some(current) = current {
            superseded(&stored.live_page, Some(current))?;
            let paper = self.paper_on(current, &stored).await?;
            return Ok((paper, current.to_owned()));
        }
        let mut conn = self.store.write().await?;
        let stored = match stored.live_page {
            Some(_) => stored,
            None => self.deliver(&mut conn, learner, id).await?,
        };
        let number = stored
            .live_page
            .as_deref()
            .map_or(0, |page| number(page) + 1);
        let page = format!("{number}.{}", fresh_id(self.clock.now()));
        conn.take_over(id, Some(&page)).await?;
        conn.commit().await?;
        Ok((self.paper_on(&page, &stored).await?, page))
    }

    /// The paper for a page. What is chosen on it comes after all that was chosen on pages opened before, also what one
    /// of them, without a network, sends later.
    async fn paper_on(&self, page: &str, stored: &Stored) -> Result<Paper, Failure> {
        let paper = self.paper_of(stored).await?;
        Ok(Paper {
            next_order: paper.next_order.max(number(page) * PLACES),
            ..paper
        })
    }

    /// The first page of a section is about to be delivered: nobody's time is shortened by waiting for it.
    async fn deliver(
        &self,
        conn: &mut Conn,
        learner: &LearnerId,
        id: &AttemptId,
    ) -> Result<Stored, Failure> {
        let mut stored = self.hold(conn, learner, id).await?;
        let now = self.clock.now();
        let first = stored.live_page.is_none();
        let waited = match first {
            true => stored.attempt.deliver(now),
            false => None,
        };
        if waited.is_some() {
            self.save(conn, &stored.attempt).await?;
        }
        if first {
            let detail =
                json!({ "waited_ms": waited.map_or(0, |waited| waited.num_milliseconds()) });
            let event = attempt_event(
                &stored.attempt,
                now,
                learner.as_str(),
                "page-opened",
                detail,
            );
            conn.record(&event).await?;
        }
        Ok(stored)
    }
}
