//! Values with their sources on a page. A page collects its sources in a [`Ledger`], shows each value with
//! `components/sourced.html`, and prints the ledger's notes at its end.
//!
//! The convention, which a test checks on every page that follows it: an element that shows a rule's value carries
//! `data-basis` and links to its note `#s-N`; a computed result carries `data-computed` besides; what the user entered
//! carries `data-entered`. No digit of the page stands outside of those, of the notes, and of form controls.

use chrono::NaiveDate;

use super::Chrome;
use crate::domain::rules::{Basis, Dated, Localised, Sourced};

/// A text that shows a rule's value, or what was computed from rules.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) text: String,
    /// `published` or `assumed`.
    pub(super) basis: &'static str,
    /// The numbers of its notes.
    pub(super) notes: Vec<usize>,
    pub(super) computed: bool,
}

/// A rule's value, or what the user entered themselves.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// With its source.
    Rule(Shown),
    /// Typed by the user.
    Entered(String),
    /// Computed from all that stands on the page.
    Computed(String),
}

/// A source as the page's end shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// From 1, as the references count.
    pub(super) number: usize,
    pub(super) basis: &'static str,
    pub(super) source: String,
    pub(super) note: Option<String>,
    /// The first day of what it says.
    pub(super) since: NaiveDate,
    /// Its last day, where it is no longer in force.
    pub(super) until: Option<NaiveDate>,
}

/// The sources of a page, each once, in the order in which they are cited.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    notes: Vec<Note>,
}

impl Ledger {
    /// The notes for the end of the page.
    pub(super) fn into_notes(self) -> Vec<Note> {
        self.notes
    }

    /// The number of a source's note.
    pub(super) fn cite<T>(&mut self, sourced: &Sourced<T>, since: NaiveDate) -> usize {
        self.add(sourced, since, None)
    }

    /// The number of a dated value's note.
    pub(super) fn cite_dated<T>(&mut self, dated: &Dated<T>) -> usize {
        self.add(&dated.sourced, dated.since, dated.until)
    }

    fn add<T>(
        &mut self,
        sourced: &Sourced<T>,
        since: NaiveDate,
        until: Option<NaiveDate>,
    ) -> usize {
        let mut note = Note {
            number: 0,
            basis: sourced.basis.as_str(),
            source: sourced.source.clone(),
            note: sourced.note.clone(),
            since,
            until,
        };
        for known in &self.notes {
            note.number = known.number;
            if *known == note {
                return note.number;
            }
        }
        note.number = self.notes.len() + 1;
        self.notes.push(note);
        self.notes.len()
    }

    /// A value with its source.
    pub(super) fn show<T>(
        &mut self,
        text: impl Into<String>,
        sourced: &Sourced<T>,
        since: NaiveDate,
    ) -> Shown {
        let note = self.cite(sourced, since);
        Shown {
            text: text.into(),
            basis: sourced.basis.as_str(),
            notes: vec![note],
            computed: false,
        }
    }

    /// A dated value with its source.
    pub(super) fn show_dated<T>(&mut self, text: impl Into<String>, dated: &Dated<T>) -> Shown {
        let note = self.cite_dated(dated);
        Shown {
            text: text.into(),
            basis: dated.sourced.basis.as_str(),
            notes: vec![note],
            computed: false,
        }
    }

    /// A value that several sources state together: assumed where any of them is.
    pub(super) fn stated(&self, text: impl Into<String>, notes: &[usize]) -> Shown {
        let mut cited = notes.to_vec();
        cited.sort_unstable();
        cited.dedup();
        let assumed = self
            .notes
            .iter()
            .any(|note| cited.contains(&note.number) && note.basis == Basis::Assumed.as_str());
        let basis = match assumed {
            true => Basis::Assumed,
            false => Basis::Published,
        };
        Shown {
            text: text.into(),
            basis: basis.as_str(),
            notes: cited,
            computed: false,
        }
    }

    /// A result computed from the rules behind these notes: assumed where any of them is.
    pub(super) fn computed(&self, text: impl Into<String>, notes: &[usize]) -> Shown {
        Shown {
            computed: true,
            ..self.stated(text, notes)
        }
    }
}

/// A list of texts in the page's language, each with its source.
pub(super) fn texts(c: &Chrome<'_>, ledger: &mut Ledger, texts: &[Dated<Localised>]) -> Vec<Shown> {
    texts
        .iter()
        .map(|text| ledger.show_dated(c.text(text.value()), text))
        .collect()
}
