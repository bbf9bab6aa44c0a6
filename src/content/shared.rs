//! Fields that rule files and bank files have in common: ids, Kazakh texts, texts in the interface's languages.

use super::document::Node;
use super::text::{kazakh_faults, plain_faults};
use crate::domain::id::is_slug;
use crate::domain::rules::Localised;

/// An id within a file.
pub(super) fn any_slug(node: &Node<'_>) -> Option<String> {
    let id = node.text()?;
    if !is_slug(id) {
        node.fault("must be 1 to 64 lower-case ASCII letters, digits and hyphens");
        return None;
    }
    Some(id.to_owned())
}

/// An id that is a slug and the file's name.
pub(super) fn slug<'a>(node: &Node<'a>, stem: &str) -> Option<&'a str> {
    let id = node.text()?;
    any_slug(node)?;
    if id != stem {
        node.fault(format!("must be the file's name: “{stem}”, not “{id}”"));
        return None;
    }
    Some(id)
}

/// A text in English and Russian, and if need be in Kazakh.
pub(super) fn localised(node: &Node<'_>) -> Option<Localised> {
    let fields = node.fields(&["en", "ru", "kk"])?;
    let text = |node: Node<'_>| {
        let text = node.text()?;
        for fault in plain_faults(text) {
            node.fault(fault);
        }
        Some(text.trim().to_owned())
    };
    let en = fields.required("en").and_then(text);
    let ru = fields.required("ru").and_then(text);
    let kk = fields.optional("kk").and_then(text);
    Some(Localised {
        en: en?,
        ru: ru?,
        kk,
    })
}

/// A text in all three languages.
pub(super) fn trilingual(node: &Node<'_>) -> Option<Localised> {
    let text = localised(node)?;
    if text.kk.is_none() {
        node.any_fields()?.fault("kk", "is missing");
        return None;
    }
    Some(text)
}

/// A Kazakh text without orthographic slips, trimmed.
pub(super) fn kazakh(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    for fault in kazakh_faults(text) {
        node.fault(fault);
    }
    Some(text.trim().to_owned())
}
