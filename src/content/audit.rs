//! Statistics over the bank, for those who tend it: how much there is of what, and whether the keys give themselves
//! away by their letter or their length.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Content;
use crate::domain::assemble::forms_without_overlap;
use crate::domain::bank::{Item, ItemKind, OPTIONS};
use crate::domain::level::Level;
use crate::domain::rules::{Basis, Section};

/// What the bank holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// Rule sets, by id.
    pub rules: Vec<RuleAudit>,
    /// The other dated tables: points, calendar, pathway.
    pub tables: Vec<TableAudit>,
    /// Testlets in all.
    pub testlets: usize,
    /// Items in all.
    pub items: usize,
    /// Testlets marked `short`.
    pub short: usize,
    /// Testlets and items by section and level; only cells that hold something.
    pub by_cell: Vec<Cell>,
    /// For each rule set how many forms the bank gives without any testlet in common.
    pub forms_without_overlap: BTreeMap<String, usize>,
    /// How many items have their key at A, B, C and D in the bank's order. Forms shuffle options, so this shows an
    /// author's habit, not a leak.
    pub key_letters: BTreeMap<char, usize>,
    /// The share of items, 0 to 1, whose key is longer than each distractor. Chance alone gives about a quarter.
    pub longest_key_rate: f64,
    /// Recordings.
    pub audio: Audio,
}

/// A dated table in the summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableAudit {
    /// `points`, `calendar` or `pathway`: the directory it stands in.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Since when it applies, or which years it covers.
    pub covers: String,
}

/// A rule set in the summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleAudit {
    /// Its id.
    pub id: String,
    /// Its English title.
    pub title: String,
    /// The level that passes.
    pub required_level: Level,
    /// The first day it applies.
    pub effective_from: chrono::NaiveDate,
    /// Whether the required level is published or assumed.
    pub basis: Basis,
}

/// One section at one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The section.
    pub section: Section,
    /// The testlets' level.
    pub level: Level,
    /// Testlets.
    pub testlets: usize,
    /// Their items.
    pub items: usize,
    /// Their comprehension items.
    pub comprehension: usize,
    /// Their lexical-grammar items.
    pub lexical_grammar: usize,
}

/// The recordings together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Audio {
    /// How many.
    pub recordings: usize,
    /// Their size.
    pub bytes: u64,
    /// Their length.
    pub minutes: f64,
}

/// Counts what the content holds.
pub fn audit(content: &Content) -> Audit {
    let mut cells: BTreeMap<(Section, Level), Cell> = BTreeMap::new();
    let mut key_letters: BTreeMap<char, usize> = ('A'..).take(OPTIONS).map(|c| (c, 0)).collect();
    let mut audio = Audio::default();
    let mut audio_ms = 0;
    let (mut testlets, mut items, mut longest) = (0, 0, 0);
    for edition in content.bank.testlets() {
        let testlet = &edition.testlet;
        testlets += 1;
        items += testlet.items.len();
        let cell = cells
            .entry((testlet.section, testlet.level))
            .or_insert(Cell {
                section: testlet.section,
                level: testlet.level,
                testlets: 0,
                items: 0,
                comprehension: 0,
                lexical_grammar: 0,
            });
        cell.testlets += 1;
        for item in &testlet.items {
            cell.items += 1;
            match item.kind {
                ItemKind::Comprehension => cell.comprehension += 1,
                ItemKind::LexicalGrammar => cell.lexical_grammar += 1,
            }
            *key_letters.entry(char::from(b'A' + item.key)).or_default() += 1;
            longest += usize::from(key_is_longest(item));
        }
        if let Some(recording) = testlet.stimulus.recording() {
            audio.recordings += 1;
            audio.bytes += recording.bytes;
            audio_ms += recording.duration_ms;
        }
    }
    const MINUTE_MS: f64 = 60_000.0;
    audio.minutes = audio_ms as f64 / MINUTE_MS;
    Audit {
        rules: content
            .rules
            .values()
            .map(|rules| RuleAudit {
                id: rules.id.to_string(),
                title: rules.title.en.clone(),
                required_level: rules.required_level.value,
                effective_from: rules.effective_from.value,
                basis: rules.required_level.basis,
            })
            .collect(),
        tables: tables(content),
        testlets,
        items,
        short: content.short.len(),
        by_cell: cells.into_values().collect(),
        forms_without_overlap: content
            .rules
            .values()
            .map(|rules| {
                let forms = forms_without_overlap(&content.bank, rules);
                (rules.id.to_string(), forms)
            })
            .collect(),
        key_letters,
        longest_key_rate: longest as f64 / items.max(1) as f64,
        audio,
    }
}

fn tables(content: &Content) -> Vec<TableAudit> {
    let table = |kind, id: &str, covers| TableAudit {
        kind,
        id: id.to_owned(),
        covers,
    };
    let from = |day: chrono::NaiveDate| format!("from {day}");
    let points = content.points.values();
    let points = points.map(|of| table("points", &of.id, from(of.effective_from.value)));
    let calendars = content.calendars.values().map(|of| {
        let years: Vec<String> = of.years.keys().map(i32::to_string).collect();
        table("calendar", &of.id, years.join(", "))
    });
    let pathways = content.pathways.values();
    let pathways = pathways.map(|of| table("pathway", &of.id, from(of.effective_from.value)));
    points.chain(calendars).chain(pathways).collect()
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
