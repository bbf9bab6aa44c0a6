//! Corrections: what is done when a key was wrong or an item is bad, and how an item is judged under one.
//!
//! A score is never stored alone: the responses, the form, the wording and the corrections in force give it again, so a
//! correction that is undone leaves nothing behind.

use std::collections::BTreeSet;

use super::{
    Timestamp,
    bank::OPTIONS,
    id::{AssignmentId, CorrectionId, ItemId, LearnerId, TestletId},
};

/// What is right from now on. Options are the bank's indexes, 0 to 3, whatever letter a form shows them under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// Another option is the key.
    Rekey(u8),
    /// Each of several options is right.
    Accept(BTreeSet<u8>),
    /// Everybody gets the point, also who chose nothing.
    CreditAll,
    /// The item is not counted: the section has one item less.
    LeaveOut,
}

/// Why a ruling cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulingFault {
    /// The kind is none of the four.
    #[error("expected rekey, accept, credit-all or leave-out")]
    Kind,
    /// `rekey` names one option, `accept` two or more, the others none.
    #[error("rekey names one option, accept two or more, the others none")]
    Options,
    /// What is right already.
    #[error("this option is the key already")]
    Same,
}

impl Ruling {
    /// Every kind's name.
    pub const KINDS: [&str; 4] = ["rekey", "accept", "credit-all", "leave-out"];

    /// The ruling that a kind and options name, for an item with this key.
    ///
    /// # Errors
    /// [`RulingFault`].
    pub fn new(kind: &str, options: &BTreeSet<u8>, key: u8) -> Result<Self, RulingFault> {
        let ruling = Self::stored(kind, options)?;
        match ruling {
            Ruling::Rekey(option) if option == key => Err(RulingFault::Same),
            ruling => Ok(ruling),
        }
    }

    /// The ruling of its kind and options as they were kept.
    ///
    /// # Errors
    /// [`RulingFault::Kind`], [`RulingFault::Options`].
    pub fn stored(kind: &str, options: &BTreeSet<u8>) -> Result<Self, RulingFault> {
        if options.iter().any(|option| usize::from(*option) >= OPTIONS) {
            return Err(RulingFault::Options);
        }
        match (kind, options.len(), options.first()) {
            ("rekey", 1, Some(option)) => Ok(Ruling::Rekey(*option)),
            ("accept", 2.., _) => Ok(Ruling::Accept(options.clone())),
            ("credit-all", 0, _) => Ok(Ruling::CreditAll),
            ("leave-out", 0, _) => Ok(Ruling::LeaveOut),
            (kind, ..) if Self::KINDS.contains(&kind) => Err(RulingFault::Options),
            _ => Err(RulingFault::Kind),
        }
    }

    /// `rekey`, `accept`, `credit-all` or `leave-out`.
    pub fn kind(&self) -> &'static str {
        match self {
            Ruling::Rekey(_) => "rekey",
            Ruling::Accept(_) => "accept",
            Ruling::CreditAll => "credit-all",
            Ruling::LeaveOut => "leave-out",
        }
    }

    /// The options that it names.
    pub fn options(&self) -> BTreeSet<u8> {
        match self {
            Ruling::Rekey(option) => BTreeSet::from([*option]),
            Ruling::Accept(options) => options.clone(),
            Ruling::CreditAll | Ruling::LeaveOut => BTreeSet::new(),
        }
    }
}

/// What a choice comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It gives the point.
    Right,
    /// It gives none.
    Wrong,
    /// The item is left out.
    NotCounted,
}

/// Judges what was chosen (none: nothing) for an item with this key; no key is an item that cannot be found.
pub fn judge(ruling: Option<&Ruling>, key: Option<u8>, chosen: Option<u8>) -> Mark {
    let right = match ruling {
        Some(Ruling::LeaveOut) => return Mark::NotCounted,
        Some(Ruling::CreditAll) => true,
        Some(Ruling::Rekey(option)) => chosen == Some(*option),
        Some(Ruling::Accept(options)) => chosen.is_some_and(|chosen| options.contains(&chosen)),
        None => chosen.is_some() && chosen == key,
    };
    match right {
        true => Mark::Right,
        false => Mark::Wrong,
    }
}

/// An item in one wording: what a correction is about. The same item worded otherwise is another matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Worded {
    /// The hash of its testlet's wording.
    pub digest: String,
    /// The item.
    pub item: ItemId,
}

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Its id.
    pub id: CorrectionId,
    /// The assignment whose attempts it is about; none is every attempt on the server.
    pub scope: Option<AssignmentId>,
    /// The item's testlet.
    pub testlet: TestletId,
    /// What it is about.
    pub about: Worded,
    /// What is right from now on.
    pub ruling: Ruling,
    /// Why, in the words of whoever made it.
    pub reason: String,
    /// Who made and applied it.
    pub made_by: LearnerId,
    /// When.
    pub made_at: Timestamp,
    /// When it was undone, if it was.
    pub undone_at: Option<Timestamp>,
    /// By whom.
    pub undone_by: Option<LearnerId>,
}

/// The corrections in force for an attempt. Their order means nothing: an item in one wording has at most one in each
/// scope, and that of the assignment goes before that of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections(Vec<Correction>);

impl Corrections {
    /// These, which are in force for one and the same attempt.
    pub fn of(in_force: Vec<Correction>) -> Self {
        Self(in_force)
    }

    /// Of all that there are those in force for an attempt of this assignment, or for a private one.
    pub fn in_force(all: &[Correction], assignment: Option<&AssignmentId>) -> Self {
        let holds = |one: &&Correction| {
            one.undone_at.is_none()
                && one
                    .scope
                    .as_ref()
                    .is_none_or(|scope| Some(scope) == assignment)
        };
        Self(all.iter().filter(holds).cloned().collect())
    }

    /// The one about an item in one wording.
    pub fn about(&self, digest: &str, item: &ItemId) -> Option<&Correction> {
        self.0
            .iter()
            .filter(|one| one.about.item == *item && one.about.digest == digest)
            .max_by_key(|one| one.scope.is_some())
    }

    /// What it rules.
    pub fn ruling(&self, digest: &str, item: &ItemId) -> Option<&Ruling> {
        self.about(digest, item).map(|one| &one.ruling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correction(scope: Option<&str>, item: &str, ruling: Ruling) -> Correction {
        Correction {
            id: CorrectionId::new(format!("{scope:?}-{item}")),
            scope: scope.map(AssignmentId::new),
            testlet: TestletId::new("testlet"),
            about: Worded {
                digest: "d".to_owned(),
                item: ItemId::new(item),
            },
            ruling,
            reason: "why".to_owned(),
            made_by: LearnerId::new("tutor"),
            made_at: Timestamp::UNIX_EPOCH,
            undone_at: None,
            undone_by: None,
        }
    }

    #[test]
    fn what_a_choice_comes_to() {
        use Mark::{NotCounted, Right, Wrong};
        let several = Ruling::Accept(BTreeSet::from([1, 3]));
        // With the key 0: nothing chosen, then each option.
        let table = [
            (None, [Wrong, Right, Wrong, Wrong, Wrong]),
            (Some(Ruling::Rekey(2)), [Wrong, Wrong, Wrong, Right, Wrong]),
            (Some(several), [Wrong, Wrong, Right, Wrong, Right]),
            (Some(Ruling::CreditAll), [Right; 5]),
            (Some(Ruling::LeaveOut), [NotCounted; 5]),
        ];
        for (ruling, expected) in table {
            let choices = [None, Some(0), Some(1), Some(2), Some(3)];
            let marks = choices.map(|chosen| judge(ruling.as_ref(), Some(0), chosen));
            assert_eq!(marks, expected, "{ruling:?}");
        }
        assert_eq!(judge(None, None, None), Wrong, "an item that is not found");
    }

    #[test]
    fn which_rulings_can_be() {
        let options = |list: &[u8]| list.iter().copied().collect::<BTreeSet<u8>>();
        let new = |kind, list: &[u8]| Ruling::new(kind, &options(list), 0);
        assert_eq!(new("rekey", &[2]), Ok(Ruling::Rekey(2)));
        assert_eq!(new("rekey", &[0]), Err(RulingFault::Same));
        assert_eq!(new("rekey", &[]), Err(RulingFault::Options));
        assert_eq!(new("rekey", &[1, 2]), Err(RulingFault::Options));
        assert_eq!(new("rekey", &[4]), Err(RulingFault::Options));
        assert_eq!(new("accept", &[0, 2]).map(|r| r.options().len()), Ok(2));
        assert_eq!(new("accept", &[2]), Err(RulingFault::Options));
        assert_eq!(new("credit-all", &[]), Ok(Ruling::CreditAll));
        assert_eq!(new("leave-out", &[1]), Err(RulingFault::Options));
        assert_eq!(new("guess", &[]), Err(RulingFault::Kind));
        for kind in Ruling::KINDS {
            let named = [&[][..], &[1], &[1, 2]].map(|list| new(kind, list));
            let made = named.iter().flatten().next().expect(kind);
            assert_eq!(made.kind(), kind);
            assert_eq!(Ruling::stored(kind, &made.options()).as_ref(), Ok(made));
        }
    }

    #[test]
    fn the_assignments_own_goes_before_the_servers() {
        let server = correction(None, "one", Ruling::CreditAll);
        let own = correction(Some("a"), "one", Ruling::LeaveOut);
        let undone = Correction {
            undone_at: Some(Timestamp::UNIX_EPOCH),
            ..correction(None, "two", Ruling::CreditAll)
        };
        for all in [
            [server.clone(), own.clone(), undone.clone()],
            [undone, own, server],
        ] {
            let ruling = |assignment: Option<&str>, item: &str| {
                let assignment = assignment.map(AssignmentId::new);
                let in_force = Corrections::in_force(&all, assignment.as_ref());
                in_force.ruling("d", &ItemId::new(item)).cloned()
            };
            assert_eq!(ruling(Some("a"), "one"), Some(Ruling::LeaveOut));
            assert_eq!(ruling(Some("b"), "one"), Some(Ruling::CreditAll));
            assert_eq!(ruling(None, "one"), Some(Ruling::CreditAll));
            assert_eq!(ruling(None, "two"), None, "undone");
            let in_force = Corrections::in_force(&all, None);
            assert_eq!(in_force.ruling("other", &ItemId::new("one")), None);
        }
    }
}
