//! An invitation to a school, for whoever signs in with its address.

use super::{
    Timestamp,
    id::{GroupId, InvitationId, LearnerId, SchoolId},
    school::SchoolRole,
};

/// Days for which an invitation waits.
pub const INVITATION_DAYS: i64 = 30;

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Whoever was invited came.
    Accepted,
    /// They did not want to.
    Declined,
    /// The school took it back.
    Revoked,
}

impl Outcome {
    /// `accepted`, `declined` or `revoked`: the word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Accepted => "accepted",
            Outcome::Declined => "declined",
            Outcome::Revoked => "revoked",
        }
    }

    /// The outcome of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Outcome::Accepted, Outcome::Declined, Outcome::Revoked]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// To which school.
    pub school: SchoolId,
    /// To which group, as a learner; none as a tutor.
    pub group: Option<GroupId>,
    /// Whose account may accept it, folded.
    pub email: String,
    /// What the roster calls them; may be empty.
    pub name: String,
    /// As what.
    pub role: SchoolRole,
    /// Who invited.
    pub made_by: LearnerId,
    /// When.
    pub made_at: Timestamp,
    /// From then on nobody can accept it.
    pub expires_at: Timestamp,
    /// What became of it; none while it waits.
    pub outcome: Option<Outcome>,
}

impl Invitation {
    /// Whether it can be accepted now.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.outcome.is_none() && now < self.expires_at
    }

    /// Whether it is for the account with this address.
    pub fn is_for(&self, email: Option<&str>) -> bool {
        email == Some(self.email.as_str())
    }
}
