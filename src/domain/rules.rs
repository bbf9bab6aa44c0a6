//! A rule set: what the state (or a school) has laid down for one dated version of the test.
//!
//! Rules are data (`content/rules/*.toml`). Every value carries its source and whether it is *published* or
//! *assumed*, so that a page which applies a rule can show both (DESIGN, invariant 5).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Language, delivery::Offered, id::RuleId, level::Level};

/// How sure a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// A public source states it.
    Published,
    /// Not published; our choice, changeable in the rule file.
    Assumed,
}

impl Basis {
    /// `published` or `assumed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Published => "published",
            Basis::Assumed => "assumed",
        }
    }
}

/// A value with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value itself.
    pub value: T,
    /// Published or assumed.
    pub basis: Basis,
    /// The source in words, ready to be shown.
    pub source: String,
    /// What a reader should know besides: a dispute, another reading.
    pub note: Option<String>,
}

/// A sourced value with the days on which it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    /// The value with its source.
    pub sourced: Sourced<T>,
    /// Its first day.
    pub since: NaiveDate,
    /// Its last day, where it is no longer in force.
    pub until: Option<NaiveDate>,
}

impl<T> Dated<T> {
    /// The value itself.
    pub fn value(&self) -> &T {
        &self.sourced.value
    }
}

/// A section of the test.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[schema(as = SectionName)]
pub enum Section {
    /// Recordings with items.
    Listening,
    /// Texts with items.
    Reading,
}

impl Section {
    /// `listening` or `reading`: the word in URLs, JSON and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Section::Listening => "listening",
            Section::Reading => "reading",
        }
    }
}

impl std::fmt::Display for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Section {
    type Err = UnknownSection;

    fn from_str(text: &str) -> Result<Self, UnknownSection> {
        match text {
            "listening" => Ok(Section::Listening),
            "reading" => Ok(Section::Reading),
            _ => Err(UnknownSection),
        }
    }
}

/// The text names no section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a section: expected listening or reading")]
pub struct UnknownSection;

/// What a rule set says of one section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionRule {
    /// Which section.
    pub name: Section,
    /// Items in the section, at least 1.
    pub items: Sourced<u32>,
    /// Time for the section in minutes, 1 to 600.
    pub minutes: Sourced<u32>,
    /// How often a recording may be played, 1 to 10. Present exactly where the section has recordings.
    pub plays: Option<Sourced<u32>>,
    /// Time for the items after a recording in a paced track, in seconds.
    pub answering_seconds: Option<Sourced<u32>>,
    /// Whether its recordings come freely, paced by a track, or as is chosen; none is freely.
    pub delivery: Option<Sourced<Offered>>,
    /// What the section's forms are made of.
    pub blueprint: Sourced<Vec<Slot>>,
}

/// One place of a blueprint: a testlet of one of these levels with so many items of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The testlet's level is one of these.
    pub levels: Vec<Level>,
    /// Comprehension items taken from it.
    pub comprehension: u32,
    /// Lexical-grammar items taken from it.
    pub lexical_grammar: u32,
}

impl Slot {
    /// All items of the slot.
    pub fn items(&self) -> u32 {
        self.comprehension + self.lexical_grammar
    }
}

/// From which percentage of right answers a level is reached in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The level.
    pub level: Level,
    /// The cut score: percent of the section's items, 0 to 100; exactly at it counts as reached.
    pub from_percent: Sourced<u32>,
}

/// How often a mock may be sat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetakePolicy {
    /// Retakes allowed after the first attempt within the window.
    pub retakes: Sourced<u32>,
    /// The window in calendar days, the day of an attempt included.
    pub days: Sourced<u32>,
    /// The time zone in which calendar days are counted.
    pub zone: Sourced<chrono_tz::Tz>,
}

/// When a learner sees the key, the evidence and the explanation of each item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feedback {
    /// As soon as the attempt is finished.
    AfterFinish,
    /// Never: the sections' scores only.
    Never,
}

/// A dated rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name in URLs and in the store.
    pub id: RuleId,
    /// A short title in each language.
    pub title: Localised,
    /// What it is, in a sentence or two.
    pub summary: Localised,
    /// The first day it applies.
    pub effective_from: Sourced<NaiveDate>,
    /// The last day it applies, if known.
    pub effective_until: Option<Sourced<NaiveDate>>,
    /// The level that passes, to be reached in each section.
    pub required_level: Sourced<Level>,
    /// Whether every section must reach the level by itself. The only requirement known; kept for its source.
    pub each_section: Sourced<bool>,
    /// Sections in the order in which they are sat; at least one.
    pub sections: Vec<SectionRule>,
    /// The longest break between two sections, in minutes; the next section then starts by itself.
    pub break_minutes: Sourced<u32>,
    /// Bands, lowest level first, cut scores rising.
    pub bands: Vec<Band>,
    /// How often a mock may be sat.
    pub retake: RetakePolicy,
    /// Business days until the real test's result; ours is shown at once (see `feedback`).
    pub result_days: Sourced<u32>,
    /// When item feedback is shown.
    pub feedback: Sourced<Feedback>,
    /// How long the certificate is valid, in months.
    pub certificate_months: Sourced<u32>,
    /// Points that each level brings in the assessment of immigration potential, lowest level first.
    pub kazakh_points: Vec<(Level, Sourced<u32>)>,
    /// SHA-256 of the rule's file, hex: an attempt notes under which text it was sat.
    pub digest: String,
}

impl RuleSet {
    /// The rule for a section, if the rule set has it.
    pub fn section(&self, name: Section) -> Option<&SectionRule> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The cut score of the required level, in percent.
    pub fn required_percent(&self) -> u32 {
        self.bands
            .iter()
            .find(|band| band.level == self.required_level.value)
            .map_or(100, |band| band.from_percent.value)
    }

    /// Points for a level in the assessment of immigration potential; none for a level without an entry.
    pub fn points_for(&self, level: Level) -> Option<&Sourced<u32>> {
        self.kazakh_points
            .iter()
            .find(|(of, _)| *of == level)
            .map(|(_, points)| points)
    }
}

/// A text in the interface's languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Localised {
    /// English, always there.
    pub en: String,
    /// Russian.
    pub ru: String,
    /// Kazakh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kk: Option<String>,
}

impl Localised {
    /// The text in a language; Kazakh falls back to Russian, the second language of most readers of Kazakh.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Russian => &self.ru,
            Language::Kazakh => self.kk.as_deref().unwrap_or(&self.ru),
        }
    }
}
