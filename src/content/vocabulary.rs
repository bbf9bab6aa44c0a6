//! How much of the easiest texts is made of words that a learner of A1 knows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Content;
use super::words::words_of;
use crate::domain::bank::{Bank, Purpose, Testlet};
use crate::domain::lemma::{Kind, Lexicon};
use crate::domain::level::Level;

/// The easiest texts against the A1 list. Words that a testlet's glossary explains count as known; names are left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Vocabulary {
    /// Words on the A1 list.
    pub a1_words: usize,
    /// The share, 0 to 1, of running words in the practice reserve's texts that are known; 1 where there is no reserve.
    pub reserve_share: f64,
    /// The same in the texts of forms at A1 and A2.
    pub forms_share: f64,
    /// Forms of the reserve's texts that are not known, with how often they occur.
    pub unlisted: BTreeMap<String, usize>,
}

/// Measures the bank's easiest texts; nothing without an A1 list.
pub fn measure(content: &Content) -> Vocabulary {
    let words = &content.words;
    if words.a1.is_empty() {
        return Vocabulary::default();
    }
    let known = words.lexicon();
    let names = names(&content.bank);
    let (mut reserve, mut forms) = (Count::default(), Count::default());
    for edition in content.bank.testlets() {
        let testlet = &edition.testlet;
        let count = match testlet.purpose {
            Purpose::Practice => &mut reserve,
            Purpose::Forms if testlet.level <= Level::A2 => &mut forms,
            Purpose::Forms => continue,
        };
        let glossed = glossed(testlet);
        for word in words_of(&testlet.stimulus.words_text()) {
            let form = word.to_lowercase();
            let listed = known
                .lemma_of(&form)
                .or_else(|| glossed.lemma_of(&form))
                .is_some();
            if listed {
                count.known += 1;
            } else if !is_name(&form, &names) {
                *count.unlisted.entry(form).or_default() += 1;
            }
        }
    }
    Vocabulary {
        a1_words: words.a1.len(),
        reserve_share: reserve.share(),
        forms_share: forms.share(),
        unlisted: reserve.unlisted,
    }
}

#[derive(Default)]
struct Count {
    known: usize,
    unlisted: BTreeMap<String, usize>,
}

impl Count {
    fn share(&self) -> f64 {
        let all = self.known + self.unlisted.values().sum::<usize>();
        match all {
            0 => 1.0,
            all => self.known as f64 / all as f64,
        }
    }
}

/// The words that a testlet's glossary explains; whether a word is a verb its form tells well enough.
fn glossed(testlet: &Testlet) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for gloss in &testlet.glossary {
        lexicon.add(&gloss.kk, Kind::Nominal, []);
        if gloss.kk.ends_with(['у', 'ю']) {
            lexicon.add(&gloss.kk, Kind::Verb, []);
        }
    }
    lexicon
}

/// Words that are written with a capital letter inside a sentence, lower case.
fn names(bank: &Bank) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for edition in bank.testlets() {
        let testlet = &edition.testlet;
        if let Some(recording) = testlet.stimulus.recording() {
            let speakers = recording
                .turns
                .iter()
                .flat_map(|turn| words_of(&turn.speaker));
            names.extend(speakers.map(str::to_lowercase));
        }
        let text = testlet.stimulus.words_text();
        let mut inside = false;
        for token in text.split_inclusive(|c: char| c.is_whitespace()) {
            let bare = token.trim();
            if inside && bare.starts_with(char::is_uppercase) {
                names.extend(words_of(bare).map(str::to_lowercase));
            }
            inside =
                bare.ends_with(|c: char| c.is_alphanumeric() || c == ',') && !token.ends_with('\n');
        }
    }
    names
}

/// A name, or a name with endings.
fn is_name(form: &str, names: &BTreeSet<String>) -> bool {
    const SHORTEST: usize = 3;
    names
        .iter()
        .any(|name| name.chars().count() >= SHORTEST && form.starts_with(name.as_str()))
}
