//! Tables that leave the program as a file, for a spreadsheet: CSV and XLSX.
//!
//! A cell knows what it is. What people typed (names, titles) is only ever text: in XLSX it is written as a string and
//! never as a formula, in CSV what a spreadsheet would take for a formula is made harmless.

mod csv;
mod xlsx;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{NaiveDate, NaiveDateTime};

pub use self::csv::Separator;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words, also where they look like a number.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A number in tenths: 171 is 17.1.
    Tenths(i64),
    /// A day and a time on the clock of the place that the sheet is about.
    Moment(NaiveDateTime),
    /// Nothing.
    Nothing,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    /// A number where there is one.
    pub fn number(number: Option<u32>) -> Self {
        number.map_or(Cell::Nothing, |number| Cell::Number(number.into()))
    }

    /// Milliseconds as minutes, to the nearest tenth.
    pub fn minutes(ms: i64) -> Self {
        const TENTH_MS: i64 = 6_000;
        Cell::Tenths((ms.max(0) + TENTH_MS / 2) / TENTH_MS)
    }
}

/// A table with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name: at most 31 characters, none of `[]:*?/\`.
    pub name: String,
    /// The words above the columns.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<Cell>>,
}

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The first sheet alone, as text.
    Csv(Separator),
    /// A workbook.
    Xlsx,
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Format::Csv(_) => "csv",
            Format::Xlsx => "xlsx",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Format::Csv(_) => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The file of these sheets, to be kept and not shown. `title` is what it is called besides the day; `made` is when.
pub fn download(format: Format, sheets: &[Sheet], title: &str, made: NaiveDateTime) -> Response {
    let bytes = match format {
        Format::Csv(separator) => sheets
            .first()
            .map(|sheet| csv::bytes(sheet, separator))
            .transpose()
            .map(Option::unwrap_or_default)
            .map_err(|error| error.to_string()),
        Format::Xlsx => xlsx::bytes(sheets, made).map_err(|error| error.to_string()),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "a table could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let disposition = disposition(title, made.date(), format.ending());
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static(format.media_type());
    headers.insert(header::CONTENT_TYPE, kind);
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The name of the file: in ASCII for programs that know nothing else, and as it is called (RFC 6266, RFC 8187).
fn disposition(title: &str, day: NaiveDate, ending: &str) -> String {
    const MOST: usize = 60;
    // What no file system minds: letters and digits of any script, with single hyphens between.
    let mut name = String::new();
    for letter in title.chars() {
        match letter.is_alphanumeric() {
            true => name.push(letter),
            false if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            false => {}
        }
    }
    let name: String = name.chars().take(MOST).collect();
    let name = name.trim_matches('-');
    let ascii = match !name.is_empty() && name.is_ascii() {
        true => name,
        false => "results",
    };
    let whole = match name.is_empty() {
        true => ascii,
        false => name,
    };
    let whole = format!("{whole}-{day}.{ending}");
    let mut encoded = String::new();
    for byte in whole.bytes() {
        match byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.') {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{ascii}-{day}.{ending}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> NaiveDate {
        "2026-11-22".parse().expect("a day")
    }

    #[test]
    fn a_file_has_a_name_for_every_program() {
        assert_eq!(
            disposition("Week 1: reading", day(), "csv"),
            "attachment; filename=\"Week-1-reading-2026-11-22.csv\"; \
             filename*=UTF-8''Week-1-reading-2026-11-22.csv"
        );
        assert_eq!(
            disposition("3-апта", day(), "xlsx"),
            "attachment; filename=\"results-2026-11-22.xlsx\"; \
             filename*=UTF-8''3-%D0%B0%D0%BF%D1%82%D0%B0-2026-11-22.xlsx"
        );
        for odd in ["", "../..", "\"\r\nx: y\"", "\u{202e}"] {
            let name = disposition(odd, day(), "csv");
            assert!(HeaderValue::from_str(&name).is_ok(), "{name}");
            assert_eq!(name.matches('"').count(), 2, "{name}");
            assert!(!name.contains('/'), "{name}");
        }
    }

    #[test]
    fn minutes_are_rounded_to_tenths() {
        let table = [
            (0, 0),
            (2_999, 0),
            (3_000, 1),
            (60_000, 10),
            (1_025_000, 171),
        ];
        for (ms, tenths) in table {
            assert_eq!(Cell::minutes(ms), Cell::Tenths(tenths), "{ms}");
        }
    }
}
