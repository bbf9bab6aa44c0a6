//! A section's bar against its cut scores: geometry only.

use crate::domain::level::Level;

/// The bar of a section, in percent of its width.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) value: u32,
    /// Cut scores of the levels that are not required.
    pub(super) cuts: Vec<(u32, &'static str)>,
    pub(super) needed: u32,
    pub(super) needed_level: &'static str,
    /// On which side of the needed line its label has room: `start`, `middle` or `end`.
    pub(super) anchor: &'static str,
}

impl Bar {
    /// The bar of a section with so many percent right, given each level's cut score and the level that passes.
    pub(super) fn new(percent: u32, required: Level, cuts: &[(Level, u32)]) -> Self {
        /// So near to an end (in percent) the label, about a third of the bar on a phone, would stick out.
        const NARROW: u32 = 18;
        let (needed, others): (Vec<_>, Vec<_>) =
            cuts.iter().partition(|(level, _)| *level == required);
        let needed = needed.first().map_or(100, |(_, percent)| *percent);
        Self {
            value: percent.min(100),
            cuts: others
                .into_iter()
                .map(|(level, percent)| (percent, level.as_str()))
                .collect(),
            needed,
            needed_level: required.as_str(),
            anchor: match needed {
                0..=NARROW => "start",
                _ if needed >= 100 - NARROW => "end",
                _ => "middle",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_has_the_needed_line_and_the_other_cuts() {
        let cuts = [(Level::A1, 30), (Level::A2, 40), (Level::B1, 50)];
        assert_eq!(
            Bar::new(65, Level::A1, &cuts),
            Bar {
                value: 65,
                cuts: vec![(40, "A2"), (50, "B1")],
                needed: 30,
                needed_level: "A1",
                anchor: "middle",
            }
        );
        for (percent, anchor) in [
            (0, "start"),
            (18, "start"),
            (19, "middle"),
            (81, "middle"),
            (82, "end"),
            (100, "end"),
        ] {
            let bar = Bar::new(0, Level::A1, &[(Level::A1, percent)]);
            assert_eq!(bar.anchor, anchor, "{percent}");
        }
        assert_eq!(Bar::new(120, Level::A1, &cuts).value, 100);
    }
}
