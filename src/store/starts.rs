//! What the start of a learner's next mock depends on.

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{
    Timestamp,
    id::{AttemptId, LearnerId},
};

statements! {
    COUNTED = "select counted_at from attempts where learner_id = $1 and kind = 'mock' and counted_at is not null";
    MOCK_IN_PROGRESS = "select id from attempts where learner_id = $1 and kind = 'mock' \
                        and state in ('running', 'break') order by created_at limit 1";
}

impl Conn {
    /// When this learner's counted mocks started.
    pub async fn counted_starts(
        &mut self,
        learner: &LearnerId,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let starts: Vec<i64> = on!(self, db => sqlx::query_scalar(COUNTED)
            .bind(learner.as_str()).fetch_all(db).await)?;
        Ok(starts.into_iter().map(from_ms).collect())
    }

    /// A mock of this learner that goes on, if there is one.
    pub async fn mock_in_progress(
        &mut self,
        learner: &LearnerId,
    ) -> Result<Option<AttemptId>, StoreError> {
        let id: Option<String> = on!(self, db => sqlx::query_scalar(MOCK_IN_PROGRESS)
            .bind(learner.as_str()).fetch_optional(db).await)?;
        Ok(id.map(AttemptId::new))
    }
}
