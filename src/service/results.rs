//! Results: what an attempt came to, and item by item where the rules' feedback policy allows.

use std::collections::HashSet;

use super::{Exam, Failure};
use crate::domain::{
    Timestamp,
    accommodation::Accommodation,
    attempt::{Attempt, EndedBy, Kind, State},
    bank::{Gloss, Item, Stimulus},
    correction::{self, Correction, Mark, Ruling},
    delivery::Delivery,
    form::{FormItem, FormTestlet, Letter},
    id::{AttemptId, ItemId, LearnerId, RuleId, TestletId},
    language_score::{self, LanguageScore},
    level::Level,
    rules::{Feedback, Localised, RuleSet, Section},
    score,
};
use crate::store::{Comment, Kept, Marking, Stored};

/// What a finished attempt came to.
#[derive(Debug, Clone)]
pub struct AttemptResult {
    /// Which attempt.
    pub attempt: AttemptId,
    /// Mock or practice.
    pub kind: Kind,
    /// Under which rule set.
    pub rule: RuleId,
    /// The level that passes.
    pub required_level: Level,
    /// The overall level: the lower of the sections' levels.
    pub level: Option<Level>,
    /// Whether every section reached the required level.
    pub passed: bool,
    /// Whether it counts against the retake limit: not practice, nor a mock given as training.
    pub counts: bool,
    /// The conditions under which it was sat, where a school granted other ones.
    pub allowance: Accommodation,
    /// How its recordings came.
    pub delivery: Delivery,
    /// When the last section ended.
    pub finished_at: Timestamp,
    /// Section by section.
    pub sections: Vec<SectionResult>,
    /// Whether feedback on items is allowed now.
    pub feedback: bool,
    /// Whether it is withheld only until the school that gave the attempt allows it.
    pub later: bool,
    /// Whether the answers were deleted after the time that the server keeps them: the scores stay.
    pub forgotten: bool,
    /// How many testlets are left out because a mock of the learner's that is not over has them too.
    pub held_back: usize,
    /// How many are left out because a school still withholds their keys in something else that it gave.
    pub withheld: usize,
    /// Item by item, with its stimulus; empty where the rule set does not allow it.
    pub testlets: Vec<TestletResult>,
    /// What a tutor said of it, as far as whoever asks may see it.
    pub comments: Vec<Comment>,
    /// What it brings in the points calculator, not signed; none where it does not count.
    pub statement: Option<LanguageScore>,
}

/// A section's result.
#[derive(Debug, Clone)]
pub struct SectionResult {
    /// Which section.
    pub name: Section,
    /// Right answers.
    pub correct: u32,
    /// Items.
    pub of: u32,
    /// Percent, rounded down.
    pub percent: u32,
    /// The level by band.
    pub level: Option<Level>,
    /// Right answers needed for the required level.
    pub needed: u32,
    /// Whether it was reached.
    pub passed: bool,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// What ended it.
    pub ended_by: EndedBy,
}

/// A testlet with its items' results.
#[derive(Debug, Clone)]
pub struct TestletResult {
    /// Which testlet.
    pub id: TestletId,
    /// In which wording.
    pub digest: String,
    /// In which section.
    pub section: Section,
    /// Its title.
    pub title: String,
    /// The text or the recording with its script.
    pub stimulus: Stimulus,
    /// Key words.
    pub glossary: Vec<Gloss>,
    /// Its items in order.
    pub items: Vec<ItemResult>,
}

/// An item with its key: only for learners who may see it.
#[derive(Debug, Clone)]
pub struct ItemResult {
    /// Which item.
    pub id: ItemId,
    /// In which section.
    pub section: Section,
    /// Its place in the section, from 1.
    pub position: usize,
    /// The question.
    pub stem: String,
    /// Options in the form's order.
    pub options: Vec<(Letter, String)>,
    /// What the learner chose.
    pub response: Option<Letter>,
    /// The key; by a correction, if there is one.
    pub key: Letter,
    /// Every option that is right: the key, and by a correction maybe others.
    pub keys: Vec<Letter>,
    /// Whether it gives the point.
    pub correct: bool,
    /// The correction under which it was marked.
    pub correction: Option<Correction>,
    /// The words that prove the key.
    pub evidence: String,
    /// Why.
    pub explanation: Localised,
    /// What it tests.
    pub skill: String,
    /// Its level.
    pub level: Level,
    /// Its grammar point.
    pub grammar_point: Option<String>,
}

impl ItemResult {
    /// What it rules, if it was corrected.
    fn ruling(&self) -> Option<&Ruling> {
        self.correction.as_ref().map(|one| &one.ruling)
    }

    /// Whether it counts: a correction may have left it out.
    pub fn counts(&self) -> bool {
        self.ruling() != Some(&Ruling::LeaveOut)
    }

    /// Whether a choice gives the point.
    fn is_right(&self, choice: Letter) -> bool {
        match self.ruling() {
            Some(Ruling::CreditAll) => true,
            Some(Ruling::LeaveOut) => false,
            _ => self.keys.contains(&choice),
        }
    }
}

/// What the keys of an attempt are shown by: what was chosen, what was corrected, what is kept back.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) marking: Marking,
    pub(super) kept: Kept,
}

impl Exam {
    /// The result of a finished attempt.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::NotFinished`], [`Failure::ResultNotYet`] where a school lets it come later,
    /// [`Failure::UnknownRule`] when the rule set's file is gone.
    pub async fn result(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
    ) -> Result<AttemptResult, Failure> {
        let Stored {
            attempt,
            assignment,
            forgotten,
            ..
        } = self.load(learner, id).await?;
        let State::Finished { at } = attempt.state else {
            return Err(Failure::NotFinished);
        };
        // Of a private attempt no school has anything to say: it is not asked.
        let given = assignment.is_some();
        if given {
            self.result_is_seen(&attempt).await?;
        }
        let rules = self.rules(Some(&attempt.rule))?;
        let by_rule = rules.feedback.value == Feedback::AfterFinish;
        let feedback = attempt.kind == Kind::Practice || by_rule;
        let later = feedback && given && !self.school_shows_keys(&attempt).await?;
        let shown = match feedback && !later && !forgotten {
            true => Some(self.shown(&attempt).await?),
            false => None,
        };
        let result = self.result_of(&attempt, &rules, at, shown).await?;
        let comments = match given {
            true => self.comments_in(&result).await?,
            false => Vec::new(),
        };
        Ok(AttemptResult {
            comments,
            later: later && !forgotten,
            forgotten,
            ..result
        })
    }

    /// What the keys of an attempt are shown by to its own learner now.
    pub(super) async fn shown(&self, attempt: &Attempt) -> Result<Shown, Failure> {
        let mut conn = self.store.read().await?;
        let (id, learner, now) = (&attempt.id, &attempt.learner, self.clock.now());
        let (marking, kept) = conn.marking_and_kept(id, learner, now).await?;
        Ok(Shown { marking, kept })
    }

    /// What a finished attempt came to; with the keys, but for what is kept back, if whoever asks may see them.
    pub(super) async fn result_of(
        &self,
        attempt: &Attempt,
        rules: &RuleSet,
        at: Timestamp,
        shown: Option<Shown>,
    ) -> Result<AttemptResult, Failure> {
        let scores = attempt.scores();
        let feedback = shown.is_some();
        let (testlets, kept) = match shown {
            Some(Shown { marking, kept }) => {
                let held = |id: &TestletId| kept.has(id);
                (self.testlet_results(attempt, &marking, held).await?, kept)
            }
            None => Default::default(),
        };
        let left_out = |from: &HashSet<TestletId>| {
            let testlets = attempt.form.testlets();
            testlets
                .filter(|testlet| from.contains(&testlet.id))
                .count()
        };
        Ok(AttemptResult {
            attempt: attempt.id.clone(),
            kind: attempt.kind,
            rule: rules.id.clone(),
            required_level: rules.required_level.value,
            level: score::overall_level(&scores, rules),
            passed: score::passed(&scores, rules),
            counts: attempt.counts,
            allowance: attempt.allowance,
            delivery: attempt.delivery,
            finished_at: at,
            sections: attempt
                .done
                .iter()
                .map(|done| SectionResult {
                    name: done.score.name,
                    correct: done.score.correct,
                    of: done.score.of,
                    percent: done.score.percent(),
                    level: done.score.level(rules),
                    needed: done.score.needed(rules),
                    passed: done.score.passed(rules),
                    took_ms: (done.ended_at - done.started_at).num_milliseconds(),
                    ended_by: done.ended_by,
                })
                .collect(),
            feedback,
            later: false,
            forgotten: false,
            held_back: left_out(&kept.mock),
            withheld: left_out(&kept.school),
            testlets,
            comments: Vec::new(),
            statement: (attempt.counts)
                .then(|| language_score::statement(attempt.id.clone(), rules, &scores, at)),
        })
    }

    /// The statement that feeds the points calculator, with the conditions under which it was sat, signed: of a finished
    /// mock that counts, and of nothing else.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::NotAMock`], [`Failure::NotFinished`], [`Failure::ResultNotYet`].
    pub async fn language_score(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
    ) -> Result<LanguageScore, Failure> {
        let Stored { attempt, .. } = self.load(learner, id).await?;
        // Training can be repeated without end; what it came to must not be shown as an exam's score.
        if !attempt.counts {
            return Err(Failure::NotAMock);
        }
        let State::Finished { at } = attempt.state else {
            return Err(Failure::NotFinished);
        };
        self.result_is_seen(&attempt).await?;
        let rules = self.rules(Some(&attempt.rule))?;
        let (scores, granted) = (attempt.scores(), attempt.allowance);
        let statement = language_score::statement(attempt.id, &rules, &scores, at).under(granted);
        Ok(language_score::sign(statement, &self.keys.signing))
    }

    /// The testlets of a practice set that is being worked on, with the key of each item already answered; for its page.
    /// Where a school withholds the keys, the testlet has no items.
    ///
    /// # Errors
    /// [`Failure::NotFound`]; [`Failure::AttemptInProgress`] while the learner's running mock has one of its testlets.
    pub async fn practice_feedback(
        &self,
        learner: &LearnerId,
        id: &AttemptId,
    ) -> Result<Vec<TestletResult>, Failure> {
        let Stored { attempt, .. } = self.load(learner, id).await?;
        if attempt.kind != Kind::Practice {
            return Err(Failure::NotFound);
        }
        let Shown { marking, kept } = self.shown(&attempt).await?;
        let own = self.school_shows_keys(&attempt).await?;
        let mut testlets = attempt.form.testlets();
        if testlets.any(|testlet| kept.mock.contains(&testlet.id)) {
            let mut conn = self.store.read().await?;
            if let Some(mock) = conn.mock_in_progress(learner).await? {
                return Err(Failure::AttemptInProgress(mock));
            }
        }
        let mut testlets = self.testlet_results(&attempt, &marking, |_| false).await?;
        for testlet in &mut testlets {
            let told = own && !kept.has(&testlet.id);
            testlet.items.retain(|item| told && item.response.is_some());
        }
        Ok(testlets)
    }

    /// What a practice item's learner is told once they have answered it; nothing where a school withholds the keys.
    pub(super) async fn item_feedback(
        &self,
        attempt: &Attempt,
        id: &ItemId,
        response: Letter,
    ) -> Result<Option<ItemResult>, Failure> {
        if !self.school_shows_keys(attempt).await? {
            return Ok(None);
        }
        let Shown { marking, kept } = self.shown(attempt).await?;
        let held = |id: &TestletId| kept.has(id);
        let testlets = self.testlet_results(attempt, &marking, held).await?;
        Ok(testlets
            .into_iter()
            .flat_map(|testlet| testlet.items)
            .find(|item| item.id == *id)
            .map(|item| ItemResult {
                response: Some(response),
                correct: item.is_right(response),
                ..item
            }))
    }

    /// The testlets with their keys, but for those held back.
    async fn testlet_results(
        &self,
        attempt: &Attempt,
        marking: &Marking,
        held: impl Fn(&TestletId) -> bool,
    ) -> Result<Vec<TestletResult>, Failure> {
        let mut conn = self.store.read().await?;
        let wording = self.wording(&mut conn, &attempt.form).await?;
        let mut results = Vec::new();
        for section in &attempt.form.sections {
            let mut position = 0;
            for given in &section.testlets {
                let FormTestlet {
                    id, digest, items, ..
                } = given;
                if held(id) {
                    position += items.len();
                    continue;
                }
                let Some(edition) = wording.of(digest) else {
                    continue;
                };
                let testlet = &edition.testlet;
                let items = items
                    .iter()
                    .filter_map(|form_item| {
                        let item = testlet.items.iter().find(|item| item.id == form_item.id)?;
                        position += 1;
                        let response = marking.responses.get(&item.id).copied();
                        let correction = marking.corrections.about(digest, &item.id);
                        let place = (section.name, position);
                        Some(item_result(place, form_item, item, response, correction))
                    })
                    .collect();
                results.push(TestletResult {
                    id: id.clone(),
                    digest: digest.clone(),
                    section: section.name,
                    title: testlet.title.clone(),
                    stimulus: wording.stimulus(given, testlet),
                    glossary: testlet.glossary.clone(),
                    items,
                });
            }
        }
        Ok(results)
    }
}

/// An item with its key, as a form shows it.
pub(super) fn item_result(
    (section, position): (Section, usize),
    form_item: &FormItem,
    item: &Item,
    response: Option<Letter>,
    correction: Option<&Correction>,
) -> ItemResult {
    let chosen = response.map(|letter| form_item.order[letter as usize]);
    let ruling = correction.map(|one| &one.ruling);
    let keys = form_item.right(item, ruling);
    let key = form_item.key(item);
    ItemResult {
        id: item.id.clone(),
        section,
        position,
        stem: item.stem.clone(),
        options: form_item
            .options(item)
            .into_iter()
            .map(|(letter, text)| (letter, text.to_owned()))
            .collect(),
        response,
        key: match keys.contains(&key) {
            true => key,
            false => keys.first().copied().unwrap_or(key),
        },
        keys,
        correct: correction::judge(ruling, Some(item.key), chosen) == Mark::Right,
        correction: correction.cloned(),
        evidence: item.evidence.clone(),
        explanation: item.explanation.clone(),
        skill: item.skill.clone(),
        level: item.level,
        grammar_point: item.grammar_point.clone(),
    }
}
