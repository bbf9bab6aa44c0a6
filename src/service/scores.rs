//! What a learner's own finished mocks say about their Kazakh.

use std::cmp::Reverse;

use super::{Exam, Failure};
use crate::domain::{
    id::LearnerId,
    language_score::{self, LanguageScore},
};

/// The statements of a learner's finished mocks, unsigned: they do not leave the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MockScores {
    /// Those that count today, the best first: the highest level, then the largest share of right answers, then the
    /// newest.
    pub valid: Vec<LanguageScore>,
    /// Those that no longer count, the newest first.
    pub expired: Vec<LanguageScore>,
}

/// Right answers of all sections together, in millionths.
fn share(score: &LanguageScore) -> u64 {
    let correct: u64 = score.sections.iter().map(|of| u64::from(of.correct)).sum();
    let items: u64 = score.sections.iter().map(|of| u64::from(of.of)).sum();
    correct * 1_000_000 / items.max(1)
}

impl Exam {
    /// The statements of a learner's finished mocks that count. A mock whose rule set's file is gone has none.
    pub async fn mock_scores(&self, learner: &LearnerId) -> Result<MockScores, Failure> {
        let mut conn = self.store.read().await?;
        // Not of the history, which ends somewhere: a mock counts for months, whatever was practised since.
        let mocks = conn.counted_mocks(learner).await?;
        let held = conn.held_results(learner, self.clock.now()).await?;
        let mut scores = MockScores::default();
        for mock in mocks {
            // A result that is not seen yet tells nothing here either.
            if held.contains_key(&mock.id) {
                continue;
            }
            let Ok(rules) = self.rules(Some(&mock.rule)) else {
                continue;
            };
            let score = language_score::statement(mock.id, &rules, &mock.scores, mock.ended_at);
            match score.valid_until < self.today(&rules) {
                true => scores.expired.push(score),
                false => scores.valid.push(score),
            }
        }
        // They came newest first, and a sort keeps the order of equals.
        scores
            .valid
            .sort_by_key(|score| Reverse((score.level, share(score))));
        Ok(scores)
    }
}
