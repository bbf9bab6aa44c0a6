//! The convention by which a page shows where its values come from (see src/web/pages/sourced.rs), checked on its HTML.
//!
//! - an element with `data-basis` is described by notes: links to `#s-N` inside it, or `aria-describedby`;
//! - a note is an element with `id="s-N"` and `data-source`, holding basis, source and a first day;
//! - a value that rests on an assumed note is itself marked as assumed, and only such a value is;
//! - no digit stands in `<main>` outside of `data-basis`, `data-computed`, `data-entered`, notes, form controls and the
//!   ordinals of headings.

use super::html::{Piece, pieces};

/// An element on the way down to a text.
#[derive(Debug)]
struct Element {
    tag: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// A value of the page with the notes that it names.
#[derive(Debug, Default)]
struct Value {
    basis: String,
    text: String,
    notes: Vec<String>,
    depth: usize,
}

/// A note of the page.
#[derive(Debug, Default)]
struct Note {
    id: String,
    basis: String,
    text: String,
    days: usize,
    depth: usize,
}

/// What a page holds, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Found {
    /// Values with a basis.
    pub values: usize,
    /// Values that were computed.
    pub computed: usize,
    /// Values that the user entered.
    pub entered: usize,
    /// Notes.
    pub notes: usize,
    /// Breaches of the convention.
    pub faults: Vec<String>,
}

/// Walks a page.
pub fn check(html: &str) -> Found {
    let mut found = Found::default();
    let mut stack: Vec<Element> = Vec::new();
    let mut open_values: Vec<Value> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut open_note: Option<Note> = None;
    let mut notes: Vec<Note> = Vec::new();
    let mut mains = 0;
    for piece in pieces(html) {
        match piece {
            Piece::Open {
                tag,
                attributes,
                empty,
            } => {
                let element = Element { tag, attributes };
                mains += usize::from(element.tag == "main");
                if let Some(note) = &mut open_note {
                    note.days += usize::from(element.tag == "time" && element.has("datetime"));
                } else if let Some(basis) = element.get("data-source") {
                    open_note = Some(Note {
                        id: element.get("id").unwrap_or_default().to_owned(),
                        basis: basis.to_owned(),
                        depth: stack.len(),
                        ..Note::default()
                    });
                }
                if let Some(target) = element.get("href").and_then(|href| href.strip_prefix('#')) {
                    for value in &mut open_values {
                        value.notes.push(target.to_owned());
                    }
                }
                found.computed += usize::from(element.has("data-computed"));
                found.entered += usize::from(element.has("data-entered"));
                if let Some(basis) = element.get("data-basis") {
                    let described = element.get("aria-describedby").unwrap_or_default();
                    open_values.push(Value {
                        basis: basis.to_owned(),
                        notes: described.split_whitespace().map(str::to_owned).collect(),
                        depth: stack.len(),
                        ..Value::default()
                    });
                }
                if !empty {
                    stack.push(element);
                }
            }
            Piece::Close(tag) => {
                let last = stack.pop().map(|element| element.tag);
                if last.as_deref() != Some(tag.as_str()) {
                    found.faults.push(format!("</{tag}> closes {last:?}"));
                    return found;
                }
                if open_values
                    .last()
                    .is_some_and(|value| value.depth == stack.len())
                {
                    values.extend(open_values.pop());
                }
                if open_note
                    .as_ref()
                    .is_some_and(|note| note.depth == stack.len())
                {
                    notes.extend(open_note.take());
                }
            }
            Piece::Text(text) => {
                for value in &mut open_values {
                    value.text += &text;
                }
                if let Some(note) = &mut open_note {
                    note.text += &text;
                }
                let digit = text.chars().any(char::is_numeric);
                if digit && in_main(&stack) && !stack.iter().any(|one| may_hold_digits(one, &stack))
                {
                    let text = text.trim();
                    found
                        .faults
                        .push(format!("a digit without a source: {text}"));
                }
            }
        }
    }
    if mains != 1 {
        found.faults.push(format!("{mains} main elements"));
    }
    found.values = values.len();
    found.notes = notes.len();
    found.faults.extend(faults_of(&values, &notes));
    found
}

fn in_main(stack: &[Element]) -> bool {
    stack.iter().any(|element| element.tag == "main")
}

fn may_hold_digits(element: &Element, stack: &[Element]) -> bool {
    let marked = ["data-basis", "data-computed", "data-entered", "data-source"]
        .iter()
        .any(|name| element.has(name));
    let control = ["option", "select", "textarea"].contains(&element.tag.as_str());
    let heading = |one: &Element| matches!(one.tag.as_str(), "h1" | "h2" | "h3" | "h4");
    let ordinal = element.get("class") == Some("ordinal") && stack.iter().any(heading);
    marked || control || ordinal
}

fn faults_of(values: &[Value], notes: &[Note]) -> Vec<String> {
    let mut faults = Vec::new();
    for note in notes {
        let words = note.text.split_whitespace().count();
        if !note.id.starts_with("s-") || note.days == 0 || words < 4 || !is_basis(&note.basis) {
            faults.push(format!("a note without id, basis, source or day: {note:?}"));
        }
    }
    for value in values {
        let text = value.text.trim();
        let cited: Vec<&Note> = notes
            .iter()
            .filter(|note| value.notes.contains(&note.id))
            .collect();
        let assumed = cited.iter().any(|note| note.basis == "assumed");
        let wanted = match assumed {
            true => "assumed",
            false => "published",
        };
        if text.is_empty() {
            faults.push(format!("an empty value: {value:?}"));
        }
        if cited.is_empty() {
            faults.push(format!("a value without a note: {text}"));
        } else if value.basis != wanted {
            faults.push(format!(
                "{text} is marked {}, its notes say {wanted}",
                value.basis
            ));
        }
        let unknown = value
            .notes
            .iter()
            .filter(|id| !notes.iter().any(|note| note.id == **id));
        faults.extend(unknown.map(|id| format!("{text} names the note {id}, which is not there")));
    }
    faults
}

fn is_basis(text: &str) -> bool {
    text == "published" || text == "assumed"
}

#[cfg(test)]
mod tests {
    use super::check;

    const NOTES: &str = "<li id=\"s-1\" data-source=\"published\">published A law on days <time datetime=\"2026-02-13\">13</time></li>\
        <li id=\"s-2\" data-source=\"assumed\">assumed A reading of ours <time datetime=\"2026-02-13\">13</time></li>";

    fn faults(body: &str) -> Vec<String> {
        check(&format!(
            "<p>1</p><main>{body}<ol>{NOTES}</ol></main><p>2</p>"
        ))
        .faults
    }

    #[test]
    fn what_follows_the_convention_has_no_fault() {
        for body in [
            "",
            "<p>No digit</p><input value=\"3\"><select><option>3</option></select>",
            "<b data-basis=\"published\">3 <a href=\"#s-1\">1</a></b>",
            "<b data-basis=\"assumed\" aria-describedby=\"s-1 s-2\">3</b>",
            "<b data-entered>3</b><b data-computed>4</b>",
            "<h2><span class=\"ordinal\">1</span> One</h2>",
        ] {
            assert_eq!(faults(body), Vec::<String>::new(), "{body}");
        }
    }

    #[test]
    fn each_breach_is_found() {
        for (body, part) in [
            ("<p>3 months</p>", "a digit without a source"),
            (
                "<p><span class=\"ordinal\">3</span></p>",
                "a digit without a source",
            ),
            ("<b data-basis=\"published\">three</b>", "without a note"),
            (
                "<b data-basis=\"published\">3<a href=\"#s-9\">9</a></b>",
                "without a note",
            ),
            (
                "<b data-basis=\"published\">3<a href=\"#s-2\">2</a></b>",
                "its notes say assumed",
            ),
            (
                "<b data-basis=\"assumed\">3<a href=\"#s-1\">1</a></b>",
                "its notes say published",
            ),
            (
                "<i id=\"s-3\" data-source=\"published\">published A law of days</i>",
                "without id, basis, source or day",
            ),
        ] {
            let found = faults(body);
            assert!(
                found.iter().any(|fault| fault.contains(part)),
                "{body}: {found:?}"
            );
        }
    }
}
