//! Values that say where they come from: `{ value, basis, source, note }`, and the `[sources]` they cite.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::document::{Fields, Node};
use crate::domain::rules::{Basis, Dated, Sourced};

/// A rule file's `[sources]` by their names, each in words.
pub(super) struct Sources {
    /// Absent where the table itself is at fault: then nobody who cites it is at fault too.
    words: Option<BTreeMap<String, String>>,
}

/// `Title (publisher, date), url`.
fn source(node: &Node<'_>) -> Option<String> {
    let fields = node.fields(&["title", "publisher", "date", "url"])?;
    let title = fields.text("title");
    let publisher = fields.optional("publisher").and_then(|node| node.text());
    let date = fields.optional("date").and_then(|node| {
        let date = node.text()?;
        if !is_partial_date(date) {
            node.fault("must be a text such as \"2026\", \"2026-02\" or \"2026-02-13\"");
        }
        Some(date)
    });
    let url = fields.optional("url").and_then(|node| {
        let url = node.text()?;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            node.fault("must begin with https:// or http://");
        }
        Some(url)
    });
    let mut words = title?.to_owned();
    let about: Vec<&str> = publisher.into_iter().chain(date).collect();
    if !about.is_empty() {
        words += &format!(" ({})", about.join(", "));
    }
    if let Some(url) = url {
        words += &format!(", {url}");
    }
    Some(words)
}

/// `2026`, `2026-02` or `2026-02-13`: as much as is known of a date.
fn is_partial_date(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    matches!(lengths[..], [4] | [4, 2] | [4, 2, 2])
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

impl Sources {
    /// Reads the file's `[sources]`.
    pub(super) fn read(fields: &Fields<'_>) -> Self {
        let table = fields
            .required("sources")
            .and_then(|node| node.any_fields());
        let words = table.map(|table| {
            table
                .all()
                // A source with a fault keeps its name, for the same reason.
                .map(|(name, node)| (name.to_owned(), source(&node).unwrap_or_default()))
                .collect()
        });
        Self { words }
    }

    /// A sourced value that must be there.
    pub(super) fn required<'a, T>(
        &self,
        fields: &Fields<'a>,
        key: &str,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<Sourced<T>> {
        self.sourced(&fields.required(key)?, read)
    }

    /// A sourced value that may be absent. The outer option is a fault, the inner one an absent field.
    pub(super) fn optional<'a, T>(
        &self,
        fields: &Fields<'a>,
        key: &str,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<Option<Sourced<T>>> {
        match fields.optional(key) {
            None => Some(None),
            Some(node) => self.sourced(&node, read).map(Some),
        }
    }

    /// A node as a sourced value.
    pub(super) fn sourced<'a, T>(
        &self,
        node: &Node<'a>,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<Sourced<T>> {
        let fields = node.fields(&["value", "basis", "source", "note"])?;
        self.of_fields(&fields, read)
    }

    /// A node as a sourced value with its own first day, or else this one.
    pub(super) fn dated<'a, T>(
        &self,
        node: &Node<'a>,
        otherwise: Option<NaiveDate>,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<Dated<T>> {
        let fields = node.fields(&["value", "basis", "source", "note", "since", "until"])?;
        let sourced = self.of_fields(&fields, read);
        let since = match (fields.optional("since"), otherwise) {
            (None, Some(since)) => Some(since),
            _ => fields.required("since").and_then(|node| node.date()),
        };
        let until = match fields.optional("until") {
            None => Some(None),
            Some(node) => node.date().map(Some),
        };
        let (since, until) = (since?, until?);
        if until.is_some_and(|until| until < since) {
            fields.fault("until", "the last day must not be before since");
        }
        Some(Dated {
            sourced: sourced?,
            since,
            until,
        })
    }

    fn of_fields<'a, T>(
        &self,
        fields: &Fields<'a>,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<Sourced<T>> {
        let value = fields.required("value").and_then(|node| read(&node));
        let basis = fields.required("basis").and_then(|node| {
            Some(match node.one_of(&["published", "assumed"])? {
                "published" => Basis::Published,
                _ => Basis::Assumed,
            })
        });
        let source = fields.required("source").and_then(|node| self.cited(&node));
        let note = match fields.optional("note") {
            None => None,
            Some(node) => Some(node.text()?.to_owned()),
        };
        Some(Sourced {
            value: value?,
            basis: basis?,
            source: source?,
            note,
        })
    }

    /// One name or several, as the sources' words.
    fn cited(&self, node: &Node<'_>) -> Option<String> {
        let names = match node.is_array() {
            true => node.elements()?,
            false => vec![node.clone()],
        };
        if names.is_empty() {
            node.fault("must name at least one of the file's sources");
            return None;
        }
        let cited: Vec<&str> = names
            .iter()
            .filter_map(|node| {
                let name = node.text()?;
                let Some(words) = &self.words else {
                    return Some(name);
                };
                let words = words.get(name);
                if words.is_none() {
                    node.fault(format!("“{name}” is not in the file's [sources]"));
                }
                words.map(String::as_str)
            })
            .collect();
        (cited.len() == names.len()).then(|| cited.join("; "))
    }
}
