//! The outcome of an item's blind review: somebody who had not seen the key answered it, once from the stimulus and once
//! without it. It stands beside the item, so that it can be audited, and is no part of the wording that learners get.

use super::document::Node;
use super::text::plain_faults;

/// How an item came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The blind answer from the stimulus was the key.
    pub agreed: bool,
    /// The blind answer without the stimulus was the key; one in four is so by chance. `None` where it was not tried: a
    /// lexical-grammar item tests the language and may be answered alone.
    pub guessable: Option<bool>,
    /// What the reviewer said.
    pub note: Option<String>,
}

/// `{ agreed = true, guessable = false, note = "…" }`; the last two may be absent.
pub(super) fn read(node: &Node<'_>) -> Option<Review> {
    let fields = node.fields(&["agreed", "guessable", "note"])?;
    let agreed = fields.required("agreed").and_then(|node| node.boolean());
    let guessable = match fields.optional("guessable") {
        None => Some(None),
        Some(node) => node.boolean().map(Some),
    };
    let note = match fields.optional("note") {
        None => Some(None),
        Some(node) => node.text().map(|text| {
            for fault in plain_faults(text) {
                node.fault(fault);
            }
            Some(text.to_owned())
        }),
    };
    Some(Review {
        agreed: agreed?,
        guessable: guessable?,
        note: note?,
    })
}
