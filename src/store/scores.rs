//! What a learner's attempts came to, of all of them: the list of their history ends somewhere, and what counts does not.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{Conn, StoreError, attempts::score_of, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{AttemptId, LearnerId, RuleId},
    score::SectionScore,
};

statements! {
    OF_FINISHED = "select r.attempt_id, r.section, r.correct, r.of_items from section_results r \
                   join attempts a on a.id = r.attempt_id where a.learner_id = $1 and a.state = 'finished' \
                   order by r.attempt_id, r.section_index";
    /// A mock given as training has no instant since which it counts: it counts neither against the limit nor for points.
    COUNTED_MOCKS = "select a.id, a.rule_id, a.ended_at, r.section, r.correct, r.of_items from attempts a \
                     join section_results r on r.attempt_id = a.id \
                     where a.learner_id = $1 and a.kind = 'mock' and a.state = 'finished' and a.counted_at is not null \
                     order by a.created_at desc, a.id desc, r.section_index";
}

/// A finished mock that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedMock {
    /// Which.
    pub id: AttemptId,
    /// Under which rule set.
    pub rule: RuleId,
    /// When it was over.
    pub ended_at: Timestamp,
    /// What it came to, section by section.
    pub scores: Vec<SectionScore>,
}

/// A section of a mock.
#[derive(FromRow)]
struct Row {
    id: String,
    rule_id: String,
    ended_at: i64,
    section: String,
    correct: i64,
    of_items: i64,
}

impl Conn {
    /// What each finished attempt of a learner came to, section by section.
    pub async fn finished_scores(
        &mut self,
        learner: &LearnerId,
    ) -> Result<HashMap<AttemptId, Vec<SectionScore>>, StoreError> {
        let rows: Vec<(String, String, i64, i64)> = on!(self, db =>
            sqlx::query_as(OF_FINISHED).bind(learner.as_str()).fetch_all(db).await)?;
        let mut scores: HashMap<AttemptId, Vec<SectionScore>> = HashMap::new();
        for (attempt, section, correct, of) in rows {
            let score = score_of(&section, correct, of, &attempt)?;
            let attempt = AttemptId::new(attempt);
            scores.entry(attempt).or_default().push(score);
        }
        Ok(scores)
    }

    /// A learner's finished mocks that count, the newest first.
    pub async fn counted_mocks(
        &mut self,
        learner: &LearnerId,
    ) -> Result<Vec<CountedMock>, StoreError> {
        let rows: Vec<Row> = on!(self, db => sqlx::query_as(COUNTED_MOCKS)
            .bind(learner.as_str()).fetch_all(db).await)?;
        let mut mocks: Vec<CountedMock> = Vec::new();
        for row in rows {
            let score = score_of(&row.section, row.correct, row.of_items, &row.id)?;
            let id = AttemptId::new(row.id);
            match mocks.last_mut().filter(|mock| mock.id == id) {
                Some(mock) => mock.scores.push(score),
                None => mocks.push(CountedMock {
                    id,
                    rule: RuleId::new(row.rule_id),
                    ended_at: from_ms(row.ended_at),
                    scores: vec![score],
                }),
            }
        }
        Ok(mocks)
    }
}
