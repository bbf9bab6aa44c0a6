//! Learners × questions: what each of them chose, and how each question went.

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
    form::Letter,
    id::AssignmentId,
    review::{Answer, ItemStats, Matrix, Question, Untold},
};
use crate::service::Review;
use crate::web::{
    App,
    access::PageLearner,
    pages::{
        Chrome, Room, failed, render,
        schools::tabs::{Tab, TabLink},
    },
    urls,
};

/// Columns on one page: a whole test of listening and reading fits. Where learners had different forms there are more.
const COLUMNS: usize = 60;

#[derive(Template)]
#[template(path = "schools/review/items.html")]
struct ItemsPage<'a> {
    c: Chrome<'a>,
    top: Top,
    /// By number or by facility.
    by: Vec<TabLink>,
    /// Pages of columns; none where one is enough.
    pages: Vec<TabLink>,
    name: Head,
    score: Head,
    /// Stretches of columns of one section; none where the columns are sorted otherwise.
    spans: Vec<(&'static str, usize)>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// Whether learners had different questions.
    different: bool,
    reliability: String,
}

struct Column {
    number: usize,
    href: String,
    section: &'static str,
    skill: String,
    level: &'static str,
    right: u32,
    had: u32,
    percent: String,
    heat: &'static str,
    unanswered: u32,
    discrimination: String,
    /// The distractor that misled most, and how many.
    misled: Option<(&'static str, u32)>,
}

struct Row {
    name: String,
    href: String,
    right: u32,
    of: u32,
    cells: Vec<(&'static str, &'static str)>,
}

/// The letter of an option by the bank's order, the same for every learner.
pub(super) fn letter(option: u8) -> &'static str {
    let at = usize::from(option) % Letter::ALL.len();
    Letter::ALL[at].as_str()
}

/// Class and text of a cell: short, because there may be twenty thousand.
fn cell(answer: Option<Answer>) -> (&'static str, &'static str) {
    match answer {
        None => ("x", ""),
        Some(Answer { correct: true, .. }) => ("y", "✓"),
        Some(Answer {
            answered: false, ..
        }) => ("o", "–"),
        Some(Answer {
            chosen: Some(option),
            ..
        }) => ("n", letter(option)),
        Some(_) => ("n", "✗"),
    }
}

/// A figure with two decimals, or a dash where it cannot be told.
pub(super) fn figure(figure: Result<f64, Untold>) -> String {
    figure.map_or_else(
        |_| "–".to_owned(),
        |figure| format!("{figure:.2}").replace('-', "−"),
    )
}

fn column(review: &Review, at: usize, question: &Question, stats: &ItemStats) -> Column {
    Column {
        number: at + 1,
        href: urls::assignment_item(&review.assignment.id, &question.item),
        section: question.section.as_str(),
        skill: question.skill.clone(),
        level: question.level.as_str(),
        right: stats.tally.right,
        had: stats.tally.of,
        percent: percent(stats.tally),
        heat: heat(stats.tally),
        unanswered: stats.unanswered(),
        discrimination: figure(stats.discrimination),
        misled: stats
            .strongest_distractor(question)
            .map(|(option, count)| (letter(option), count)),
    }
}

fn reliability(c: &Chrome<'_>, matrix: &Matrix) -> String {
    match matrix.reliability() {
        Ok(found) => {
            let shown = [found.kr20, found.sem, found.mean].map(|value| figure(Ok(value)));
            let values = [
                ("kr20", shown[0].as_str()),
                ("sem", shown[1].as_str()),
                ("mean", shown[2].as_str()),
            ];
            c.say3("analysis-reliability", values)
        }
        Err(why) => c.say_of("analysis-reliability-", why.as_str()),
    }
}

/// Stretches of one section among these columns.
fn spans(columns: &[Column]) -> Vec<(&'static str, usize)> {
    let stretches = columns.chunk_by(|a, b| a.section == b.section);
    stretches
        .map(|stretch| (stretch[0].section, stretch.len()))
        .collect()
}

fn link(label: String, href: String, current: bool) -> TabLink {
    TabLink {
        label,
        href,
        current,
    }
}

fn page<'a>(app: &'a App, learner: &PageLearner, review: &Review, asked: &Asked) -> ItemsPage<'a> {
    let mut c = Chrome::new(app, &learner.visitor, Room::Schools);
    let matrix = &review.matrix;
    let stats = matrix.stats();
    let path = urls::assignment_items(&review.assignment.id);
    let hardest_first = asked.by == "facility";
    let by = if hardest_first { "&by=facility" } else { "" };

    let mut shown: Vec<usize> = (0..stats.len()).collect();
    if hardest_first {
        shown.sort_by_key(|at| stats[*at].tally.percent());
    }
    let pages = shown.len().div_ceil(COLUMNS).max(1);
    let page = asked.page.parse().unwrap_or(1).clamp(1, pages);
    let page_kept = if page > 1 {
        format!("&page={page}")
    } else {
        String::new()
    };
    let shown: Vec<usize> = shown
        .into_iter()
        .skip((page - 1) * COLUMNS)
        .take(COLUMNS)
        .collect();

    let order = Order::of(
        asked,
        path.clone(),
        format!("{by}{page_kept}"),
        &["name", "score"],
    )
    .at("heat");
    let totals = matrix.totals();
    let mut rows: Vec<usize> = (0..totals.len()).collect();
    match order.key.as_str() {
        "score" => order.arrange(&mut rows, |row| totals[*row].percent()),
        _ => order.arrange(&mut rows, |row| Some(*row)),
    }
    let columns: Vec<Column> = shown
        .iter()
        .map(|at| column(review, *at, &matrix.questions[*at], &stats[*at]))
        .collect();
    let kept = order.as_kept();
    c.kept = format!("{kept}{by}{page_kept}");
    ItemsPage {
        top: Top::of(&c, review, Tab::Items),
        by: [
            ("number", !hardest_first, ""),
            ("facility", hardest_first, "&by=facility"),
        ]
        .map(|(name, current, by)| {
            let href = format!("{path}?{}{by}", &kept[1..]);
            link(c.say_of("analysis-by-", name), href, current)
        })
        .into(),
        pages: match pages {
            1 => Vec::new(),
            _ => (1..=pages)
                .map(|n| {
                    let last = (n * COLUMNS).min(stats.len());
                    let label = format!("{}–{last}", (n - 1) * COLUMNS + 1);
                    let href = format!("{path}?{}{by}&page={n}", &kept[1..]);
                    link(label, href, n == page)
                })
                .collect(),
        },
        name: order.head(c.say("gradebook-learner"), "name", false),
        score: order.head(c.say("analysis-score"), "score", true),
        spans: if hardest_first {
            Vec::new()
        } else {
            spans(&columns)
        },
        rows: rows
            .into_iter()
            .map(|row| Row {
                name: review.learners[row].name.clone(),
                href: urls::assignment_attempt(
                    &review.assignment.id,
                    &review.learners[row].attempt,
                ),
                right: totals[row].right,
                of: totals[row].of,
                cells: shown.iter().map(|at| cell(matrix.rows[row][*at])).collect(),
            })
            .collect(),
        different: matrix.reliability() == Err(Untold::DifferentForms),
        reliability: reliability(&c, matrix),
        columns,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_can_be_read_without_its_colour() {
        let answer = |answered, chosen, correct| {
            Some(Answer {
                answered,
                chosen,
                correct,
            })
        };
        for (given, expected) in [
            (None, ("x", "")),
            (answer(false, None, false), ("o", "–")),
            (answer(true, Some(2), true), ("y", "✓")),
            (answer(true, Some(1), false), ("n", "B")),
            (answer(true, None, false), ("n", "✗")),
        ] {
            assert_eq!(cell(given), expected, "{given:?}");
        }
        assert_eq!(figure(Ok(-0.256)), "−0.26");
        assert_eq!(figure(Err(Untold::TooFew)), "–");
    }
}
