//! How invented learners sit what they were given: minute by minute, with answers as plausible as their ability.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use rand::{RngExt, rngs::ChaCha12Rng};
use tokio::task::JoinSet;

use super::DemoError;
use crate::clock::ManualClock;
use crate::domain::{
    Timestamp,
    attempt::Kind,
    bank::Item,
    form::Letter,
    id::{AssignmentId, AttemptId, ItemId, LearnerId, TestletId},
    level::Level,
    rules::Section,
};
use crate::service::{
    Account, Exam,
    paper::{Paper, PaperItem, PaperTestlet},
};

/// Somebody who sits.
#[derive(Debug, Clone)]
pub(super) struct Pupil {
    pub(super) account: Account,
    /// In logits.
    pub(super) ability: f64,
    /// How long they take for a testlet, against the usual.
    pub(super) pace: f64,
}

/// What a learner does at a moment.
#[derive(Debug, Clone)]
enum Step {
    Begin(AssignmentId),
    Start(AttemptId, Section),
    Play(AttemptId, TestletId),
    Answer(AttemptId, Vec<(ItemId, Option<Letter>)>),
    Finish(AttemptId, Section),
}

/// Who sits what, in the order of time.
pub(super) struct Sitting<'a> {
    exam: &'a Exam,
    clock: &'a ManualClock,
    items: HashMap<&'a ItemId, &'a Item>,
    /// By the moment, then in the order in which it was planned.
    plan: BTreeMap<(Timestamp, usize), (Pupil, Step)>,
    planned: usize,
}

/// How hard an item of a level is, in logits.
fn difficulty(level: Level) -> f64 {
    let place = Level::ALL.iter().position(|one| *one == level);
    f64::from(place.unwrap_or_default() as u32) * 0.9 - 1.8
}

/// How probable a right answer is: Rasch's model, with a quarter of the rest for guessing among four options.
fn chance_of_right(ability: f64, difficulty: f64) -> f64 {
    let knows = 1.0 / (1.0 + (difficulty - ability).exp());
    knows + (1.0 - knows) * 0.25
}

/// A number for an item that is the same for everybody, from -0.6 to 0.6: some items are harder than their level.
fn quirk(item: &ItemId) -> f64 {
    let sum: u32 = item.as_str().bytes().map(u32::from).sum();
    f64::from(sum % 13) / 10.0 - 0.6
}

impl<'a> Sitting<'a> {
    pub(super) fn new(exam: &'a Exam, clock: &'a ManualClock) -> Self {
        let testlets = exam.content().bank.testlets();
        let items = testlets.flat_map(|edition| &edition.testlet.items);
        Self {
            items: items.map(|item| (&item.id, item)).collect(),
            exam,
            clock,
            plan: BTreeMap::new(),
            planned: 0,
        }
    }

    fn put(&mut self, at: Timestamp, pupil: &Pupil, step: Step) {
        self.plan.insert((at, self.planned), (pupil.clone(), step));
        self.planned += 1;
    }

    /// Somebody begins what was given at a moment.
    pub(super) fn begin(&mut self, at: Timestamp, pupil: &Pupil, given: &AssignmentId) {
        self.put(at, pupil, Step::Begin(given.clone()));
    }

    /// Somebody begins by themselves: an attempt that is there already.
    pub(super) fn alone(
        &mut self,
        at: Timestamp,
        pupil: &Pupil,
        paper: &Paper,
        chance: &mut ChaCha12Rng,
    ) {
        self.plan_section(at, pupil, paper, chance);
    }

    /// Lets time pass until a moment; whatever is planned for later stays planned.
    pub(super) async fn run(
        &mut self,
        until: Timestamp,
        chance: &mut ChaCha12Rng,
    ) -> Result<(), DemoError> {
        while let Some(((at, _), _)) = self.plan.first_key_value() {
            let at = *at;
            if at > until {
                break;
            }
            self.clock.set(at);
            self.exam.sweep().await?;
            let mut answers = JoinSet::new();
            while let Some(entry) = self.plan.first_entry().filter(|entry| entry.key().0 == at) {
                let (pupil, step) = entry.remove();
                if let Step::Answer(attempt, chosen) = step {
                    let (exam, learner) = (self.exam.clone(), pupil.account.id.clone());
                    answers
                        .spawn(async move { exam.respond_all(&learner, &attempt, &chosen).await });
                    continue;
                }
                self.step(at, &pupil, step, chance).await?;
            }
            while let Some(done) = answers.join_next().await {
                match done.map_err(|_| DemoError::Stopped)? {
                    // Time was up: the answer came too late, as it may.
                    Ok(_) | Err(crate::service::Failure::Refused(_)) => {}
                    Err(failure) => return Err(failure.into()),
                }
            }
        }
        self.clock.set(until);
        self.exam.sweep().await?;
        Ok(())
    }

    async fn step(
        &mut self,
        at: Timestamp,
        pupil: &Pupil,
        step: Step,
        chance: &mut ChaCha12Rng,
    ) -> Result<(), DemoError> {
        let learner: &LearnerId = &pupil.account.id;
        match step {
            Step::Begin(given) => {
                let id = self
                    .exam
                    .start_assignment(&pupil.account, &given, None)
                    .await?;
                let paper = self.exam.paper(learner, &id).await?;
                match (paper.kind, paper.sections.first()) {
                    (Kind::Mock, Some(first)) => {
                        let later = at + TimeDelta::minutes(1);
                        self.put(later, pupil, Step::Start(id, first.name));
                    }
                    _ => self.plan_section(at, pupil, &paper, chance),
                }
            }
            Step::Start(id, section) => {
                let paper = match self.exam.paper(learner, &id).await? {
                    // The break may have been over before.
                    paper if paper.running().is_some_and(|one| one.name == section) => paper,
                    _ => self.exam.start_section(learner, &id, section).await?,
                };
                self.plan_section(at, pupil, &paper, chance);
            }
            Step::Play(id, testlet) => {
                match self.exam.play(learner, &id, &testlet, None, None).await {
                    Ok(_)
                    | Err(
                        crate::service::Failure::PlaysUsed | crate::service::Failure::Refused(_),
                    ) => {}
                    Err(failure) => return Err(failure.into()),
                }
            }
            Step::Answer(id, chosen) => {
                self.exam.respond_all(learner, &id, &chosen).await?;
            }
            Step::Finish(id, section) => {
                let paper = self.exam.paper(learner, &id).await?;
                if paper.running().is_none_or(|one| one.name != section) {
                    return Ok(()); // its time was up
                }
                let paper = self.exam.finish_section(learner, &id, section).await?;
                if let Some(pause) = paper.pause {
                    let rest = TimeDelta::minutes(chance.random_range(2..5));
                    self.put(
                        (at + rest).min(pause.until),
                        pupil,
                        Step::Start(id, pause.next),
                    );
                }
            }
        }
        Ok(())
    }

    /// Plans what a learner does in the section that runs: testlet by testlet, at their pace, until they are through.
    fn plan_section(
        &mut self,
        at: Timestamp,
        pupil: &Pupil,
        paper: &Paper,
        chance: &mut ChaCha12Rng,
    ) {
        let Some(section) = paper.running() else {
            return;
        };
        let testlets = section.testlets.len().max(1) as f64;
        // Most are through in nine tenths of the time; the slow ones are not.
        let minutes = section.minutes.map_or(2.0 * testlets, f64::from);
        let each = minutes * 0.9 / testlets * pupil.pace;
        let mut gone = 0.0;
        // Half-minutes, so that many do something at the same moment, as in a class.
        let moment = |gone: f64| at + TimeDelta::seconds((gone * 2.0).round() as i64 * 30);
        for testlet in &section.testlets {
            if testlet.audio.is_some() {
                self.put(
                    moment(gone),
                    pupil,
                    Step::Play(paper.id.clone(), testlet.id.clone()),
                );
                if chance.random_bool(0.4) {
                    let again = moment(gone + each * 0.5);
                    self.put(
                        again,
                        pupil,
                        Step::Play(paper.id.clone(), testlet.id.clone()),
                    );
                }
            }
            gone += each * chance.random_range(0.8..1.2);
            let (first, then) = self.answers(pupil, testlet, chance);
            self.put(moment(gone), pupil, Step::Answer(paper.id.clone(), first));
            if !then.is_empty() {
                let changed = moment(gone + 0.5);
                self.put(changed, pupil, Step::Answer(paper.id.clone(), then));
            }
        }
        let end = moment(gone + 1.0);
        self.put(end, pupil, Step::Finish(paper.id.clone(), section.name));
    }

    /// What a learner chooses in a testlet, and what they change their mind about.
    #[allow(clippy::type_complexity)] // two lists of the same
    fn answers(
        &self,
        pupil: &Pupil,
        testlet: &PaperTestlet,
        chance: &mut ChaCha12Rng,
    ) -> (Vec<(ItemId, Option<Letter>)>, Vec<(ItemId, Option<Letter>)>) {
        let (mut first, mut then) = (Vec::new(), Vec::new());
        for shown in &testlet.items {
            let Some(item) = self.items.get(&shown.id) else {
                continue;
            };
            if chance.random_bool(0.03) {
                continue; // left open
            }
            let hard = difficulty(item.level) + quirk(&item.id);
            let right = chance.random_bool(chance_of_right(pupil.ability, hard));
            let key = key_of(shown, item);
            let wrong = Letter::ALL
                .into_iter()
                .filter(|letter| Some(*letter) != key);
            let wrong: Vec<Letter> = wrong.collect();
            let slip = wrong[chance.random_range(0..wrong.len())];
            let chosen = key.filter(|_| right).unwrap_or(slip);
            if chance.random_bool(0.07) {
                first.push((item.id.clone(), Some(slip)));
                then.push((item.id.clone(), Some(chosen)));
            } else {
                first.push((item.id.clone(), Some(chosen)));
            }
        }
        (first, then)
    }
}

/// The letter under which an item's key is shown.
fn key_of(shown: &PaperItem, item: &Item) -> Option<Letter> {
    let key = item.options.get(usize::from(item.key))?;
    let option = shown.options.iter().find(|(_, text)| text == key)?;
    Some(option.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_able_are_right_more_often_and_nobody_less_often_than_by_guessing() {
        for level in Level::ALL {
            let hard = difficulty(level);
            let able = chance_of_right(2.0, hard);
            let weak = chance_of_right(-2.0, hard);
            assert!(able > weak && weak > 0.25 && able < 1.0, "{level}");
        }
        assert!(difficulty(Level::A1) < difficulty(Level::C1));
    }
}
