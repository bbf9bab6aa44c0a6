//! A practice set: items chosen by section, level, topic, skill or kind of stem, or those of picked testlets; with
//! feedback, with a clock if one is wished for. It never counts against the retake limit.

use std::sync::Arc;

use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};
use serde::{Deserialize, Serialize};

use super::{
    assemble::{Exposure, shuffle_options},
    bank::{Bank, Edition, Purpose},
    form::{Form, FormSection},
    id::TestletId,
    level::Level,
    rules::Section,
};

/// Items in a practice set when the learner names no number.
pub const DEFAULT_ITEMS: u32 = 10;
/// The most items a practice set may have: a reading section's worth.
pub const MAX_ITEMS: u32 = 40;
/// The longest time limit of a practice set, in minutes.
pub const MAX_MINUTES: u32 = 240;

/// What the learner wants to practise. Kept as JSON: what was added later may be missing.
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
    /// Only items with this kind of stem.
    #[serde(default)]
    pub stem_type: Option<String>,
    /// At most so many items, 1 to [`MAX_ITEMS`].
    pub items: u32,
    /// How long it may take, 1 to [`MAX_MINUTES`]; none is without limit.
    #[serde(default)]
    pub minutes: Option<u32>,
    /// The set is made of these testlets, in this order: of each all items that the skill and the kind of stem leave.
    /// Level, topic and number are not asked then. None: the testlets are chosen for each learner.
    #[serde(default)]
    pub testlets: Vec<TestletId>,
}

impl Wish {
    /// So many items of a level in a section, without a limit of time.
    pub fn new(section: Section, level: Level, items: u32) -> Self {
        Self {
            section,
            level,
            topic: None,
            skill: None,
            stem_type: None,
            items,
            minutes: None,
            testlets: Vec::new(),
        }
    }
}

/// Why no set can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NothingFits {
    /// Nothing in the bank fits the wish.
    #[error("no item in the bank fits this choice")]
    Wish,
    /// A picked testlet is not in the bank, or in another section, or has no item that fits.
    #[error("{0} is not in the bank, or has no item that fits this choice")]
    Testlet(TestletId),
    /// The picked testlets have more items than a set may have.
    #[error("these testlets have {0} items, and a set has at most {MAX_ITEMS}")]
    TooMany(usize),
}

/// Makes a practice set: the picked testlets, or else those that the learner has met least, of these first the ones kept
/// for practice, then those that the fewest mocks had, until the number of items is reached. Testlets whose keys nothing
/// may tell this learner now are left out, unless they were picked.
///
/// # Errors
/// [`NothingFits`] with the reason.
pub fn set(bank: &Bank, wish: &Wish, exposure: &Exposure, seed: u64) -> Result<Form, NothingFits> {
    const MINUTE_MS: i64 = 60_000;
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let chosen = match wish.testlets.is_empty() {
        true => choose(bank, wish, exposure, &mut rng)?,
        false => picked(bank, wish)?,
    };
    Ok(Form {
        seed,
        sections: vec![FormSection {
            name: wish.section,
            limit_ms: wish.minutes.map(|minutes| i64::from(minutes) * MINUTE_MS),
            break_ms: 0,
            plays: None,
            testlets: shuffle_options(chosen, &mut rng),
        }],
    })
}

/// Testlets with the indices of the items taken.
type Chosen = Vec<(Arc<Edition>, Vec<usize>)>;

fn picked(bank: &Bank, wish: &Wish) -> Result<Chosen, NothingFits> {
    let mut chosen = Chosen::new();
    for id in &wish.testlets {
        let unfit = || NothingFits::Testlet(id.clone());
        let edition = bank.get(id).ok_or_else(unfit)?;
        let items = wanted(edition, wish);
        let twice = chosen.iter().any(|(other, _)| other.testlet.id == *id);
        if edition.testlet.section != wish.section || items.is_empty() || twice {
            return Err(unfit());
        }
        chosen.push((edition.clone(), items));
    }
    let items = chosen.iter().map(|(_, items)| items.len()).sum();
    match items <= MAX_ITEMS as usize {
        true => Ok(chosen),
        false => Err(NothingFits::TooMany(items)),
    }
}

fn choose(
    bank: &Bank,
    wish: &Wish,
    exposure: &Exposure,
    rng: &mut ChaCha12Rng,
) -> Result<Chosen, NothingFits> {
    let mut ranked: Vec<_> = bank
        .testlets()
        .filter(|edition| !exposure.held.contains(&edition.testlet.id))
        .filter_map(|edition| {
            let items = matching(edition, wish);
            let id = &edition.testlet.id;
            let uses = exposure.uses.get(id).copied().unwrap_or_default();
            // Among the equally met what is kept for practice goes first: a mock's texts are best met in the mock.
            let rank = (
                exposure.times(id),
                edition.testlet.purpose == Purpose::Forms,
                uses,
                rng.random::<u64>(),
            );
            (!items.is_empty()).then(|| (rank, edition.clone(), items))
        })
        .collect();
    ranked.sort_by_key(|(rank, ..)| *rank);

    let mut left = wish.items.clamp(1, MAX_ITEMS) as usize;
    let mut chosen = Chosen::new();
    for (_, edition, mut items) in ranked {
        if left == 0 {
            break;
        }
        items.truncate(left);
        left -= items.len();
        chosen.push((edition, items));
    }
    match chosen.is_empty() {
        true => Err(NothingFits::Wish),
        false => Ok(chosen),
    }
}

/// The items that the section, level, topic, skill and kind of stem leave.
fn matching(edition: &Edition, wish: &Wish) -> Vec<usize> {
    let testlet = &edition.testlet;
    let topic_fits = wish
        .topic
        .as_ref()
        .is_none_or(|topic| *topic == testlet.topic);
    if testlet.section != wish.section || !topic_fits {
        return Vec::new();
    }
    let mut items = wanted(edition, wish);
    items.retain(|index| testlet.items[*index].level == wish.level || testlet.level == wish.level);
    items
}

/// The items that the skill and the kind of stem leave.
fn wanted(edition: &Edition, wish: &Wish) -> Vec<usize> {
    let fits =
        |wished: &Option<String>, has: &str| wished.as_ref().is_none_or(|wished| wished == has);
    edition
        .testlet
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| {
            fits(&wish.skill, &item.skill) && fits(&wish.stem_type, &item.stem_type)
        })
        .map(|(index, _)| index)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_kept_before_there_was_more_to_wish_for_is_still_read() {
        let kept = r#"{"section":"reading","level":"A2","topic":null,"skill":"detail","items":4}"#;
        let wish: Wish = serde_json::from_str(kept).expect("a wish");
        let expected = Wish {
            skill: Some("detail".to_owned()),
            ..Wish::new(Section::Reading, Level::A2, 4)
        };
        assert_eq!(wish, expected);
    }
}
