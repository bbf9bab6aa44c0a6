//! A form: the items one learner gets, in order, with the option order and the seed. An attempt stores its form, so
//! it shows the same thing whatever happens to the bank afterwards.

use serde::{Deserialize, Serialize};

use super::{
    bank::{Item, OPTIONS},
    correction::Ruling,
    id::{ItemId, RecordingId, TestletId},
    rules::Section,
};

/// The letter under which an option is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Letter {
    A,
    B,
    C,
    D,
}

impl Letter {
    /// Every letter, in order.
    pub const ALL: [Letter; OPTIONS] = [Letter::A, Letter::B, Letter::C, Letter::D];

    /// `A` … `D`.
    pub fn as_str(self) -> &'static str {
        match self {
            Letter::A => "A",
            Letter::B => "B",
            Letter::C => "C",
            Letter::D => "D",
        }
    }
}

impl std::fmt::Display for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Letter {
    type Err = UnknownOption;

    fn from_str(text: &str) -> Result<Self, UnknownOption> {
        Letter::ALL
            .into_iter()
            .find(|letter| letter.as_str() == text)
            .ok_or(UnknownOption)
    }
}

/// The text names no option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an option: expected A, B, C or D")]
pub struct UnknownOption;

/// What one learner was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The seed of the generator that made it.
    pub seed: u64,
    /// Sections in the order in which they are sat.
    pub sections: Vec<FormSection>,
}

/// One section of a form with the conditions that were in force when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSection {
    /// Listening or reading.
    pub name: Section,
    /// Time in milliseconds; none in practice.
    pub limit_ms: Option<i64>,
    /// The longest break before this section, in milliseconds (0 for the first).
    pub break_ms: i64,
    /// How often each recording may be played; none is without limit.
    pub plays: Option<u32>,
    /// Testlets in order.
    pub testlets: Vec<FormTestlet>,
}

/// A testlet as a form uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormTestlet {
    /// Its id in the bank.
    pub id: TestletId,
    /// The wording given, by hash.
    pub digest: String,
    /// The human voice in which it is heard; none is the bank's recording, or a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<RecordingId>,
    /// The items taken, in order.
    pub items: Vec<FormItem>,
}

/// An item as a form uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormItem {
    /// Its id in the bank.
    pub id: ItemId,
    /// `order[i]` is the bank's index of the option shown under letter `i`.
    pub order: [u8; OPTIONS],
}

impl FormItem {
    /// The letter under which the item's key is shown.
    pub fn key(&self, item: &Item) -> Letter {
        let at = self.order.iter().position(|index| *index == item.key);
        Letter::ALL[at.unwrap_or_default()]
    }

    /// The letters under which what is right is shown: the key, or the options that a correction names instead.
    pub fn right(&self, item: &Item, ruling: Option<&Ruling>) -> Vec<Letter> {
        let named = ruling.map(Ruling::options).unwrap_or_default();
        match named.is_empty() {
            true => vec![self.key(item)],
            false => {
                let shown = |letter: &Letter| named.contains(&self.order[*letter as usize]);
                Letter::ALL.into_iter().filter(shown).collect()
            }
        }
    }

    /// Options as the learner sees them.
    pub fn options<'a>(&self, item: &'a Item) -> [(Letter, &'a str); OPTIONS] {
        Letter::ALL.map(|letter| {
            let index = self.order[letter as usize] as usize;
            (letter, item.options[index % OPTIONS].as_str())
        })
    }
}

impl FormSection {
    /// Items of the section in order.
    pub fn items(&self) -> impl Iterator<Item = &FormItem> {
        self.testlets.iter().flat_map(|testlet| &testlet.items)
    }

    /// How many items the section has.
    pub fn item_count(&self) -> u32 {
        self.items().count() as u32
    }
}

impl Form {
    /// The section in which an item stands, by its place in the form.
    pub fn section_of(&self, item: &ItemId) -> Option<usize> {
        self.sections
            .iter()
            .position(|section| section.items().any(|candidate| candidate.id == *item))
    }

    /// The place of a section in the form.
    pub fn index_of(&self, name: Section) -> Option<usize> {
        self.sections
            .iter()
            .position(|section| section.name == name)
    }

    /// Every testlet of the form.
    pub fn testlets(&self) -> impl Iterator<Item = &FormTestlet> {
        self.sections.iter().flat_map(|section| &section.testlets)
    }
}
