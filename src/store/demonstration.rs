//! Whether everybody and everything in this database is invented.

use super::{Conn, StoreError, on, statements};
use crate::domain::Timestamp;

statements! {
    BEGUN = "insert into demonstration (id, seed, made_at, whole) values ('one', $1, $2, false) on conflict (id) do nothing";
    WHOLE = "update demonstration set whole = true where id = 'one'";
    ONE = "select whole from demonstration where id = 'one'";
    PEOPLE = "select count(*) from learners";
    /// The invented ones, by their addresses; what visitors made besides is theirs.
    INVENTED = "select l.name, l.email, coalesce(min(m.role), '') as role from learners l \
                left join members m on m.learner_id = l.id \
                where l.email like '%@demo.example.org' group by l.id, l.name, l.email order by l.id limit 200";
}

/// An invented account, as the page to sign in lists it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InventedAccount {
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: String,
    /// What it is in the school: `owner`, `tutor`, `learner`; empty without one.
    pub role: String,
}

impl Conn {
    /// Marks an empty database as a demonstration; false if it is marked already.
    pub async fn begin_demonstration(
        &mut self,
        seed: u64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let made = on!(self, db => sqlx::query(BEGUN)
            .bind(seed.cast_signed()).bind(now.timestamp_millis())
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(made == 1)
    }

    /// Marks the demonstration as made to the end.
    pub async fn end_demonstration(&mut self) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(WHOLE).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Whether this is a demonstration, and whether it was made to the end.
    pub async fn demonstration(&mut self) -> Result<Option<bool>, StoreError> {
        Ok(on!(self, db => sqlx::query_scalar(ONE).fetch_optional(db).await)?)
    }

    /// How many people there are, guests among them.
    pub async fn count_learners(&mut self) -> Result<u64, StoreError> {
        let count: i64 = on!(self, db => sqlx::query_scalar(PEOPLE).fetch_one(db).await)?;
        Ok(count.unsigned_abs())
    }

    /// The invented accounts, in the order in which they were made.
    pub async fn invented_accounts(&mut self) -> Result<Vec<InventedAccount>, StoreError> {
        Ok(on!(self, db => sqlx::query_as(INVENTED).fetch_all(db).await)?)
    }
}
