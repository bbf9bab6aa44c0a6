//! A letter about one attempt, to be printed: for a parent or an employer.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{Chrome, Room, failed, render};
use crate::domain::{
    attempt::Kind,
    id::{AssignmentId, AttemptId},
    level::Level,
};
use crate::service::{Conditions, Failure, Letter, SectionResult};
use crate::web::{App, access::PageLearner, urls};

#[derive(Template)]
#[template(path = "schools/letter.html")]
struct LetterPage<'a> {
    c: Chrome<'a>,
    back: (String, String),
    school: String,
    group: String,
    name: String,
    title: String,
    kind: &'static str,
    sat: String,
    written: String,
    /// Of a mock only.
    mock: Option<Mock>,
    /// How each section was sat.
    conditions: Vec<(String, String)>,
    sections: Vec<SectionRow>,
}

struct Mock {
    rule: String,
    required: &'static str,
    required_percent: u32,
    basis: &'static str,
    source: String,
    counts: bool,
    level: String,
    passed: bool,
}

struct SectionRow {
    name: &'static str,
    correct: u32,
    of: u32,
    percent: u32,
    level: String,
    passed: bool,
}

/// A level, or that it is below the lowest.
fn level(c: &Chrome<'_>, level: Option<Level>) -> String {
    match level {
        Some(level) => level.as_str().to_owned(),
        None => c.say1("result-below", "level", Level::ALL[0].as_str()),
    }
}

fn section_row(c: &Chrome<'_>, section: &SectionResult) -> SectionRow {
    SectionRow {
        name: section.name.as_str(),
        correct: section.correct,
        of: section.of,
        percent: section.percent,
        level: level(c, section.level),
        passed: section.passed,
    }
}

fn conditions(c: &Chrome<'_>, of: &Conditions) -> (String, String) {
    const MINUTE_MS: i64 = 60_000;
    let mut words = vec![match of.limit_ms {
        Some(ms) => c.say1("letter-minutes", "n", (ms + MINUTE_MS - 1) / MINUTE_MS),
        None => c.say("letter-no-limit"),
    }];
    words.extend(of.plays.map(|plays| c.say1("letter-plays", "n", plays)));
    (c.say_of("section-", of.section.as_str()), words.join(", "))
}

fn mock(c: &Chrome<'_>, letter: &Letter) -> Option<Mock> {
    let required = &letter.rules.required_level;
    (letter.result.kind == Kind::Mock).then(|| Mock {
        rule: c.text(&letter.rules.title).to_owned(),
        required: required.value.as_str(),
        required_percent: letter.rules.required_percent(),
        basis: required.basis.as_str(),
        source: required.source.clone(),
        counts: letter.result.counts,
        level: level(c, letter.result.level),
        passed: letter.result.passed,
    })
}

fn page<'a>(app: &'a App, learner: &PageLearner, letter: Letter) -> LetterPage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let zone = letter.school.zone;
    let today = app.exam.clock().now().with_timezone(&zone).date_naive();
    let finished = &letter.result.finished_at;
    LetterPage {
        mock: mock(&c, &letter),
        sat: c.moment_in(finished, zone),
        written: c.day(&today),
        kind: letter.assignment.work.kind(),
        conditions: letter
            .conditions
            .iter()
            .map(|of| conditions(&c, of))
            .collect(),
        sections: letter
            .result
            .sections
            .iter()
            .map(|section| section_row(&c, section))
            .collect(),
        back: (
            letter.name.clone(),
            urls::assignment_attempt(&letter.assignment.id, &letter.result.attempt),
        ),
        title: letter.assignment.title,
        school: letter.school.name,
        group: letter.group.name,
        name: letter.name,
        c,
    }
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path((id, attempt)): Path<(String, String)>,
) -> Response {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    let letter: Result<Letter, Failure> = app.exam.letter(&learner.account, &id, &attempt).await;
    match letter {
        Ok(letter) => render(&page(&app, &learner, letter)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
