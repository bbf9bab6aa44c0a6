//! The exam as plain values and pure functions: no I/O, no async, no SQL, no clock, no global randomness.
//!
//! Time comes in as a [`Timestamp`], chance as a seeded generator. Everything here can be tested by a table.

pub mod access;
pub mod accommodation;
pub mod address;
pub mod assemble;
pub mod assignment;
pub mod attempt;
pub mod bank;
pub mod calendar;
pub mod correction;
pub mod correlation;
pub mod delay;
pub mod delivery;
pub mod distribution;
pub mod form;
pub mod id;
pub mod invitation;
pub mod language_score;
pub mod lemma;
pub mod level;
pub mod needs;
pub mod pathway;
pub mod points;
pub mod practice;
pub mod presence;
pub mod retake;
pub mod review;
pub mod roster;
pub mod rules;
pub mod school;
pub mod score;
pub mod speech;
pub mod track;
pub mod voice;

/// An instant in UTC. The store keeps it as milliseconds since 1970, so nothing finer survives.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// The languages of the interface and of explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English: the fallback when nothing is known of the reader.
    #[default]
    English,
    /// Russian.
    Russian,
    /// Kazakh.
    Kazakh,
}

impl Language {
    /// Every language, in the order in which the switcher shows them.
    pub const ALL: [Language; 3] = [Language::Kazakh, Language::Russian, Language::English];

    /// The BCP 47 code: `en`, `ru`, `kk`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Russian => "ru",
            Language::Kazakh => "kk",
        }
    }

    /// The language of a BCP 47 tag such as `ru` or `kk-KZ`, if it is one of ours.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
    }
}
