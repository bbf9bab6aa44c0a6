//! Whether the keys give themselves away over the whole bank: by their letter, or by being the longest option; and
//! whether each form asks in enough ways.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::Fault;
use crate::domain::assemble::without_overlap;
use crate::domain::bank::{Bank, Item, OPTIONS};
use crate::domain::rules::RuleSet;

/// A bank with fewer items is a sample, and chance makes it uneven.
const ITEMS_AT_LEAST: usize = 100;
/// The share of keys that a letter may have in the bank's order, in per cent. Forms shuffle options, so this shows an
/// author's habit; practice and a printed bank would show it to learners as well.
const LETTER_PERCENT: std::ops::RangeInclusive<f64> = 22.0..=28.0;
/// The share of items whose key may be the longest option, in per cent; chance alone gives about a quarter.
const LONGEST_PERCENT: f64 = 30.0;
/// The least number of different kinds of stem in a form.
const STEM_TYPES_AT_LEAST: usize = 8;

/// How many items have their key at A, B, C and D in the bank's order.
pub fn key_letters(bank: &Bank) -> BTreeMap<char, usize> {
    let mut letters: BTreeMap<char, usize> = ('A'..).take(OPTIONS).map(|c| (c, 0)).collect();
    for item in items(bank) {
        *letters.entry(char::from(b'A' + item.key)).or_default() += 1;
    }
    letters
}

/// The share of items, 0 to 1, whose key is longer than each distractor.
pub fn longest_key_rate(bank: &Bank) -> f64 {
    let (mut all, mut longest) = (0usize, 0usize);
    for item in items(bank) {
        all += 1;
        longest += usize::from(key_is_longest(item));
    }
    longest as f64 / all.max(1) as f64
}

/// The fewest kinds of stem in a form, over forms that together use every testlet at most once; `None` without a form.
pub fn fewest_stem_types(bank: &Bank, rules: &RuleSet) -> Option<usize> {
    let kinds = |form: crate::domain::form::Form| {
        let mut kinds = BTreeSet::new();
        for testlet in form.testlets() {
            let Some(edition) = bank.get(&testlet.id) else {
                continue;
            };
            let given = |item: &&Item| testlet.items.iter().any(|given| given.id == item.id);
            let items = edition.testlet.items.iter().filter(given);
            kinds.extend(items.map(|item| item.stem_type.as_str()));
        }
        kinds.len()
    };
    without_overlap(bank, rules).into_iter().map(kinds).min()
}

/// Notes what of this is out of bounds.
pub(super) fn check<'r>(
    bank: &Bank,
    rules: impl Iterator<Item = &'r RuleSet>,
    faults: &mut Vec<Fault>,
) {
    let all = items(bank).count();
    if all < ITEMS_AT_LEAST {
        return;
    }
    let mut fault = |reason| faults.push(Fault::of_file("bank", reason));
    for (letter, count) in key_letters(bank) {
        let percent = 100.0 * count as f64 / all as f64;
        if !LETTER_PERCENT.contains(&percent) {
            fault(format!(
                "{percent:.1} % of the keys are {letter}, wanted {} to {} %",
                LETTER_PERCENT.start(),
                LETTER_PERCENT.end()
            ));
        }
    }
    let longest = 100.0 * longest_key_rate(bank);
    if longest > LONGEST_PERCENT {
        fault(format!(
            "the key is the longest option in {longest:.1} % of the items, wanted {LONGEST_PERCENT} % at most"
        ));
    }
    for rules in rules {
        if let Some(fewest) =
            fewest_stem_types(bank, rules).filter(|kinds| *kinds < STEM_TYPES_AT_LEAST)
        {
            fault(format!(
                "a form of {} has {fewest} kinds of stem, wanted {STEM_TYPES_AT_LEAST} or more",
                rules.id
            ));
        }
    }
}

fn items(bank: &Bank) -> impl Iterator<Item = &Item> {
    bank.testlets().flat_map(|edition| &edition.testlet.items)
}

/// Whether the key has more characters than each distractor.
fn key_is_longest(item: &Item) -> bool {
    let length = |option: &String| option.chars().count();
    let key = usize::from(item.key);
    item.options
        .iter()
        .enumerate()
        .all(|(n, option)| n == key || length(option) < length(&item.options[key]))
}
