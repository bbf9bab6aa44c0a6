//! Learners and their sessions.

use sqlx::FromRow;

use super::{Conn, StoreError, on, statements};
use crate::clock::from_ms;
use crate::domain::{Timestamp, id::LearnerId};

statements! {
    INSERT = "insert into learners (id, name, email, password_hash, role, created_at, mock_starts) \
              values ($1, $2, $3, $4, $5, $6, 0)";
    ADOPT = "update learners set name = $2, email = $3, password_hash = $4 where id = $1 and email is null";
    BY_EMAIL = "select id, name, email, password_hash, role, created_at from learners where email = $1";
    BY_SESSION = "select l.id, l.name, l.email, l.password_hash, l.role, l.created_at \
                  from sessions s join learners l on l.id = s.learner_id \
                  where s.token_hash = $1 and s.expires_at > $2";
    OPEN_SESSION = "insert into sessions (token_hash, learner_id, created_at, expires_at) values ($1, $2, $3, $4)";
    END_SESSION = "delete from sessions where token_hash = $1";
    END_ALL_OF = "delete from sessions where learner_id = $1";
    END_EXPIRED = "delete from sessions where expires_at <= $1";
    /// Bumping the counter locks the row, so that a learner's starts come one after the other on both engines.
    LOCK_STARTS = "update learners set mock_starts = mock_starts + 1 where id = $1";
}

/// What somebody may do beyond their own attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sits exams.
    Learner,
    /// Runs the server.
    Operator,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Role::Learner => "learner",
            Role::Operator => "operator",
        }
    }
}

/// A learner as the store knows them. No password leaves this struct but its hash.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who.
    pub id: LearnerId,
    /// The name they gave; none for a guest.
    pub name: Option<String>,
    /// The address they sign in with; none for a guest.
    pub email: Option<String>,
    /// argon2id hash in PHC form; none for a guest.
    pub password_hash: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
}

impl Account {
    /// Whether nobody has signed up for this learner.
    pub fn is_guest(&self) -> bool {
        self.email.is_none()
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: Option<String>,
    email: Option<String>,
    password_hash: Option<String>,
    role: String,
    created_at: i64,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let role = match row.role.as_str() {
            "learner" => Role::Learner,
            "operator" => Role::Operator,
            other => {
                return Err(StoreError::Corrupt {
                    table: "learners",
                    column: "role",
                    row: row.id,
                    reason: format!("unknown role {other:?}"),
                });
            }
        };
        Ok(Account {
            id: LearnerId::new(row.id),
            name: row.name,
            email: row.email,
            password_hash: row.password_hash,
            role,
            created_at: from_ms(row.created_at),
        })
    }
}

impl Conn {
    /// Adds a learner.
    ///
    /// # Errors
    /// [`StoreError::is_duplicate`] when the address is taken.
    pub async fn insert_learner(&mut self, account: &Account) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(INSERT)
            .bind(account.id.as_str())
            .bind(account.name.as_deref())
            .bind(account.email.as_deref())
            .bind(account.password_hash.as_deref())
            .bind(account.role.as_str())
            .bind(account.created_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Gives a guest a name, an address and a password; their attempts stay theirs. Returns whether it was a guest.
    ///
    /// # Errors
    /// [`StoreError::is_duplicate`] when the address is taken.
    pub async fn adopt_guest(
        &mut self,
        guest: &LearnerId,
        name: &str,
        email: &str,
        password_hash: &str,
    ) -> Result<bool, StoreError> {
        let changed = on!(self, db => sqlx::query(ADOPT)
            .bind(guest.as_str()).bind(name).bind(email).bind(password_hash)
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(changed == 1)
    }

    /// The account with this (folded) address.
    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>, StoreError> {
        let row: Option<Row> =
            on!(self, db => sqlx::query_as(BY_EMAIL).bind(email).fetch_optional(db).await)?;
        row.map(Account::try_from).transpose()
    }

    /// Whose session this is, unless it has ended.
    pub async fn account_by_session(
        &mut self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let row: Option<Row> = on!(self, db => sqlx::query_as(BY_SESSION)
            .bind(token_hash).bind(now.timestamp_millis()).fetch_optional(db).await)?;
        row.map(Account::try_from).transpose()
    }

    /// Opens a session.
    pub async fn open_session(
        &mut self,
        token_hash: &str,
        learner: &LearnerId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(OPEN_SESSION)
            .bind(token_hash).bind(learner.as_str())
            .bind(now.timestamp_millis()).bind(expires_at.timestamp_millis())
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Ends a session; one that is not there is ended already.
    pub async fn end_session(&mut self, token_hash: &str) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(END_SESSION).bind(token_hash).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Ends every session of a learner.
    pub async fn end_sessions_of(&mut self, learner: &LearnerId) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(END_ALL_OF).bind(learner.as_str()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Forgets sessions that are over.
    pub async fn end_expired_sessions(&mut self, now: Timestamp) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(END_EXPIRED)
            .bind(now.timestamp_millis()).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Holds back every other start of this learner until the transaction is over.
    pub async fn lock_starts(&mut self, learner: &LearnerId) -> Result<(), StoreError> {
        on!(self, db => sqlx::query(LOCK_STARTS).bind(learner.as_str()).execute(db).await.map(drop))?;
        Ok(())
    }
}
