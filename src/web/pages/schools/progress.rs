//! A learner's progress in a school: sections over time against the pass line, skills, attempts, and what the last mock
//! that counts would bring. What they practise by themselves is not in it.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{Chrome, Room, failed, render};
use crate::domain::{
    attempt::Kind,
    id::{LearnerId, SchoolId},
    level::Level,
    points::Criterion,
    rules::Section,
};
use crate::service::{ExpectedPoints, Failure, Progress, ProgressAttempt, SkillRow};
use crate::web::{
    App,
    access::PageLearner,
    pages::{
        chart::{Chart, Sitting, percent_in},
        sourced::{Ledger, Note, Shown},
    },
    urls,
};

#[derive(Template)]
#[template(path = "schools/progress.html")]
struct ProgressPage<'a> {
    c: Chrome<'a>,
    school: String,
    school_url: String,
    name: String,
    own: bool,
    groups: Vec<(String, String)>,
    chart: Option<Chart>,
    attempts: Vec<Row>,
    /// The days of the attempts whose skills are shown.
    days: Vec<String>,
    skills: Vec<Skill>,
    points: Option<Points>,
    notes: Vec<Note>,
}

struct Row {
    date: String,
    title: String,
    /// Where what was given is, for those who teach: a learner may have left its group.
    href: Option<String>,
    kind: &'static str,
    /// Whether a mock counts.
    counts: Option<bool>,
    state: String,
    listening: Option<u32>,
    reading: Option<u32>,
    level: String,
    passed: Option<bool>,
    /// Where the finished attempt is.
    result: Option<String>,
}

struct Skill {
    name: &'static str,
    cells: Vec<Option<(u32, u32)>>,
    percent: u32,
}

/// What the last mock that counts would bring.
struct Points {
    day: String,
    /// The level reached; none below the lowest.
    level: Option<&'static str>,
    points: Option<Shown>,
    most: Option<Shown>,
    valid_until: String,
    /// The points calculator, for the learner alone.
    calculator: Option<String>,
}

fn row(c: &Chrome<'_>, progress: &Progress, one: &ProgressAttempt) -> Row {
    let attempt = &one.attempt;
    let mock = attempt.kind == Kind::Mock;
    let at = attempt.ended_at.unwrap_or(attempt.created_at);
    let finished = attempt.state == "finished";
    Row {
        date: c.moment_in(&at, progress.school.zone),
        title: attempt.title.clone(),
        href: (!progress.own).then(|| urls::assignment(&attempt.assignment)),
        kind: if mock { "mock" } else { "practice" },
        counts: mock.then_some(attempt.counts),
        state: attempt.state.clone(),
        listening: percent_in(&attempt.scores, Section::Listening),
        reading: percent_in(&attempt.scores, Section::Reading),
        level: match (one.passed, one.level) {
            (Some(_), Some(level)) => level.as_str().to_owned(),
            (Some(_), None) => c.say1("result-below", "level", Level::ALL[0].as_str()),
            (None, _) => "–".to_owned(),
        },
        passed: one.passed,
        result: finished.then(|| match progress.own {
            true => urls::attempt_result(&attempt.id),
            false => urls::assignment_attempt(&attempt.assignment, &attempt.id),
        }),
    }
}

/// The finished mocks, the earliest first.
fn sittings(progress: &Progress) -> Vec<Sitting> {
    progress
        .attempts
        .iter()
        .rev()
        .filter(|one| one.attempt.state == "finished" && one.seen_from.is_none())
        .filter_map(|one| {
            let at = one.attempt.ended_at?;
            let rules = one.rules.as_ref()?;
            let zone = progress.school.zone;
            Some(Sitting::of(&at, zone, &one.attempt.scores, rules))
        })
        .collect()
}

fn skill(row: &SkillRow) -> Skill {
    let (right, asked) = row.sum();
    Skill {
        name: row.skill,
        cells: row.cells.clone(),
        percent: right * 100 / asked.max(1),
    }
}

fn points(c: &Chrome<'_>, ledger: &mut Ledger, own: bool, of: &ExpectedPoints) -> Points {
    let (statement, rules, table) = (&of.statement, &of.rules, &of.table);
    let points = statement.level.and_then(|level| rules.points_for(level));
    Points {
        day: c.day(&statement.date),
        level: statement.level.map(Level::as_str),
        points: points.map(|points| {
            let since = rules.effective_from.value;
            ledger.show(points.value.to_string(), points, since)
        }),
        most: table.max(Criterion::Kazakh).map(|max| {
            let since = table.effective_from.value;
            ledger.show(max.value.to_string(), max, since)
        }),
        valid_until: c.day(&statement.valid_until),
        calculator: own.then(|| urls::points_for(&statement.attempt)),
    }
}

fn page<'a>(app: &'a App, learner: &PageLearner, progress: Progress) -> ProgressPage<'a> {
    let c = Chrome::new(app, &learner.visitor, Room::Schools);
    let mut ledger = Ledger::default();
    let zone = progress.school.zone;
    let expected = progress.points.as_ref();
    ProgressPage {
        chart: Chart::of(&sittings(&progress)),
        attempts: progress
            .attempts
            .iter()
            .map(|one| row(&c, &progress, one))
            .collect(),
        days: progress
            .skills
            .attempts
            .iter()
            .map(|at| at.with_timezone(&zone).format("%d.%m").to_string())
            .collect(),
        skills: progress.skills.rows.iter().map(skill).collect(),
        points: expected.map(|of| points(&c, &mut ledger, progress.own, of)),
        notes: ledger.into_notes(),
        groups: progress
            .groups
            .iter()
            .map(|group| (group.name.clone(), urls::group(&group.id)))
            .collect(),
        own: progress.own,
        school_url: urls::school(&progress.school.id),
        school: progress.school.name,
        name: progress.name,
        c,
    }
}

pub(super) async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path((school, whose)): Path<(String, String)>,
) -> Response {
    let progress: Result<Progress, Failure> = app
        .exam
        .progress(
            &learner.account,
            &SchoolId::new(school),
            &LearnerId::new(whose),
        )
        .await;
    match progress {
        Ok(progress) => render(&page(&app, &learner, progress)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
