//! Who needs what: learners grouped by the skill that they miss, judged by the questions that they were asked.
//!
//! A learner misses a skill when their share of right answers to its questions is below the share that was called for:
//! the cut score of the rule set in a mock, [`PRACTICE_CUT_PERCENT`] in practice; where both were sat, the mean over the
//! questions. Fewer than [`LEAST_ASKED`] questions tell too little. Both numbers are ours: nothing published says from
//! when a skill is missing.

use std::collections::BTreeMap;

use super::{bank::SKILLS, id::LearnerId, level::Level, rules::Section};

/// The fewest questions on a skill that say anything about it. Assumed: ours.
pub const LEAST_ASKED: u32 = 3;
/// The share of right answers in practice below which a skill is missing, in percent. Assumed: ours.
pub const PRACTICE_CUT_PERCENT: u32 = 50;

/// A question that a learner was asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who.
    pub learner: &'a LearnerId,
    /// What it tests.
    pub skill: &'a str,
    /// In which section.
    pub section: Section,
    /// Its level.
    pub level: Level,
    /// Whether it was answered right.
    pub right: bool,
    /// The share of right answers that was called for, in percent.
    pub cut: u32,
}

/// A learner's share in a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Who.
    pub learner: LearnerId,
    /// Right answers.
    pub right: u32,
    /// Questions asked.
    pub asked: u32,
}

impl Share {
    /// Percent right, rounded down.
    pub fn percent(&self) -> u32 {
        self.right * 100 / self.asked.max(1)
    }
}

/// Where wrong answers were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// In which section.
    pub section: Section,
    /// At which level.
    pub level: Level,
    /// How many.
    pub wrong: u32,
}

/// How a skill stands with the learners who were asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The skill.
    pub skill: String,
    /// Who misses it, the lowest share first.
    pub lacking: Vec<Share>,
    /// Of whom there is too little to tell.
    pub unclear: Vec<Share>,
    /// How many have it.
    pub enough: usize,
    /// Where those who miss it went wrong: most wrong answers first, then the lower level.
    pub spots: Vec<Spot>,
}

#[derive(Default)]
struct Tally {
    right: u32,
    asked: u32,
    called_for: u32,
    wrong: BTreeMap<(Level, Section), u32>,
}

/// Every skill that was asked about, the one that most learners miss first.
pub fn needs<'a>(asked: impl IntoIterator<Item = Asked<'a>>) -> Vec<Need> {
    let mut tallies: BTreeMap<&str, BTreeMap<&LearnerId, Tally>> = BTreeMap::new();
    for one in asked {
        let tally = tallies.entry(one.skill).or_default();
        let tally = tally.entry(one.learner).or_default();
        tally.asked += 1;
        tally.called_for += one.cut;
        match one.right {
            true => tally.right += 1,
            false => *tally.wrong.entry((one.level, one.section)).or_default() += 1,
        }
    }
    let mut needs: Vec<Need> = tallies
        .into_iter()
        .map(|(skill, learners)| need(skill, learners))
        .collect();
    let place = |skill: &str| SKILLS.iter().position(|known| *known == skill);
    needs.sort_by_key(|need| {
        let right: u32 = need.lacking.iter().map(|share| share.right).sum();
        let asked: u32 = need.lacking.iter().map(|share| share.asked).sum();
        let percent = right * 100 / asked.max(1);
        (
            std::cmp::Reverse(need.lacking.len()),
            percent,
            place(&need.skill).unwrap_or(SKILLS.len()),
        )
    });
    needs
}

fn need(skill: &str, learners: BTreeMap<&LearnerId, Tally>) -> Need {
    let mut need = Need {
        skill: skill.to_owned(),
        lacking: Vec::new(),
        unclear: Vec::new(),
        enough: 0,
        spots: Vec::new(),
    };
    let mut wrong: BTreeMap<(Level, Section), u32> = BTreeMap::new();
    for (learner, tally) in learners {
        let share = Share {
            learner: learner.clone(),
            right: tally.right,
            asked: tally.asked,
        };
        if tally.asked < LEAST_ASKED {
            need.unclear.push(share);
        } else if tally.right * 100 < tally.called_for {
            need.lacking.push(share);
            for (at, count) in tally.wrong {
                *wrong.entry(at).or_default() += count;
            }
        } else {
            need.enough += 1;
        }
    }
    need.lacking.sort_by_key(Share::percent);
    need.spots = wrong
        .into_iter()
        .map(|((level, section), wrong)| Spot {
            section,
            level,
            wrong,
        })
        .collect();
    // They came by level; a sort keeps the order of equals.
    need.spots.sort_by_key(|spot| std::cmp::Reverse(spot.wrong));
    need
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many questions on a skill at a level, so many of them right.
    fn asked<'a>(
        learner: &'a LearnerId,
        skill: &'a str,
        level: Level,
        cut: u32,
        right: u32,
        of: u32,
    ) -> Vec<Asked<'a>> {
        (0..of)
            .map(|n| Asked {
                learner,
                skill,
                section: Section::Reading,
                level,
                right: n < right,
                cut,
            })
            .collect()
    }

    fn ids() -> [LearnerId; 3] {
        ["a", "b", "c"].map(LearnerId::new)
    }

    #[test]
    fn a_skill_is_missing_below_the_cut_and_not_at_it() {
        let [a, ..] = ids();
        let table = [
            // Cut, right, of: whether it is missing.
            (30, 2, 10, true),
            (30, 3, 10, false),
            (50, 1, 3, true),
            (50, 2, 4, false),
            (100, 3, 3, false),
            (0, 0, 3, false),
        ];
        for (cut, right, of, missing) in table {
            let need = &needs(asked(&a, "detail", Level::A2, cut, right, of))[0];
            assert_eq!(!need.lacking.is_empty(), missing, "{cut} {right} {of}");
            assert_eq!(need.enough, usize::from(!missing));
        }
    }

    #[test]
    fn two_questions_tell_nothing() {
        let [a, ..] = ids();
        let need = &needs(asked(&a, "detail", Level::A2, 50, 0, LEAST_ASKED - 1))[0];
        assert!(need.lacking.is_empty() && need.enough == 0);
        assert_eq!(need.unclear.len(), 1);
        assert!(need.spots.is_empty(), "nobody who misses it went wrong");
    }

    #[test]
    fn what_most_miss_comes_first_and_the_weakest_learner_in_it() {
        let [a, b, c] = ids();
        let mut all = asked(&a, "grammar", Level::A2, 50, 1, 4);
        all.extend(asked(&b, "grammar", Level::A2, 50, 0, 4));
        all.extend(asked(&c, "grammar", Level::A2, 50, 4, 4));
        all.extend(asked(&a, "detail", Level::A2, 50, 0, 4));
        all.extend(asked(&c, "inference", Level::A2, 50, 4, 4));
        let needs = needs(all);
        let skills: Vec<&str> = needs.iter().map(|need| need.skill.as_str()).collect();
        assert_eq!(skills, ["grammar", "detail", "inference"]);
        let shares: Vec<(&LearnerId, u32)> = needs[0]
            .lacking
            .iter()
            .map(|share| (&share.learner, share.percent()))
            .collect();
        assert_eq!(shares, [(&b, 0), (&a, 25)]);
        assert_eq!(needs[0].enough, 1);
        assert!(needs[2].lacking.is_empty());
    }

    #[test]
    fn practice_is_called_for_where_most_went_wrong() {
        let [a, b, _] = ids();
        let mut all = asked(&a, "detail", Level::B1, 50, 0, 2);
        all.extend(asked(&a, "detail", Level::A2, 50, 1, 2));
        all.extend(asked(&b, "detail", Level::A1, 50, 5, 6)); // has it: their fault is no spot
        let spots = &needs(all)[0].spots;
        let places: Vec<(Level, u32)> = spots.iter().map(|spot| (spot.level, spot.wrong)).collect();
        assert_eq!(places, [(Level::B1, 2), (Level::A2, 1)]);
        // As many: the lower level.
        let mut all = asked(&a, "detail", Level::B1, 50, 0, 2);
        all.extend(asked(&a, "detail", Level::A2, 50, 0, 2));
        assert_eq!(needs(all)[0].spots[0].level, Level::A2);
    }

    #[test]
    fn a_mock_and_practice_together_call_for_the_mean() {
        let [a, ..] = ids();
        // Three at 30 % and three at 50 %: 40 % of six is 2.4 questions.
        for (right, missing) in [(2, true), (3, false)] {
            let mut all = asked(&a, "detail", Level::A2, 30, right, 3);
            all.extend(asked(&a, "detail", Level::A2, 50, 0, 3));
            assert_eq!(!needs(all)[0].lacking.is_empty(), missing, "{right}");
        }
    }
}
