//! What can be seen without a key does not depend on the key: neither the letters nor the order of the options.

use std::collections::HashMap;

use synaq::content;
use synaq::domain::assemble::{Exposure, mock};
use synaq::domain::bank::{Bank, Edition, OPTIONS};
use synaq::domain::form::{Form, Letter};
use synaq::domain::id::RuleId;

use crate::support::own_content;

const FORMS: u64 = 3000;

/// Five standard deviations of a count with this chance: a false alarm is rarer than one in a million.
fn is_near(count: u64, of: u64, chance: f64, what: &str) {
    let expected = of as f64 * chance;
    let deviation = (of as f64 * chance * (1.0 - chance)).sqrt();
    let off = (count as f64 - expected).abs();
    assert!(
        off <= 5.0 * deviation,
        "{what}: {count} of {of}, expected {expected:.0} ± {deviation:.0}"
    );
}

struct Forms {
    bank: Bank,
    forms: Vec<Form>,
}

impl Forms {
    fn make() -> Self {
        let content = content::load(&own_content()).expect("the content");
        let rules = &content.rules[&RuleId::new("a1-2026-02")];
        let exposure = Exposure::default();
        let forms = (0..FORMS)
            .map(|seed| mock(&content.bank, rules, &exposure, seed).expect("a form"))
            .collect();
        Self {
            bank: content.bank,
            forms,
        }
    }

    /// `(section, position in the section, item, the order of its options, the bank's index of its key)`.
    fn each(&self, mut look: impl FnMut(usize, usize, &str, [u8; OPTIONS], u8)) {
        for form in &self.forms {
            for (section, given) in form.sections.iter().enumerate() {
                let mut position = 0;
                for testlet in &given.testlets {
                    let edition: &Edition = self.bank.get(&testlet.id).expect("in the bank");
                    for form_item in &testlet.items {
                        let item = edition
                            .testlet
                            .items
                            .iter()
                            .find(|item| item.id == form_item.id);
                        let item = item.expect("in the testlet");
                        look(
                            section,
                            position,
                            item.id.as_str(),
                            form_item.order,
                            item.key,
                        );
                        position += 1;
                    }
                }
            }
        }
    }
}

#[test]
fn at_every_position_each_letter_is_the_key_as_often() {
    let mut counts: HashMap<(usize, usize, usize), u64> = HashMap::new();
    Forms::make().each(|section, position, _, order, key| {
        let letter = order
            .iter()
            .position(|index| *index == key)
            .expect("the key is shown");
        *counts.entry((section, position, letter)).or_default() += 1;
    });
    assert_eq!(counts.len(), (20 + 40) * OPTIONS);
    for ((section, position, letter), count) in counts {
        let what = format!(
            "section {section}, position {position}, {}",
            Letter::ALL[letter]
        );
        is_near(count, FORMS, 0.25, &what);
    }
}

#[test]
fn every_option_of_an_item_stands_under_every_letter_as_often() {
    let mut counts: HashMap<(String, u8, usize), u64> = HashMap::new();
    let mut given: HashMap<String, u64> = HashMap::new();
    Forms::make().each(|_, _, item, order, _| {
        *given.entry(item.to_owned()).or_default() += 1;
        for (letter, option) in order.into_iter().enumerate() {
            *counts.entry((item.to_owned(), option, letter)).or_default() += 1;
        }
    });
    for ((item, option, letter), count) in counts {
        is_near(
            count,
            given[&item],
            0.25,
            &format!("{item}, option {option}, letter {letter}"),
        );
    }
}

#[test]
fn all_orders_of_an_items_options_are_as_frequent() {
    let mut counts: HashMap<[u8; OPTIONS], u64> = HashMap::new();
    let mut all = 0;
    Forms::make().each(|_, _, _, order, _| {
        *counts.entry(order).or_default() += 1;
        all += 1;
    });
    assert_eq!(counts.len(), 24);
    for (order, count) in counts {
        is_near(count, all, 1.0 / 24.0, &format!("{order:?}"));
    }
}

#[test]
fn the_letters_of_neighbouring_keys_do_not_depend_on_each_other_beyond_evenness() {
    // With 20 keys, five of each letter, the next key has the same letter with a chance of 4 in 19; with 40, 9 in 39.
    let mut last: HashMap<usize, usize> = HashMap::new();
    let mut same = [0u64; 2];
    let mut pairs = [0u64; 2];
    Forms::make().each(|section, position, _, order, key| {
        let letter = order
            .iter()
            .position(|index| *index == key)
            .expect("the key is shown");
        if position > 0 {
            pairs[section] += 1;
            same[section] += u64::from(last.get(&section) == Some(&letter));
        }
        last.insert(section, letter);
    });
    is_near(same[0], pairs[0], 4.0 / 19.0, "listening");
    is_near(same[1], pairs[1], 9.0 / 39.0, "reading");
}
