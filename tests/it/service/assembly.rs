//! Form assembly: what a seed decides and what it does not.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use synaq::content::{self, Content};
use synaq::domain::assemble::{Exposure, mock};
use synaq::domain::bank::{Bank, Edition, OPTIONS, Purpose, Testlet};
use synaq::domain::correction::Corrections;
use synaq::domain::form::{Form, Letter};
use synaq::domain::id::{RuleId, TestletId};
use synaq::domain::level::Level;
use synaq::domain::practice::{self, Wish};
use synaq::domain::rules::{RuleSet, Section};
use synaq::domain::score;

use crate::support::{own_content, short_content};

static SHORT: LazyLock<Content> =
    LazyLock::new(|| content::load(&short_content()).expect("the short content"));
static OWN: LazyLock<Content> =
    LazyLock::new(|| content::load(&own_content()).expect("the content"));

fn short_rules() -> &'static RuleSet {
    &SHORT.rules[&RuleId::new("short")]
}

/// A bank with every testlet changed.
fn changed_bank(bank: &Bank, change: impl Fn(&mut Testlet)) -> Bank {
    let mut recordings = HashMap::new();
    let editions = bank
        .testlets()
        .map(|edition| {
            let mut testlet = edition.testlet.clone();
            change(&mut testlet);
            if let Some(recording) = testlet.stimulus.recording()
                && let Some(path) = bank.recording(&recording.sha256)
            {
                recordings.insert(recording.sha256.clone(), path.to_owned());
            }
            // A changed wording has another digest; how it is computed is the loader's affair.
            let digest = match testlet == edition.testlet {
                true => edition.digest.clone(),
                false => format!("changed-{}", edition.digest),
            };
            Edition { digest, testlet }
        })
        .collect();
    Bank::new(editions, recordings)
}

/// The content with every stem reworded and every key another.
pub fn reworded(content: &Content) -> Content {
    let bank = changed_bank(&content.bank, |testlet| {
        for item in &mut testlet.items {
            item.stem = format!("Жаңа: {}", item.stem);
            item.options.reverse();
            item.key = (item.key + 1) % OPTIONS as u8;
        }
    });
    Content {
        bank,
        ..content.clone()
    }
}

/// `(testlet, the letters of its keys)` in order.
fn outline(bank: &Bank, form: &Form) -> Vec<(String, String)> {
    form.testlets()
        .map(|given| {
            let testlet = &bank.get(&given.id).expect("in the bank").testlet;
            let letters = given.items.iter().map(|form_item| {
                let item = testlet.items.iter().find(|item| item.id == form_item.id);
                form_item.key(item.expect("in the testlet")).as_str()
            });
            (given.id.to_string(), letters.collect())
        })
        .collect()
}

fn ids(form: &Form) -> Vec<TestletId> {
    form.testlets().map(|testlet| testlet.id.clone()).collect()
}

#[test]
fn a_seed_gives_the_same_form_for_ever() {
    let form = mock(&SHORT.bank, short_rules(), &Exposure::default(), 20_261_122);
    let form = form.expect("a form");
    let orders: Vec<_> = form.sections[0].items().map(|item| item.order).collect();
    // Values of the first version. If this fails, forms of the past can no longer be made again from their seeds.
    assert_eq!(
        (outline(&SHORT.bank, &form), orders),
        (
            GOLDEN_OUTLINE
                .map(|(id, keys)| (id.to_owned(), keys.to_owned()))
                .to_vec(),
            GOLDEN_ORDERS.to_vec()
        )
    );
    for seed in 0..50 {
        let make = || mock(&OWN.bank, own_rules(), &Exposure::default(), seed).expect("a form");
        assert_eq!(make(), make());
    }
}

const GOLDEN_OUTLINE: [(&str, &str); 2] = [("lst-short-auyl", "ABD"), ("rdg-short-mereke", "BACD")];
const GOLDEN_ORDERS: [[u8; 4]; 3] = [[2, 3, 0, 1], [1, 0, 2, 3], [2, 1, 0, 3]];

fn own_rules() -> &'static RuleSet {
    &OWN.rules[&RuleId::new("a1-2026-02")]
}

#[test]
fn a_form_is_what_the_blueprint_asks_for() {
    for rules in OWN.rules.values() {
        for seed in 0..100 {
            let form = mock(&OWN.bank, rules, &Exposure::default(), seed).expect("a form");
            for (section, rule) in form.sections.iter().zip(&rules.sections) {
                assert_eq!(section.name, rule.name);
                assert_eq!(section.item_count(), rule.items.value);
                assert_eq!(section.plays, rule.plays.as_ref().map(|plays| plays.value));
                for (given, slot) in section.testlets.iter().zip(&rule.blueprint.value) {
                    let testlet = &OWN.bank.get(&given.id).expect("in the bank").testlet;
                    assert!(slot.levels.contains(&testlet.level), "{}", testlet.id);
                    assert_eq!(given.items.len(), slot.items() as usize);
                }
            }
            let all: HashSet<_> = ids(&form).into_iter().collect();
            assert_eq!(all.len(), form.testlets().count(), "no testlet twice");
            for item in form.sections.iter().flat_map(|section| section.items()) {
                let mut order = item.order;
                order.sort_unstable();
                assert_eq!(order, [0, 1, 2, 3], "every option once");
            }
        }
    }
}

#[test]
fn the_letters_of_the_keys_are_even_in_every_section() {
    let mut first_letters: BTreeMap<Letter, u32> = BTreeMap::new();
    const FORMS: u32 = 2000;
    for seed in 0..FORMS {
        let form = mock(
            &OWN.bank,
            own_rules(),
            &Exposure::default(),
            u64::from(seed),
        );
        let form = form.expect("a form");
        for section in &form.sections {
            let mut counts: BTreeMap<Letter, u32> = BTreeMap::new();
            let mut first = None;
            for given in &section.testlets {
                let testlet = &OWN.bank.get(&given.id).expect("in the bank").testlet;
                for form_item in &given.items {
                    let item = testlet.items.iter().find(|item| item.id == form_item.id);
                    let key = form_item.key(item.expect("in the testlet"));
                    *counts.entry(key).or_default() += 1;
                    first.get_or_insert(key);
                }
            }
            // 20 and 40 items: exactly a quarter each.
            let quarter = section.item_count() / 4;
            assert_eq!(
                counts.values().copied().collect::<Vec<_>>(),
                [quarter; 4],
                "seed {seed}"
            );
            *first_letters.entry(first.expect("an item")).or_default() += 1;
        }
    }
    // 4,000 first items, 1,000 for each letter expected, standard deviation 27.
    for (letter, count) in first_letters {
        assert!((860..=1140).contains(&count), "{letter}: {count} of 4000");
    }
}

#[test]
fn where_the_key_stands_in_the_bank_does_not_matter() {
    let turned = changed_bank(&OWN.bank, |testlet| {
        for item in &mut testlet.items {
            item.options.reverse();
            item.key = OPTIONS as u8 - 1 - item.key;
        }
    });
    for seed in 0..200 {
        let form = |bank: &Bank| mock(bank, own_rules(), &Exposure::default(), seed).expect("form");
        assert_eq!(
            outline(&OWN.bank, &form(&OWN.bank)),
            outline(&turned, &form(&turned)),
            "seed {seed}"
        );
    }
}

#[test]
fn what_the_learner_has_not_seen_comes_first_and_then_the_least_used() {
    let rules = own_rules();
    for seed in 0..200 {
        let mut exposure = Exposure::default();
        let first = mock(&OWN.bank, rules, &exposure, seed).expect("a form");
        exposure.seen.extend(ids(&first));
        // What was not seen is preferred although everybody else got it a thousand times.
        for edition in OWN.bank.testlets() {
            let fresh = !exposure.seen.contains(&edition.testlet.id);
            let uses = if fresh { 1000 } else { 0 };
            exposure.uses.insert(edition.testlet.id.clone(), uses);
        }
        let second = mock(&OWN.bank, rules, &exposure, seed + 1).expect("a form");
        let again: Vec<_> = ids(&second)
            .into_iter()
            .filter(|id| exposure.seen.contains(id))
            .collect();
        assert_eq!(again, [], "seed {seed}");
    }
}

#[test]
fn exposure_is_spread_over_the_bank() {
    let rules = own_rules();
    let mut exposure = Exposure::default();
    for seed in 0..300 {
        let form = mock(&OWN.bank, rules, &exposure, seed).expect("a form");
        for id in ids(&form) {
            *exposure.uses.entry(id).or_default() += 1;
        }
    }
    let mut by_cell: BTreeMap<(Section, Level), Vec<u64>> = BTreeMap::new();
    let of_forms = |edition: &&Arc<Edition>| edition.testlet.purpose == Purpose::Forms;
    for edition in OWN.bank.testlets().filter(of_forms) {
        let testlet = &edition.testlet;
        let uses = exposure.uses.get(&testlet.id).copied().unwrap_or_default();
        by_cell
            .entry((testlet.section, testlet.level))
            .or_default()
            .push(uses);
    }
    for (cell, uses) in by_cell {
        let (least, most) = (uses.iter().min(), uses.iter().max());
        assert!(
            most.zip(least)
                .is_some_and(|(most, least)| most - least <= 1),
            "{cell:?}: {uses:?}"
        );
    }
}

#[test]
fn ten_mocks_of_one_learner_have_no_text_in_common() {
    for rules in OWN.rules.values() {
        let mut exposure = Exposure::default();
        for seed in 0..10 {
            let form = mock(&OWN.bank, rules, &exposure, seed).expect("a form");
            for id in ids(&form) {
                assert!(
                    exposure.seen.insert(id.clone()),
                    "{id} in form {seed} again"
                );
            }
        }
        // Testlets of two names could still be one text.
        let texts: HashSet<String> = exposure
            .seen
            .iter()
            .filter_map(|id| OWN.bank.get(id))
            .map(|edition| edition.testlet.stimulus.words_text())
            .collect();
        assert_eq!(texts.len(), exposure.seen.len());
    }
}

#[test]
fn ten_thousand_forms_keep_to_blueprint_balance_and_exposure() {
    let rules = own_rules();
    let mut exposure = Exposure::default();
    // Learners of one to four mocks each, as they come: what one has seen is another matter than what all were given.
    for seed in 0..10_000 {
        if seed % 10 < 4 {
            exposure.seen.clear();
        }
        let form = mock(&OWN.bank, rules, &exposure, seed).expect("a form");
        let mut kinds = HashSet::new();
        for (section, rule) in form.sections.iter().zip(&rules.sections) {
            assert_eq!(
                (section.name, section.item_count()),
                (rule.name, rule.items.value)
            );
            let mut letters: BTreeMap<Letter, u32> = BTreeMap::new();
            for (given, slot) in section.testlets.iter().zip(&rule.blueprint.value) {
                let testlet = &OWN.bank.get(&given.id).expect("in the bank").testlet;
                assert_eq!(testlet.purpose, Purpose::Forms, "{}", testlet.id);
                assert!(slot.levels.contains(&testlet.level), "{}", testlet.id);
                for form_item in &given.items {
                    let item = testlet.items.iter().find(|item| item.id == form_item.id);
                    let item = item.expect("in the testlet");
                    kinds.insert(item.stem_type.as_str());
                    *letters.entry(form_item.key(item)).or_default() += 1;
                }
            }
            assert_eq!(
                letters.into_values().collect::<Vec<_>>(),
                [section.item_count() / 4; 4]
            );
        }
        assert!(kinds.len() >= 8, "form {seed} asks in {} ways", kinds.len());
        for id in ids(&form) {
            *exposure.uses.entry(id.clone()).or_default() += 1;
            exposure.seen.insert(id);
        }
    }
    let mut by_cell: BTreeMap<(Section, Level), Vec<u64>> = BTreeMap::new();
    let of_forms = |edition: &&Arc<Edition>| edition.testlet.purpose == Purpose::Forms;
    for edition in OWN.bank.testlets().filter(of_forms) {
        let uses = exposure
            .uses
            .get(&edition.testlet.id)
            .copied()
            .unwrap_or_default();
        let cell = (edition.testlet.section, edition.testlet.level);
        by_cell.entry(cell).or_default().push(uses);
    }
    for (cell, uses) in by_cell {
        let (least, most) = (uses.iter().min(), uses.iter().max());
        let ratio = most
            .zip(least)
            .map(|(most, least)| *most as f64 / *least as f64);
        assert!(
            ratio.is_some_and(|ratio| ratio <= 1.2),
            "{cell:?}: {uses:?}"
        );
    }
}

#[test]
fn the_reserve_is_practised_and_never_sat() {
    // Every second testlet of each section and level is kept for practice.
    let mut kept: HashSet<TestletId> = HashSet::new();
    let mut met: HashMap<(Section, Level), u32> = HashMap::new();
    for edition in OWN.bank.testlets() {
        let testlet = &edition.testlet;
        let count = met.entry((testlet.section, testlet.level)).or_default();
        *count += 1;
        if count.is_multiple_of(2) {
            kept.insert(testlet.id.clone());
        }
    }
    let reserve = changed_bank(&OWN.bank, |testlet| {
        testlet.purpose = match kept.contains(&testlet.id) {
            true => Purpose::Practice,
            false => Purpose::Forms,
        };
    });
    let purpose = |id: &TestletId| reserve.get(id).expect("in the bank").testlet.purpose;
    for seed in 0..100 {
        let form = mock(&reserve, own_rules(), &Exposure::default(), seed).expect("a form");
        assert!(ids(&form).iter().all(|id| purpose(id) == Purpose::Forms));
        let wish = Wish::new(Section::Reading, Level::A2, 4);
        let set = practice::set(&reserve, &wish, &Exposure::default(), seed).expect("a set");
        assert!(ids(&set).iter().all(|id| purpose(id) == Purpose::Practice));
    }
}

#[test]
fn among_equals_every_testlet_has_its_chance() {
    let mut first: HashMap<TestletId, u32> = HashMap::new();
    for seed in 0..1000 {
        let form = mock(&SHORT.bank, short_rules(), &Exposure::default(), seed).expect("a form");
        *first.entry(ids(&form)[0].clone()).or_default() += 1;
    }
    assert_eq!(first.len(), 2);
    // 500 expected, standard deviation 16.
    assert!(
        first.values().all(|count| (420..=580).contains(count)),
        "{first:?}"
    );
}

#[test]
fn a_bank_that_is_too_small_says_what_is_missing() {
    let nothing = Bank::default();
    let unfilled = mock(&nothing, own_rules(), &Exposure::default(), 1).expect_err("refused");
    assert_eq!(unfilled.section, Section::Listening);
    assert!(
        unfilled.to_string().contains("listening testlet of level"),
        "{unfilled}"
    );
}

#[test]
fn a_practice_set_holds_what_was_wished_for() {
    for seed in 0..200 {
        for items in [1, 3, 7, 40] {
            let wish = Wish::new(Section::Reading, Level::B1, items);
            let form = practice::set(&OWN.bank, &wish, &Exposure::default(), seed).expect("a set");
            let section = &form.sections[0];
            assert_eq!((section.limit_ms, section.plays), (None, None));
            let count = section.item_count();
            assert!((1..=items).contains(&count), "{count} of {items}");
            for given in &section.testlets {
                let testlet = &OWN.bank.get(&given.id).expect("in the bank").testlet;
                for form_item in &given.items {
                    let item = testlet.items.iter().find(|item| item.id == form_item.id);
                    let level = item.expect("in the testlet").level;
                    assert!(level == Level::B1 || testlet.level == Level::B1);
                }
            }
        }
    }
}

#[test]
fn marking_counts_keys_and_nothing_else() {
    let form = mock(&OWN.bank, own_rules(), &Exposure::default(), 5).expect("a form");
    let bank: Vec<Arc<Edition>> = OWN.bank.testlets().cloned().collect();
    let items: HashMap<_, _> = bank
        .iter()
        .flat_map(|edition| &edition.testlet.items)
        .map(|item| (&item.id, item))
        .collect();
    let section = &form.sections[1];
    let none = Corrections::default();
    for right in 0..=40usize {
        let responses: HashMap<_, _> = section
            .items()
            .enumerate()
            .map(|(n, form_item)| {
                let key = form_item.key(items[&form_item.id]);
                let letter = if n < right {
                    key
                } else {
                    crate::support::world::other_than(key)
                };
                (form_item.id.clone(), letter)
            })
            .collect();
        let score = score::mark(section, &items, &responses, &none);
        assert_eq!((score.correct as usize, score.of), (right, 40));
    }
    let nothing = HashMap::new();
    assert_eq!(score::mark(section, &items, &nothing, &none).correct, 0);
}
