//! What only a demonstration does: a database in which everybody and everything is invented, and says so.

use super::{Exam, Failure};
use crate::domain::id::LearnerId;
use crate::store::{Account, InventedAccount, Role, StoreError, fresh_id};

/// The password of every invented account.
pub const DEMONSTRATION_PASSWORD: &str = "demonstration";

/// Where a database stands towards the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demonstration {
    /// It was empty and is to be filled now.
    Begun,
    /// It was made before.
    Whole,
    /// It was begun before and not made to the end.
    Torn,
    /// It holds real people.
    Real,
}

impl Exam {
    /// Marks an empty database as a demonstration; any other is left as it is.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn begin_demonstration(&self, seed: u64) -> Result<Demonstration, Failure> {
        let mut conn = self.store.write().await?;
        let found = match (conn.demonstration().await?, conn.count_learners().await?) {
            (Some(true), _) => Demonstration::Whole,
            (Some(false), _) => Demonstration::Torn,
            (None, 0) => {
                conn.begin_demonstration(seed, self.clock.now()).await?;
                Demonstration::Begun
            }
            (None, _) => Demonstration::Real,
        };
        conn.commit().await?;
        if found != Demonstration::Real {
            self.invented.get_or_init(|| ());
        }
        Ok(found)
    }

    /// Marks the demonstration as made to the end.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn end_demonstration(&self) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        conn.end_demonstration().await?;
        Ok(conn.commit().await?)
    }

    /// Whether everybody and everything here is invented.
    pub fn is_demonstration(&self) -> bool {
        self.invented.get().is_some()
    }

    /// Makes invented accounts of names and addresses, all with the one password, which is hashed once.
    ///
    /// # Errors
    /// [`Failure::NotAllowed`] where people are real; [`Failure::AccountRefused`] for an address that is taken.
    pub async fn invent_accounts(
        &self,
        people: &[(String, String)],
    ) -> Result<Vec<Account>, Failure> {
        if !self.is_demonstration() {
            return Err(Failure::NotAllowed);
        }
        let hash = self
            .hash_password(DEMONSTRATION_PASSWORD.to_owned())
            .await?;
        let now = self.clock.now();
        let mut conn = self.store.write().await?;
        let mut accounts = Vec::new();
        for (name, email) in people {
            let account = Account {
                id: LearnerId::new(fresh_id(now)),
                name: Some(name.clone()),
                email: Some(email.clone()),
                password_hash: Some(hash.clone()),
                role: Role::Learner,
                created_at: now,
            };
            let taken = |error: StoreError| match error.is_duplicate() {
                true => Failure::AccountRefused,
                false => Failure::Store(error),
            };
            conn.insert_learner(&account).await.map_err(taken)?;
            self.record_learner(&mut conn, &account, "account-made")
                .await?;
            accounts.push(account);
        }
        conn.commit().await?;
        Ok(accounts)
    }

    /// The invented accounts; none where people are real.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn invented_accounts(&self) -> Result<Vec<InventedAccount>, Failure> {
        if !self.is_demonstration() {
            return Ok(Vec::new());
        }
        let mut conn = self.store.read().await?;
        Ok(conn.invented_accounts().await?)
    }
}
