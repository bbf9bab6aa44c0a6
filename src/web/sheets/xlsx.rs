//! XLSX: a sheet a table, numbers as numbers and days as days, the header always in sight.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Sheet};

/// The least and the greatest width of a column, in characters.
const WIDTHS: (usize, usize) = (8, 48);
const MOMENT: &str = "dd.mm.yyyy hh:mm";
/// The width of a day with a time.
const MOMENT_WIDTH: usize = 16;

struct Looks {
    header: Format,
    moment: Format,
    tenths: Format,
}

/// The workbook. `made` is when: nothing here asks the clock.
///
/// # Errors
/// [`XlsxError`] for a name of a sheet or a text that the format cannot hold.
pub(super) fn bytes(sheets: &[Sheet], made: NaiveDateTime) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // By its parts: of a serial number the properties would tell the year 0.
    let year = made.year().try_into().unwrap_or_default();
    let (month, day) = (made.month() as u8, made.day() as u8);
    let (hour, minute) = (made.hour() as u16, made.minute() as u8);
    let made = ExcelDateTime::from_ymd(year, month, day)?.and_hms(hour, minute, made.second())?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let looks = Looks {
        header: Format::new().set_bold().set_text_wrap(),
        moment: Format::new().set_num_format(MOMENT),
        tenths: Format::new().set_num_format("0.0"),
    };
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(&sheet.name)?;
        fill(page, sheet, &looks)?;
    }
    book.save_to_buffer()
}

fn fill(page: &mut Worksheet, sheet: &Sheet, looks: &Looks) -> Result<(), XlsxError> {
    page.set_freeze_panes(1, 1)?;
    for (column, words) in (0u16..).zip(&sheet.header) {
        page.write_string_with_format(0, column, words, &looks.header)?;
        page.set_column_width(column, width(sheet, column) as f64)?;
    }
    for (line, row) in (1u32..).zip(&sheet.rows) {
        for (column, cell) in (0u16..).zip(row) {
            match cell {
                // As a string whatever it looks like: never `write`, which would make a formula of `=…`.
                Cell::Text(text) => page.write_string(line, column, text)?,
                Cell::Number(number) => page.write_number(line, column, *number as f64)?,
                Cell::Tenths(tenths) => {
                    let number = *tenths as f64 / 10.0;
                    page.write_number_with_format(line, column, number, &looks.tenths)?
                }
                Cell::Moment(moment) => {
                    page.write_number_with_format(line, column, serial(*moment), &looks.moment)?
                }
                Cell::Nothing => page,
            };
        }
    }
    Ok(())
}

/// Wide enough for what stands in a column, within reason.
fn width(sheet: &Sheet, column: u16) -> usize {
    let column = usize::from(column);
    let cells = sheet.rows.iter().filter_map(|row| row.get(column));
    let widest = cells
        .map(|cell| match cell {
            Cell::Text(text) => text.chars().count(),
            Cell::Moment(_) => MOMENT_WIDTH,
            _ => 0,
        })
        .max()
        .unwrap_or_default();
    // The words of the header may take two lines.
    let header = sheet.header[column].chars().count().div_ceil(2);
    (widest.max(header) + 2).clamp(WIDTHS.0, WIDTHS.1)
}

/// A moment as spreadsheets count it: days since the end of 1899, whose noon is a half.
fn serial(moment: NaiveDateTime) -> f64 {
    const SECONDS_A_DAY: f64 = 86_400.0;
    let start = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    let days = (moment.date() - start).num_days() as f64;
    let seconds = f64::from(chrono::Timelike::num_seconds_from_midnight(&moment.time()));
    days + seconds / SECONDS_A_DAY
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn moment(text: &str) -> NaiveDateTime {
        text.parse().expect(text)
    }

    #[test]
    fn days_are_counted_as_spreadsheets_do() {
        assert_eq!(serial(moment("1900-03-01T00:00:00")), 61.0);
        assert_eq!(serial(moment("2026-11-22T12:00:00")), 46_348.5);
    }

    #[test]
    fn a_cell_is_what_it_is() {
        let typed = [
            "=HYPERLINK(\"https://example.org\",\"x\")",
            "@SUM(A1:A9)",
            "two\nlines & <tags>",
            "Әлия Қыдырбекқызы",
            "007",
        ];
        let mut rows: Vec<Vec<Cell>> = typed.iter().map(|name| vec![Cell::text(*name)]).collect();
        rows.push(vec![Cell::Number(-5)]);
        rows.push(vec![Cell::Tenths(171)]);
        rows.push(vec![Cell::Moment(moment("2026-11-22T12:00:00"))]);
        let sheet = Sheet {
            name: "Нәтижелер".to_owned(),
            header: vec!["Тыңдаушы".to_owned()],
            rows,
        };
        let bytes = bytes(&[sheet], moment("2026-11-22T12:00:00")).expect("written");
        let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
        assert_eq!(book.sheet_names(), ["Нәтижелер"]);
        let formulas = book.worksheet_formula("Нәтижелер").expect("a sheet");
        assert!(formulas.is_empty(), "nothing is a formula");
        let range = book.worksheet_range("Нәтижелер").expect("a sheet");
        let cells: Vec<&Data> = range.rows().map(|row| &row[0]).collect();
        assert_eq!(cells[0], &Data::String("Тыңдаушы".to_owned()));
        for (cell, name) in cells[1..].iter().zip(typed) {
            assert_eq!(*cell, &Data::String(name.to_owned()));
        }
        assert_eq!(cells[6], &Data::Float(-5.0));
        assert_eq!(cells[7], &Data::Float(17.1));
        let Data::DateTime(day) = cells[8] else {
            panic!("a day and no number: {:?}", cells[8]);
        };
        assert_eq!(day.as_f64(), 46_348.5);
    }
}
