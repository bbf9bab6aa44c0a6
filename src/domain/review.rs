//! How a group answered: learners × questions, what each question did, how well all of them together told learners
//! apart. Pure counting over forms, responses and keys; learners may have had different forms.
//!
//! Every learner saw the options of a question in another order, so a response is first turned back into the option's
//! index in the bank; letters of two learners cannot be compared.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::{
    bank::{Item, OPTIONS},
    correction::{Corrections, Mark, Ruling, judge},
    correlation::correlation,
    form::{Form, FormTestlet, Letter},
    id::{ItemId, TestletId},
    level::Level,
    rules::Section,
};

/// The fewest learners of whom a discrimination or a reliability is told: of fewer it is chance.
pub const LEARNERS_MIN: u32 = 10;

/// One learner's form and what they chose in it: the last response of each item, cleared ones left out.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// What they were given.
    pub form: &'a Form,
    /// What they chose, by the letters of their own form.
    pub responses: &'a HashMap<ItemId, Letter>,
}

/// An item that somebody of the group had: a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id in the bank.
    pub item: ItemId,
    /// Its testlet.
    pub testlet: TestletId,
    /// The testlet's wording, by hash: that of the first learner who had it.
    pub digest: String,
    /// In which section.
    pub section: Section,
    /// What it tests.
    pub skill: String,
    /// Its level.
    pub level: Level,
    /// The key's index in the bank's order; by a correction, if there is one.
    pub key: u8,
    /// Other options that are right by a correction.
    pub also_right: Vec<u8>,
    /// How many learners had it.
    pub had: u32,
}

impl Question {
    /// Whether an option is right.
    pub fn is_right(&self, option: u8) -> bool {
        option == self.key || self.also_right.contains(&option)
    }
}

/// What a learner made of a question that they had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Whether they chose anything.
    pub answered: bool,
    /// The option's index in the bank's order; none without an answer, and where the item was edited in between so that
    /// the options are not those of the [`Question`].
    pub chosen: Option<u8>,
    /// Whether it gives the point: the key of their wording, or what a correction rules.
    pub correct: bool,
}

/// Learners × questions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix {
    /// The columns: by section, then those first that most learners had, then in the order of the forms.
    pub questions: Vec<Question>,
    /// A row for each sheet; none where the learner had other questions.
    pub rows: Vec<Vec<Option<Answer>>>,
}

/// Right answers, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Right answers.
    pub right: u32,
    /// Questions asked.
    pub of: u32,
}

impl Tally {
    /// Percent right, rounded down; none where nothing was asked.
    pub fn percent(self) -> Option<u32> {
        (self.right * 100).checked_div(self.of)
    }

    fn add(&mut self, answer: Answer) {
        self.right += u32::from(answer.correct);
        self.of += 1;
    }
}

/// Why a figure cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// Fewer than [`LEARNERS_MIN`] learners.
    TooFew,
    /// All did the same, so nothing sets them apart.
    NoSpread,
    /// Learners had different questions.
    DifferentForms,
}

impl Untold {
    /// `too-few`, `no-spread` or `different-forms`: the word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Untold::TooFew => "too-few",
            Untold::NoSpread => "no-spread",
            Untold::DifferentForms => "different-forms",
        }
    }
}

/// How a question went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemStats {
    /// Right answers, of those who had it: the facility. Who chose nothing was not right.
    pub tally: Tally,
    /// How many chose something.
    pub answered: u32,
    /// How many chose each option, by the bank's order.
    pub chosen: [u32; OPTIONS],
    /// How many answered when it had other options, before it was edited.
    pub otherwise: u32,
    /// How well it tells learners apart, −1 to 1. See [`Matrix::discrimination`].
    pub discrimination: Result<f64, Untold>,
}

impl ItemStats {
    /// How many chose nothing.
    pub fn unanswered(&self) -> u32 {
        self.tally.of - self.answered
    }

    /// The distractor that misled most, and how many, if any misled somebody.
    pub fn strongest_distractor(&self, question: &Question) -> Option<(u8, u32)> {
        (0u8..)
            .zip(self.chosen)
            .filter(|(option, count)| !question.is_right(*option) && *count > 0)
            .max_by_key(|(option, count)| (*count, Reverse(*option)))
    }

    /// How hard it was.
    pub fn difficulty(&self) -> Option<Difficulty> {
        self.tally.percent().map(Difficulty::of)
    }
}

/// How hard a question was for the group, by the share of right answers. The limits are those of the University of
/// Washington's *Understanding Item Analyses* (ScorePak): easy from 85 %, hard up to 50 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difficulty {
    /// Most had it right.
    Easy,
    /// In between.
    Medium,
    /// Half of them or fewer had it right.
    Hard,
}

impl Difficulty {
    fn of(percent: u32) -> Self {
        match percent {
            85.. => Difficulty::Easy,
            51..85 => Difficulty::Medium,
            _ => Difficulty::Hard,
        }
    }

    /// `easy`, `medium` or `hard`.
    pub fn as_str(self) -> &'static str {
        match self {
            Difficulty::Easy => "easy",
            Difficulty::Medium => "medium",
            Difficulty::Hard => "hard",
        }
    }
}

/// What a discrimination says, by the limits of the same source: good above 0.30, fair from 0.10. Below zero is named
/// apart: then the weaker learners had it right, and the key should be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Those who did well otherwise had it right.
    Good,
    /// It says a little.
    Fair,
    /// It says next to nothing.
    Poor,
    /// Those who did well otherwise had it wrong.
    Against,
}

impl Telling {
    /// The reading of a discrimination.
    pub fn of(discrimination: f64) -> Self {
        match discrimination {
            d if d > 0.3 => Telling::Good,
            d if d >= 0.1 => Telling::Fair,
            d if d >= 0.0 => Telling::Poor,
            _ => Telling::Against,
        }
    }

    /// `good`, `fair`, `poor` or `against`.
    pub fn as_str(self) -> &'static str {
        match self {
            Telling::Good => "good",
            Telling::Fair => "fair",
            Telling::Poor => "poor",
            Telling::Against => "against",
        }
    }
}

/// How far the whole can be relied on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// Kuder and Richardson's formula 20, at most 1.
    pub kr20: f64,
    /// Standard error of measurement, in right answers.
    pub sem: f64,
    /// Mean number of right answers.
    pub mean: f64,
}

/// Right answers by skill, by level or whatever questions have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tallies<K> {
    /// The columns.
    pub keys: Vec<K>,
    /// A row for each learner.
    pub rows: Vec<Vec<Tally>>,
    /// All learners together.
    pub all: Vec<Tally>,
}

impl Matrix {
    /// Puts sheets together. `item_of` finds an item in the wording that a form names; one that it does not find is
    /// left out, and so is one that a correction does not count.
    pub fn of<'a>(
        sheets: &[Sheet<'_>],
        item_of: impl Fn(&FormTestlet, &ItemId) -> Option<&'a Item>,
        corrections: &Corrections,
    ) -> Self {
        let mut columns: Vec<(usize, Question, &Item)> = Vec::new();
        let mut by_id: HashMap<&ItemId, usize> = HashMap::new();
        let mut found: Vec<Vec<(usize, Answer)>> = Vec::with_capacity(sheets.len());
        for sheet in sheets {
            let mut row = Vec::new();
            for (place, section) in sheet.form.sections.iter().enumerate() {
                for testlet in &section.testlets {
                    for given in &testlet.items {
                        let Some(item) = item_of(testlet, &given.id) else {
                            continue;
                        };
                        let letter = sheet.responses.get(&given.id);
                        let chosen = letter.map(|letter| given.order[*letter as usize]);
                        let ruling = corrections.ruling(&testlet.digest, &given.id);
                        let correct = match judge(ruling, Some(item.key), chosen) {
                            Mark::NotCounted => continue,
                            mark => mark == Mark::Right,
                        };
                        let column = *by_id.entry(&given.id).or_insert_with(|| {
                            let (key, also_right) = right(item, ruling);
                            let question = Question {
                                item: item.id.clone(),
                                testlet: testlet.id.clone(),
                                digest: testlet.digest.clone(),
                                section: section.name,
                                skill: item.skill.clone(),
                                level: item.level,
                                key,
                                also_right,
                                had: 0,
                            };
                            columns.push((place, question, item));
                            columns.len() - 1
                        });
                        let (_, question, first) = &mut columns[column];
                        question.had += 1;
                        let same =
                            question.digest == testlet.digest || first.options == item.options;
                        let answer = Answer {
                            answered: chosen.is_some(),
                            chosen: chosen.filter(|_| same),
                            correct,
                        };
                        row.push((column, answer));
                    }
                }
            }
            found.push(row);
        }
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|column| {
            let (place, question, _) = &columns[*column];
            (*place, Reverse(question.had), *column)
        });
        let mut to = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            to[*old] = new;
        }
        let rows = found.into_iter().map(|row| {
            let mut cells = vec![None; to.len()];
            for (column, answer) in row {
                cells[to[column]] = Some(answer);
            }
            cells
        });
        Self {
            rows: rows.collect(),
            questions: order.iter().map(|old| columns[*old].1.clone()).collect(),
        }
    }

    /// The column of an item.
    pub fn column(&self, item: &ItemId) -> Option<usize> {
        let mut questions = self.questions.iter();
        questions.position(|question| question.item == *item)
    }

    /// Each learner's right answers.
    pub fn totals(&self) -> Vec<Tally> {
        let rows = self.rows.iter();
        rows.map(|row| {
            let mut tally = Tally::default();
            row.iter().flatten().for_each(|answer| tally.add(*answer));
            tally
        })
        .collect()
    }

    /// How every question went, column by column.
    pub fn stats(&self) -> Vec<ItemStats> {
        let totals = self.totals();
        (0..self.questions.len())
            .map(|column| self.stats_of(column, &totals))
            .collect()
    }

    /// How one question went.
    pub fn stats_at(&self, column: usize) -> ItemStats {
        self.stats_of(column, &self.totals())
    }

    fn stats_of(&self, column: usize, totals: &[Tally]) -> ItemStats {
        let mut stats = ItemStats {
            tally: Tally::default(),
            answered: 0,
            chosen: [0; OPTIONS],
            otherwise: 0,
            discrimination: self.discrimination(column, totals),
        };
        for answer in self.rows.iter().filter_map(|row| row[column]) {
            stats.tally.add(answer);
            stats.answered += u32::from(answer.answered);
            match answer.chosen {
                Some(option) => stats.chosen[usize::from(option) % OPTIONS] += 1,
                None => stats.otherwise += u32::from(answer.answered),
            }
        }
        stats
    }

    /// The point-biserial correlation of a question with the rest: Pearson's *r* between right (1) or not (0) and the
    /// share of right answers among the *other* questions of the same learner, so that the question does not correlate
    /// with itself (Henrysson 1963, "Correction of item–total correlations in item analysis"). Where all had the same
    /// form the share is the rest score divided by a constant, which leaves *r* as it is.
    ///
    /// # Errors
    /// [`Untold::TooFew`] and [`Untold::NoSpread`].
    pub fn discrimination(&self, column: usize, totals: &[Tally]) -> Result<f64, Untold> {
        let pairs: Vec<(f64, f64)> = self
            .rows
            .iter()
            .zip(totals)
            .filter_map(|(row, total)| {
                let correct = row[column]?.correct;
                let others = total.of.checked_sub(1).filter(|others| *others > 0)?;
                let rest = f64::from(total.right - u32::from(correct)) / f64::from(others);
                Some((f64::from(u8::from(correct)), rest))
            })
            .collect();
        if pairs.len() < LEARNERS_MIN as usize {
            return Err(Untold::TooFew);
        }
        correlation(&pairs).ok_or(Untold::NoSpread)
    }

    /// KR-20 (Kuder and Richardson 1937, formula 20) and the standard error of measurement:
    ///
    /// *r* = *k* / (*k* − 1) · (1 − Σ *p q* / σ²), SEM = σ · √(1 − *r*)
    ///
    /// with *k* questions, *p* the share that had one right, *q* = 1 − *p*, σ² the variance of the scores of these
    /// learners (divided by their number, as *p q* is).
    ///
    /// # Errors
    /// [`Untold`], with different forms first.
    pub fn reliability(&self) -> Result<Reliability, Untold> {
        let learners = self.rows.len();
        let had_all = |question: &Question| question.had as usize == learners;
        if !self.questions.iter().all(had_all) {
            return Err(Untold::DifferentForms);
        }
        if learners < LEARNERS_MIN as usize {
            return Err(Untold::TooFew);
        }
        let n = learners as f64;
        let scores: Vec<f64> = self
            .totals()
            .iter()
            .map(|total| f64::from(total.right))
            .collect();
        let mean = scores.iter().sum::<f64>() / n;
        let deviations = scores.iter().map(|score| (score - mean).powi(2));
        let variance = deviations.sum::<f64>() / n;
        let k = self.questions.len() as f64;
        if k < 2.0 || variance <= 0.0 {
            return Err(Untold::NoSpread);
        }
        let spread: f64 = (0..self.questions.len())
            .map(|column| {
                let right = self.rows.iter().filter_map(|row| row[column]);
                let p = right.filter(|answer| answer.correct).count() as f64 / n;
                p * (1.0 - p)
            })
            .sum();
        let kr20 = k / (k - 1.0) * (1.0 - spread / variance);
        Ok(Reliability {
            kr20,
            sem: (variance * (1.0 - kr20)).max(0.0).sqrt(),
            mean,
        })
    }

    /// Right answers by what questions have in common, in the order of that.
    pub fn tallies<K: Ord + Clone>(&self, key: impl Fn(&Question) -> K) -> Tallies<K> {
        let keys: Vec<K> = self.questions.iter().map(&key).collect();
        let mut places: BTreeMap<&K, usize> = keys.iter().map(|key| (key, 0)).collect();
        for (place, (_, slot)) in places.iter_mut().enumerate() {
            *slot = place;
        }
        let columns: Vec<usize> = keys.iter().map(|key| places[key]).collect();
        let mut all = vec![Tally::default(); places.len()];
        let rows = self.rows.iter().map(|row| {
            let mut tallies = vec![Tally::default(); places.len()];
            for (answer, column) in row.iter().zip(&columns) {
                if let Some(answer) = answer {
                    tallies[*column].add(*answer);
                    all[*column].add(*answer);
                }
            }
            tallies
        });
        let rows = rows.collect();
        Tallies {
            keys: places.into_keys().cloned().collect(),
            rows,
            all,
        }
    }
}

/// The key and the other options that are right.
fn right(item: &Item, ruling: Option<&Ruling>) -> (u8, Vec<u8>) {
    match ruling {
        Some(Ruling::Rekey(option)) => (*option, Vec::new()),
        Some(Ruling::Accept(options)) => {
            let mut options: Vec<u8> = options.iter().copied().collect();
            // The bank's own key stays the first, where it is among them.
            options.sort_by_key(|option| *option != item.key);
            let also = options.split_off(1.min(options.len()));
            (options.first().copied().unwrap_or(item.key), also)
        }
        _ => (item.key, Vec::new()),
    }
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
