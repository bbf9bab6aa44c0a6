//! Learners × skills and × levels: right answers of those asked.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};

use super::{
    Top, heat, percent,
    sort::{Asked, Head, Order},
};
use crate::domain::{
    bank::SKILLS,
    id::AssignmentId,
    review::{Tallies, Tally},
};
use crate::service::Review;
use crate::web::{
    App,
    access::PageLearner,
    pages::{Chrome, Room, failed, render, schools::tabs::Tab},
    urls,
};

#[derive(Template)]
#[template(path = "schools/review/skills.html")]
struct SkillsPage<'a> {
    c: Chrome<'a>,
    top: Top,
    name: Head,
    score: Head,
    skills: Vec<Head>,
    levels: Vec<Head>,
    rows: Vec<Row>,
    group: Vec<Cell>,
}

struct Row {
    name: String,
    href: String,
    cells: Vec<Cell>,
}

struct Cell {
    heat: &'static str,
    right: u32,
    of: u32,
    percent: String,
}

impl From<Tally> for Cell {
    fn from(tally: Tally) -> Self {
        Self {
            heat: heat(tally),
            right: tally.right,
            of: tally.of,
            percent: percent(tally),
        }
    }
}

/// A skill's place among those that there are, so that they always stand in the same order.
pub(super) fn place(skill: &str) -> usize {
    let mut skills = SKILLS.iter();
    skills
        .position(|known| *known == skill)
        .unwrap_or(SKILLS.len())
}

fn sum(tallies: &[Tally]) -> Tally {
    Tally {
        right: tallies.iter().map(|tally| tally.right).sum(),
        of: tallies.iter().map(|tally| tally.of).sum(),
    }
}

/// The whole, then each skill, then each level.
fn cells(skills: &[Tally], levels: &[Tally]) -> Vec<Tally> {
    let mut cells = vec![sum(skills)];
    cells.extend(skills);
    cells.extend(levels);
    cells
}

fn page<'a>(app: &'a App, learner: &PageLearner, review: &Review, asked: &Asked) -> SkillsPage<'a> {
    let mut c = Chrome::new(app, &learner.visitor, Room::Schools);
    let matrix = &review.matrix;
    let skills: Tallies<(usize, String)> =
        matrix.tallies(|question| (place(&question.skill), question.skill.clone()));
    let levels = matrix.tallies(|question| question.level);
    let skill_names = skills.keys.iter().map(|(_, skill)| skill.as_str());
    let level_names = levels.keys.iter().map(|level| level.as_str());
    let columns: Vec<&str> = ["name", "score"]
        .into_iter()
        .chain(skill_names.clone())
        .chain(level_names.clone())
        .collect();
    let path = urls::assignment_skills(&review.assignment.id);
    let order = Order::of(asked, path, String::new(), &columns).at("skills");
    c.kept = order.as_kept();

    let mut rows: Vec<(usize, Vec<Tally>)> = skills
        .rows
        .iter()
        .zip(&levels.rows)
        .map(|(skills, levels)| cells(skills, levels))
        .enumerate()
        .collect();
    match columns.iter().position(|column| *column == order.key) {
        Some(column @ 1..) => order.arrange(&mut rows, |(_, cells)| cells[column - 1].percent()),
        _ => order.arrange(&mut rows, |(row, _)| Some(*row)),
    }
    SkillsPage {
        top: Top::of(&c, review, Tab::Skills),
        name: order.head(c.say("gradebook-learner"), "name", false),
        score: order.head(c.say("analysis-score"), "score", true),
        skills: skill_names
            .map(|skill| order.head(c.say_of("skill-", skill), skill, false))
            .collect(),
        levels: level_names
            .map(|level| order.head(level.to_owned(), level, false))
            .collect(),
        rows: rows
            .into_iter()
            .map(|(row, tallies)| Row {
                name: review.learners[row].name.clone(),
                href: urls::assignment_attempt(
                    &review.assignment.id,
                    &review.learners[row].attempt,
                ),
                cells: tallies.into_iter().map(Cell::from).collect(),
            })
            .collect(),
        group: cells(&skills.all, &levels.all)
            .into_iter()
            .map(Cell::from)
            .collect(),
        c,
    }
}

pub async fn show(
    State(app): State<App>,
    learner: PageLearner,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match app
        .exam
        .review(&learner.account, &AssignmentId::new(id))
        .await
    {
        Ok(review) => render(&page(&app, &learner, &review, &asked)),
        Err(failure) => failed(&app, Some(&learner.visitor), failure),
    }
}
