//! Correcting keys and items on both engines: who changes, applying, undoing, and that a score can always be had again
//! from what is kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::Value;
use synaq::domain::assignment::Assignment;
use synaq::domain::correction::Corrections;
use synaq::domain::id::{AttemptId, CorrectionId, ItemId};
use synaq::domain::rules::Section::{self, Listening, Reading};
use synaq::domain::score::{self, SectionScore};
use synaq::service::{Account, CorrectionWish, Failure, Question};
use synaq::store::Scope;

use crate::support::school::{Class, account, mock, new, sit, start};
use crate::support::{World, on_both};

pub(super) fn wish(item: &ItemId, kind: &str, options: &[u8]) -> CorrectionWish {
    CorrectionWish {
        item: item.clone(),
        wording: None,
        kind: kind.to_owned(),
        options: options.iter().copied().collect(),
        reason: "the text says otherwise".to_owned(),
    }
}

/// A class whose three learners have finished what was given.
pub(super) struct Sat {
    pub(super) world: World,
    pub(super) class: Class,
    pub(super) given: Assignment,
    pub(super) attempts: Vec<(Account, AttemptId)>,
}

pub(super) async fn sat(world: World) -> Sat {
    let class = Class::of(&world, "one").await;
    let given = class.give(&world, new(mock(), 2)).await;
    let mut attempts = Vec::new();
    for (name, listening, reading) in [("Anna", 0, 1), ("Bolat", 2, 2), ("Chen", 3, 4)] {
        let who = account(&world, name).await;
        class.admit(&world, &who).await;
        let id = start(&world, &who, &given).await.expect("starts");
        sit(&world, &who, &id, listening, reading).await;
        attempts.push((who, id));
    }
    Sat {
        world,
        class,
        given,
        attempts,
    }
}

impl Sat {
    pub(super) async fn scores(&self, n: usize) -> Vec<SectionScore> {
        let mut conn = self.world.store.read().await.expect("a connection");
        let stored = conn.attempt(&self.attempts[n].1).await.expect("read");
        stored.expect("an attempt").attempt.scores()
    }

    pub(super) async fn all_scores(&self) -> Vec<Vec<SectionScore>> {
        let mut all = Vec::new();
        for n in 0..self.attempts.len() {
            all.push(self.scores(n).await);
        }
        all
    }

    pub(super) async fn questions(&self) -> Vec<Question> {
        let seen = self
            .world
            .exam
            .rescoring(&self.class.tutor, &self.given.id)
            .await;
        seen.expect("what there is to correct").questions
    }

    pub(super) async fn apply(&self, wish: &CorrectionWish) -> Result<CorrectionId, Failure> {
        let exam = &self.world.exam;
        let effect = exam.apply_correction(&self.class.tutor, &self.given.id, wish);
        effect.await.map(|effect| effect.correction.id)
    }

    pub(super) async fn undo(&self, id: &CorrectionId) {
        let exam = &self.world.exam;
        let undone = exam.undo_correction(&self.class.tutor, &self.given.id, id);
        undone.await.expect("undone");
    }

    /// Marks every finished attempt of the assignment from its responses, its form, the wording and the corrections in
    /// force, and compares with what is kept; and what is kept with the last event that tells a score.
    pub(super) async fn replay(&self) {
        let mut conn = self.world.store.read().await.expect("a connection");
        let finished = conn
            .finished_in_scope(Scope::Assignment(&self.given.id))
            .await;
        let all = conn.corrections_in_force().await.expect("corrections");
        let corrections = Corrections::in_force(&all, Some(&self.given.id));
        for attempt in finished.expect("finished attempts") {
            let mut testlets = Vec::new();
            for testlet in attempt.form.testlets() {
                testlets.push(conn.edition(&testlet.digest).await.expect("a wording"));
            }
            let items = testlets.iter().flat_map(|testlet| &testlet.items);
            let items: HashMap<_, _> = items.map(|item| (&item.id, item)).collect();
            let marked: Vec<SectionScore> = attempt
                .form
                .sections
                .iter()
                .map(|section| score::mark(section, &items, &attempt.responses, &corrections))
                .collect();
            assert_eq!(attempt.scores, marked, "{}", attempt.name);
            let told = told(&self.world, &attempt.id).await;
            assert_eq!(told, counts(&attempt.scores), "by events: {}", attempt.name);
        }
    }
}

fn counts(scores: &[SectionScore]) -> Vec<(String, u64, u64)> {
    let scores = scores.iter();
    scores
        .map(|score| {
            let name = score.name.to_string();
            (name, u64::from(score.correct), u64::from(score.of))
        })
        .collect()
}

/// The scores that an attempt's events tell, replayed from the first to the last.
async fn told(world: &World, id: &AttemptId) -> Vec<(String, u64, u64)> {
    let line = |value: &Value| {
        let name = value["section"].as_str().expect("a section").to_owned();
        let number = |field: &str| value[field].as_u64().expect(field);
        (name, number("correct"), number("of"))
    };
    let mut told = Vec::new();
    for event in world.events(id).await {
        match event.kind.as_str() {
            "section-finished" => told.push(line(&event.detail)),
            "rescored" => {
                let lines = |field: &str| -> Vec<_> {
                    let sections = event.detail[field].as_array().expect(field);
                    sections.iter().map(line).collect()
                };
                assert_eq!(lines("before"), told, "the event keeps what was");
                told = lines("after");
            }
            _ => {}
        }
    }
    told
}

/// An item of a section that so many have, and an option that is not its key. The first and the second learner were given
/// different testlets, the third one of the two.
pub(super) fn some(questions: &[Question], section: Section, given: u32) -> (&Question, u8) {
    let fits = |question: &&Question| question.given == given && question.section == section;
    let question = questions.iter().find(fits).expect("an item");
    (question, (question.key + 1) % 4)
}

#[tokio::test]
async fn a_correction_is_seen_applied_and_undone() {
    on_both(async |place| {
        let sat = sat(World::on(place).await).await;
        let Sat {
            world,
            class,
            given,
            attempts,
        } = &sat;
        let before = sat.all_scores().await;
        let questions = sat.questions().await;
        let (question, _) = some(&questions, Listening, 2);
        let item = &question.about.item;
        let right = question.chosen[usize::from(question.key)];
        assert_eq!(question.facility(), right * 100 / 2);

        // To leave it out: the section has one item less, for everybody.
        let out = wish(item, "leave-out", &[]);
        let seen = world.exam.preview_correction(&class.tutor, &given.id, &out);
        let seen = seen.await.expect("a preview");
        assert_eq!(sat.all_scores().await, before, "a look changes nothing");
        assert_eq!((seen.attempts.len(), seen.changed().count()), (2, 2));
        assert_eq!(seen.attempts[1].name, "Chen");
        assert_eq!(seen.attempts[1].before.section.of, 3);
        assert_eq!(seen.attempts[1].after.section.of, 2);
        assert_eq!(seen.attempts[1].after.passed, Some(true));
        assert!(seen.attempts[1].after.points.is_some());

        let id = sat.apply(&out).await.expect("applied");
        let after = sat.all_scores().await;
        for (n, (_, attempt)) in attempts.iter().enumerate() {
            let change = seen.attempts.iter().find(|one| one.attempt == *attempt);
            let expected = change.map_or(before[n][0], |change| change.after.section);
            assert_eq!(after[n][0], expected, "as it was foreseen");
            assert_eq!(after[n][1], before[n][1], "the other section stays");
        }
        sat.replay().await;
        let result = world.exam.result(&attempts[2].0.id, &attempts[2].1).await;
        let result = result.expect("a result");
        let items = result.testlets.iter().flat_map(|testlet| &testlet.items);
        let shown = items
            .clone()
            .find(|shown| shown.id == *item)
            .expect("shown");
        let note = shown.correction.as_ref().expect("a note");
        assert_eq!(note.reason, "the text says otherwise");
        assert!(!shown.counts() && !shown.correct);
        assert_eq!(items.filter(|item| item.correction.is_some()).count(), 1);

        sat.undo(&id).await;
        assert_eq!(sat.all_scores().await, before);
        sat.replay().await;
        sat.undo(&id).await;
        let kinds = world.event_kinds(&attempts[2].1).await;
        let rescored = kinds.iter().filter(|kind| *kind == "rescored").count();
        assert_eq!(rescored, 2, "applied and undone, and once more is harmless");
        let listed = world.exam.rescoring(&class.tutor, &given.id).await;
        let listed = listed.expect("the list").corrections;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].undone_by.as_ref(), Some(&class.tutor.id));
    })
    .await;
}

#[tokio::test]
async fn who_passes_by_another_key_and_who_does_no_longer() {
    on_both(async |place| {
        let sat = sat(World::on(place).await).await;
        let questions = sat.questions().await;
        let (question, other) = some(&questions, Listening, 2);
        let item = &question.about.item;
        // Everybody but Chen was wrong somewhere; whoever chose the other option gets the point, who chose the key loses it.
        let exam = &sat.world.exam;
        let rekey = wish(item, "rekey", &[other]);
        let effect = exam.preview_correction(&sat.class.tutor, &sat.given.id, &rekey);
        let effect = effect.await.expect("a preview");
        for change in &effect.attempts {
            let correct = |outcome: &synaq::service::Outcome| i64::from(outcome.section.correct);
            let moved = correct(&change.after) - correct(&change.before);
            assert!((-1..=1).contains(&moved), "{change:?}");
            assert_eq!(change.changes(), moved != 0);
        }
        let chosen = |option: u8| question.chosen[usize::from(option)] as usize;
        assert_eq!(
            effect.changed().count(),
            chosen(question.key) + chosen(other)
        );
        // Credit for all lifts exactly those who had it wrong.
        let credit = wish(item, "credit-all", &[]);
        let effect = exam.preview_correction(&sat.class.tutor, &sat.given.id, &credit);
        let effect = effect.await.expect("a preview");
        assert_eq!(effect.changed().count(), 2 - chosen(question.key));
        assert_eq!(effect.no_longer_pass(), 0);

        sat.apply(&credit).await.expect("applied");
        let after = sat.all_scores().await;
        for change in effect.changed() {
            let n = sat
                .attempts
                .iter()
                .position(|(_, id)| *id == change.attempt);
            let score = after[n.expect("one of the class")][0];
            assert_eq!(score.correct, change.before.section.correct + 1);
            assert_eq!(score, change.after.section);
        }
        // The same again changes nothing, another ruling wants the first undone.
        sat.apply(&credit).await.expect("the same");
        let again = sat.apply(&rekey).await;
        assert!(
            matches!(
                again,
                Err(Failure::Invalid {
                    field: "item",
                    problem: "corrected"
                })
            ),
            "{again:?}"
        );
        let listed = exam.rescoring(&sat.class.tutor, &sat.given.id).await;
        assert_eq!(listed.expect("the list").corrections.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let place = crate::support::Place::sqlite();
    let sat = sat(World::on(&place).await).await;
    let questions = sat.questions().await;
    let (question, other) = some(&questions, Reading, 2);
    let item = &question.about.item;
    let no_reason = CorrectionWish {
        reason: "  ".to_owned(),
        ..wish(item, "credit-all", &[])
    };
    let other_wording = CorrectionWish {
        wording: Some("0".repeat(64)),
        ..wish(item, "credit-all", &[])
    };
    for (wish, expected) in [
        (
            wish(&ItemId::new("no-such"), "credit-all", &[]),
            ("item", "unknown"),
        ),
        (other_wording, ("item", "unknown")),
        (wish(item, "guess", &[]), ("kind", "unknown")),
        (wish(item, "rekey", &[]), ("options", "which")),
        (wish(item, "rekey", &[question.key]), ("options", "same")),
        (wish(item, "accept", &[other]), ("options", "which")),
        (no_reason, ("reason", "missing")),
    ] {
        match sat.apply(&wish).await {
            Err(Failure::Invalid { field, problem }) => assert_eq!((field, problem), expected),
            other => panic!("{wish:?}: {other:?}"),
        }
    }
    let stranger = account(&sat.world, "stranger").await;
    let wish = wish(item, "credit-all", &[]);
    let exam = &sat.world.exam;
    let hidden = exam.apply_correction(&stranger, &sat.given.id, &wish).await;
    assert!(matches!(hidden, Err(Failure::NothingHere)));
    let learner = &sat.attempts[0].0;
    let refused = exam.apply_correction(learner, &sat.given.id, &wish).await;
    assert!(matches!(refused, Err(Failure::NotAllowed)));
    let nowhere = exam.correct_everywhere(&sat.class.owner, &wish, true).await;
    assert!(matches!(nowhere, Err(Failure::NothingHere)));
}

#[tokio::test]
async fn an_attempt_that_goes_on_is_marked_when_it_is_over() {
    on_both(async |place| {
        let sat = sat(World::on(place).await).await;
        let (world, class) = (&sat.world, &sat.class);
        let questions = sat.questions().await;
        let (question, _) = some(&questions, Listening, 1);
        let who = &class.learner;
        let id = start(world, who, &sat.given).await.expect("starts");
        world.sit(&who.id, &id, Listening, 0).await;
        let out = wish(&question.about.item, "leave-out", &[]);
        let correction = sat.apply(&out).await.expect("applied");
        let of = async || -> Vec<String> {
            let rows = format!(
                "select cast(of_items as text) from section_results \
                 where attempt_id = '{id}' order by section_index"
            );
            place
                .rows(&rows)
                .await
                .into_iter()
                .flatten()
                .flatten()
                .collect()
        };
        assert_eq!(of().await, ["3"], "untouched while it goes on");
        world.sit(&who.id, &id, Reading, 4).await;
        assert_eq!(of().await, ["2", "4"], "and marked by it in the end");
        assert_eq!(told(world, &id).await[0].2, 2);
        sat.replay().await;
        sat.undo(&correction).await;
        assert_eq!(of().await, ["3", "4"]);
        sat.replay().await;
    })
    .await;
}

#[tokio::test]
async fn whatever_is_corrected_in_whatever_order_can_be_had_again_and_undone() {
    on_both(async |place| {
        let sat = sat(World::on(place).await).await;
        let before = sat.all_scores().await;
        let questions = sat.questions().await;
        let mut chance = StdRng::seed_from_u64(9);
        for _ in 0..4 {
            let mut wishes: Vec<CorrectionWish> = Vec::new();
            for question in &questions {
                if !chance.random_bool(0.6) {
                    continue;
                }
                let other = (question.key + chance.random_range(1..4u8)) % 4;
                let (kind, options) = match chance.random_range(0..4) {
                    0 => ("rekey", vec![other]),
                    1 => ("accept", vec![question.key, other]),
                    2 => ("credit-all", Vec::new()),
                    _ => ("leave-out", Vec::new()),
                };
                wishes.push(wish(&question.about.item, kind, &options));
            }
            let mut outcomes = Vec::new();
            for _ in 0..2 {
                wishes.shuffle(&mut chance);
                let mut applied = Vec::new();
                for wish in &wishes {
                    applied.push(sat.apply(wish).await.expect("applied"));
                    sat.replay().await;
                }
                outcomes.push(sat.all_scores().await);
                applied.shuffle(&mut chance);
                for id in &applied {
                    sat.undo(id).await;
                }
                sat.replay().await;
                assert_eq!(sat.all_scores().await, before, "undone wholly");
            }
            assert_eq!(outcomes[0], outcomes[1], "in either order: {wishes:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_is_applied_and_the_others_see_it() {
    on_both(async |place| {
        let sat = sat(World::on(place).await).await;
        let questions = sat.questions().await;
        let (question, other) = some(&questions, Reading, 2);
        let item = question.about.item.clone();
        let line = Arc::new(tokio::sync::Barrier::new(6));
        let mut clicks = Vec::new();
        for n in 0..6 {
            let (exam, tutor) = (sat.world.exam.clone(), sat.class.tutor.clone());
            let (id, line) = (sat.given.id.clone(), line.clone());
            let wish = match n % 2 {
                0 => wish(&item, "rekey", &[other]),
                _ => wish(&item, "leave-out", &[]),
            };
            clicks.push(tokio::spawn(async move {
                line.wait().await;
                exam.apply_correction(&tutor, &id, &wish).await
            }));
        }
        let mut made = BTreeSet::new();
        let mut refused = 0;
        for click in clicks {
            match click.await.expect("no panic") {
                Ok(effect) => {
                    made.insert(effect.correction.id);
                }
                Err(Failure::Invalid {
                    problem: "corrected",
                    ..
                }) => refused += 1,
                Err(failure) => panic!("{failure}"),
            }
        }
        assert_eq!((made.len(), refused), (1, 3));
        sat.replay().await;
    })
    .await;
}
