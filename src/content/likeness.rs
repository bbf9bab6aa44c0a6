//! Likeness over the whole bank: two texts with the same sentences, two items that ask the same. Who practises a text
//! and meets its twin in a mock is examined in memory.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::bank::TestletFile;
use super::fault::Fault;
use super::text::{fold, words};
use crate::domain::bank::Item;

/// So many words in a row that two texts share are a sentence copied.
const RUN: usize = 7;

/// The share of words, 0 to 1, that two items may have in common; counted over stem and options of both, so that
/// usual stems with other options are far below it.
const ITEMS_ALIKE: f64 = 0.75;

/// Notes texts and items that are nearly the same as an earlier one.
pub(super) fn check(files: &[TestletFile], faults: &mut Vec<Fault>) {
    texts(files, faults);
    items(files, faults);
}

fn texts(files: &[TestletFile], faults: &mut Vec<Fault>) {
    let folded: Vec<String> = files
        .iter()
        .map(|found| fold(&found.edition.testlet.stimulus.words_text()))
        .collect();
    let mut runs: HashMap<Vec<&str>, usize> = HashMap::new();
    for (n, text) in folded.iter().enumerate() {
        let text: Vec<&str> = words(text).collect();
        let twin = text.windows(RUN).find_map(|run| {
            let earlier = *runs.get(run)?;
            (earlier != n).then(|| (earlier, run.join(" ")))
        });
        if let Some((earlier, run)) = twin {
            let reason = format!(
                "the words “{run}” stand in {} too: a text is its own",
                files[earlier].file.display()
            );
            faults.push(at(&files[n], files[n].id_line, "text".to_owned(), reason));
        }
        for run in text.windows(RUN) {
            runs.entry(run.to_vec()).or_insert(n);
        }
    }
}

/// An item's words, each with how often it occurs.
type Bag = BTreeMap<String, usize>;

fn items(files: &[TestletFile], faults: &mut Vec<Fault>) {
    let bags: Vec<(usize, usize, Bag)> = files
        .iter()
        .enumerate()
        .flat_map(|(file, found)| {
            let items = found.edition.testlet.items.iter().enumerate();
            items.map(move |(n, item)| (file, n, bag(item)))
        })
        .collect();
    // Only items that share a word that few items have are compared: every pair would be a quarter of a million.
    const RARE: usize = 40;
    let mut by_word: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, (_, _, bag)) in bags.iter().enumerate() {
        for word in bag.keys() {
            by_word.entry(word).or_default().push(at);
        }
    }
    let mut pairs = HashSet::new();
    for group in by_word.values().filter(|group| group.len() <= RARE) {
        for (n, a) in group.iter().enumerate() {
            pairs.extend(group[n + 1..].iter().map(|b| (*a, *b)));
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_unstable();
    for (a, b) in pairs {
        let (first, first_item, first_bag) = &bags[a];
        let (second, second_item, second_bag) = &bags[b];
        if share(first_bag, second_bag) < ITEMS_ALIKE {
            continue;
        }
        let earlier = &files[*first].edition.testlet.items[*first_item];
        let found = &files[*second];
        let later = &found.edition.testlet.items[*second_item];
        if first_bag == second_bag && fold(&earlier.stem) == fold(&later.stem) {
            continue; // the very same question, noted by itself
        }
        faults.push(at(
            found,
            found.item_lines[*second_item],
            format!("items.{}", second_item + 1),
            format!(
                "asks nearly the same as {}, stem and options together",
                earlier.id
            ),
        ));
    }
}

fn bag(item: &Item) -> Bag {
    let mut bag = Bag::new();
    for text in std::iter::once(&item.stem).chain(&item.options) {
        for word in words(&fold(text)) {
            *bag.entry(word.to_owned()).or_default() += 1;
        }
    }
    bag
}

/// Words in common by all words, each as often as it occurs (the weighted Jaccard index).
fn share(a: &Bag, b: &Bag) -> f64 {
    let common: usize = a
        .iter()
        .map(|(word, count)| b.get(word).copied().unwrap_or_default().min(*count))
        .sum();
    let all: usize = a.values().sum::<usize>() + b.values().sum::<usize>() - common;
    common as f64 / all.max(1) as f64
}

fn at(found: &TestletFile, line: usize, field: String, reason: String) -> Fault {
    Fault {
        file: found.file.clone(),
        line: Some(line),
        column: None,
        field,
        reason,
    }
}
