//! The tables of an assignment and of a group as files. The words of the header are those of the page, and so are the
//! attempts that a table shows.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{Chrome, Room, failed};
use crate::domain::{
    Timestamp,
    assignment::{Work, last_day},
    form::Letter,
    id::{AssignmentId, GroupId},
    rules::Section,
};
use crate::service::{
    AssignmentExport, Failure, GROUP_TABLES_MAX, Grade, Gradebook, GradebookRow, GroupExport,
    Marked, MarkedItem, Shown,
};
use crate::web::{
    App,
    access::PageLearner,
    sheets::{Cell, Format, Separator, Sheet, download},
    urls,
};

/// Where a table's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    /// The workbook.
    pub(super) xlsx: String,
    /// CSV with commas.
    pub(super) csv: String,
    /// CSV with semicolons.
    pub(super) semicolon: String,
    /// What a reader should know of the file.
    pub(super) note: Option<String>,
}

impl Files {
    fn at(xlsx: String, csv: String) -> Self {
        Self {
            semicolon: format!("{csv}?separator=semicolon"),
            xlsx,
            csv,
            note: None,
        }
    }

    /// Those of an assignment's table that shows these attempts.
    pub(super) fn of_assignment(id: &AssignmentId, shown: Shown) -> Self {
        let [xlsx, csv] = [urls::ASSIGNMENT_XLSX, urls::ASSIGNMENT_CSV]
            .map(|pattern| pattern.replace("{id}", id.as_str()));
        let files = Self::at(xlsx, csv);
        match shown {
            Shown::Last => files,
            Shown::Best | Shown::First => {
                let attempt = format!("attempt={}", shown.as_str());
                Self {
                    xlsx: format!("{}?{attempt}", files.xlsx),
                    csv: format!("{}?{attempt}", files.csv),
                    semicolon: format!("{}&{attempt}", files.semicolon),
                    ..files
                }
            }
        }
    }

    /// Those of the tables of a group that was given so many assignments.
    pub(super) fn of_group(c: &Chrome<'_>, id: &GroupId, assignments: usize) -> Self {
        let [xlsx, csv] =
            [urls::GROUP_XLSX, urls::GROUP_CSV].map(|pattern| pattern.replace("{id}", id.as_str()));
        let more = assignments > GROUP_TABLES_MAX;
        Self {
            note: more.then(|| c.say1("export-most", "n", GROUP_TABLES_MAX)),
            ..Self::at(xlsx, csv)
        }
    }
}

/// What is asked of a file. Whatever is not known counts as not said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// What stands between the cells of CSV: `semicolon`, or else a comma.
    separator: String,
    /// Which attempt of each learner an assignment's table shows, by the word of its page.
    attempt: String,
}

impl Wanted {
    fn shown(&self) -> Shown {
        Shown::of(&self.attempt).unwrap_or_default()
    }

    fn csv(&self) -> Format {
        Format::Csv(match self.separator.as_str() {
            "semicolon" => Separator::Semicolon,
            _ => Separator::Comma,
        })
    }
}

fn moment(at: Option<Timestamp>, zone: chrono_tz::Tz) -> Cell {
    at.map_or(Cell::Nothing, |at| {
        Cell::Moment(at.with_timezone(&zone).naive_local())
    })
}

fn yes_or_no(c: &Chrome<'_>, yes: Option<bool>) -> Cell {
    match yes {
        Some(true) => Cell::text(c.say("export-yes")),
        Some(false) => Cell::text(c.say("export-no")),
        None => Cell::Nothing,
    }
}

/// Whether the whole was passed, in the page's words.
fn outcome(c: &Chrome<'_>, passed: Option<bool>) -> Cell {
    match passed {
        Some(true) => Cell::text(c.say("history-passed")),
        Some(false) => Cell::text(c.say("history-failed")),
        None => Cell::Nothing,
    }
}

/// The words above a section's columns.
fn section_header(c: &Chrome<'_>, section: Section, mock: bool) -> Vec<String> {
    let name = c.say_of("section-", section.as_str());
    let mut columns = vec!["right", "of", "percent"];
    if mock {
        columns.extend(["level", "passed"]);
    }
    columns.push("minutes");
    columns
        .into_iter()
        .map(|column| format!("{name}: {}", c.say_of("export-", column)))
        .collect()
}

/// A section's cells; empty before the attempt is finished.
fn section_cells(c: &Chrome<'_>, last: Option<&Grade>, section: Section, mock: bool) -> Vec<Cell> {
    let graded = last.and_then(|last| {
        let mut sections = last.sections.iter();
        sections.find(|graded| graded.score.name == section)
    });
    let number = |number: Option<u32>| Cell::number(number);
    let mut cells = vec![
        number(graded.map(|graded| graded.score.correct)),
        number(graded.map(|graded| graded.score.of)),
        number(graded.map(|graded| graded.score.percent())),
    ];
    if mock {
        let level = graded.and_then(|graded| graded.level);
        cells.push(level.map_or(Cell::Nothing, |level| Cell::text(level.as_str())));
        cells.push(yes_or_no(c, graded.and_then(|graded| graded.passed)));
    }
    cells.push(graded.map_or(Cell::Nothing, |graded| Cell::minutes(graded.took_ms)));
    cells
}

/// The words above what every table has of a learner, in these sections.
fn header(c: &Chrome<'_>, sections: &[Section], mock: bool, zone: chrono_tz::Tz) -> Vec<String> {
    let mut words = vec![
        c.say("gradebook-learner"),
        c.say("export-in-group"),
        c.say("assignment-state"),
        c.say("gradebook-attempts"),
    ];
    words.extend(
        sections
            .iter()
            .flat_map(|section| section_header(c, *section, mock)),
    );
    if mock {
        words.extend([c.say("history-level"), c.say("gradebook-passed")]);
    }
    words.push(c.say1("export-finished", "zone", zone.name()));
    words
}

fn row(
    c: &Chrome<'_>,
    row: &GradebookRow,
    sections: &[Section],
    mock: bool,
    zone: chrono_tz::Tz,
) -> Vec<Cell> {
    let last = row.last.as_ref();
    let state = last.map_or("none", |last| last.state.as_str());
    let mut cells = vec![
        Cell::text(&row.name),
        yes_or_no(c, Some(row.in_group)),
        Cell::text(c.say_of("attempt-state-", state)),
        Cell::Number(row.attempts.into()),
    ];
    for section in sections {
        cells.extend(section_cells(c, last, *section, mock));
    }
    if mock {
        let level = last.and_then(|last| last.level);
        cells.push(level.map_or(Cell::Nothing, |level| Cell::text(level.as_str())));
        cells.push(outcome(c, last.and_then(|last| last.passed)));
    }
    let finished = last.filter(|last| last.state == "finished");
    cells.push(moment(finished.and_then(|last| last.ended_at), zone));
    cells
}

fn is_mock(book: &Gradebook) -> bool {
    matches!(book.assignment.work, Work::Mock { .. })
}

/// Learners × sections, as the page shows them.
fn results(c: &Chrome<'_>, book: &Gradebook) -> Sheet {
    let (mock, zone) = (is_mock(book), book.school.zone);
    Sheet {
        name: c.say("export-sheet-results"),
        header: header(c, &book.sections, mock, zone),
        rows: book
            .rows
            .iter()
            .map(|line| row(c, line, &book.sections, mock, zone))
            .collect(),
    }
}

/// Each learner's questions: what was asked, what was chosen, what is right.
fn answers(c: &Chrome<'_>, answers: &[Marked]) -> Sheet {
    let option = |item: &MarkedItem, letter: Letter| format!("{letter}: {}", item.words(letter));
    let right = |item: &MarkedItem| {
        let keys = item.keys().into_iter();
        let keys: Vec<String> = keys.map(|letter| option(item, letter)).collect();
        keys.join("; ")
    };
    let words = ["item", "skill", "level", "question", "chosen", "key"];
    let mut header = vec![
        c.say("gradebook-learner"),
        c.say("practice-section"),
        c.say("export-position"),
    ];
    header.extend(words.map(|word| c.say_of("export-", word)));
    header.push(c.say("export-correct"));
    let rows = answers.iter().flat_map(|marked| {
        marked.items.iter().map(|item| {
            let asked = item.item();
            let chosen = item.chosen;
            vec![
                Cell::text(&marked.name),
                Cell::text(c.say_of("section-", item.section.as_str())),
                Cell::Number(item.position as i64),
                Cell::text(asked.id.as_str()),
                Cell::text(c.say_of("skill-", &asked.skill)),
                Cell::text(asked.level.as_str()),
                Cell::text(&asked.stem),
                chosen.map_or(Cell::Nothing, |letter| Cell::text(option(item, letter))),
                Cell::text(right(item)),
                yes_or_no(c, item.counts().then(|| item.right())),
            ]
        })
    });
    Sheet {
        name: c.say("export-sheet-answers"),
        rows: rows.collect(),
        header,
    }
}

/// Right of asked by learner and skill, in the order of the names and of the skills.
fn skills(c: &Chrome<'_>, answers: &[Marked]) -> Sheet {
    let mut rows = Vec::new();
    for marked in answers {
        let mut names: Vec<&str> = marked
            .items
            .iter()
            .map(|item| item.item().skill.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        for skill in names {
            let asked = || {
                marked
                    .items
                    .iter()
                    .filter(|one| one.counts() && one.item().skill == skill)
            };
            let (of, right) = (asked().count(), asked().filter(|one| one.right()).count());
            rows.push(vec![
                Cell::text(&marked.name),
                Cell::text(c.say_of("skill-", skill)),
                Cell::Number(right as i64),
                Cell::Number(of as i64),
                Cell::Number((right * 100 / of.max(1)) as i64),
            ]);
        }
    }
    let mut header = vec![c.say("gradebook-learner")];
    header.extend(["skill", "right", "of", "percent"].map(|word| c.say_of("export-", word)));
    Sheet {
        name: c.say("export-sheet-skills"),
        header,
        rows,
    }
}

fn assignment_sheets(c: &Chrome<'_>, export: &AssignmentExport) -> Vec<Sheet> {
    vec![
        results(c, &export.book),
        answers(c, &export.answers),
        skills(c, &export.answers),
    ]
}

/// Assignments × learners: the tables of a group below each other, and how many are not among them.
fn group_sheet(c: &Chrome<'_>, export: &GroupExport) -> Sheet {
    const BOTH: [Section; 2] = [Section::Listening, Section::Reading];
    let zone = export.school.zone;
    let mut words = vec![
        c.say("assignment-name"),
        c.say("assignment-what"),
        c.say("assignment-due"),
    ];
    words.extend(header(c, &BOTH, true, zone));
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for book in &export.books {
        let given = &book.assignment;
        let due = last_day(given.due_at, zone).to_string();
        rows.extend(book.rows.iter().map(|line| {
            let mut cells = vec![
                Cell::text(&given.title),
                Cell::text(c.say_of("assignment-kind-", given.work.kind())),
                Cell::text(&due),
            ];
            cells.extend(row(c, line, &BOTH, true, zone));
            cells
        }));
    }
    if export.left_out > 0 {
        let note = c.say2(
            "export-left-out",
            "n",
            export.left_out,
            "most",
            GROUP_TABLES_MAX,
        );
        let mut cells = vec![Cell::text(note)];
        cells.resize(words.len(), Cell::Nothing);
        rows.push(cells);
    }
    Sheet {
        name: c.say("export-sheet-results"),
        header: words,
        rows,
    }
}

/// The file, made beside the requests of others: many rows take a while.
async fn file(
    app: &App,
    format: Format,
    sheets: Vec<Sheet>,
    title: String,
    zone: chrono_tz::Tz,
) -> Response {
    let made = app.exam.clock().now().with_timezone(&zone).naive_local();
    let work = tokio::task::spawn_blocking(move || download(format, &sheets, &title, made));
    work.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a table could not be made");
        axum::response::IntoResponse::into_response(axum::http::StatusCode::INTERNAL_SERVER_ERROR)
    })
}

async fn of_assignment(
    app: &App,
    learner: &PageLearner,
    id: String,
    shown: Shown,
    format: Format,
) -> Response {
    let export: Result<AssignmentExport, Failure> = app
        .exam
        .assignment_export(&learner.account, &AssignmentId::new(id), shown)
        .await;
    let export = match export {
        Ok(export) => export,
        Err(failure) => return failed(app, Some(&learner.visitor), failure),
    };
    let sheets = assignment_sheets(&Chrome::new(app, &learner.visitor, Room::Schools), &export);
    let title = export.book.assignment.title;
    file(app, format, sheets, title, export.book.school.zone).await
}

async fn of_group(app: &App, learner: &PageLearner, id: String, format: Format) -> Response {
    let export: Result<GroupExport, Failure> = app
        .exam
        .group_export(&learner.account, &GroupId::new(id))
        .await;
    let export = match export {
        Ok(export) => export,
        Err(failure) => return failed(app, Some(&learner.visitor), failure),
    };
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let sheets = vec![group_sheet(&c, &export)];
    file(app, format, sheets, export.group.name, export.school.zone).await
}

pub(super) async fn assignment_csv(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    of_assignment(&app, &learner, id, wanted.shown(), wanted.csv()).await
}

pub(super) async fn assignment_xlsx(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    of_assignment(&app, &learner, id, wanted.shown(), Format::Xlsx).await
}

pub(super) async fn group_csv(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    of_group(&app, &learner, id, wanted.csv()).await
}

pub(super) async fn group_xlsx(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
) -> Response {
    of_group(&app, &learner, id, Format::Xlsx).await
}
