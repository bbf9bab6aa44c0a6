//! Marking finished attempts again: what each comes to under other corrections, and writing it down.

use std::collections::HashMap;

use serde_json::json;

use super::{
    Exam, Failure,
    load::{Wording, attempt_event},
};
use crate::domain::{
    attempt::Attempt,
    bank::OPTIONS,
    correction::{Correction, Corrections, Worded},
    form::{Form, Letter},
    id::{AttemptId, ItemId, LearnerId, TestletId},
    level::Level,
    rules::{RuleSet, Section},
    score::{self, SectionScore},
};
use crate::store::{Account, Conn, Event, Finished};

/// What an attempt comes to in the section with the item, and as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The section with the item.
    pub section: SectionScore,
    /// The overall level of a mock.
    pub level: Option<Level>,
    /// Whether a mock passes.
    pub passed: Option<bool>,
    /// Points that a mock's level brings for Kazakh.
    pub points: Option<u32>,
}

/// What a correction does to an attempt.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which.
    pub attempt: AttemptId,
    /// Whose.
    pub learner: LearnerId,
    /// Their name.
    pub name: String,
    /// As it stood.
    pub before: Outcome,
    /// As it stands then.
    pub after: Outcome,
}

impl Change {
    /// Whether anything does change.
    pub fn changes(&self) -> bool {
        self.before != self.after
    }
}

/// Who changes by a correction, and who does not.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The correction.
    pub correction: Correction,
    /// Every finished attempt that has the item, by the learner's name.
    pub attempts: Vec<Change>,
}

impl Effect {
    /// Those that change.
    pub fn changed(&self) -> impl Iterator<Item = &Change> {
        self.attempts.iter().filter(|change| change.changes())
    }

    /// Those that stay as they are.
    pub fn unchanged(&self) -> impl Iterator<Item = &Change> {
        self.attempts.iter().filter(|change| !change.changes())
    }

    /// How many pass then and did not.
    pub fn now_pass(&self) -> usize {
        let now = |change: &&Change| {
            change.before.passed == Some(false) && change.after.passed == Some(true)
        };
        self.attempts.iter().filter(now).count()
    }

    /// How many passed and do not then.
    pub fn no_longer_pass(&self) -> usize {
        let no_longer = |change: &&Change| {
            change.before.passed == Some(true) && change.after.passed == Some(false)
        };
        self.attempts.iter().filter(no_longer).count()
    }
}

/// An item of an assignment, and how its finished attempts answered it.
#[derive(Debug, Clone)]
pub struct Question {
    /// Which, in which wording.
    pub about: Worded,
    /// Its testlet.
    pub testlet: TestletId,
    /// The testlet's title.
    pub title: String,
    /// In which section.
    pub section: Section,
    /// The question.
    pub stem: String,
    /// Options in the bank's order.
    pub options: [String; OPTIONS],
    /// The key in the bank's order.
    pub key: u8,
    /// Finished attempts that have it.
    pub given: u32,
    /// How often each option was chosen.
    pub chosen: [u32; OPTIONS],
    /// The correction in force for it.
    pub correction: Option<Correction>,
}

impl Question {
    /// How many chose the key, in percent of those who had the item, rounded down.
    pub fn facility(&self) -> u32 {
        let right = self.chosen.get(usize::from(self.key)).copied();
        right.unwrap_or_default() * 100 / self.given.max(1)
    }
}

/// Whether a form has an item in this wording.
pub(super) fn has(form: &Form, about: &Worded) -> bool {
    form.testlets().any(|testlet| {
        testlet.digest == about.digest && testlet.items.iter().any(|item| item.id == about.item)
    })
}

/// The items of finished attempts, section by section in the order in which they were met first.
pub(super) fn questions(
    attempts: &[Finished],
    wording: &Wording,
    corrections: &Corrections,
) -> Vec<Question> {
    let mut places: HashMap<(&str, &ItemId), usize> = HashMap::new();
    let mut questions: Vec<Question> = Vec::new();
    for attempt in attempts {
        for section in &attempt.form.sections {
            for testlet in &section.testlets {
                let Some(edition) = wording.of(&testlet.digest) else {
                    continue;
                };
                for form_item in &testlet.items {
                    let items = &edition.testlet.items;
                    let Some(item) = items.iter().find(|item| item.id == form_item.id) else {
                        continue;
                    };
                    let place = *places
                        .entry((&testlet.digest, &form_item.id))
                        .or_insert_with(|| {
                            questions.push(Question {
                                about: Worded {
                                    digest: testlet.digest.clone(),
                                    item: item.id.clone(),
                                },
                                testlet: testlet.id.clone(),
                                title: edition.testlet.title.clone(),
                                section: section.name,
                                stem: item.stem.clone(),
                                options: item.options.clone(),
                                key: item.key,
                                given: 0,
                                chosen: [0; OPTIONS],
                                correction: corrections.about(&testlet.digest, &item.id).cloned(),
                            });
                            questions.len() - 1
                        });
                    let question = &mut questions[place];
                    question.given += 1;
                    if let Some(letter) = attempt.responses.get(&form_item.id) {
                        let option = form_item.order[*letter as usize];
                        if let Some(count) = question.chosen.get_mut(usize::from(option)) {
                            *count += 1;
                        }
                    }
                }
            }
        }
    }
    questions.sort_by(|a, b| {
        (a.section, &a.title, &a.about.item).cmp(&(b.section, &b.title, &b.about.item))
    });
    questions
}

/// The scores of a form's sections under corrections.
fn marked(
    form: &Form,
    wording: &Wording,
    responses: &HashMap<ItemId, Letter>,
    corrections: &Corrections,
) -> Vec<SectionScore> {
    let items = wording.items_of(form);
    let sections = form.sections.iter();
    sections
        .map(|section| score::mark(section, &items, responses, corrections))
        .collect()
}

fn outcome(index: usize, scores: &[SectionScore], rules: Option<&RuleSet>) -> Option<Outcome> {
    let level = rules.and_then(|rules| score::overall_level(scores, rules));
    Some(Outcome {
        section: *scores.get(index)?,
        level,
        passed: rules.map(|rules| score::passed(scores, rules)),
        points: rules.map(|rules| {
            let points = level.and_then(|level| rules.points_for(level));
            points.map_or(0, |points| points.value)
        }),
    })
}

fn counts(scores: &[SectionScore]) -> serde_json::Value {
    let sections = scores.iter();
    let sections = sections
        .map(|score| json!({ "section": score.name, "correct": score.correct, "of": score.of }));
    sections.collect()
}

impl Exam {
    /// What each attempt with the item comes to under all these corrections, beside what it is.
    pub(super) fn effect(
        &self,
        correction: &Correction,
        attempts: &[Finished],
        wording: &Wording,
        all: &[Correction],
    ) -> Effect {
        let about = &correction.about;
        let changes = attempts.iter().filter(|attempt| has(&attempt.form, about));
        let changes = changes.filter_map(|attempt| {
            let rules = self.content.rules.get(&attempt.rule);
            let rules = rules.filter(|_| attempt.mock).map(|rules| &**rules);
            let index = attempt.form.section_of(&about.item)?;
            let after = self.under(attempt, wording, all);
            Some(Change {
                attempt: attempt.id.clone(),
                learner: attempt.learner.clone(),
                name: attempt.name.clone(),
                before: outcome(index, &attempt.scores, rules)?,
                after: outcome(index, &after, rules)?,
            })
        });
        Effect {
            correction: correction.clone(),
            attempts: changes.collect(),
        }
    }

    fn under(
        &self,
        attempt: &Finished,
        wording: &Wording,
        all: &[Correction],
    ) -> Vec<SectionScore> {
        let assignment = attempt.given.as_ref().map(|(id, _)| id);
        let corrections = Corrections::in_force(all, assignment);
        marked(&attempt.form, wording, &attempt.responses, &corrections)
    }

    /// Writes down what each attempt with the item comes to under all these corrections; an event for each that changes
    /// keeps what it was and what it is. The caller holds the attempts.
    pub(super) async fn rescore(
        &self,
        conn: &mut Conn,
        who: &Account,
        correction: &Correction,
        why: &str,
        (attempts, wording): (&[Finished], &Wording),
        all: &[Correction],
    ) -> Result<(), Failure> {
        for attempt in attempts {
            if !has(&attempt.form, &correction.about) {
                continue;
            }
            let after = self.under(attempt, wording, all);
            if after == attempt.scores {
                continue;
            }
            for (index, (was, is)) in attempt.scores.iter().zip(&after).enumerate() {
                if was != is {
                    conn.rescore(&attempt.id, index, *is).await?;
                }
            }
            conn.record(&Event {
                at: self.clock.now(),
                actor: who.id.to_string(),
                kind: "rescored".to_owned(),
                attempt: Some(attempt.id.clone()),
                learner: Some(attempt.learner.clone()),
                school: attempt.given.as_ref().map(|(_, school)| school.clone()),
                detail: json!({
                    "why": why,
                    "correction": correction.id,
                    "reason": correction.reason,
                    "before": counts(&attempt.scores),
                    "after": counts(&after),
                }),
            })
            .await?;
        }
        Ok(())
    }

    /// Marks the earlier sections of an attempt that is held and has just finished: a correction may have come, or gone,
    /// since they were marked.
    pub(super) async fn mark_earlier(
        &self,
        conn: &mut Conn,
        attempt: &mut Attempt,
        wording: &Wording,
        responses: &HashMap<ItemId, Letter>,
        corrections: &Corrections,
    ) -> Result<(), Failure> {
        let before = attempt.scores();
        let after = marked(&attempt.form, wording, responses, corrections);
        if before == after {
            return Ok(());
        }
        for (done, score) in attempt.done.iter_mut().zip(&after) {
            done.score = *score;
        }
        conn.rescore_all(attempt).await?;
        let detail = json!({
            "why": "the corrections in force changed while the attempt went on",
            "before": counts(&before),
            "after": counts(&after),
        });
        let at = self.clock.now();
        conn.record(&attempt_event(attempt, at, "server", "rescored", detail))
            .await?;
        Ok(())
    }
}
