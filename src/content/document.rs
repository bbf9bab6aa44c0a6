//! Reads a TOML file field by field and notes every fault on the way, each with its line.
//!
//! Serde stops at the first fault and forgets lines after it has converted a value; an author who mends a file wants
//! all faults at once. So a file is walked here: a [`Node`] knows its path and its place, a reader asks it for a text,
//! a number or a table, and gets `None` where the node has been reported already.

use std::cell::RefCell;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::NaiveDate;
use toml::de::{DeTable, DeValue};

use super::fault::Fault;

/// A file under reading: its text, to find lines in, and the faults found so far.
pub(super) struct Document<'a> {
    file: PathBuf,
    text: &'a str,
    faults: RefCell<Vec<Fault>>,
}

impl<'a> Document<'a> {
    /// A document of this text; `file` is relative to the content directory.
    pub(super) fn new(file: &Path, text: &'a str) -> Self {
        Self {
            file: file.to_path_buf(),
            text,
            faults: RefCell::default(),
        }
    }

    /// Notes a fault at a place of the text.
    fn fault_at(&self, at: usize, field: &str, reason: impl Into<String>) {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        let line_start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |n| n + 1);
        let characters = |bytes: &[u8]| bytes.iter().filter(|b| (**b as i8) >= -0x40).count();
        self.faults.borrow_mut().push(Fault {
            file: self.file.clone(),
            line: Some(1 + before.iter().filter(|b| **b == b'\n').count()),
            column: Some(1 + characters(&before[line_start..])),
            field: field.to_owned(),
            reason: reason.into(),
        });
    }

    /// The faults noted so far; the document forgets them.
    pub(super) fn take_faults(&self) -> Vec<Fault> {
        self.faults.take()
    }
}

/// Reads a TOML text with `read`. Gives its value only where the file has no fault at all, and all faults otherwise.
pub(super) fn read<T>(
    file: &Path,
    bytes: &[u8],
    read: impl FnOnce(&Node<'_>) -> Option<T>,
) -> Result<T, Vec<Fault>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let document = Document::new(file, &good);
            document.fault_at(
                good.len(),
                "",
                "is not UTF-8 from here on; save the file as UTF-8",
            );
            return Err(document.take_faults());
        }
    };
    let document = Document::new(file, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        document.fault_at(at, "", format!("is not TOML: {}", error.message().trim()));
    }
    if !errors.is_empty() {
        return Err(document.take_faults());
    }
    let value = DeValue::Table(table.into_inner());
    let root = Node {
        document: &document,
        path: String::new(),
        span: 0..0,
        value: &value,
    };
    let result = read(&root);
    let mut faults = document.take_faults();
    match result {
        Some(value) if faults.is_empty() => Ok(value),
        _ if faults.is_empty() => {
            // A reader gives nothing only after a fault; should one forget, the file must not pass.
            faults.push(Fault::of_file(file, "cannot be read"));
            Err(faults)
        }
        _ => Err(faults),
    }
}

/// A value of the file with its path and place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    document: &'a Document<'a>,
    path: String,
    span: Range<usize>,
    value: &'a DeValue<'a>,
}

/// A table whose fields are known.
pub(super) struct Fields<'a> {
    node: Node<'a>,
    table: &'a DeTable<'a>,
}

impl<'a> Node<'a> {
    /// Notes a fault of this value.
    pub(super) fn fault(&self, reason: impl Into<String>) {
        self.document.fault_at(self.span.start, &self.path, reason);
    }

    /// The line of the value, from 1.
    pub(super) fn line(&self) -> usize {
        let before =
            &self.document.text.as_bytes()[..self.span.start.min(self.document.text.len())];
        1 + before.iter().filter(|b| **b == b'\n').count()
    }

    /// The value's path in the file, such as `items.3.key`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    fn wrong_type(&self, wanted: &str) {
        self.fault(format!("must be {wanted}, not {}", self.value.type_str()));
    }

    fn child(&self, key: &str, span: Range<usize>, value: &'a DeValue<'a>) -> Node<'a> {
        Node {
            document: self.document,
            path: join(&self.path, key),
            span,
            value,
        }
    }

    /// The value as a table that has no other fields than these.
    pub(super) fn fields(&self, known: &[&str]) -> Option<Fields<'a>> {
        let fields = self.any_fields()?;
        for (key, value) in fields.table.iter() {
            let name = key.get_ref();
            if !known.contains(&name.as_ref()) {
                self.child(name, key.span(), value.get_ref()).fault(format!(
                    "is not a field here; fields are {}",
                    known.join(", ")
                ));
            }
        }
        Some(fields)
    }

    /// The value as a table whatever its fields.
    pub(super) fn any_fields(&self) -> Option<Fields<'a>> {
        match self.value {
            DeValue::Table(table) => Some(Fields {
                node: self.clone(),
                table,
            }),
            _ => {
                self.wrong_type("a table");
                None
            }
        }
    }

    /// The elements of an array; paths count them from 1.
    pub(super) fn elements(&self) -> Option<Vec<Node<'a>>> {
        match self.value {
            DeValue::Array(array) => Some(
                array
                    .iter()
                    .enumerate()
                    .map(|(n, element)| {
                        self.child(&(n + 1).to_string(), element.span(), element.get_ref())
                    })
                    .collect(),
            ),
            _ => {
                self.wrong_type("an array");
                None
            }
        }
    }

    /// Whether the value is an array.
    pub(super) fn is_array(&self) -> bool {
        self.value.is_array()
    }

    /// A text that is not blank.
    pub(super) fn text(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) if text.trim().is_empty() => {
                self.fault("must not be empty");
                None
            }
            DeValue::String(text) => Some(text),
            _ => {
                self.wrong_type("a text");
                None
            }
        }
    }

    /// A text that names a value of this type.
    pub(super) fn parse<T: FromStr<Err: fmt::Display>>(&self) -> Option<T> {
        let text = self.text()?;
        text.parse()
            .map_err(|error: T::Err| self.fault(format!("“{text}” is {error}")))
            .ok()
    }

    /// One of the words of a list.
    pub(super) fn one_of(&self, words: &[&str]) -> Option<&'a str> {
        let text = self.text()?;
        if words.contains(&text) {
            return Some(text);
        }
        self.fault(format!("“{text}” is not one of {}", words.join(", ")));
        None
    }

    /// A whole number within these bounds.
    pub(super) fn number(&self, bounds: RangeInclusive<u64>) -> Option<u64> {
        let DeValue::Integer(integer) = self.value else {
            self.wrong_type("a whole number");
            return None;
        };
        let number = u64::from_str_radix(integer.as_str().trim_start_matches('+'), integer.radix());
        match number {
            Ok(number) if bounds.contains(&number) => Some(number),
            _ => {
                let (low, high) = (bounds.start(), bounds.end());
                self.fault(match *high {
                    u64::MAX => format!("must be {low} or more"),
                    _ => format!("must be between {low} and {high}"),
                });
                None
            }
        }
    }

    /// A whole number within these bounds, for values that stay small.
    pub(super) fn small(&self, bounds: RangeInclusive<u32>) -> Option<u32> {
        let number = self.number(u64::from(*bounds.start())..=u64::from(*bounds.end()))?;
        u32::try_from(number).ok()
    }

    /// A number with a fraction or without one.
    pub(super) fn decimal(&self) -> Option<f64> {
        let number = match &self.value {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none_or(|number: f64| !number.is_finite()) {
            self.wrong_type("a number");
            return None;
        }
        number
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self) -> Option<bool> {
        if self.value.as_bool().is_none() {
            self.wrong_type("true or false");
        }
        self.value.as_bool()
    }

    /// A day such as `2026-02-13`, without quotes and without a time.
    pub(super) fn date(&self) -> Option<NaiveDate> {
        let date = self
            .value
            .as_datetime()
            .filter(|datetime| datetime.time.is_none() && datetime.offset.is_none())
            .and_then(|datetime| datetime.date)
            .and_then(|date| {
                NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
            });
        if date.is_none() {
            self.fault("must be a date such as 2026-02-13, without quotes");
        }
        date
    }
}

impl<'a> Fields<'a> {
    /// A field that must be there.
    pub(super) fn required(&self, key: &str) -> Option<Node<'a>> {
        let field = self.optional(key);
        if field.is_none() {
            self.fault(key, "is missing");
        }
        field
    }

    /// A field that may be absent.
    pub(super) fn optional(&self, key: &str) -> Option<Node<'a>> {
        let (_, value) = self.table.get_key_value(key)?;
        Some(self.node.child(key, value.span(), value.get_ref()))
    }

    /// Every field with its name, in the order of their names.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> + '_ {
        self.table.iter().map(|(key, value)| {
            let name: &'a str = key.get_ref().as_ref();
            (name, self.node.child(name, value.span(), value.get_ref()))
        })
    }

    /// Notes a fault of a field: at the field, or where it is absent at the table.
    pub(super) fn fault(&self, key: &str, reason: impl Into<String>) {
        match self.optional(key) {
            Some(field) => field.fault(reason),
            None => {
                let path = join(&self.node.path, key);
                let at = self.node.span.start;
                self.node.document.fault_at(at, &path, reason);
            }
        }
    }

    /// A text that must be there.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.required(key)?.text()
    }
}

fn join(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        _ => format!("{path}.{key}"),
    }
}
