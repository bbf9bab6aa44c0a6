//! An invitation to a school, for whoever signs in with its address. Nobody proves that an address is theirs, so one to
//! teach asks for a code besides: whoever teaches sees what is everybody's in the school.

use ring::hmac;

use super::{
    Timestamp,
    id::{GroupId, InvitationId, LearnerId, SchoolId},
    school::{SchoolRole, letters_of, letters_typed},
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

    /// Whether it is to teach: then accepting it asks for its code.
    pub fn to_teach(&self) -> bool {
        self.group.is_none()
    }
}

/// The code of an invitation to teach: twelve letters and digits of which the codes of groups are made too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationCode(String);

impl InvitationCode {
    /// There are 31¹², more than 2⁵⁹: too many to be guessed.
    const LENGTH: usize = 12;

    /// The code that somebody typed, as [`super::school::Code::parse`] reads one of a group.
    pub fn parse(text: &str) -> Option<Self> {
        letters_typed(text, Self::LENGTH).map(Self)
    }
}

/// As it is read out and typed: `ABCD-EFGH-JKMN`.
impl std::fmt::Display for InvitationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const PART: usize = InvitationCode::LENGTH / 3;
        let (first, rest) = self.0.split_at(PART);
        let (second, third) = rest.split_at(PART);
        write!(f, "{first}-{second}-{third}")
    }
}

/// Makes the codes of invitations, which are kept nowhere: each follows from the invitation's id and from a secret that
/// every server of a database has.
#[derive(Debug, Clone)]
pub struct InvitationCodes {
    key: hmac::Key,
}

impl InvitationCodes {
    /// Set before an id, so that the secret can serve something else one day without giving these codes away.
    const PURPOSE: &[u8] = b"synaq invitation code v1: ";

    /// Of these random bytes.
    pub fn of_secret(secret: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// The code of an invitation: the first half of HMAC-SHA-256 of its id, as a number.
    pub fn code(&self, id: &InvitationId) -> InvitationCode {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(Self::PURPOSE);
        context.update(id.as_str().as_bytes());
        let tag = context.sign();
        let first = tag.as_ref().iter().take(size_of::<u128>());
        let number = first.fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
        InvitationCode(letters_of(number, InvitationCode::LENGTH))
    }

    /// Whether this is the code of an invitation. However many of its letters are right, it takes as long to say no.
    pub fn fits(&self, id: &InvitationId, typed: &InvitationCode) -> bool {
        // ring compares tags in constant time, and nothing else in public.
        let tag = hmac::sign(&self.key, typed.0.as_bytes());
        hmac::verify(&self.key, self.code(id).0.as_bytes(), tag.as_ref()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> InvitationId {
        InvitationId::new(text)
    }

    #[test]
    fn a_code_is_of_one_invitation_and_one_secret() {
        let (codes, others) = (
            InvitationCodes::of_secret(&[1; 32]),
            InvitationCodes::of_secret(&[2; 32]),
        );
        let code = codes.code(&id("one"));
        assert_eq!(InvitationCodes::of_secret(&[1; 32]).code(&id("one")), code);
        assert!(codes.fits(&id("one"), &code));
        assert!(!codes.fits(&id("two"), &code) && !others.fits(&id("one"), &code));
        let many: std::collections::HashSet<String> = (0..10_000)
            .map(|n| codes.code(&id(&n.to_string())).to_string())
            .collect();
        assert_eq!(many.len(), 10_000);
    }

    /// Another code for the same invitation would shut out whoever was told the first one.
    #[test]
    fn a_code_stays_what_it_was_told() {
        let codes = InvitationCodes::of_secret(&[7; 32]);
        let id = id("01a00000-0000-7000-8000-000000000000");
        assert_eq!(codes.code(&id).to_string(), "J32E-WJ8M-PZB3");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let codes = InvitationCodes::of_secret(&[1; 32]);
        let code = codes.code(&id("one"));
        let shown = code.to_string();
        assert_eq!(shown.len(), 14, "{shown}");
        for text in [
            shown.to_lowercase(),
            shown.replace('-', ""),
            format!("  {} ", shown.replace('-', " ")),
            shown.replace('-', "–"),
        ] {
            assert_eq!(InvitationCode::parse(&text).as_ref(), Some(&code), "{text}");
        }
        for text in ["", "ABCD-EFGH", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKM0"] {
            assert_eq!(InvitationCode::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn nothing_of_the_secret_is_shown() {
        let shown = |n| format!("{:?}", InvitationCodes::of_secret(&[n; 32]));
        assert_eq!(shown(1), shown(2));
    }
}
