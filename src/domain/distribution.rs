//! How a group's percentages lie against the cut score.

/// How many stretches of ten percent there are; the last one holds 100 too.
pub const BINS: usize = 10;

/// A section's results of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// The percentage that passes; none in practice.
    pub cut: Option<u32>,
    /// How many results there are.
    pub count: u32,
    /// How many of them pass.
    pub passed: u32,
    /// The middle one; of an even number the mean of the two in the middle, rounded down.
    pub median: u32,
    /// The lowest.
    pub lowest: u32,
    /// The highest.
    pub highest: u32,
    /// How many are in each stretch of ten percent.
    pub bins: [u32; BINS],
}

impl Distribution {
    /// The distribution of percentages from 0 to 100, rounded down; none without any. Rounding down takes no result over
    /// a cut score, which is a whole number.
    pub fn of(mut percents: Vec<u32>, cut: Option<u32>) -> Option<Self> {
        percents.sort_unstable();
        let (lowest, highest) = (*percents.first()?, *percents.last()?);
        let mut bins = [0; BINS];
        for percent in &percents {
            bins[(*percent as usize / BINS).min(BINS - 1)] += 1;
        }
        let middle = percents.len() / 2;
        let median = match percents.len().is_multiple_of(2) {
            true => u32::midpoint(percents[middle - 1], percents[middle]),
            false => percents[middle],
        };
        let passes = |percent: &&u32| cut.is_some_and(|cut| **percent >= cut);
        Some(Self {
            cut,
            count: percents.len() as u32,
            passed: percents.iter().filter(passes).count() as u32,
            median,
            lowest,
            highest,
            bins,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_middle_the_ends_and_who_passed() {
        assert_eq!(Distribution::of(Vec::new(), Some(40)), None);
        let table = [
            (vec![40], 40, 1, 40, 40),
            (vec![100, 39, 40], 40, 2, 39, 100),
            (vec![0, 55, 30, 80], 42, 2, 0, 80),
            (vec![50, 51], 50, 2, 50, 51),
        ];
        for (percents, median, passed, lowest, highest) in table {
            let found = Distribution::of(percents.clone(), Some(40)).expect("some");
            assert_eq!(
                (found.median, found.passed, found.lowest, found.highest),
                (median, passed, lowest, highest),
                "{percents:?}"
            );
        }
        let found = Distribution::of(vec![0, 9, 10, 99, 100], None).expect("some");
        assert_eq!(found.bins, [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(found.passed, 0, "nothing passes where nothing is required");
    }

    proptest! {
        #[test]
        fn every_result_is_in_one_bin_and_the_median_between_the_ends(
            percents in proptest::collection::vec(0u32..=100, 1..60), cut in 1u32..=100,
        ) {
            let found = Distribution::of(percents.clone(), Some(cut)).expect("some");
            prop_assert_eq!(found.bins.iter().sum::<u32>(), found.count);
            prop_assert!(found.lowest <= found.median && found.median <= found.highest);
            let passed = percents.iter().filter(|percent| **percent >= cut).count() as u32;
            prop_assert_eq!(found.passed, passed);
        }
    }
}
