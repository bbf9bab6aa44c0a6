//! The two pictures of an assessment, as geometry: the criteria stacked against the points that pass, and the waterfall
//! of the formula. Across in percent of the width, down in lines of text, so that neither needs a view box.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::domain::points::{Assessment, Criterion};

/// What is shown beyond the greatest value, so that a line there is not the picture's edge.
const HEADROOM: f64 = 1.04;
/// A segment narrower than this (in percent) has no room for its number: about 20 of 360 px.
const ROOMY: f64 = 6.0;
/// So near to an end (in percent) a label would stick out of the picture.
const NEAR: f64 = 14.0;
/// Lines of text from one row of the waterfall to the next.
const ROW: f64 = 2.9;
/// Lines of text above the first row.
const TOP: f64 = 1.9;

/// A whole picture is so many points wide.
#[derive(Debug, Clone, Copy)]
struct Scale(f64);

impl Scale {
    /// For values up to the greatest of these.
    fn up_to(values: &[Decimal]) -> Self {
        let most = values.iter().copied().max().unwrap_or(Decimal::ONE);
        Self(float(most.max(Decimal::ONE)) * HEADROOM)
    }

    /// Where a number of points stands, in percent of the width.
    fn at(self, points: Decimal) -> f64 {
        hundredths(float(points) / self.0 * 100.0)
    }
}

fn float(points: Decimal) -> f64 {
    points.to_f64().unwrap_or_default()
}

fn hundredths(percent: f64) -> f64 {
    (percent * 100.0).round() / 100.0
}

/// On which side of a line its label has room: `start`, `middle` or `end`.
fn anchor(at: f64) -> &'static str {
    match at {
        at if at <= NEAR => "start",
        at if at >= 100.0 - NEAR => "end",
        _ => "middle",
    }
}

/// A vertical line with its label.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) at: f64,
    pub(super) anchor: &'static str,
}

impl Line {
    fn new(at: f64) -> Self {
        Self {
            at,
            anchor: anchor(at),
        }
    }
}

/// A criterion's part of the total.
#[derive(Debug, PartialEq)]
pub(super) struct Segment {
    pub(super) criterion: Criterion,
    /// What it adds to the total: after the health coefficient.
    pub(super) points: Decimal,
    pub(super) x: f64,
    pub(super) width: f64,
    /// Where its number stands.
    pub(super) middle: f64,
    /// Whether the number has room inside.
    pub(super) roomy: bool,
    /// `a` and `b` in turn, `k` for Kazakh: neighbours differ.
    pub(super) class: &'static str,
}

/// The criteria one after the other, the line of the points that pass, and between what the total may lie.
#[derive(Debug, PartialEq)]
pub(super) struct Stack {
    pub(super) segments: Vec<Segment>,
    pub(super) needed: Line,
    pub(super) total: f64,
    /// From the least to the greatest total; none where the total is certain.
    pub(super) range: Option<(Line, Line)>,
}

impl Stack {
    pub(super) fn of(assessment: &Assessment) -> Self {
        let threshold = Decimal::from(assessment.threshold);
        let range = assessment.range;
        let scale = Scale::up_to(&[threshold, assessment.total, range.high]);
        let mut sum = Decimal::ZERO;
        let mut segments: Vec<Segment> = Vec::new();
        for step in &assessment.steps {
            let points = match step.criterion.is_multiplied() {
                true => step.points * assessment.health,
                false => step.points,
            };
            if points.is_zero() {
                continue;
            }
            let (x, end) = (scale.at(sum), scale.at(sum + points));
            let class = match (step.criterion, segments.last()) {
                (Criterion::Kazakh, _) => "k",
                (_, Some(last)) if last.class == "a" => "b",
                _ => "a",
            };
            segments.push(Segment {
                criterion: step.criterion,
                points,
                x,
                width: hundredths(end - x),
                middle: hundredths(f64::midpoint(x, end)),
                roomy: end - x >= ROOMY,
                class,
            });
            sum += points;
        }
        let line = |points| Line::new(scale.at(points));
        Self {
            segments,
            needed: line(threshold),
            total: scale.at(assessment.total),
            range: (range.low != range.high).then(|| (line(range.low), line(range.high))),
        }
    }
}

/// What a row of the waterfall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// A criterion's points, from where the sum stood to where it stands with them.
    Adds(Criterion),
    /// The sum of what health multiplies.
    Sum,
    /// What the health coefficient takes away.
    Health,
    /// The total.
    Total,
}

/// A row of the waterfall.
#[derive(Debug, PartialEq)]
pub(super) struct Step {
    pub(super) row: Row,
    /// By how much the sum changes; of a sum, the sum.
    pub(super) points: Decimal,
    pub(super) x: f64,
    pub(super) width: f64,
    /// Where the next row goes on.
    pub(super) end: f64,
    /// `add`, `less` or `sum`.
    pub(super) class: &'static str,
    /// The label's line and the bar's top, in lines of text.
    pub(super) label_y: f64,
    pub(super) bar_y: f64,
}

/// The formula, step by step.
#[derive(Debug, PartialEq)]
pub(super) struct Waterfall {
    pub(super) steps: Vec<Step>,
    pub(super) needed: Line,
    /// In lines of text.
    pub(super) height: f64,
}

impl Waterfall {
    pub(super) fn of(assessment: &Assessment) -> Self {
        let threshold = Decimal::from(assessment.threshold);
        let scale = Scale::up_to(&[threshold, assessment.sum, assessment.total]);
        let mut steps: Vec<Step> = Vec::new();
        let mut push = |row: Row, from: Decimal, to: Decimal| {
            let (low, high) = (scale.at(from.min(to)), scale.at(from.max(to)));
            let label_y = hundredths(TOP + ROW * steps.len() as f64);
            steps.push(Step {
                row,
                points: to - from,
                x: low,
                width: hundredths(high - low),
                end: scale.at(to),
                class: match row {
                    Row::Adds(_) => "add",
                    Row::Health => "less",
                    Row::Sum | Row::Total => "sum",
                },
                label_y,
                bar_y: hundredths(label_y + 0.4),
            });
        };
        let mut sum = Decimal::ZERO;
        let given = |multiplied: bool| {
            assessment.steps.iter().filter(move |step| {
                step.criterion.is_multiplied() == multiplied && !step.points.is_zero()
            })
        };
        for step in given(true) {
            push(Row::Adds(step.criterion), sum, sum + step.points);
            sum += step.points;
        }
        push(Row::Sum, Decimal::ZERO, sum);
        if assessment.health != Decimal::ONE {
            push(Row::Health, sum, assessment.after_health);
        }
        for step in given(false) {
            let from = assessment.after_health;
            push(Row::Adds(step.criterion), from, from + step.points);
        }
        push(Row::Total, Decimal::ZERO, assessment.total);
        Self {
            height: hundredths(TOP + ROW * steps.len() as f64 - 0.9),
            steps,
            needed: Line::new(scale.at(threshold)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::points::{Ends, Origin, Step as Part};
    use crate::domain::rules::{Basis, Sourced};

    fn assessment(points: &[(Criterion, i64)], health: Decimal) -> Assessment {
        let steps: Vec<Part> = points
            .iter()
            .map(|(criterion, points)| Part {
                criterion: *criterion,
                points: Decimal::from(*points),
                ends: Ends::exactly(Decimal::from(*points)),
                max: std::sync::Arc::new(Sourced {
                    value: 200,
                    basis: Basis::Published,
                    source: String::new(),
                    note: None,
                }),
                origin: Origin::Entered,
                citation: None,
                workings: None,
            })
            .collect();
        let part = |multiplied: bool| -> Decimal {
            let of = steps.iter();
            let of = of.filter(|step| step.criterion.is_multiplied() == multiplied);
            of.map(|step| step.points).sum()
        };
        let (sum, additional) = (part(true), part(false));
        let total = sum * health + additional;
        Assessment {
            steps,
            sum,
            health,
            after_health: sum * health,
            additional,
            total,
            range: Ends {
                low: total - Decimal::from(20),
                high: total + Decimal::from(30),
            },
            threshold: 400,
            passed: false,
            missing: Decimal::from(400) - total,
        }
    }

    /// 80 + 120 + 48 + 0 points, half of them by health, and 52 besides: 176.
    fn halved() -> Assessment {
        let points = [
            (Criterion::Demographic, 80),
            (Criterion::Education, 120),
            (Criterion::Kazakh, 48),
            (Criterion::Russian, 0),
            (Criterion::Additional, 52),
        ];
        assessment(&points, Decimal::new(5, 1))
    }

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 0.02
    }

    #[test]
    fn segments_follow_each_other_and_add_up_to_the_total() {
        let assessment = halved();
        let stack = Stack::of(&assessment);
        let points: Decimal = stack.segments.iter().map(|segment| segment.points).sum();
        assert_eq!(points, assessment.total);
        assert_eq!(
            stack.segments.len(),
            4,
            "what brings nothing has no segment"
        );
        let mut at = 0.0;
        for segment in &stack.segments {
            assert!(near(segment.x, at), "{segment:?} begins at {at}");
            at = segment.x + segment.width;
        }
        assert!(near(at, stack.total));
        let classes: Vec<_> = stack.segments.iter().map(|one| one.class).collect();
        assert_eq!(classes, ["a", "b", "k", "a"]);
    }

    #[test]
    fn the_line_stands_where_the_points_that_pass_are() {
        let stack = Stack::of(&halved());
        // 400 of 400 points and the headroom.
        assert!(near(stack.needed.at, 100.0 / HEADROOM));
        assert_eq!(stack.needed.anchor, "end");
        assert!(near(stack.total / stack.needed.at, 176.0 / 400.0));
        let (low, high) = stack.range.expect("a range");
        assert!(near(low.at / stack.needed.at, 156.0 / 400.0));
        assert!(near(high.at / stack.needed.at, 206.0 / 400.0));
        // A total above it makes the picture wider, and the line moves to the left.
        let rich = assessment(&[(Criterion::Education, 800)], Decimal::ONE);
        let stack = Stack::of(&rich);
        assert!(near(stack.needed.at / stack.total, 0.5));
        assert!(stack.range.expect("a range").1.at < 100.0);
    }

    #[test]
    fn a_total_that_is_certain_has_no_range() {
        let mut certain = halved();
        certain.range = Ends::exactly(certain.total);
        assert_eq!(Stack::of(&certain).range, None);
    }

    #[test]
    fn the_waterfall_rises_by_each_criterion_and_falls_by_health() {
        let assessment = halved();
        let fall = Waterfall::of(&assessment);
        let rows: Vec<Row> = fall.steps.iter().map(|step| step.row).collect();
        assert_eq!(
            rows,
            [
                Row::Adds(Criterion::Demographic),
                Row::Adds(Criterion::Education),
                Row::Adds(Criterion::Kazakh),
                Row::Sum,
                Row::Health,
                Row::Adds(Criterion::Additional),
                Row::Total,
            ]
        );
        for pair in fall.steps.windows(2) {
            let [before, after] = pair else { continue };
            match after.row {
                Row::Adds(_) => assert!(near(after.x, before.end), "{after:?}"),
                Row::Sum | Row::Total => {
                    assert!(
                        near(after.x, 0.0) && near(after.width, before.end),
                        "{after:?}"
                    );
                }
                Row::Health => {
                    assert!(after.points < Decimal::ZERO);
                    assert!(after.end < before.end, "it goes down");
                    assert!(near(after.x, after.end) && near(after.x + after.width, before.end));
                }
            }
            assert!(after.label_y > before.bar_y, "rows do not overlap");
        }
        assert_eq!(fall.steps[4].points, Decimal::from(-124));
        assert!(
            fall.steps
                .last()
                .is_some_and(|last| last.bar_y < fall.height)
        );
        let full = Waterfall::of(&self::assessment(
            &[(Criterion::Education, 10)],
            Decimal::ONE,
        ));
        assert!(full.steps.iter().all(|step| step.row != Row::Health));
    }

    #[test]
    fn nothing_at_all_is_still_a_picture() {
        let none = assessment(&[], Decimal::ONE);
        assert_eq!(Stack::of(&none).segments, []);
        let fall = Waterfall::of(&none);
        assert_eq!(fall.steps.len(), 2);
        assert!(fall.steps.iter().all(|step| near(step.width, 0.0)));
    }
}
