//! A roster: the list of those whom a tutor wants in a group, as a spreadsheet gives it. Reading it and saying what will
//! happen to each row are pure; nothing is imported while any row is wrong.

use std::collections::{HashMap, HashSet};

use super::address::{self, AddressFault};

/// The most rows of a roster.
pub const ROWS_MAX: usize = 1000;
/// The largest roster, in bytes.
pub const BYTES_MAX: usize = 256 * 1024;
/// The longest name, in characters.
pub const NAME_MAX: usize = 100;

/// Why a roster cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It holds no row.
    #[error("the roster is empty")]
    Empty,
    /// More than [`BYTES_MAX`].
    #[error("the roster is larger than 256 KB")]
    TooLarge,
    /// More than [`ROWS_MAX`].
    #[error("the roster has more than 1,000 rows")]
    TooMany,
    /// Neither UTF-8 nor UTF-16.
    #[error("the roster is not UTF-8")]
    NotText,
}

impl Unreadable {
    /// The end of its key in the locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Unreadable::Empty => "empty",
            Unreadable::TooLarge => "too-large",
            Unreadable::TooMany => "too-many",
            Unreadable::NotText => "not-text",
        }
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// It has no address.
    NoAddress,
    /// What stands where the address should is none.
    NotAnAddress,
    /// The name is longer than [`NAME_MAX`].
    NameTooLong,
    /// The name holds what is no letter of a line, such as a line break.
    NameControl,
}

impl RowFault {
    /// `no-address` and so on: the end of its key in the locales, and its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            RowFault::NoAddress => "no-address",
            RowFault::NotAnAddress => "not-an-address",
            RowFault::NameTooLong => "name-too-long",
            RowFault::NameControl => "name-control",
        }
    }
}

/// A row as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// On which line of the text it begins, from 1.
    pub line: u64,
    /// The name; may be empty.
    pub name: String,
    /// The address, folded where it is one.
    pub email: String,
    /// What is wrong with it.
    pub fault: Option<RowFault>,
}

impl Row {
    /// A row of a name and an address, checked.
    pub fn new(line: u64, name: &str, email: &str) -> Self {
        let name = name.trim();
        let (email, address_fault) = match address::fold(email) {
            Ok(folded) => (folded, None),
            Err(AddressFault::Missing) => (String::new(), Some(RowFault::NoAddress)),
            Err(AddressFault::NotAnAddress) => {
                (shortened(email.trim()), Some(RowFault::NotAnAddress))
            }
        };
        let name_fault = if name.contains(char::is_control) {
            Some(RowFault::NameControl)
        } else if name.chars().count() > NAME_MAX {
            Some(RowFault::NameTooLong)
        } else {
            None
        };
        Self {
            line,
            name: shortened(name),
            email,
            fault: address_fault.or(name_fault),
        }
    }
}

/// As much of a text as a table can show: a quotation mark that was never closed may have eaten the rest of the file.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(NAME_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The text of a file: UTF-8 with or without its mark, or UTF-16 with its mark, as spreadsheets write them.
///
/// # Errors
/// [`Unreadable::NotText`], [`Unreadable::TooLarge`].
pub fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    if bytes.len() > BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units = pairs.iter().map(|pair| unit(*pair));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok().filter(|_| rest.is_empty())
    };
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    };
    text.filter(|text| !text.contains('\0'))
        .ok_or(Unreadable::NotText)
}

/// Which column holds what.
struct Columns {
    names: Vec<usize>,
    email: usize,
}

impl Columns {
    /// The columns that a header names; none if the row is no header.
    fn of(fields: &[&str]) -> Option<Self> {
        const EMAIL: [&str; 9] = [
            "email",
            "e-mail",
            "mail",
            "e-mail address",
            "email address",
            "почта",
            "эл. почта",
            "электронная почта",
            "пошта",
        ];
        const NAME: [&str; 12] = [
            "name",
            "full name",
            "first name",
            "last name",
            "surname",
            "имя",
            "фио",
            "фамилия",
            "имя и фамилия",
            "аты",
            "тегі",
            "аты-жөні",
        ];
        let lower: Vec<String> = fields.iter().map(|field| field.to_lowercase()).collect();
        let at = |words: &[&str]| -> Vec<usize> {
            let found = lower.iter().enumerate();
            let found = found.filter(|(_, field)| words.contains(&field.as_str()));
            found.map(|(n, _)| n).collect()
        };
        let email = *at(&EMAIL).first()?;
        Some(Self {
            names: at(&NAME),
            email,
        })
    }

    fn row(&self, line: u64, fields: &[&str]) -> Row {
        let field = |n: usize| fields.get(n).copied().unwrap_or_default();
        let names: Vec<&str> = self
            .names
            .iter()
            .map(|n| field(*n))
            .filter(|name| !name.is_empty())
            .collect();
        Row::new(line, &names.join(" "), field(self.email))
    }
}

/// A row without a header: the address is the first field with an `@`, the name the first other one.
fn plain_row(line: u64, fields: &[&str]) -> Row {
    let at = fields.iter().position(|field| field.contains('@'));
    // Without any, the address should stand second.
    let email = at.unwrap_or(1);
    let name = fields.iter().enumerate().find(|(n, _)| *n != email);
    let name = name.map_or("", |(_, name)| name);
    Row::new(line, name, fields.get(email).copied().unwrap_or_default())
}

/// The mark between fields: the one of comma, semicolon and tab that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or_default();
    let count = |mark: u8| first.bytes().filter(|byte| *byte == mark).count();
    // Of equals the last wins, so the comma stands last.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|mark| count(*mark))
        .unwrap_or(b',')
}

/// Reads a roster: fields between commas, semicolons or tabs, with or without a header such as `name,email`.
///
/// # Errors
/// [`Unreadable`]. What is wrong with a single row is in the row.
pub fn parse(text: &str) -> Result<Vec<Row>, Unreadable> {
    if text.len() > BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut columns = None;
    let mut rows = Vec::new();
    for (n, record) in reader.records().enumerate() {
        let record = record.map_err(|_| Unreadable::NotText)?;
        let fields: Vec<&str> = record.iter().collect();
        if fields.iter().all(|field| field.is_empty()) {
            continue;
        }
        if n == 0 {
            columns = Columns::of(&fields);
            if columns.is_some() {
                continue;
            }
        }
        let line = record.position().map_or(0, |place| line_of(text, place));
        rows.push(match &columns {
            Some(columns) => columns.row(line, &fields),
            None => plain_row(line, &fields),
        });
        if rows.len() > ROWS_MAX {
            return Err(Unreadable::TooMany);
        }
    }
    match rows.is_empty() {
        true => Err(Unreadable::Empty),
        false => Ok(rows),
    }
}

/// The line on which a record begins: its reader counts from before the empty lines that it skipped.
fn line_of(text: &str, place: &csv::Position) -> u64 {
    let from = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    place.line() + skipped.filter(|byte| **byte == b'\n').count() as u64
}

/// Whom the group and the school know already, by folded address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Learners of the group.
    pub in_group: HashSet<String>,
    /// Those who teach in the school.
    pub teaching: HashSet<String>,
    /// Those for whom an invitation to the group waits.
    pub invited: HashSet<String>,
}

/// What will happen to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// An invitation is made.
    Invite,
    /// Nothing: a learner of the group has this address.
    InGroup,
    /// Nothing: an invitation waits already.
    Invited,
    /// Nothing: they teach in the school.
    Teaches,
    /// Nothing: the address stands on an earlier line.
    Twice(u64),
}

impl Fate {
    /// `invite`, `in-group`, `invited`, `teaches` or `twice`: the end of its key in the locales, and its word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Invite => "invite",
            Fate::InGroup => "in-group",
            Fate::Invited => "invited",
            Fate::Teaches => "teaches",
            Fate::Twice(_) => "twice",
        }
    }
}

/// Says of each row what will happen to it, or what is wrong with it.
pub fn plan(rows: Vec<Row>, known: &Known) -> Vec<(Row, Result<Fate, RowFault>)> {
    let mut seen: HashMap<String, u64> = HashMap::new();
    let planned = rows.into_iter().map(|row| {
        if let Some(fault) = row.fault {
            return (row, Err(fault));
        }
        if let Some(first) = seen.get(&row.email) {
            let fate = Fate::Twice(*first);
            return (row, Ok(fate));
        }
        seen.insert(row.email.clone(), row.line);
        let fate = if known.teaching.contains(&row.email) {
            Fate::Teaches
        } else if known.in_group.contains(&row.email) {
            Fate::InGroup
        } else if known.invited.contains(&row.email) {
            Fate::Invited
        } else {
            Fate::Invite
        };
        (row, Ok(fate))
    });
    planned.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, String, String)> {
        let rows = parse(text).expect(text).into_iter();
        rows.map(|row| (row.line, row.name, row.email)).collect()
    }

    #[test]
    fn a_spreadsheet_is_read_whatever_stands_between_its_fields() {
        let two = |first: u64| {
            vec![
                (first, "Anna".to_owned(), "anna@example.org".to_owned()),
                (
                    first + 1,
                    "Ержан".to_owned(),
                    "erzhan@example.org".to_owned(),
                ),
            ]
        };
        for (text, first) in [
            ("Anna,anna@example.org\nЕржан,erzhan@example.org", 1),
            (
                "name,email\r\nAnna,Anna@Example.org\r\nЕржан,erzhan@example.org\r\n",
                2,
            ),
            (
                "E-mail;Name\nanna@example.org;Anna\nerzhan@example.org;Ержан\n",
                2,
            ),
            (
                "ФИО\tпол\tПочта\nAnna\tж\tanna@example.org\nЕржан\tм\terzhan@example.org",
                2,
            ),
            (
                "\u{feff}anna@example.org,\"Anna\"\nerzhan@example.org,Ержан",
                1,
            ),
            (
                "\n\nname;email\nAnna;anna@example.org\nЕржан;erzhan@example.org\n\n",
                4,
            ),
        ] {
            assert_eq!(read(text), two(first), "{text:?}");
        }
        assert_eq!(
            read("anna@example.org"),
            [(1, String::new(), "anna@example.org".to_owned())],
            "an address alone"
        );
        let names = read("first name,last name,email\nAnna,Kim,a@example.org");
        assert_eq!(names[0].1, "Anna Kim");
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let text = "a@example.org\n\n\"two\nlines\",b@example.org\r\n,\r\n\nc@example.org";
        let lines: Vec<u64> = read(text).iter().map(|row| row.0).collect();
        assert_eq!(lines, [1, 3, 7]);
    }

    #[test]
    fn what_is_wrong_is_told_by_the_row() {
        let long = format!("{},a@example.org", "б".repeat(101));
        for (text, fault) in [
            ("Anna,", RowFault::NoAddress),
            ("Anna", RowFault::NoAddress),
            ("Anna,example.org", RowFault::NotAnAddress),
            ("Anna,a b@example.org", RowFault::NotAnAddress),
            ("Anna,@", RowFault::NotAnAddress),
            ("\"An\nna\",a@example.org", RowFault::NameControl),
            (long.as_str(), RowFault::NameTooLong),
            ("name,email\nAnna,", RowFault::NoAddress),
        ] {
            let rows = parse(text).expect(text);
            assert_eq!(rows.last().and_then(|row| row.fault), Some(fault), "{text}");
        }
        // A mark of quotation that is never closed spoils its own row, and shows no book in the table.
        let open = format!("\"Anna,a@example.org\n{}", "b@example.org\n".repeat(50));
        let rows = parse(&open).expect("rows");
        assert!(rows.len() == 1 && rows[0].fault.is_some());
        assert!(rows[0].email.chars().count() + rows[0].name.chars().count() <= 2 * NAME_MAX + 2);
    }

    #[test]
    fn what_cannot_be_read_at_all() {
        for text in ["", "\n \n", "name,email\n", ",,\n"] {
            assert_eq!(parse(text), Err(Unreadable::Empty), "{text:?}");
        }
        let rows = "a@example.org\n".repeat(ROWS_MAX);
        assert_eq!(parse(&rows).map(|rows| rows.len()), Ok(ROWS_MAX));
        let more = format!("{rows}a@example.org\n");
        assert_eq!(parse(&more), Err(Unreadable::TooMany));
        assert_eq!(parse(&"a".repeat(BYTES_MAX + 1)), Err(Unreadable::TooLarge));
        // Cyrillic of an old code page.
        assert_eq!(decode(&[0xc0, 0xed, 0xed, 0xe0]), Err(Unreadable::NotText));
        assert_eq!(decode(b"a\0b"), Err(Unreadable::NotText));
        assert_eq!(
            decode(&vec![b'a'; BYTES_MAX + 1]),
            Err(Unreadable::TooLarge)
        );
    }

    #[test]
    fn a_file_is_decoded_by_its_mark() {
        let text = "Әлия;a@example.org";
        let utf16 = |to: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
            let units = text.encode_utf16().flat_map(to);
            mark.into_iter().chain(units).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
            utf16(u16::to_le_bytes, [0xff, 0xfe]),
            utf16(u16::to_be_bytes, [0xfe, 0xff]),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(text));
        }
        assert_eq!(
            decode(&[0xff, 0xfe, 0x41]),
            Err(Unreadable::NotText),
            "half a unit"
        );
    }

    #[test]
    fn each_row_has_its_fate() {
        let set = |emails: &[&str]| emails.iter().map(|email| (*email).to_owned()).collect();
        let known = Known {
            in_group: set(&["in@x.kz"]),
            teaching: set(&["tutor@x.kz"]),
            invited: set(&["asked@x.kz"]),
        };
        let text = "new@x.kz\nin@x.kz\ntutor@x.kz\nasked@x.kz\nNEW@x.kz\nwrong\nin@x.kz";
        let planned = plan(parse(text).expect("rows"), &known);
        let fates: Vec<_> = planned.into_iter().map(|(_, fate)| fate).collect();
        assert_eq!(
            fates,
            [
                Ok(Fate::Invite),
                Ok(Fate::InGroup),
                Ok(Fate::Teaches),
                Ok(Fate::Invited),
                Ok(Fate::Twice(1)),
                Err(RowFault::NoAddress),
                Ok(Fate::Twice(2)),
            ]
        );
    }
}
