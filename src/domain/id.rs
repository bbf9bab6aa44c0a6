//! Identifiers, each its own type, so that an item's id cannot be passed where an attempt's is wanted.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text; whoever makes ids (the bank's files, the UUID maker) has checked its form.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// One learner's run through a form (UUIDv7).
    AttemptId,
    /// A person who sits: a guest or the holder of an account (UUIDv7).
    LearnerId,
    /// A stimulus with its items, named by the bank's file.
    TestletId,
    /// One question, named in the bank's file.
    ItemId,
    /// A dated rule set, such as `a1-2026-02`.
    RuleId,
    /// A saved profile of the points calculator (UUIDv7).
    ProfileId,
    /// A school (UUIDv7).
    SchoolId,
    /// A group of a school (UUIDv7).
    GroupId,
    /// What was given to a group (UUIDv7).
    AssignmentId,
    /// An invitation to a school (UUIDv7).
    InvitationId,
    /// A correction of a key or an item (UUIDv7).
    CorrectionId,
    /// A recording of a human voice that a school made (UUIDv7).
    RecordingId,
}

/// Whether a text may be the id of a testlet, an item or a rule set: lower-case ASCII letters, digits and
/// hyphens, 1 to 64 characters, so that it is safe in a URL, an HTML id and a file name.
pub fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
