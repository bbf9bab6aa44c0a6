//! Guests, accounts and sessions.
//!
//! Nobody is told whether an address has an account: signing in answers alike for an unknown address and a wrong
//! password, in the same time. Making an account with a taken address is refused without a reason, and both are
//! limited in rate by the web.

use std::sync::Arc;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use rand::RngExt;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{Exam, Failure};
use crate::domain::{Timestamp, address, id::LearnerId};
use crate::store::{Account, Conn, Event, Role, StoreError, fresh_id};

/// Shortest password, in characters.
pub const PASSWORD_MIN: usize = 10;
/// Longest password, in bytes: enough for any passphrase, too little to make hashing a burden.
pub const PASSWORD_MAX: usize = 1000;
const NAME_MAX: usize = 100;

/// What somebody gives to have an account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Where they can be reached; folded to lower case.
    pub email: String,
    /// [`PASSWORD_MIN`] characters to [`PASSWORD_MAX`] bytes.
    pub password: String,
    /// What to call them; 1 to 100 characters.
    pub name: String,
}

/// Somebody who has a session now.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub account: Account,
    /// The session's token: 64 hex digits, shown once; the store keeps its hash.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What the store keeps of a token.
pub fn hash_token(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Two lower-case digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    let mut text = String::with_capacity(2 * bytes.len());
    text.extend(digits);
    text
}

/// An address as it is compared and kept.
pub(super) fn fold_email(text: &str) -> Result<String, Failure> {
    address::fold(text).map_err(|fault| Failure::Invalid {
        field: "email",
        problem: fault.as_str(),
    })
}

fn check_password(password: &str) -> Result<(), Failure> {
    let invalid = |problem| Failure::Invalid {
        field: "password",
        problem,
    };
    if password.chars().count() < PASSWORD_MIN {
        return Err(invalid("too-short"));
    }
    if password.len() > PASSWORD_MAX {
        return Err(invalid("too-long"));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<String, Failure> {
    let invalid = |problem| Failure::Invalid {
        field: "name",
        problem,
    };
    let name = name.trim();
    if name.is_empty() {
        return Err(invalid("missing"));
    }
    if name.chars().count() > NAME_MAX || name.contains(char::is_control) {
        return Err(invalid("too-long"));
    }
    Ok(name.to_owned())
}

impl Exam {
    /// Makes a guest: a learner with no account.
    pub async fn guest(&self) -> Result<SignedIn, Failure> {
        let now = self.clock.now();
        let account = Account {
            id: LearnerId::new(fresh_id(now)),
            name: None,
            email: None,
            password_hash: None,
            role: Role::Learner,
            created_at: now,
        };
        let mut conn = self.store.write().await?;
        conn.insert_learner(&account).await?;
        self.record_learner(&mut conn, &account, "guest-made")
            .await?;
        let signed_in = self.open_session(&mut conn, account).await?;
        conn.commit().await?;
        Ok(signed_in)
    }

    /// Makes an account. A guest who makes one keeps their attempts.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field, [`Failure::AccountRefused`].
    pub async fn sign_up(
        &self,
        new: NewAccount,
        guest: Option<&Account>,
    ) -> Result<SignedIn, Failure> {
        self.make_account(
            new,
            guest.filter(|account| account.is_guest()),
            Role::Learner,
        )
        .await
    }

    /// Makes an operator's account, from the command line.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field, [`Failure::AccountRefused`].
    pub async fn create_operator(&self, new: NewAccount) -> Result<Account, Failure> {
        Ok(self.make_account(new, None, Role::Operator).await?.account)
    }

    async fn make_account(
        &self,
        new: NewAccount,
        guest: Option<&Account>,
        role: Role,
    ) -> Result<SignedIn, Failure> {
        let email = fold_email(&new.email)?;
        let name = check_name(&new.name)?;
        check_password(&new.password)?;
        // Hashed before the address is looked at, so that a refusal takes as long as a success.
        let password_hash = self.hash_password(new.password).await?;
        let now = self.clock.now();
        let taken = |error: StoreError| match error.is_duplicate() {
            true => Failure::AccountRefused,
            false => Failure::Store(error),
        };

        let mut conn = self.store.write().await?;
        let account = Account {
            id: guest.map_or_else(|| LearnerId::new(fresh_id(now)), |guest| guest.id.clone()),
            name: Some(name.clone()),
            email: Some(email.clone()),
            password_hash: Some(password_hash.clone()),
            role,
            created_at: guest.map_or(now, |guest| guest.created_at),
        };
        match guest {
            Some(guest) => {
                let adopted = conn
                    .adopt_guest(&guest.id, &name, &email, &password_hash)
                    .await
                    .map_err(taken)?;
                if !adopted {
                    return Err(Failure::AccountRefused);
                }
                // Whoever had the guest's token must not have the account's.
                conn.end_sessions_of(&guest.id).await?;
            }
            None => conn.insert_learner(&account).await.map_err(taken)?,
        }
        self.record_learner(&mut conn, &account, "account-made")
            .await?;
        let signed_in = self.open_session(&mut conn, account).await?;
        conn.commit().await?;
        Ok(signed_in)
    }

    /// Opens a session for somebody who knows their password.
    ///
    /// # Errors
    /// [`Failure::WrongCredentials`], whichever is wrong.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, Failure> {
        let email = fold_email(email).map_err(|_| Failure::WrongCredentials)?;
        let found = {
            let mut conn = self.store.read().await?;
            conn.account_by_email(&email).await?
        };
        let hash = found
            .as_ref()
            .and_then(|account| account.password_hash.clone());
        let known = self.verify_password(password.to_owned(), hash).await?;
        let account = found.filter(|_| known).ok_or(Failure::WrongCredentials)?;
        let mut conn = self.store.write().await?;
        conn.end_expired_sessions(self.clock.now()).await?;
        let signed_in = self.open_session(&mut conn, account).await?;
        conn.commit().await?;
        Ok(signed_in)
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), Failure> {
        let mut conn = self.store.write().await?;
        conn.end_session(&hash_token(token)).await?;
        conn.commit().await?;
        Ok(())
    }

    /// Whose token this is; none if nobody's (any more).
    pub async fn whose(&self, token: &str) -> Result<Option<Account>, Failure> {
        let mut conn = self.store.read().await?;
        Ok(conn
            .account_by_session(&hash_token(token), self.clock.now())
            .await?)
    }

    async fn open_session(&self, conn: &mut Conn, account: Account) -> Result<SignedIn, Failure> {
        let token = hex(&rand::rng().random::<[u8; 32]>());
        let now = self.clock.now();
        let expires_at = now + self.settings.session_length;
        conn.open_session(&hash_token(&token), &account.id, now, expires_at)
            .await?;
        Ok(SignedIn {
            account,
            token,
            expires_at,
        })
    }

    pub(super) async fn record_learner(
        &self,
        conn: &mut Conn,
        account: &Account,
        kind: &str,
    ) -> Result<(), Failure> {
        conn.record(&Event {
            at: self.clock.now(),
            actor: account.id.to_string(),
            kind: kind.to_owned(),
            attempt: None,
            learner: Some(account.id.clone()),
            school: None,
            detail: json!({}),
        })
        .await?;
        Ok(())
    }

    pub(super) async fn hash_password(&self, password: String) -> Result<String, Failure> {
        self.hashing_thread(move || {
            Argon2::default()
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .ok()
        })
        .await?
        .ok_or(Failure::Busy)
    }

    /// Takes as long without a hash as with one.
    pub(super) async fn verify_password(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Failure> {
        self.hashing_thread(move || match hash {
            Some(hash) => PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &hash)
                    .is_ok()
            }),
            None => {
                let _ = Argon2::default().hash_password(password.as_bytes());
                false
            }
        })
        .await
    }

    async fn hashing_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        in_turn(&self.hashing, work).await
    }
}

/// Does work on a thread of its own, in one of the places. The place is free again when the work is done, and not
/// already when whoever waits for it has gone: else people who hang up could start any number.
async fn in_turn<T: Send + 'static>(
    places: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let place = places.clone().acquire_owned();
    let place = place.await.map_err(|_| Failure::Busy)?;
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    done.await.map_err(|_| Failure::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_place_is_taken_until_the_work_is_done() {
        let places = Arc::new(Semaphore::new(1));
        let (begun, waiting) = tokio::sync::oneshot::channel();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let work = {
            let places = places.clone();
            tokio::spawn(async move {
                let work = move || {
                    let _ = begun.send(());
                    held.recv()
                };
                in_turn(&places, work).await.map(drop)
            })
        };
        waiting.await.expect("the work has begun");
        work.abort();
        assert!(work.await.is_err_and(|error| error.is_cancelled()));
        assert_eq!(places.available_permits(), 0, "the work goes on");
        release.send(()).expect("the work waits");
        in_turn(&places, || ()).await.expect("a place again");
    }
}
