//! A histogram against the cut score: geometry in percent of the picture, and nothing else.

use crate::domain::distribution::{BINS, Distribution};

/// The picture of a section's results.
#[derive(Debug, PartialEq)]
pub struct Histogram {
    pub bars: Vec<Bar>,
    /// Where the cut score lies, and on which side of it its label has room: `start` or `end`.
    pub cut: Option<(f64, &'static str)>,
    /// The ends of the stretches: percent and place.
    pub marks: Vec<(usize, f64)>,
}

/// A stretch of ten percent.
#[derive(Debug, PartialEq)]
pub struct Bar {
    pub x: f64,
    pub y: f64,
    pub height: f64,
    /// Where its number stands.
    pub middle: f64,
    pub count: u32,
    /// `40–49`.
    pub range: String,
    /// Whether it lies below the cut score.
    pub below: bool,
}

/// How wide a bar is: a little less than its stretch.
pub const WIDTH: f64 = 9.0;
/// From this to this the stretches lie, from the left.
const LEFT: f64 = 1.5;
const RIGHT: f64 = 98.5;
/// The bars stand on this and the highest one reaches up to that, from the top.
pub const FLOOR: f64 = 84.0;
const CEILING: f64 = 22.0;

fn across(percent: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * percent / 100.0
}

impl Histogram {
    pub fn of(distribution: &Distribution) -> Self {
        let most = distribution.bins.iter().copied().max().unwrap_or(1).max(1);
        let step = 100 / BINS;
        Self {
            bars: distribution
                .bins
                .iter()
                .enumerate()
                .map(|(bin, count)| {
                    let (from, to) = (bin * step, (bin + 1) * step);
                    let middle = across((from + to) as f64 / 2.0);
                    let height = (FLOOR - CEILING) * f64::from(*count) / f64::from(most);
                    Bar {
                        x: middle - WIDTH / 2.0,
                        y: FLOOR - height,
                        height,
                        middle,
                        count: *count,
                        range: match bin + 1 == BINS {
                            true => format!("{from}–{to}"),
                            false => format!("{from}–{}", to - 1),
                        },
                        below: distribution.cut.is_some_and(|cut| to as u32 <= cut),
                    }
                })
                .collect(),
            cut: distribution.cut.map(|cut| {
                let side = if cut > 50 { "end" } else { "start" };
                (across(f64::from(cut)), side)
            }),
            marks: (0..=100)
                .step_by(20)
                .map(|percent| (percent, across(percent as f64)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_the_floor_and_the_highest_reaches_up() {
        let results = vec![5, 15, 18, 40, 100];
        let distribution = Distribution::of(results, Some(40)).expect("some");
        let picture = Histogram::of(&distribution);
        assert_eq!(picture.bars.len(), BINS);
        for bar in &picture.bars {
            assert!((bar.y + bar.height - FLOOR).abs() < 1e-9);
            assert!(bar.x >= 0.0 && bar.x + WIDTH <= 100.0 && bar.y >= CEILING - 1e-9);
        }
        assert!((picture.bars[1].height - (FLOOR - CEILING)).abs() < 1e-9);
        let below: Vec<bool> = picture.bars.iter().map(|bar| bar.below).collect();
        assert_eq!(below[..5], [true, true, true, true, false]);
        assert_eq!(picture.bars[9].range, "90–100");
        assert_eq!(picture.bars[1].range, "10–19");
        let (place, side) = picture.cut.expect("a cut");
        assert!((place - 40.3).abs() < 1e-9 && side == "start", "{place}");
    }
}
