//! Learners × sections: the table, which rows of it are shown and in which order, and how the sections' results lie
//! against the cut score.

use super::{
    histogram::{self, Histogram},
    sort::{Asked, Head, Order},
};
use crate::domain::{assignment::Work, distribution::Distribution, id::AssignmentId, level::Level};
use crate::service::{Gradebook, GradebookRow, Shown};
use crate::web::{
    pages::{
        Chrome,
        conditions::conditions_line,
        schools::{name_of, tabs::TabLink},
    },
    urls,
};

/// The table of an assignment with what stands around it.
pub struct Results {
    pub mock: bool,
    pub sections: Vec<SectionView>,
    pub shows: Vec<TabLink>,
    pub heads: Vec<Head>,
    pub rows: Vec<Row>,
    /// How many learners there are, whether shown or not.
    pub all: usize,
    /// What the language switch keeps.
    pub kept: String,
}

/// How a section went.
pub struct SectionView {
    pub name: &'static str,
    /// How many passed and how the results lie, in words.
    pub words: Vec<String>,
    pub picture: Histogram,
    pub needed: Option<u32>,
}

impl SectionView {
    pub fn width(&self) -> f64 {
        histogram::WIDTH
    }

    pub fn floor(&self) -> f64 {
        histogram::FLOOR
    }
}

/// A learner.
pub struct Row {
    pub name: String,
    pub in_group: bool,
    /// `none` or an attempt's state.
    pub state: String,
    /// Where the finished attempt is.
    pub href: Option<String>,
    /// One a section; none before the attempt is finished.
    pub cells: Vec<Option<Cell>>,
    pub level: &'static str,
    pub passed: Option<bool>,
    /// Of all sections.
    pub took: Option<String>,
    pub attempts: u32,
    /// What was different for them.
    pub conditions: Option<String>,
}

/// A learner's section.
pub struct Cell {
    pub correct: u32,
    pub of: u32,
    pub percent: u32,
    pub level: Option<&'static str>,
    pub took: String,
}

/// Which rows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    All,
    Passed,
    Failed,
    NotStarted,
    Finished,
}

impl Show {
    /// Those that make sense: in practice nobody passes or fails.
    fn of(mock: bool) -> &'static [Show] {
        match mock {
            true => &[Show::All, Show::Passed, Show::Failed, Show::NotStarted],
            false => &[Show::All, Show::Finished, Show::NotStarted],
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Show::All => "all",
            Show::Passed => "passed",
            Show::Failed => "failed",
            Show::NotStarted => "not-started",
            Show::Finished => "finished",
        }
    }

    fn fits(self, row: &GradebookRow) -> bool {
        let last = row.last.as_ref();
        match self {
            Show::All => true,
            Show::Passed => last.is_some_and(|last| last.passed == Some(true)),
            Show::Failed => last.is_some_and(|last| last.passed == Some(false)),
            Show::NotStarted => last.is_none_or(|last| last.state == "ready"),
            Show::Finished => last.is_some_and(|last| last.state == "finished"),
        }
    }
}

/// How long all sections took, of a finished attempt.
fn took_ms(row: &GradebookRow) -> Option<i64> {
    let sections = &row.last.as_ref()?.sections;
    (!sections.is_empty()).then(|| sections.iter().map(|section| section.took_ms).sum())
}

fn row(c: &Chrome<'_>, id: &AssignmentId, row: &GradebookRow, columns: usize) -> Row {
    let last = row.last.as_ref();
    let cell = |column: usize| {
        let section = last?.sections.get(column)?;
        Some(Cell {
            correct: section.score.correct,
            of: section.score.of,
            percent: section.score.percent(),
            level: section.level.map(Level::as_str),
            took: c.minutes(section.took_ms),
        })
    };
    Row {
        name: name_of(c, &row.name),
        in_group: row.in_group,
        attempts: row.attempts,
        conditions: last.and_then(|last| conditions_line(c, last.allowance)),
        cells: (0..columns).map(cell).collect(),
        level: last
            .and_then(|last| last.level)
            .map_or("–", |level| level.as_str()),
        passed: last.and_then(|last| last.passed),
        took: took_ms(row).map(|took| c.minutes(took)),
        href: last
            .filter(|last| last.state == "finished")
            .map(|last| urls::assignment_attempt(id, &last.attempt)),
        state: last.map_or_else(|| "none".to_owned(), |last| last.state.clone()),
    }
}

/// Rows in the order that was asked for.
fn arrange(order: &Order, rows: &mut [(usize, GradebookRow)], sections: &[&str]) {
    if let Some(column) = sections.iter().position(|section| *section == order.key) {
        return order.arrange(rows, |(_, row)| {
            let last = row.last.as_ref()?;
            Some(last.sections.get(column)?.score.percent())
        });
    }
    match order.key.as_str() {
        "state" => order.arrange(rows, |(_, row)| Some(row.last.as_ref()?.state.clone())),
        // Below the lowest level comes before it.
        "level" => order.arrange(rows, |(_, row)| {
            let last = row.last.as_ref().filter(|last| last.passed.is_some())?;
            Some(last.level)
        }),
        "passed" => order.arrange(rows, |(_, row)| row.last.as_ref()?.passed),
        "time" => order.arrange(rows, |(_, row)| took_ms(row)),
        "attempts" => order.arrange(rows, |(_, row)| Some(row.attempts)),
        _ => order.arrange(rows, |(at, _)| Some(*at)),
    }
}

fn section_view(c: &Chrome<'_>, name: &'static str, found: &Distribution) -> SectionView {
    let mut words = Vec::new();
    if found.cut.is_some() {
        words.push(c.say2("analysis-passed-of", "n", found.passed, "of", found.count));
    }
    words.push(c.say1("analysis-median", "n", found.median));
    words.push(c.say2("analysis-range", "low", found.lowest, "high", found.highest));
    SectionView {
        name,
        words,
        picture: Histogram::of(found),
        needed: found.cut,
    }
}

/// The heads of the columns, in their order.
fn heads(c: &Chrome<'_>, order: &Order, sections: &[&str], mock: bool) -> Vec<Head> {
    let head = |words: &str, key: &str, down| order.head(c.say(words), key, down);
    let mut heads = vec![
        head("gradebook-learner", "name", false),
        head("assignment-state", "state", false),
    ];
    heads.extend(
        sections
            .iter()
            .map(|section| order.head(c.say_of("section-", section), section, true)),
    );
    if mock {
        heads.push(head("history-level", "level", true));
        heads.push(head("gradebook-passed", "passed", true));
    }
    heads.push(head("analysis-time", "time", true));
    heads.push(head("gradebook-attempts", "attempts", true));
    heads
}

impl Results {
    /// The table as it was asked for.
    pub fn of(c: &Chrome<'_>, book: Gradebook, asked: &Asked) -> Self {
        let id = &book.assignment.id;
        let mock = matches!(book.assignment.work, Work::Mock { .. });
        let sections: Vec<&'static str> = book
            .sections
            .iter()
            .map(|section| section.as_str())
            .collect();
        let shows = Show::of(mock);
        let show = shows.iter().find(|show| show.as_str() == asked.show);
        let show = show.copied().unwrap_or(Show::All);
        let columns: Vec<&str> = ["name", "state", "level", "passed", "time", "attempts"]
            .into_iter()
            .chain(sections.iter().copied())
            .collect();
        let path = urls::assignment(id);
        let which = match Shown::of(&asked.attempt) {
            Some(shown) => format!("&attempt={}", shown.as_str()),
            None => String::new(),
        };
        let kept = format!("&show={}{which}", show.as_str());
        let order = Order::of(asked, path.clone(), kept.clone(), &columns).at("gradebook");
        let shows = shows.iter().map(|one| {
            let n = book.rows.iter().filter(|row| one.fits(row)).count();
            let name = one.as_str();
            TabLink {
                label: format!("{} ({n})", c.say_of("analysis-show-", name)),
                href: format!("{path}?show={name}{which}{}#gradebook", order.as_kept()),
                current: *one == show,
            }
        });
        let distributions = sections.iter().zip(&book.distributions);
        Self {
            mock,
            shows: shows.collect(),
            sections: distributions
                .filter_map(|(name, found)| Some(section_view(c, name, found.as_ref()?)))
                .collect(),
            heads: heads(c, &order, &sections, mock),
            all: book.rows.len(),
            kept: format!("{kept}{}", order.as_kept()),
            rows: {
                let mut rows: Vec<(usize, GradebookRow)> =
                    book.rows.iter().cloned().enumerate().collect();
                rows.retain(|(_, row)| show.fits(row));
                arrange(&order, &mut rows, &sections);
                rows.iter()
                    .map(|(_, one)| row(c, id, one, sections.len()))
                    .collect()
            },
        }
    }
}
