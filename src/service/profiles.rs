//! Saved profiles of the points calculator: a learner's own, with or without an account.
//!
//! What a profile says is private: the events tell that one was saved or deleted, and nothing of what it says.

use serde_json::{Value, json};

use super::{Exam, Failure};
use crate::domain::id::{LearnerId, ProfileId, is_slug};
use crate::store::{Conn, Event, ProfileOverview, SavedProfile, fresh_id};

/// The most profiles that a learner may keep.
pub const PROFILES_MAX: usize = 20;
/// The longest name, in characters.
pub const PROFILE_NAME_MAX: usize = 80;
/// The longest profile, in bytes of JSON.
pub const PROFILE_BYTES_MAX: usize = 16 * 1024;

/// The name as it is kept: trimmed.
///
/// # Errors
/// [`Failure::Invalid`] with `name`: `missing`, `too-long`, `not-a-line`.
pub fn check_profile_name(name: &str) -> Result<&str, Failure> {
    let invalid = |problem| Failure::Invalid {
        field: "name",
        problem,
    };
    let name = name.trim();
    if name.is_empty() {
        return Err(invalid("missing"));
    }
    if name.chars().count() > PROFILE_NAME_MAX {
        return Err(invalid("too-long"));
    }
    if name.contains(char::is_control) {
        return Err(invalid("not-a-line"));
    }
    Ok(name)
}

/// An id comes from an address and may hold anything, also what PostgreSQL takes in no text.
fn check_id(id: &ProfileId) -> Result<(), Failure> {
    match is_slug(id.as_str()) {
        true => Ok(()),
        false => Err(Failure::NoSuchProfile),
    }
}

impl Exam {
    /// A learner's profiles, the one saved last first.
    pub async fn profiles(&self, learner: &LearnerId) -> Result<Vec<ProfileOverview>, Failure> {
        let mut conn = self.store.read().await?;
        Ok(conn.profiles_of(learner).await?)
    }

    /// One of a learner's profiles.
    ///
    /// # Errors
    /// [`Failure::NoSuchProfile`], also for somebody else's.
    pub async fn profile(
        &self,
        learner: &LearnerId,
        id: &ProfileId,
    ) -> Result<SavedProfile, Failure> {
        check_id(id)?;
        let mut conn = self.store.read().await?;
        conn.profile_of(learner, id)
            .await?
            .ok_or(Failure::NoSuchProfile)
    }

    /// Saves a profile: a new one, or another wording of one that is there. That the body is a profile, the caller has
    /// checked.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with `name` (`missing`, `too-long`, `not-a-line`) or `profile` (`too-long`),
    /// [`Failure::TooManyProfiles`], [`Failure::NoSuchProfile`].
    pub async fn save_profile(
        &self,
        learner: &LearnerId,
        id: Option<&ProfileId>,
        name: &str,
        body: &Value,
    ) -> Result<SavedProfile, Failure> {
        id.map(check_id).transpose()?;
        let name = check_profile_name(name)?;
        let text = body.to_string();
        if text.len() > PROFILE_BYTES_MAX {
            return Err(Failure::Invalid {
                field: "profile",
                problem: "too-long",
            });
        }
        let now = self.clock.now();
        let mut conn = self.store.write().await?;
        let id = match id {
            Some(id) => {
                if !conn.update_profile(learner, id, name, &text, now).await? {
                    return Err(Failure::NoSuchProfile);
                }
                id.clone()
            }
            None => {
                let kept = conn.lock_and_count_profiles(learner).await?;
                if usize::try_from(kept).is_ok_and(|kept| kept >= PROFILES_MAX) {
                    return Err(Failure::TooManyProfiles);
                }
                let id = ProfileId::new(fresh_id(now));
                conn.insert_profile(learner, &id, name, &text, now).await?;
                id
            }
        };
        self.record_profile(&mut conn, learner, &id, "profile-saved")
            .await?;
        let saved = conn.profile_of(learner, &id).await?;
        conn.commit().await?;
        saved.ok_or(Failure::NoSuchProfile)
    }

    /// Deletes a profile: nothing of what it said is left.
    ///
    /// # Errors
    /// [`Failure::NoSuchProfile`], also for somebody else's.
    pub async fn delete_profile(&self, learner: &LearnerId, id: &ProfileId) -> Result<(), Failure> {
        check_id(id)?;
        let mut conn = self.store.write().await?;
        if !conn.delete_profile(learner, id).await? {
            return Err(Failure::NoSuchProfile);
        }
        self.record_profile(&mut conn, learner, id, "profile-deleted")
            .await?;
        conn.commit().await?;
        Ok(())
    }

    async fn record_profile(
        &self,
        conn: &mut Conn,
        learner: &LearnerId,
        id: &ProfileId,
        kind: &str,
    ) -> Result<(), Failure> {
        conn.record(&Event {
            at: self.clock.now(),
            actor: learner.to_string(),
            kind: kind.to_owned(),
            attempt: None,
            learner: Some(learner.clone()),
            school: None,
            detail: json!({ "profile": id.as_str() }),
        })
        .await?;
        Ok(())
    }
}
