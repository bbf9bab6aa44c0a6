//! Scores: right answers, percent, level by band, passed. Integer arithmetic throughout.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    bank::Item,
    correction::{self, Corrections, Mark},
    form::{FormSection, Letter},
    id::ItemId,
    level::Level,
    rules::{RuleSet, Section},
};

/// One section's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionScore {
    /// Which section.
    pub name: Section,
    /// Right answers, 0 to `of`.
    pub correct: u32,
    /// Items in the section.
    pub of: u32,
}

impl SectionScore {
    /// Percent right, rounded down: 29.9 % is 29, so that a percentage never claims a cut score that was missed.
    pub fn percent(&self) -> u32 {
        match self.of {
            0 => 0,
            of => self.correct * 100 / of,
        }
    }

    /// Whether the share of right answers is at least `percent`; exactly at it is.
    pub fn reaches(&self, percent: u32) -> bool {
        self.of > 0 && u64::from(self.correct) * 100 >= u64::from(percent) * u64::from(self.of)
    }

    /// The highest level whose cut score is reached; none below the lowest band.
    pub fn level(&self, rules: &RuleSet) -> Option<Level> {
        rules
            .bands
            .iter()
            .rev()
            .find(|band| self.reaches(band.from_percent.value))
            .map(|band| band.level)
    }

    /// Right answers needed for the required level: the cut score's share of the items, rounded up.
    pub fn needed(&self, rules: &RuleSet) -> u32 {
        (rules.required_percent() * self.of).div_ceil(100)
    }

    /// Whether the required level is reached in this section.
    pub fn passed(&self, rules: &RuleSet) -> bool {
        self.reaches(rules.required_percent())
    }
}

/// The overall level: the lowest of the sections' levels, none if a section has none (each section must reach it).
pub fn overall_level(sections: &[SectionScore], rules: &RuleSet) -> Option<Level> {
    sections
        .iter()
        .map(|section| section.level(rules))
        .min()
        .flatten()
}

/// Whether every section reaches the required level.
pub fn passed(sections: &[SectionScore], rules: &RuleSet) -> bool {
    !sections.is_empty() && sections.iter().all(|section| section.passed(rules))
}

/// Counts a section's right answers under the corrections in force. An item that is missing from `items` cannot be
/// right; one that is left out is not counted at all.
pub fn mark(
    section: &FormSection,
    items: &HashMap<&ItemId, &Item>,
    responses: &HashMap<ItemId, Letter>,
    corrections: &Corrections,
) -> SectionScore {
    let mut score = SectionScore {
        name: section.name,
        correct: 0,
        of: 0,
    };
    for testlet in &section.testlets {
        for form_item in &testlet.items {
            let ruling = corrections.ruling(&testlet.digest, &form_item.id);
            let key = items.get(&form_item.id).map(|item| item.key);
            let chosen = responses.get(&form_item.id);
            let chosen = chosen.map(|letter| form_item.order[*letter as usize]);
            let mark = correction::judge(ruling, key, chosen);
            score.of += u32::from(mark != Mark::NotCounted);
            score.correct += u32::from(mark == Mark::Right);
        }
    }
    score
}
