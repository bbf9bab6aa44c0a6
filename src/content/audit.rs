//! Statistics over the bank, for those who tend it: how much there is of what, and whether the keys give themselves
//! away by their letter or their length.

use std::collections::BTreeMap;

use serde::Serialize;

use super::sound::SoundAudit;
use super::vocabulary::{self, Vocabulary};
use super::words::{self, Reviewed};
use super::{Content, evenness};
use crate::domain::assemble::forms_without_overlap;
use crate::domain::bank::{ItemKind, Purpose};
use crate::domain::level::Level;
use crate::domain::rules::{Basis, Section};

/// How the provenance of a synthetic recording begins.
const SYNTHETIC: &str = "synthetic";

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
    /// Testlets and items by purpose, section and level; only cells that hold something.
    pub by_cell: Vec<Cell>,
    /// How many forms the bank gives without any testlet in common: the fewest of any rule set.
    pub forms_without_overlap: usize,
    /// The fewest kinds of stem in any of those forms.
    pub stem_types_of_a_form: usize,
    /// How many items have their key at A, B, C and D in the bank's order. Forms shuffle options, so this shows an
    /// author's habit, not a leak.
    pub key_letters: BTreeMap<char, usize>,
    /// The share of items, 0 to 1, whose key is longer than each distractor. Chance alone gives about a quarter.
    pub longest_key_rate: f64,
    /// How the items came out of their blind review.
    pub review: Reviews,
    /// Word forms and what a dictionary does not know of them.
    pub spelling: Spelling,
    /// The easiest texts against the A1 list.
    pub vocabulary: Vocabulary,
    /// Recordings.
    pub audio: Audio,
    /// How they sound.
    pub sound: SoundAudit,
    /// Spoken instructions; without them a paced track has none.
    pub instructions: usize,
}

/// The outcome of the blind review, in items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reviews {
    /// Answered from the stimulus by somebody who had not seen the key.
    pub reviewed: usize,
    /// Of these: the answer was the key.
    pub agreed: usize,
    /// Answered without the stimulus as well; comprehension items only.
    pub tried_without: usize,
    /// Of these: the answer was the key. One in four is so by chance.
    pub guessable: usize,
}

/// The bank's word forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Spelling {
    /// Distinct forms, case aside.
    pub forms: usize,
    /// Of these: on the reviewed list as right. A test asks the dictionary about all others.
    pub correct: usize,
    /// On it as a name.
    pub names: usize,
    /// On it as a loan.
    pub loans: usize,
    /// Forms on the list that the bank no longer has.
    pub unused: usize,
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
    /// How many forms the bank gives it without any testlet in common.
    pub forms_without_overlap: usize,
    /// The first day it applies.
    pub effective_from: chrono::NaiveDate,
    /// Whether the required level is published or assumed.
    pub basis: Basis,
}

/// One section at one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// What the testlets are kept for.
    pub purpose: Purpose,
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
    /// Of these: a synthetic voice.
    pub synthetic: usize,
    /// Of these: a person's.
    pub human: usize,
    /// Their size.
    pub bytes: u64,
    /// Their length.
    pub minutes: f64,
}

/// Counts what the content holds.
pub fn audit(content: &Content) -> Audit {
    let bank = &content.bank;
    let by_cell = cells(content);
    let rules: Vec<RuleAudit> = content
        .rules
        .values()
        .map(|rules| RuleAudit {
            id: rules.id.to_string(),
            title: rules.title.en.clone(),
            required_level: rules.required_level.value,
            forms_without_overlap: forms_without_overlap(bank, rules),
            effective_from: rules.effective_from.value,
            basis: rules.required_level.basis,
        })
        .collect();
    Audit {
        tables: tables(content),
        testlets: by_cell.iter().map(|cell| cell.testlets).sum(),
        items: by_cell.iter().map(|cell| cell.items).sum(),
        short: content.short.len(),
        by_cell,
        forms_without_overlap: rules
            .iter()
            .map(|rules| rules.forms_without_overlap)
            .min()
            .unwrap_or_default(),
        stem_types_of_a_form: content
            .rules
            .values()
            .filter_map(|rules| evenness::fewest_stem_types(bank, rules))
            .min()
            .unwrap_or_default(),
        rules,
        key_letters: evenness::key_letters(bank),
        longest_key_rate: evenness::longest_key_rate(bank),
        review: reviews(content),
        spelling: spelling(content),
        vocabulary: vocabulary::measure(content),
        audio: audio(content),
        sound: super::sound::summary(content),
        instructions: content.instructions.len(),
    }
}

fn cells(content: &Content) -> Vec<Cell> {
    let mut cells: BTreeMap<_, Cell> = BTreeMap::new();
    for edition in content.bank.testlets() {
        let testlet = &edition.testlet;
        let practice = testlet.purpose == Purpose::Practice;
        let cell = cells
            .entry((practice, testlet.section, testlet.level))
            .or_insert(Cell {
                purpose: testlet.purpose,
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
        }
    }
    cells.into_values().collect()
}

fn reviews(content: &Content) -> Reviews {
    let mut counts = Reviews::default();
    for review in content.reviews.values() {
        counts.reviewed += 1;
        counts.agreed += usize::from(review.agreed);
        if let Some(guessable) = review.guessable {
            counts.tried_without += 1;
            counts.guessable += usize::from(guessable);
        }
    }
    counts
}

fn spelling(content: &Content) -> Spelling {
    let forms = words::forms(&content.bank);
    let mut counts = Spelling {
        forms: forms.len(),
        ..Spelling::default()
    };
    for (form, (kind, _)) in &content.words.reviewed {
        let count = match (forms.contains(form), kind) {
            (false, _) => &mut counts.unused,
            (true, Reviewed::Correct) => &mut counts.correct,
            (true, Reviewed::Name) => &mut counts.names,
            (true, Reviewed::Loan) => &mut counts.loans,
        };
        *count += 1;
    }
    counts
}

fn audio(content: &Content) -> Audio {
    const MINUTE_MS: f64 = 60_000.0;
    let mut audio = Audio::default();
    let mut ms = 0;
    let editions = content.bank.testlets();
    for recording in editions.filter_map(|edition| edition.testlet.stimulus.recording()) {
        audio.recordings += 1;
        match recording.provenance.starts_with(SYNTHETIC) {
            true => audio.synthetic += 1,
            false => audio.human += 1,
        }
        audio.bytes += recording.bytes;
        ms += recording.duration_ms;
    }
    audio.minutes = ms as f64 / MINUTE_MS;
    audio
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
