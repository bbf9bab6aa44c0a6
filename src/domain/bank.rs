//! The bank: the stock of testlets from which forms and practice sets are made.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    id::{ItemId, TestletId},
    level::Level,
    rules::{Localised, Section},
};

/// How many options an item has; one of them is the key.
pub const OPTIONS: usize = 4;

/// A stimulus with its items, as it stands in the bank. It holds the keys: it never goes to a browser as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testlet {
    /// Unique in the bank.
    pub id: TestletId,
    /// Where it can be used.
    pub section: Section,
    /// Level of the stimulus.
    pub level: Level,
    /// Whether forms of mocks may use it.
    #[serde(default, skip_serializing_if = "Purpose::is_forms")]
    pub purpose: Purpose,
    /// Kind of text: `dialogue`, `letter`, `notice` …
    pub genre: String,
    /// What it is about, one of [`TOPICS`].
    pub topic: String,
    /// For tutors, and for learners once feedback is allowed: it may give the main idea away.
    pub title: String,
    /// The text or the recording.
    pub stimulus: Stimulus,
    /// Key words with translations.
    pub glossary: Vec<Gloss>,
    /// Items in the order of the stimulus.
    pub items: Vec<Item>,
}

/// What a testlet is kept for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Mock exams, and practice as well.
    #[default]
    Forms,
    /// Practice alone: whoever has practised with it has met nothing of a mock.
    Practice,
}

impl Purpose {
    // Absent where it is the default, so that wordings from before there was a reserve keep their digests.
    fn is_forms(&self) -> bool {
        *self == Self::Forms
    }
}

/// What the items are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stimulus {
    /// Paragraphs to read.
    Text(Vec<String>),
    /// A recording to hear.
    Recording(Recording),
}

impl Stimulus {
    /// The words of the stimulus as one text, for evidence and word counts.
    pub fn words_text(&self) -> String {
        match self {
            Stimulus::Text(paragraphs) => paragraphs.join("\n"),
            Stimulus::Recording(recording) => recording
                .turns
                .iter()
                .map(|turn| turn.text.as_str())
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    /// The recording, where the stimulus is one.
    pub fn recording(&self) -> Option<&Recording> {
        match self {
            Stimulus::Recording(recording) => Some(recording),
            Stimulus::Text(_) => None,
        }
    }
}

/// A recording with its script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// SHA-256 of the file, hex: its name in URLs, which therefore says nothing about it.
    pub sha256: String,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Where the voice comes from, such as `synthetic voice`.
    pub provenance: String,
    /// Whose voice it is, where somebody wants to be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    /// The script, turn by turn.
    pub turns: Vec<Turn>,
    /// Where each sentence lies, for replay sentence by sentence.
    pub sentences: Vec<Sentence>,
}

/// What one speaker says without interruption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The speaker's name as a transcript shows it.
    pub speaker: String,
    /// The words.
    pub text: String,
}

/// One sentence in a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Index of its turn.
    pub turn: u32,
    /// Start in milliseconds.
    pub start_ms: u64,
    /// End in milliseconds.
    pub end_ms: u64,
}

/// A word with its translations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gloss {
    /// Dictionary form.
    pub kk: String,
    /// English.
    pub en: String,
    /// Russian.
    pub ru: String,
}

/// Whether an item asks about the stimulus or about the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Understanding of the stimulus.
    Comprehension,
    /// Words and grammar.
    LexicalGrammar,
}

/// A question with four options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Unique in the bank.
    pub id: ItemId,
    /// Comprehension or lexical-grammar.
    pub kind: ItemKind,
    /// Kind of stem: `main-idea`, `not-answered` …
    pub stem_type: String,
    /// What it tests, one of [`SKILLS`].
    pub skill: String,
    /// The item's own level.
    pub level: Level,
    /// The grammar point of a lexical-grammar item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grammar_point: Option<String>,
    /// The question; a word between asterisks is underlined.
    pub stem: String,
    /// Options in the bank's order; a form shuffles them.
    pub options: [String; OPTIONS],
    /// Index of the key among `options`.
    pub key: u8,
    /// The words of the stimulus (or of the stem) that prove the key.
    pub evidence: String,
    /// Why the key is right and the distractors are not.
    pub explanation: Localised,
}

/// The topics a testlet can have: those of everyday life that the test's description names, and those of longer texts.
pub const TOPICS: [&str; 23] = [
    "acquaintance",
    "family",
    "work",
    "shopping",
    "home",
    "day",
    "food",
    "transport",
    "health",
    "weather",
    "directions",
    "numbers-and-money",
    "education",
    "culture",
    "nature",
    "science",
    "society",
    "travel",
    "history",
    "technology",
    "sport",
    "media",
    "services",
];

/// The skills an item can test.
pub const SKILLS: [&str; 7] = [
    "main-idea",
    "detail",
    "inference",
    "sequence",
    "attitude",
    "vocabulary",
    "grammar",
];

/// The kinds of stem an item can have.
pub const STEM_TYPES: [&str; 20] = [
    "agrees",
    "disagrees",
    "not-answered",
    "main-idea",
    "topic",
    "speaker",
    "emotion",
    "title",
    "proverb",
    "order",
    "complete",
    "detail",
    "inference",
    "synonym",
    "antonym",
    "suffix",
    "conditional",
    "causal",
    "phrase",
    "word-form",
];

/// A testlet in one wording, named by the hash of that wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// SHA-256 over the testlet's canonical JSON, hex.
    pub digest: String,
    /// The testlet.
    pub testlet: Testlet,
}

/// Every testlet, by id.
#[derive(Debug, Clone, Default)]
pub struct Bank {
    testlets: BTreeMap<TestletId, Arc<Edition>>,
    recordings: HashMap<String, std::path::PathBuf>,
}

impl Bank {
    /// A bank of these testlets; a later one with the same id replaces the earlier, so check for doubles before.
    pub fn new(editions: Vec<Edition>, recordings: HashMap<String, std::path::PathBuf>) -> Self {
        let testlets = editions
            .into_iter()
            .map(|edition| (edition.testlet.id.clone(), Arc::new(edition)))
            .collect();
        Self {
            testlets,
            recordings,
        }
    }

    /// Testlets in the order of their ids, so that chance alone decides what a seed picks.
    pub fn testlets(&self) -> impl Iterator<Item = &Arc<Edition>> {
        self.testlets.values()
    }

    /// The testlet with this id in its present wording.
    pub fn get(&self, id: &TestletId) -> Option<&Arc<Edition>> {
        self.testlets.get(id)
    }

    /// The file of a recording, by the hash of its bytes.
    pub fn recording(&self, sha256: &str) -> Option<&std::path::Path> {
        self.recordings.get(sha256).map(std::path::PathBuf::as_path)
    }
}
