//! The wordings of testlets that were given, and how often and to whom.

use std::collections::{HashMap, HashSet};

use super::{Conn, StoreError, on, statements};
use crate::domain::{
    Timestamp,
    assemble::Exposure,
    bank::{Bank, Testlet},
    form::Form,
    id::{AttemptId, LearnerId, TestletId},
};

statements! {
    KEEP = "insert into testlet_editions (digest, testlet_id, content, first_seen_at) values ($1, $2, $3, $4) \
            on conflict (digest) do nothing";
    KNOWN = "select digest from testlet_editions";
    CONTENT = "select content from testlet_editions where digest = $1";
    /// What a lapsed attempt was given was never seen.
    SEEN = "select distinct t.testlet_id from attempt_testlets t join attempts a on a.id = t.attempt_id \
            where t.learner_id = $1 and a.state <> 'expired'";
    HELD = "select t.testlet_id from attempt_testlets t join attempts a on a.id = t.attempt_id \
            where t.learner_id = $1 and a.kind = 'mock' and a.state in ('running', 'break')";
    USES = "select testlet_id, uses from exposures";
    GIVE = "insert into attempt_testlets (attempt_id, testlet_id, learner_id) values ($1, $2, $3)";
    EXPOSE = "insert into exposures (testlet_id, uses) values ($1, 1) \
              on conflict (testlet_id) do update set uses = exposures.uses + 1";
}

impl Conn {
    /// Keeps every wording of the bank that is not kept yet, so that an attempt can show what it was given even after
    /// the bank has changed.
    pub async fn keep_editions(&mut self, bank: &Bank, now: Timestamp) -> Result<(), StoreError> {
        let known: Vec<String> = on!(self, db => sqlx::query_scalar(KNOWN).fetch_all(db).await)?;
        let known: HashSet<String> = known.into_iter().collect();
        for edition in bank
            .testlets()
            .filter(|edition| !known.contains(&edition.digest))
        {
            let content =
                serde_json::to_string(&edition.testlet).map_err(|error| StoreError::Corrupt {
                    table: "testlet_editions",
                    column: "content",
                    row: edition.digest.clone(),
                    reason: error.to_string(),
                })?;
            on!(self, db => sqlx::query(KEEP)
                .bind(&edition.digest)
                .bind(edition.testlet.id.as_str())
                .bind(&content)
                .bind(now.timestamp_millis())
                .execute(db).await.map(drop))?;
        }
        Ok(())
    }

    /// A wording by its hash.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is missing: an attempt refers only to what was kept.
    pub async fn edition(&mut self, digest: &str) -> Result<Testlet, StoreError> {
        let corrupt = |reason: String| StoreError::Corrupt {
            table: "testlet_editions",
            column: "content",
            row: digest.to_owned(),
            reason,
        };
        let content: Option<String> = on!(self, db => sqlx::query_scalar(CONTENT)
            .bind(digest).fetch_optional(db).await)?;
        let content = content.ok_or_else(|| corrupt("missing".to_owned()))?;
        serde_json::from_str(&content).map_err(|error| corrupt(error.to_string()))
    }

    /// What this learner has seen, and how often each testlet was used.
    pub async fn exposure(
        &mut self,
        learner: &LearnerId,
        now: Timestamp,
    ) -> Result<Exposure, StoreError> {
        let seen: Vec<String> = on!(self, db => sqlx::query_scalar(SEEN)
            .bind(learner.as_str()).fetch_all(db).await)?;
        let mut held = self.held_testlets(learner).await?;
        held.extend(self.withheld_testlets(learner, now).await?);
        let uses: Vec<(String, i64)> = on!(self, db => sqlx::query_as(USES).fetch_all(db).await)?;
        Ok(Exposure {
            seen: seen.into_iter().map(TestletId::new).collect(),
            held,
            uses: uses
                .into_iter()
                .map(|(id, uses)| (TestletId::new(id), uses.unsigned_abs()))
                .collect::<HashMap<_, _>>(),
        })
    }

    /// Testlets of this learner's mock in progress: nothing may tell their keys meanwhile.
    pub async fn held_testlets(
        &mut self,
        learner: &LearnerId,
    ) -> Result<HashSet<TestletId>, StoreError> {
        let held: Vec<String> = on!(self, db => sqlx::query_scalar(HELD)
            .bind(learner.as_str()).fetch_all(db).await)?;
        Ok(held.into_iter().map(TestletId::new).collect())
    }

    /// Notes that an attempt was given these testlets.
    pub async fn give_testlets(
        &mut self,
        attempt: &AttemptId,
        learner: &LearnerId,
        form: &Form,
    ) -> Result<(), StoreError> {
        let mut ids: Vec<&TestletId> = form.testlets().map(|testlet| &testlet.id).collect();
        // One order for everybody, so that two transactions never wait for each other.
        ids.sort_unstable();
        for id in ids {
            on!(self, db => sqlx::query(GIVE)
                .bind(attempt.as_str()).bind(id.as_str()).bind(learner.as_str())
                .execute(db).await.map(drop))?;
            on!(self, db => sqlx::query(EXPOSE).bind(id.as_str()).execute(db).await.map(drop))?;
        }
        Ok(())
    }
}
