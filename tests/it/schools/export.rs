//! The files of the tables: the same numbers as on the page, and nothing in them that a spreadsheet would run.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::{Account, GROUP_TABLES_MAX, NewAccount, NewAssignment};

use super::Visitor;
use crate::support::client::Answer;
use crate::support::html::{Piece, pieces};
use crate::support::school::{Class, PASSWORD, day, mock, new, sit, start, table, training};
use crate::support::{Place, World};

/// Names as a learner could choose them.
const ODD: [&str; 4] = [
    "=HYPERLINK(\"https://example.org/\"; \"Open\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "Қыдырбекқызы, «Әлия»;-1",
    "+7 701",
];

async fn named(world: &World, n: usize, name: &str) -> Account {
    let new = NewAccount {
        email: format!("odd-{n}@example.org"),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
    };
    world.exam.sign_up(new, None).await.expect(name).account
}

async fn tutor_of(world: &World, class: &Class) -> Visitor {
    let email = class.tutor.email.as_deref().expect("an address");
    let signed_in = world.exam.sign_in(email, PASSWORD).await;
    Visitor::with_session(world, &signed_in.expect("a session").token).await
}

async fn file(who: &Visitor, path: &str) -> Answer {
    let answer = who.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let name = answer.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\""), "{name}");
    assert!(name.contains("2026-11-22"), "the day of the school: {name}");
    answer
}

fn csv_rows(answer: &Answer, delimiter: u8) -> Vec<Vec<String>> {
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

fn workbook(answer: &Answer) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(answer.body.clone())).expect("a workbook")
}

/// Where a page's links to the files of its table lead.
fn files_of(html: &str) -> Vec<String> {
    let links = pieces(html).into_iter().filter_map(|piece| match piece {
        Piece::Open {
            tag, attributes, ..
        } if tag == "a" => {
            let mut attributes = attributes.into_iter();
            let href = attributes.find(|(name, _)| name == "href");
            href.map(|(_, href)| href)
        }
        _ => None,
    });
    links.filter(|href| href.contains("/export.")).collect()
}

fn column(range: &Range<Data>, name: &str) -> usize {
    let header = range.rows().next().expect("a header");
    let found = header.iter().position(|cell| *cell == *name);
    found.unwrap_or_else(|| panic!("{name} in {header:?}"))
}

#[tokio::test]
async fn the_workbook_says_what_the_page_says() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    for (n, name) in ODD.iter().enumerate() {
        class.admit(&world, &named(&world, n, name).await).await;
    }
    let given = class.give(&world, new(mock(), 2)).await;
    let attempt = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &attempt, 1, 3).await;
    world.whole_mock(&class.learner.id, 3, 4).await; // their own affair
    let tutor = tutor_of(&world, &class).await;
    let book = table(&world, &class, &given).await;

    let answer = file(&tutor, &format!("/assignments/{}/export.xlsx", given.id)).await;
    let mut sheets = workbook(&answer);
    assert_eq!(sheets.sheet_names(), ["Results", "Answers", "Skills"]);
    // Whoever reads strictly takes no year 0.
    let mut parts = zip::ZipArchive::new(Cursor::new(answer.body.clone())).expect("an archive");
    let part = parts.by_name("docProps/core.xml").expect("properties");
    let properties = std::io::read_to_string(part).expect("text");
    assert!(properties.contains(">2026-11-22T"), "{properties}");
    for name in sheets.sheet_names() {
        let formulas = sheets.worksheet_formula(&name).expect("a sheet");
        assert!(formulas.is_empty(), "{name} has a formula");
    }
    let results = sheets.worksheet_range("Results").expect("a sheet");
    assert_eq!(results.height(), 1 + book.rows.len());
    let number = |row: usize, name: &str| {
        let cell = results.get((row, column(&results, name)));
        match cell.expect("a cell") {
            Data::Float(number) => Some(*number),
            Data::Empty => None,
            other => panic!("{name} is no number: {other:?}"),
        }
    };
    for (row, expected) in (1..).zip(&book.rows) {
        let name = results.get((row, 0)).expect("a cell");
        assert_eq!(name, &Data::String(expected.name.clone()), "as it is");
        assert_eq!(number(row, "Attempts"), Some(f64::from(expected.attempts)));
        for (section, words) in [(Listening, "Listening"), (Reading, "Reading")] {
            let graded = expected.last.as_ref().map(|last| &last.sections);
            let graded = graded.and_then(|sections| {
                let mut sections = sections.iter();
                sections.find(|graded| graded.score.name == section)
            });
            let score = graded.map(|graded| graded.score);
            for (column, value) in [
                ("right", score.map(|score| score.correct)),
                ("questions", score.map(|score| score.of)),
                ("percent", score.map(|score| score.percent())),
            ] {
                let found = number(row, &format!("{words}: {column}"));
                assert_eq!(found, value.map(f64::from), "{} {column}", expected.name);
            }
        }
    }
    // A day is a day, on the clock of the school: 09:00 in Almaty.
    let row = book.rows.iter().position(|row| row.last.is_some());
    let last = results.width() - 1;
    let finished = results.get((1 + row.expect("somebody sat"), last));
    let Some(Data::DateTime(finished)) = finished else {
        panic!("no day: {finished:?}");
    };
    assert!((finished.as_f64().fract() - 9.0 / 24.0).abs() < 1e-6);

    let answers = sheets.worksheet_range("Answers").expect("a sheet");
    assert_eq!(
        answers.height(),
        1 + 7,
        "three recordings' items and four of texts"
    );
    let right = column(&answers, "Answered right");
    let yes = answers.rows().filter(|row| row[right] == *"yes");
    assert_eq!(yes.count(), 4);
    let skills = sheets.worksheet_range("Skills").expect("a sheet");
    let sum = |name: &str| -> f64 {
        let at = column(&skills, name);
        let numbers = skills.rows().skip(1).filter_map(|row| match &row[at] {
            Data::Float(number) => Some(*number),
            _ => None,
        });
        numbers.sum()
    };
    assert_eq!((sum("right"), sum("questions")), (4.0, 7.0));
}

#[tokio::test]
async fn csv_runs_nothing_and_loses_nothing() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    for (n, name) in ODD.iter().enumerate() {
        class.admit(&world, &named(&world, n, name).await).await;
    }
    let given = class.give(&world, new(mock(), 2)).await;
    let attempt = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &attempt, 1, 3).await;
    let tutor = tutor_of(&world, &class).await;
    let path = format!("/assignments/{}/export.csv", given.id);
    for (query, delimiter) in [("", b','), ("?separator=semicolon", b';')] {
        let rows = csv_rows(&file(&tutor, &format!("{path}{query}")).await, delimiter);
        assert_eq!(rows.len(), 1 + ODD.len() + 1);
        let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        for cell in rows.iter().skip(1).flatten() {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell}"
            );
        }
        for name in ["'+7 701", "Қыдырбекқызы, «Әлия»;'-1"] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        // What is a number stays one, with the point of its place.
        let sat = rows.iter().find(|row| row[0] == "one-learner");
        let sat = sat.expect("a row");
        let at = |name: &str| {
            let column = rows[0].iter().position(|head| head == name);
            sat[column.expect(name)].as_str()
        };
        assert_eq!(
            (at("Listening: right"), at("Reading: percent")),
            ("1", "75")
        );
        let minutes = if delimiter == b';' { "0,0" } else { "0.0" };
        assert_eq!(at("Reading: minutes"), minutes);
        assert_eq!(
            at("Finished (time zone Asia/Almaty)"),
            "2026-11-22 09:00",
            "on the school's clock"
        );
    }
}

#[tokio::test]
async fn the_group_s_file_has_every_assignment_and_nobody_s_own_affairs() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let other = Class::of(&world, "two").await;
    let first = class.give(&world, new(mock(), 1)).await;
    class.give(&world, new(mock(), 1)).await;
    other.give(&world, new(mock(), 1)).await;
    let attempt = start(&world, &class.learner, &first).await.expect("starts");
    sit(&world, &class.learner, &attempt, 3, 3).await;
    world.whole_mock(&class.learner.id, 1, 2).await;
    let tutor = tutor_of(&world, &class).await;
    let answer = file(&tutor, &format!("/groups/{}/export.csv", class.group)).await;
    let rows = csv_rows(&answer, b',');
    let learner = |row: &&Vec<String>| row[3] == "one-learner";
    assert_eq!(rows.iter().filter(learner).count(), 2, "{rows:?}");
    assert_eq!(rows.len(), 3, "nobody of another school");
    let right: Vec<&str> = rows[1..].iter().map(|row| row[7].as_str()).collect();
    assert_eq!(rows[0][7], "Listening: right");
    assert!(right.contains(&"3") && right.contains(&""), "{right:?}");
    let answer = file(&tutor, &format!("/groups/{}/export.xlsx", class.group)).await;
    let results = workbook(&answer).worksheet_range("Results");
    assert_eq!(results.expect("a sheet").height(), 3);
}

#[tokio::test]
async fn the_files_have_the_attempts_that_the_page_shows() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let given = class
        .give(&world, new(training(FeedbackPolicy::AtOnce), 3))
        .await;
    let (first, best, last) = ((2, 1), (3, 4), (0, 1));
    for (listening, reading) in [first, best, last] {
        let id = start(&world, &class.learner, &given).await.expect("starts");
        sit(&world, &class.learner, &id, listening, reading).await;
    }
    let tutor = tutor_of(&world, &class).await;
    for (query, (listening, reading)) in [
        ("", last),
        ("?attempt=last", last),
        ("?attempt=best", best),
        ("?attempt=first", first),
        ("?attempt=another", last),
    ] {
        let page = tutor
            .page(&format!("/assignments/{}{query}", given.id))
            .await;
        let files = files_of(&page);
        assert_eq!(files.len(), 3, "{files:?}");
        for path in files {
            let answer = file(&tutor, &path).await;
            let columns = [("Listening: right", listening), ("Reading: right", reading)];
            if !path.contains(".xlsx") {
                let delimiter = match path.contains("semicolon") {
                    true => b';',
                    false => b',',
                };
                let rows = csv_rows(&answer, delimiter);
                for (name, right) in columns {
                    let at = rows[0].iter().position(|head| head == name);
                    assert_eq!(rows[1][at.expect(name)], right.to_string(), "{path}");
                }
                continue;
            }
            let mut sheets = workbook(&answer);
            let results = sheets.worksheet_range("Results").expect("a sheet");
            for (name, right) in columns {
                let cell = results.get((1, column(&results, name)));
                assert_eq!(cell, Some(&Data::Float(right as f64)), "{path}: {name}");
            }
            // The other sheets are about the same attempt.
            let answers = sheets.worksheet_range("Answers").expect("a sheet");
            let right = column(&answers, "Answered right");
            let yes = answers.rows().filter(|row| row[right] == *"yes");
            assert_eq!(yes.count(), listening + reading, "{path}");
        }
    }
}

#[tokio::test]
async fn what_the_group_s_file_leaves_out_is_said() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    for _ in 0..GROUP_TABLES_MAX {
        class.give(&world, new(mock(), 1)).await;
    }
    let tutor = tutor_of(&world, &class).await;
    let page = format!("/groups/{}", class.group);
    let note = format!("at most {GROUP_TABLES_MAX} assignments");
    // How many rows there are, and how the last one begins.
    let last_row = async || {
        let answer = file(&tutor, &format!("{page}/export.csv")).await;
        let mut rows = csv_rows(&answer, b',');
        let answer = file(&tutor, &format!("{page}/export.xlsx")).await;
        let results = workbook(&answer).worksheet_range("Results");
        assert_eq!(results.expect("a sheet").height(), rows.len());
        let count = rows.len();
        (count, rows.pop().expect("a row").swap_remove(0))
    };
    assert!(!tutor.page(&page).await.contains(&note));
    let (rows, last) = last_row().await;
    assert_eq!((rows, last.as_str()), (1 + GROUP_TABLES_MAX, "Week 1"));

    let newest = NewAssignment {
        due: day("2026-11-28"),
        ..new(mock(), 1)
    };
    let newest = class.give(&world, newest).await;
    assert!(tutor.page(&page).await.contains(&note));
    let (rows, last) = last_row().await;
    assert_eq!(rows, 2 + GROUP_TABLES_MAX);
    assert!(last.starts_with("1 assignment is not in"), "{last}");

    // It has its place among the newest and no table any more.
    let gone = format!(
        "update assignments set rule_id = 'gone' where id = '{}'",
        newest.id
    );
    place.execute(&gone).await;
    let (rows, last) = last_row().await;
    assert_eq!(rows, 1 + GROUP_TABLES_MAX);
    assert!(last.starts_with("2 assignments are not in"), "{last}");
}
