//! The wordings of testlets that were given, and how often and to whom.

use std::collections::HashSet;

use sqlx::QueryBuilder;

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
    /// What a learner has seen (not what a lapsed attempt was given), and how often each testlet was used.
    EXPOSURE = "select 'seen', testlet_id, count(*) from attempt_testlets t join attempts a on a.id = t.attempt_id \
                where t.learner_id = $1 and a.state <> 'expired' group by testlet_id \
                union all select 'uses', testlet_id, uses from exposures";
}

// One statement for all rows: the rows of `exposures` are held against whoever else begins a mock until this one has begun.
const GIVE: &str = "insert into attempt_testlets (attempt_id, testlet_id, learner_id) ";
const EXPOSE: &str = "insert into exposures (testlet_id, uses) ";
const EXPOSED_BEFORE: &str = " on conflict (testlet_id) do update set uses = exposures.uses + 1";

/// The testlets of a form in one order for everybody, so that two transactions never wait for each other.
fn in_order(form: &Form) -> Vec<&TestletId> {
    let mut ids: Vec<&TestletId> = form.testlets().map(|testlet| &testlet.id).collect();
    ids.sort_unstable();
    ids
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
        let rows: Vec<(String, String, i64)> = on!(self, db => sqlx::query_as(EXPOSURE)
            .bind(learner.as_str()).fetch_all(db).await)?;
        let kept = self.kept_from(learner, now).await?;
        let mut exposure = Exposure {
            held: kept.mock.into_iter().chain(kept.school).collect(),
            ..Exposure::default()
        };
        for (kind, testlet, uses) in rows {
            let testlet = TestletId::new(testlet);
            match kind.as_str() {
                "seen" => {
                    exposure.met.insert(testlet.clone(), uses.unsigned_abs());
                    exposure.seen.insert(testlet);
                }
                _ => drop(exposure.uses.insert(testlet, uses.unsigned_abs())),
            }
        }
        Ok(exposure)
    }

    /// Notes that an attempt was given these testlets: its learner has seen them. It is no use of them yet.
    pub async fn give_testlets(
        &mut self,
        attempt: &AttemptId,
        learner: &LearnerId,
        form: &Form,
    ) -> Result<(), StoreError> {
        let ids = in_order(form);
        on!(self, db => {
            let mut give = QueryBuilder::new(GIVE);
            give.push_values(&ids, |mut values, id| {
                values.push_bind(attempt.as_str()).push_bind(id.as_str());
                values.push_bind(learner.as_str());
            });
            give.build().execute(db).await?;
        });
        Ok(())
    }

    /// Counts a use of each testlet of a mock that begins. What is only made, or practised, is none: anybody can make as
    /// much of it as they like, and what everybody's next mocks get depends on the uses.
    pub async fn count_uses(&mut self, form: &Form) -> Result<(), StoreError> {
        let ids = in_order(form);
        on!(self, db => {
            let mut expose = QueryBuilder::new(EXPOSE);
            expose.push_values(&ids, |mut values, id| {
                values.push_bind(id.as_str()).push("1");
            });
            expose.push(EXPOSED_BEFORE).build().execute(db).await?;
        });
        Ok(())
    }
}
