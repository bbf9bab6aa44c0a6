//! History: every exam of the learner, a chart of both sections over time, and when the next mock may start.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};

use super::{Chrome, Room, failed, render};
use crate::domain::{
    attempt::Kind,
    id::AttemptId,
    level::Level,
    retake::{Allowance, LimitReached},
    rules::{RuleSet, Section},
    score::SectionScore,
};
use crate::service::{Failure, HistoryEntry, NextMock};
use crate::web::{App, access::Visitor, urls};

pub(super) fn router() -> Router<App> {
    Router::new().route(urls::HISTORY, get(show))
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage<'a> {
    c: Chrome<'a>,
    /// Whether the results are kept by a cookie only.
    guest: bool,
    next: Option<Next>,
    chart: Option<Chart>,
    mocks: Vec<MockRow>,
    practice: Vec<PracticeRow>,
}

/// What the retake limit says.
struct Next {
    /// A mock that goes on.
    in_progress: Option<AttemptId>,
    /// The first day on which a mock may start, where the limit is reached.
    allowed_from: Option<String>,
    left: u32,
    retakes: u32,
    days: u32,
    basis: &'static str,
    source: String,
}

struct MockRow {
    date: String,
    /// The level required by the rule set; none where its file is gone.
    rule: Option<(&'static str, String)>,
    listening: Option<u32>,
    reading: Option<u32>,
    level: Option<String>,
    state: Shown,
}

struct PracticeRow {
    date: String,
    section: Option<&'static str>,
    right: Option<(u32, u32)>,
    state: Shown,
}

/// A state in words, with where it leads.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    /// `right`, `wrong` or none, as a tag's colour.
    class: &'static str,
    /// The key of the state's words.
    key: &'static str,
    /// Where to go on or look, and the key of the link's words.
    link: Option<(String, &'static str)>,
    /// Whether a tutor said something of it.
    commented: bool,
}

impl Shown {
    fn of(entry: &HistoryEntry) -> Self {
        let id = &entry.overview.id;
        let (class, key, link) = match (entry.overview.state.as_str(), entry.passed) {
            ("finished", Some(true)) => ("right", "history-passed", Some("history-result")),
            ("finished", Some(false)) => ("wrong", "history-failed", Some("history-result")),
            ("finished", None) => ("", "history-finished", Some("history-result")),
            ("ready", _) => ("", "history-ready", Some("history-begin")),
            ("running" | "break", _) => ("assumed", "history-running", Some("history-continue")),
            ("voided", _) => ("", "history-voided", None),
            _ => ("", "history-expired", None),
        };
        let url = match key {
            "history-running" | "history-ready" => urls::attempt(id),
            _ => urls::attempt_result(id),
        };
        Self {
            class,
            key,
            link: link.map(|words| (url, words)),
            commented: entry.commented,
        }
    }
}

/// One finished mock in the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sitting {
    day: String,
    listening: Option<u32>,
    reading: Option<u32>,
    needed: u32,
}

/// A line chart in percent of its width and height, so that it needs neither a view box nor a script.
#[derive(Debug, PartialEq)]
struct Chart {
    /// What a reader who does not see it is told: all values.
    values: Vec<(&'static str, String)>,
    grid: Vec<(u32, f64)>,
    /// Pass lines: percent and height. More than one where mocks were sat under different rules.
    needed: Vec<(u32, f64)>,
    curves: Vec<Curve>,
    days: Vec<(f64, String)>,
}

/// One section's line.
#[derive(Debug, PartialEq)]
struct Curve {
    /// `a` or `b`, the line's look.
    class: &'static str,
    /// From x, y to x, y.
    segments: Vec<[f64; 4]>,
    points: Vec<[f64; 2]>,
}

/// The mocks that a chart shows at most: more would touch each other on a phone.
const MOST_SITTINGS: usize = 12;
/// The days that have room under a chart on a phone.
const MOST_DAYS: usize = 6;

/// Where a percentage stands, from the top: 6 % of the height for 100, 86 % for 0, the rest is for the days.
fn height(percent: u32) -> f64 {
    86.0 - 0.8 * f64::from(percent)
}

/// Where the n-th of so many stands, from the left: between 15 % and 93 % of the width.
fn across(index: usize, of: usize) -> f64 {
    const LEFT: f64 = 15.0;
    const RIGHT: f64 = 93.0;
    match of {
        0 | 1 => f64::midpoint(LEFT, RIGHT),
        of => LEFT + (RIGHT - LEFT) * index as f64 / (of - 1) as f64,
    }
}

/// A section's percentage in a mock.
type PercentOf = fn(&Sitting) -> Option<u32>;

impl Chart {
    /// The chart of mocks, the earliest first; none without any.
    fn of(sittings: &[Sitting]) -> Option<Self> {
        let shown = &sittings[sittings.len().saturating_sub(MOST_SITTINGS)..];
        let of = shown.len();
        if of == 0 {
            return None;
        }
        let mut needed: Vec<u32> = shown.iter().map(|sitting| sitting.needed).collect();
        needed.sort_unstable();
        needed.dedup();
        let sections: [(&'static str, &'static str, PercentOf); 2] = [
            ("a", Section::Listening.as_str(), |sitting| {
                sitting.listening
            }),
            ("b", Section::Reading.as_str(), |sitting| sitting.reading),
        ];
        let every = of.div_ceil(MOST_DAYS);
        Some(Self {
            values: sections
                .iter()
                .map(|(_, name, percent)| {
                    let values: Vec<String> = shown
                        .iter()
                        .filter_map(percent)
                        .map(|percent| percent.to_string())
                        .collect();
                    (*name, values.join(", "))
                })
                .collect(),
            grid: (0..=100).step_by(20).map(|at| (at, height(at))).collect(),
            needed: needed.into_iter().map(|at| (at, height(at))).collect(),
            curves: sections
                .iter()
                .map(|(class, _, percent)| Curve::of(class, shown, *percent))
                .collect(),
            // Counted from the latest, which is always named.
            days: shown
                .iter()
                .enumerate()
                .filter(|(index, _)| (of - 1 - index).is_multiple_of(every))
                .map(|(index, sitting)| (across(index, of), sitting.day.clone()))
                .collect(),
        })
    }
}

impl Curve {
    fn of(class: &'static str, shown: &[Sitting], percent: PercentOf) -> Self {
        let points: Vec<[f64; 2]> = shown
            .iter()
            .enumerate()
            .filter_map(|(index, sitting)| {
                Some([across(index, shown.len()), height(percent(sitting)?)])
            })
            .collect();
        Self {
            class,
            segments: points
                .windows(2)
                .map(|pair| [pair[0][0], pair[0][1], pair[1][0], pair[1][1]])
                .collect(),
            points,
        }
    }
}

async fn show(State(app): State<App>, visitor: Visitor) -> Response {
    match page(&app, &visitor).await {
        Ok(response) => response,
        Err(failure) => failed(&app, Some(&visitor), failure),
    }
}

async fn page(app: &App, visitor: &Visitor) -> Result<Response, Failure> {
    let c = Chrome::new(app, visitor, Room::History);
    let Some(account) = &visitor.account else {
        // Nobody yet: there is nothing to show, and nothing to refuse.
        return Ok(render(&HistoryPage {
            c,
            guest: false,
            next: None,
            chart: None,
            mocks: Vec::new(),
            practice: Vec::new(),
        }));
    };
    let history = app.exam.history(&account.id).await?;
    let rules = app.exam.rules(None)?;
    let next = app.exam.next_mock(&account.id, None).await?;
    let (mocks, practice): (Vec<_>, Vec<_>) = history
        .iter()
        .partition(|entry| entry.overview.kind == Kind::Mock);
    Ok(render(&HistoryPage {
        guest: account.is_guest(),
        next: Some(next_view(&c, next, &rules)),
        chart: Chart::of(&sittings(app, &mocks)),
        mocks: mocks.iter().map(|entry| mock_row(app, &c, entry)).collect(),
        practice: practice
            .iter()
            .map(|entry| practice_row(&c, entry))
            .collect(),
        c,
    }))
}

fn next_view(c: &Chrome<'_>, next: NextMock, rules: &RuleSet) -> Next {
    let (allowed_from, left) = match next.decision {
        Ok(Allowance { left, .. }) => (None, left),
        Err(LimitReached { next_allowed }) => (Some(c.day(&next_allowed)), 0),
    };
    let retakes = &rules.retake.retakes;
    Next {
        in_progress: next.in_progress,
        allowed_from,
        left,
        retakes: retakes.value,
        days: rules.retake.days.value,
        basis: retakes.basis.as_str(),
        source: retakes.source.clone(),
    }
}

fn percent_in(scores: &[SectionScore], section: Section) -> Option<u32> {
    scores
        .iter()
        .find(|score| score.name == section)
        .map(SectionScore::percent)
}

/// The finished mocks, the earliest first.
fn sittings(app: &App, mocks: &[&HistoryEntry]) -> Vec<Sitting> {
    mocks
        .iter()
        .rev()
        .filter(|entry| entry.overview.state == "finished")
        .filter_map(|entry| {
            let overview = &entry.overview;
            let rules = app.exam.rules(Some(&overview.rule)).ok()?;
            let at = overview.ended_at.unwrap_or(overview.created_at);
            Some(Sitting {
                day: at
                    .with_timezone(&rules.retake.zone.value)
                    .format("%d.%m")
                    .to_string(),
                listening: percent_in(&overview.scores, Section::Listening),
                reading: percent_in(&overview.scores, Section::Reading),
                needed: rules.required_percent(),
            })
        })
        .collect()
}

fn mock_row(app: &App, c: &Chrome<'_>, entry: &HistoryEntry) -> MockRow {
    let overview = &entry.overview;
    let rules = app.exam.rules(Some(&overview.rule)).ok();
    MockRow {
        date: c.moment(&overview.counted_at.unwrap_or(overview.created_at)),
        rule: rules.map(|rules| {
            let required = rules.required_level.value.as_str();
            (required, urls::about_rule(&rules.id))
        }),
        listening: percent_in(&overview.scores, Section::Listening),
        reading: percent_in(&overview.scores, Section::Reading),
        level: entry.passed.map(|_| match entry.level {
            Some(level) => level.as_str().to_owned(),
            None => c.say1("result-below", "level", Level::ALL[0].as_str()),
        }),
        state: Shown::of(entry),
    }
}

fn practice_row(c: &Chrome<'_>, entry: &HistoryEntry) -> PracticeRow {
    let overview = &entry.overview;
    let score = overview.scores.first();
    PracticeRow {
        date: c.moment(&overview.created_at),
        section: score.map(|score| score.name.as_str()),
        right: score.map(|score| (score.correct, score.of)),
        state: Shown::of(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sitting(day: usize, listening: u32, reading: u32) -> Sitting {
        Sitting {
            day: format!("{day:02}.11"),
            listening: Some(listening),
            reading: Some(reading),
            needed: 30,
        }
    }

    #[test]
    fn no_mock_gives_no_chart_and_one_stands_in_the_middle() {
        assert_eq!(Chart::of(&[]), None);
        let chart = Chart::of(&[sitting(1, 100, 0)]).expect("a chart");
        assert_eq!(chart.curves[0].points, [[54.0, 6.0]]);
        assert_eq!(chart.curves[1].points, [[54.0, 86.0]]);
        assert!(chart.curves[0].segments.is_empty());
        assert_eq!(chart.days, [(54.0, "01.11".to_owned())]);
    }

    #[test]
    fn lines_run_from_mock_to_mock() {
        let mut later = sitting(9, 65, 55);
        later.needed = 50;
        let chart = Chart::of(&[sitting(1, 35, 20), later]).expect("a chart");
        assert_eq!(chart.curves[0].segments, [[15.0, 58.0, 93.0, 34.0]]);
        assert_eq!(
            chart.values,
            [
                ("listening", "35, 65".to_owned()),
                ("reading", "20, 55".to_owned())
            ]
        );
        assert_eq!(chart.needed, [(30, 62.0), (50, 46.0)]);
        assert_eq!(chart.grid.first(), Some(&(0, 86.0)));
        assert_eq!(chart.grid.last(), Some(&(100, 6.0)));
    }

    #[test]
    fn the_latest_mocks_are_shown_and_the_last_day_is_named() {
        let many: Vec<_> = (1..=20).map(|day| sitting(day, 50, 40)).collect();
        let chart = Chart::of(&many).expect("a chart");
        assert_eq!(chart.curves[0].points.len(), MOST_SITTINGS);
        assert_eq!(chart.days.len(), MOST_DAYS);
        assert_eq!(chart.days.last(), Some(&(93.0, "20.11".to_owned())));
    }

    #[test]
    fn a_section_that_was_not_sat_has_no_point() {
        let mut first = sitting(1, 50, 0);
        first.reading = None;
        let chart = Chart::of(&[first, sitting(2, 60, 40)]).expect("a chart");
        assert_eq!(chart.curves[1].points, [[93.0, 54.0]]);
    }
}
