//! What a whole testlet has: words, items and kinds of stem.

use super::document::Fields;
use super::text::count_words;
use crate::domain::bank::{Item, ItemKind, Purpose, Stimulus};
use crate::domain::level::Level;
use crate::domain::rules::Section;

/// The least number of different kinds of stem in a testlet of forms.
const STEM_TYPES_AT_LEAST: usize = 4;
/// The same in the practice reserve.
const RESERVE_STEM_TYPES_AT_LEAST: usize = 3;

/// What a whole testlet has at a level: words from and to, comprehension items, lexical-grammar items. Words and
/// items as in the National Testing Center's specification of 2024-09-05; the split of reading items per text is ours.
fn size(section: Section, level: Level) -> (usize, usize, usize, usize) {
    match (section, level) {
        (Section::Listening, Level::A1 | Level::A2) => (80, 100, 5, 0),
        (Section::Listening, Level::B1) => (101, 150, 5, 0),
        (Section::Listening, Level::B2) => (151, 200, 5, 0),
        (Section::Listening, Level::C1) => (201, 250, 5, 0),
        (Section::Reading, Level::A1 | Level::A2) => (80, 100, 6, 4),
        (Section::Reading, Level::B1) => (101, 150, 6, 4),
        (Section::Reading, Level::B2) => (151, 180, 5, 5),
        (Section::Reading, Level::C1) => (201, 250, 5, 5),
    }
}

/// What a testlet of the practice reserve has, in the same order: shorter than anything in the test, for first weeks. Ours.
fn reserve_size(section: Section) -> (usize, usize, usize, usize) {
    match section {
        Section::Listening => (45, 80, 5, 0),
        Section::Reading => (45, 80, 3, 2),
    }
}

/// The bounds of a whole testlet.
pub(super) fn check(
    fields: &Fields<'_>,
    section: Section,
    level: Level,
    purpose: Purpose,
    stimulus: &Stimulus,
    items: &[Item],
) {
    let (low, high, comprehension, lexical_grammar) = match purpose {
        Purpose::Forms => size(section, level),
        Purpose::Practice => reserve_size(section),
    };
    let stem_types_at_least = match purpose {
        Purpose::Forms => STEM_TYPES_AT_LEAST,
        Purpose::Practice => RESERVE_STEM_TYPES_AT_LEAST,
    };
    let words = count_words(&stimulus.words_text());
    if !(low..=high).contains(&words) {
        let field = match section {
            Section::Listening => "turns",
            Section::Reading => "text",
        };
        fields.fault(
            field,
            match purpose {
                Purpose::Forms => format!("has {words} words, wanted {low} to {high} at {level}"),
                Purpose::Practice => {
                    format!("has {words} words, wanted {low} to {high} for practice")
                }
            },
        );
    }
    let of_kind = |kind| items.iter().filter(|item| item.kind == kind).count();
    let found = (
        of_kind(ItemKind::Comprehension),
        of_kind(ItemKind::LexicalGrammar),
    );
    if found != (comprehension, lexical_grammar) {
        let reason = format!(
            "has {} comprehension and {} lexical-grammar items, wanted {comprehension} and {lexical_grammar}",
            found.0, found.1
        );
        fields.fault("items", reason);
    }
    let mut stem_types: Vec<&str> = items.iter().map(|item| item.stem_type.as_str()).collect();
    stem_types.sort_unstable();
    stem_types.dedup();
    if stem_types.len() < stem_types_at_least {
        let reason = format!(
            "has {} kinds of stem, wanted {stem_types_at_least} or more",
            stem_types.len()
        );
        fields.fault("items", reason);
    }
}
