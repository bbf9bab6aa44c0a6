//! A chart of mocks over time: both sections against the pass line. `templates/components/chart.html` draws it.

use crate::domain::{
    Timestamp,
    rules::{RuleSet, Section},
    score::SectionScore,
};

/// The percentage reached in a section, if it was sat.
pub(super) fn percent_in(scores: &[SectionScore], section: Section) -> Option<u32> {
    scores
        .iter()
        .find(|score| score.name == section)
        .map(SectionScore::percent)
}

/// One finished mock in the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sitting {
    day: String,
    listening: Option<u32>,
    reading: Option<u32>,
    needed: u32,
}

impl Sitting {
    /// A finished mock, on the day that it ended in a zone.
    pub(super) fn of(
        at: &Timestamp,
        zone: chrono_tz::Tz,
        scores: &[SectionScore],
        rules: &RuleSet,
    ) -> Self {
        Self {
            day: at.with_timezone(&zone).format("%d.%m").to_string(),
            listening: percent_in(scores, Section::Listening),
            reading: percent_in(scores, Section::Reading),
            needed: rules.required_percent(),
        }
    }
}

/// A line chart in percent of its width and height, so that it needs neither a view box nor a script.
#[derive(Debug, PartialEq)]
pub(super) struct Chart {
    /// What a reader who does not see it is told: all values.
    pub(super) values: Vec<(&'static str, String)>,
    pub(super) grid: Vec<(u32, f64)>,
    /// Pass lines: percent and height. More than one where mocks were sat under different rules.
    pub(super) needed: Vec<(u32, f64)>,
    pub(super) curves: Vec<Curve>,
    pub(super) days: Vec<(f64, String)>,
}

/// One section's line.
#[derive(Debug, PartialEq)]
pub(super) struct Curve {
    /// `a` or `b`, the line's look.
    pub(super) class: &'static str,
    /// From x, y to x, y.
    pub(super) segments: Vec<[f64; 4]>,
    pub(super) points: Vec<[f64; 2]>,
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
    pub(super) fn of(sittings: &[Sitting]) -> Option<Self> {
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
