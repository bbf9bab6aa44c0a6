//! A practice set: items chosen by section, level, topic or skill, with feedback; no clock, and it never counts
//! against the retake limit.

use std::sync::Arc;

use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};
use serde::{Deserialize, Serialize};

use super::{
    assemble::{Exposure, shuffle_options},
    bank::{Bank, Edition},
    form::{Form, FormSection},
    level::Level,
    rules::Section,
};

/// Items in a practice set when the learner names no number.
pub const DEFAULT_ITEMS: u32 = 10;
/// The most items a practice set may have: a reading section's worth.
pub const MAX_ITEMS: u32 = 40;

/// What the learner wants to practise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Listening or reading.
    pub section: Section,
    /// Items of this level, and all items of stimuli at this level.
    pub level: Level,
    /// Only testlets on this topic.
    pub topic: Option<String>,
    /// Only items that test this skill.
    pub skill: Option<String>,
    /// At most so many items, 1 to [`MAX_ITEMS`].
    pub items: u32,
}

/// Nothing in the bank fits the wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no item in the bank fits this choice")]
pub struct NothingFits;

/// Makes a practice set: testlets unseen by the learner first, then the least exposed, until the number of items is
/// reached. Testlets of a mock that this learner is sitting are left out.
///
/// # Errors
/// [`NothingFits`] when no item fits.
pub fn set(bank: &Bank, wish: &Wish, exposure: &Exposure, seed: u64) -> Result<Form, NothingFits> {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut ranked: Vec<_> = bank
        .testlets()
        .filter(|edition| !exposure.held.contains(&edition.testlet.id))
        .filter_map(|edition| {
            let items = matching(edition, wish);
            let id = &edition.testlet.id;
            let uses = exposure.uses.get(id).copied().unwrap_or_default();
            let rank = (exposure.seen.contains(id), uses, rng.random::<u64>());
            (!items.is_empty()).then(|| (rank, edition.clone(), items))
        })
        .collect();
    ranked.sort_by_key(|(rank, ..)| *rank);

    let mut left = wish.items.clamp(1, MAX_ITEMS) as usize;
    let mut chosen: Vec<(Arc<Edition>, Vec<usize>)> = Vec::new();
    for (_, edition, mut items) in ranked {
        if left == 0 {
            break;
        }
        items.truncate(left);
        left -= items.len();
        chosen.push((edition, items));
    }
    if chosen.is_empty() {
        return Err(NothingFits);
    }
    Ok(Form {
        seed,
        sections: vec![FormSection {
            name: wish.section,
            limit_ms: None,
            break_ms: 0,
            plays: None,
            testlets: shuffle_options(chosen, &mut rng),
        }],
    })
}

fn matching(edition: &Edition, wish: &Wish) -> Vec<usize> {
    let testlet = &edition.testlet;
    let topic_fits = wish
        .topic
        .as_ref()
        .is_none_or(|topic| *topic == testlet.topic);
    if testlet.section != wish.section || !topic_fits {
        return Vec::new();
    }
    testlet
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.level == wish.level || testlet.level == wish.level)
        .filter(|(_, item)| wish.skill.as_ref().is_none_or(|skill| *skill == item.skill))
        .map(|(index, _)| index)
        .collect()
}
