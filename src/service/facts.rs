//! What never changes about a mock that is sat, kept at hand, so that saving a response asks the database once: in the
//! transaction that writes it.
//!
//! Nothing here decides anything. Whether the learner is the one, the session still holds, the section runs and time is
//! left is looked at in that transaction (`store/responses.rs`); from here comes only which attempts there are, whose
//! they are and to which section an item belongs. A node that has never heard of an attempt looks it up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::content::Content;
use crate::domain::{
    attempt::{Attempt, Kind},
    id::{AttemptId, ItemId, LearnerId},
};
use crate::store::Stored;

/// So many attempts are remembered at least, and twice as many at most: some 400 bytes each.
const KEPT: usize = 16_384;

/// What never changes about a mock.
#[derive(Debug)]
pub(super) struct Facts {
    /// Whose it is.
    pub(super) learner: LearnerId,
    /// Whether a school gave it.
    pub(super) given: bool,
    /// For each section, the numbers of its items, sorted.
    sections: Box<[Box<[u32]>]>,
}

/// The facts of the mocks that are being sat.
#[derive(Debug, Clone)]
pub(super) struct KnownAttempts {
    /// A number for every item of the bank: a name a fact would cost twenty times as much memory.
    numbers: Arc<HashMap<ItemId, u32>>,
    known: Arc<Mutex<Generations>>,
}

/// Two generations: when the younger is full, the older is forgotten. What is asked for stays among the younger.
#[derive(Debug, Default)]
struct Generations {
    younger: HashMap<AttemptId, Arc<Facts>>,
    older: HashMap<AttemptId, Arc<Facts>>,
}

impl Generations {
    fn insert(&mut self, id: AttemptId, facts: Arc<Facts>) {
        if self.younger.len() >= KEPT {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(id, facts);
    }
}

impl KnownAttempts {
    /// Nothing known yet, about items of this content.
    pub(super) fn of(content: &Content) -> Self {
        let items = content
            .bank
            .testlets()
            .flat_map(|edition| &edition.testlet.items);
        let numbers = items
            .zip(0..)
            .map(|(item, number)| (item.id.clone(), number));
        Self {
            numbers: Arc::new(numbers.collect()),
            known: Arc::default(),
        }
    }

    /// The facts of an attempt, if they are at hand.
    pub(super) fn get(&self, id: &AttemptId) -> Option<Arc<Facts>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = known.younger.get(id) {
            return Some(facts.clone());
        }
        let (id, facts) = known.older.remove_entry(id)?;
        known.insert(id, facts.clone());
        Some(facts)
    }

    /// Remembers an attempt, if it is a mock that goes on and of items that the bank still has.
    pub(super) fn learn(&self, stored: &Stored) {
        let attempt = &stored.attempt;
        if attempt.kind != Kind::Mock || !attempt.in_progress() {
            return;
        }
        let Some(sections) = self.sections(attempt) else {
            return;
        };
        let facts = Arc::new(Facts {
            learner: attempt.learner.clone(),
            given: stored.assignment.is_some(),
            sections,
        });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(attempt.id.clone(), facts);
    }

    /// The place in the form of the section to which an item belongs.
    pub(super) fn section_of(&self, facts: &Facts, item: &ItemId) -> Option<usize> {
        let number = self.numbers.get(item)?;
        let mut sections = facts.sections.iter();
        sections.position(|items| items.binary_search(number).is_ok())
    }

    fn sections(&self, attempt: &Attempt) -> Option<Box<[Box<[u32]>]>> {
        let sections = attempt.form.sections.iter().map(|section| {
            let numbers = section
                .items()
                .map(|item| self.numbers.get(&item.id).copied());
            let mut numbers: Box<[u32]> = numbers.collect::<Option<_>>()?;
            numbers.sort_unstable();
            Some(numbers)
        });
        sections.collect()
    }
}
