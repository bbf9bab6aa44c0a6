//! One learner's finished attempt, for those who teach: the sections, then each question with what was chosen, the key
//! and the words that prove it.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{Chrome, Room, failed, name_of, render};
use crate::domain::id::{AssignmentId, AttemptId};
use crate::service::{Failure, SectionResult};
use crate::web::{
    App,
    access::PageLearner,
    pages::{
        conditions::conditions_line,
        result::{Group, groups},
    },
    urls,
};

#[derive(Template)]
#[template(path = "schools/attempt.html")]
struct AttemptPage<'a> {
    c: Chrome<'a>,
    name: String,
    title: String,
    back: String,
    /// The letter about it.
    letter: String,
    attempt: AttemptId,
    /// The form that declares it void.
    void: String,
    finished_at: String,
    /// What was different for the learner.
    conditions: Option<String>,
    sections: Vec<SectionRow>,
    /// Testlets left out while a running mock of the learner has them too.
    held_back: usize,
    groups: Vec<Group>,
}

struct SectionRow {
    name: &'static str,
    correct: u32,
    of: u32,
    percent: u32,
    level: &'static str,
    took: String,
}

fn section_row(c: &Chrome<'_>, section: &SectionResult) -> SectionRow {
    SectionRow {
        name: section.name.as_str(),
        correct: section.correct,
        of: section.of,
        percent: section.percent,
        level: section.level.map_or("–", |level| level.as_str()),
        took: c.minutes(section.took_ms),
    }
}

async fn page<'a>(
    app: &'a App,
    learner: &PageLearner,
    id: &AssignmentId,
    attempt: &AttemptId,
) -> Result<AttemptPage<'a>, Failure> {
    let seen = app
        .exam
        .assigned_result(&learner.account, id, attempt)
        .await?;
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let result = &seen.result;
    Ok(AttemptPage {
        finished_at: c.moment_in(&result.finished_at, seen.school.zone),
        conditions: conditions_line(&c, result.allowance),
        sections: result
            .sections
            .iter()
            .map(|section| section_row(&c, section))
            .collect(),
        held_back: result.held_back,
        groups: groups(&c, &result.testlets, false),
        back: urls::assignment(&seen.assignment.id),
        letter: urls::assignment_letter(&seen.assignment.id, attempt),
        void: urls::live_void(&seen.assignment.id),
        attempt: result.attempt.clone(),
        title: seen.assignment.title,
        name: name_of(&c, &seen.name),
        c,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path((id, attempt)): Path<(String, String)>,
) -> Response {
    let (id, attempt) = (AssignmentId::new(id), AttemptId::new(attempt));
    match page(&app, &learner, &id, &attempt).await {
        Ok(page) => render(&page),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
