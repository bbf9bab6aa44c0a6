//! CSV as RFC 4180 has it, with a mark of its encoding at the start, because Excel would take it for another.

use super::{Cell, Sheet};

/// The mark by which Excel knows UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Separator {
    /// A comma; numbers have a point.
    #[default]
    Comma,
    /// A semicolon, which Excel expects where numbers have a comma: in Russian and Kazakh.
    Semicolon,
}

impl Separator {
    fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
        }
    }

    fn decimal_point(self) -> char {
        match self {
            Separator::Comma => '.',
            Separator::Semicolon => ',',
        }
    }
}

/// The sheet as text.
///
/// # Errors
/// Only what writing to memory can bring about, which is nothing.
pub(super) fn bytes(sheet: &Sheet, separator: Separator) -> Result<Vec<u8>, ::csv::Error> {
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(separator.byte())
        .terminator(::csv::Terminator::CRLF)
        .from_writer(MARK.to_vec());
    writer.write_record(sheet.header.iter().map(|words| harmless(words)))?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(|cell| shown(cell, separator)))?;
    }
    writer
        .into_inner()
        .map_err(|error| ::csv::Error::from(error.into_error()))
}

fn shown(cell: &Cell, separator: Separator) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Tenths(tenths) => {
            let (whole, rest) = (tenths / 10, tenths % 10);
            format!("{whole}{}{}", separator.decimal_point(), rest.abs())
        }
        Cell::Moment(moment) => moment.format("%Y-%m-%d %H:%M").to_string(),
        Cell::Nothing => String::new(),
    }
}

/// A text of which no spreadsheet makes a formula: an apostrophe stands before whatever begins one, at the start and
/// also after what a program with other settings could take for the end of a cell (OWASP, “CSV Injection”).
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut at_start = true;
    for letter in text.chars() {
        match letter {
            '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' if at_start => {
                out.push('\'');
                at_start = false;
            }
            // They begin a cell that some programs read on from.
            '\t' | '\r' | '\n' if out.is_empty() => out.push('\''),
            ';' | ',' | '\t' | '|' | '"' | '\r' | '\n' => at_start = true,
            letter if letter.is_whitespace() || is_invisible(letter) => {}
            _ => at_start = false,
        }
        out.push(letter);
    }
    out
}

/// Characters that show nothing and that a spreadsheet may skip.
fn is_invisible(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(cells: Vec<Cell>) -> Sheet {
        Sheet {
            name: "One".to_owned(),
            header: vec!["Тыңдаушы".to_owned(), "%".to_owned()],
            rows: vec![cells],
        }
    }

    fn text(cells: Vec<Cell>, separator: Separator) -> String {
        let bytes = bytes(&sheet(cells), separator).expect("written");
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn a_file_begins_with_its_mark_and_its_lines_end_as_the_standard_says() {
        let cells = vec![Cell::text("Әлия \"Ә\", ҚР"), Cell::Number(-5)];
        assert_eq!(
            text(cells.clone(), Separator::Comma),
            "\u{feff}Тыңдаушы,%\r\n\"Әлия \"\"Ә\"\", ҚР\",-5\r\n"
        );
        let cells = vec![Cell::text("a; b"), Cell::Tenths(171)];
        assert_eq!(
            text(cells, Separator::Semicolon),
            "\u{feff}Тыңдаушы;%\r\n\"a; b\";17,1\r\n"
        );
    }

    #[test]
    fn nothing_that_was_typed_is_a_formula() {
        let table = [
            ("=1+1", "'=1+1"),
            ("+7 701", "'+7 701"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("  =1", "  '=1"),
            ("\u{feff}=1", "\u{feff}'=1"),
            ("＝1", "'＝1"),
            ("＠SUM", "'＠SUM"),
            ("x;=1", "x;'=1"),
            ("\",=1", "\",'=1"),
            ("x\n-1", "x\n'-1"),
            // What is no formula stays as it is.
            ("Әлия Сейтқали-Иванова", "Әлия Сейтқали-Иванова"),
            ("a=b+c@d", "a=b+c@d"),
            ("1, 2", "1, 2"),
            ("", ""),
        ];
        for (typed, expected) in table {
            assert_eq!(harmless(typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn every_cell_is_read_back_by_a_program_that_knows_the_standard() {
        let cells = vec![
            Cell::text("two\r\nlines, and a \"word\""),
            Cell::Moment("2026-11-22T14:03:59".parse().expect("a moment")),
        ];
        let text = text(cells, Separator::Comma);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let row = reader.records().next().expect("a row").expect("read");
        assert_eq!(&row[0], "two\r\nlines, and a \"word\"");
        assert_eq!(&row[1], "2026-11-22 14:03");
    }
}
