//! Form assembly: picks testlets from the bank against a rule set's blueprint.
//!
//! For every slot the testlets that fit are ranked: those this learner has not seen come first, then those least
//! exposed, and chance (the seed) decides among equals. Options are shuffled so that within a section the letters of
//! the keys differ in number by at most one: a position tells nothing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng, seq::SliceRandom};

use super::{
    bank::{Bank, Edition, ItemKind, OPTIONS, Purpose},
    form::{Form, FormItem, FormSection, FormTestlet},
    id::TestletId,
    level::Level,
    rules::{RuleSet, Section, SectionRule, Slot},
};

/// What decides among testlets besides chance.
#[derive(Debug, Clone, Default)]
pub struct Exposure {
    /// Testlets that this learner was given before.
    pub seen: HashSet<TestletId>,
    /// In how many of this learner's attempts each of those was. Missing is one.
    pub met: HashMap<TestletId, u64>,
    /// Testlets of a mock of this learner that goes on, or whose keys a school still withholds: practice, which tells the
    /// keys, must leave them alone.
    pub held: HashSet<TestletId>,
    /// In how many mocks that were begun each testlet was, over all learners. Missing is zero.
    pub uses: HashMap<TestletId, u64>,
}

impl Exposure {
    /// How often this learner has met a testlet.
    pub fn times(&self, id: &TestletId) -> u64 {
        match self.seen.contains(id) {
            true => self.met.get(id).copied().unwrap_or(1),
            false => 0,
        }
    }
}

/// The bank cannot fill the blueprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the bank has no {section} testlet of level {} with {comprehension} comprehension and {lexical_grammar} \
     lexical-grammar items that is not yet in the form",
    .levels.iter().map(|level| level.as_str()).collect::<Vec<_>>().join(" or ")
)]
pub struct Unfilled {
    /// The section that lacks a testlet.
    pub section: Section,
    /// The levels that would do.
    pub levels: Vec<Level>,
    /// Comprehension items wanted.
    pub comprehension: u32,
    /// Lexical-grammar items wanted.
    pub lexical_grammar: u32,
}

/// Makes a mock's form. The same bank, rule set, exposure and seed give the same form.
///
/// # Errors
/// [`Unfilled`] when a slot finds no testlet.
pub fn mock(
    bank: &Bank,
    rules: &RuleSet,
    exposure: &Exposure,
    seed: u64,
) -> Result<Form, Unfilled> {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut used = HashSet::new();
    let mut sections = Vec::with_capacity(rules.sections.len());
    for (index, rule) in rules.sections.iter().enumerate() {
        let mut testlets = Vec::with_capacity(rule.blueprint.value.len());
        for slot in &rule.blueprint.value {
            let edition = pick(bank, rule.name, slot, exposure, &used, &mut rng)?;
            used.insert(edition.testlet.id.clone());
            testlets.push((edition.clone(), items_for(edition, slot, &mut rng)));
        }
        sections.push(section(rule, index, rules, testlets, &mut rng));
    }
    Ok(Form { seed, sections })
}

fn section(
    rule: &SectionRule,
    index: usize,
    rules: &RuleSet,
    testlets: Vec<(Arc<Edition>, Vec<usize>)>,
    rng: &mut ChaCha12Rng,
) -> FormSection {
    const MINUTE_MS: i64 = 60_000;
    FormSection {
        name: rule.name,
        limit_ms: Some(i64::from(rule.minutes.value) * MINUTE_MS),
        break_ms: match index {
            0 => 0,
            _ => i64::from(rules.break_minutes.value) * MINUTE_MS,
        },
        plays: rule.plays.as_ref().map(|plays| plays.value),
        testlets: shuffle_options(testlets, rng),
    }
}

/// The testlets with the longest recordings that a section's slots can get, a slot each; none in a slot that finds none.
pub fn longest(bank: &Bank, rule: &SectionRule) -> Vec<Arc<Edition>> {
    let heard_ms = |edition: &Edition| {
        let recording = edition.testlet.stimulus.recording();
        recording.map_or(0, |recording| recording.duration_ms)
    };
    let mut used = HashSet::new();
    let slots = rule.blueprint.value.iter();
    slots
        .filter_map(|slot| {
            let free = bank.testlets().filter(|edition| {
                fits(edition, rule.name, slot) && !used.contains(&edition.testlet.id)
            });
            let edition = free.max_by_key(|edition| heard_ms(edition))?.clone();
            used.insert(edition.testlet.id.clone());
            Some(edition)
        })
        .collect()
}

/// Whether a testlet can fill a slot; what is kept for practice fills none.
fn fits(edition: &Edition, section: Section, slot: &Slot) -> bool {
    let testlet = &edition.testlet;
    let count = |kind| {
        testlet
            .items
            .iter()
            .filter(|item| item.kind == kind)
            .count() as u32
    };
    testlet.purpose == Purpose::Forms
        && testlet.section == section
        && slot.levels.contains(&testlet.level)
        && count(ItemKind::Comprehension) >= slot.comprehension
        && count(ItemKind::LexicalGrammar) >= slot.lexical_grammar
}

fn pick<'a>(
    bank: &'a Bank,
    section: Section,
    slot: &Slot,
    exposure: &Exposure,
    used: &HashSet<TestletId>,
    rng: &mut ChaCha12Rng,
) -> Result<&'a Arc<Edition>, Unfilled> {
    // Every candidate draws a number, chosen or not, so that the sequence does not depend on the ranking.
    bank.testlets()
        .filter(|edition| fits(edition, section, slot) && !used.contains(&edition.testlet.id))
        .map(|edition| {
            let id = &edition.testlet.id;
            let uses = exposure.uses.get(id).copied().unwrap_or_default();
            ((exposure.times(id), uses, rng.random::<u64>()), edition)
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, edition)| edition)
        .ok_or_else(|| Unfilled {
            section,
            levels: slot.levels.clone(),
            comprehension: slot.comprehension,
            lexical_grammar: slot.lexical_grammar,
        })
}

/// Indices of the items a slot takes from a testlet: all of them, or where there are more, a random choice; in the
/// bank's order, which follows the stimulus.
fn items_for(edition: &Edition, slot: &Slot, rng: &mut ChaCha12Rng) -> Vec<usize> {
    let mut chosen = Vec::with_capacity(slot.items() as usize);
    for (kind, wanted) in [
        (ItemKind::Comprehension, slot.comprehension),
        (ItemKind::LexicalGrammar, slot.lexical_grammar),
    ] {
        let mut of_kind: Vec<usize> = (0..edition.testlet.items.len())
            .filter(|index| edition.testlet.items[*index].kind == kind)
            .collect();
        of_kind.shuffle(rng);
        of_kind.truncate(wanted as usize);
        chosen.extend(of_kind);
    }
    chosen.sort_unstable();
    chosen
}

/// Shuffles every item's options; over all the items given, the keys' letters are as even as their number allows.
pub(super) fn shuffle_options(
    testlets: Vec<(Arc<Edition>, Vec<usize>)>,
    rng: &mut ChaCha12Rng,
) -> Vec<FormTestlet> {
    let count: usize = testlets.iter().map(|(_, items)| items.len()).sum();
    let mut letters: [usize; OPTIONS] = std::array::from_fn(|letter| letter);
    letters.shuffle(rng);
    let mut positions: Vec<usize> = (0..count).map(|n| letters[n % OPTIONS]).collect();
    positions.shuffle(rng);
    let mut positions = positions.into_iter();

    testlets
        .into_iter()
        .map(|(edition, chosen)| FormTestlet {
            id: edition.testlet.id.clone(),
            digest: edition.digest.clone(),
            voice: None,
            items: chosen
                .into_iter()
                .map(|index| {
                    let item = &edition.testlet.items[index];
                    let at = positions.next().unwrap_or_default();
                    FormItem {
                        id: item.id.clone(),
                        order: order_with_key_at(item.key, at, rng),
                    }
                })
                .collect(),
        })
        .collect()
}

fn order_with_key_at(key: u8, at: usize, rng: &mut ChaCha12Rng) -> [u8; OPTIONS] {
    let mut distractors: Vec<u8> = (0..OPTIONS as u8).filter(|index| *index != key).collect();
    distractors.shuffle(rng);
    distractors.insert(at, key);
    std::array::from_fn(|letter| distractors[letter])
}

/// How many forms without any testlet in common the bank holds for a rule set: the smallest supply of any slot.
pub fn forms_without_overlap(bank: &Bank, rules: &RuleSet) -> usize {
    without_overlap(bank, rules).len()
}

/// Forms without any testlet in common, as many as the bank holds: what one learner meets in so many mocks.
pub fn without_overlap(bank: &Bank, rules: &RuleSet) -> Vec<Form> {
    let mut exposure = Exposure::default();
    let mut forms = Vec::new();
    // Each round sees all that earlier rounds used; the first repetition ends the count.
    while let Ok(form) = mock(bank, rules, &exposure, forms.len() as u64) {
        let ids: Vec<TestletId> = form.testlets().map(|testlet| testlet.id.clone()).collect();
        if ids.iter().any(|id| exposure.seen.contains(id)) {
            break;
        }
        exposure.seen.extend(ids);
        forms.push(form);
    }
    forms
}
