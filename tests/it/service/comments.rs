//! What a tutor says of a finished attempt, on both engines: who reads it when, what is recorded, how it was answered.

use serde_json::Value;
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, ItemId};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::{Account, Failure};

use crate::support::school::{Class, account, new, sit, start, training};
use crate::support::world::{items, ms, running};
use crate::support::{World, on_both};

const SECRET: &str = "<b>Жақсы!</b> Келесіде «дейін» сөзіне қара.";

/// What the learner of an attempt reads: on which item, by whom.
async fn read(world: &World, who: &Account, id: &AttemptId) -> Vec<(Option<ItemId>, String)> {
    let result = world.exam.result(&who.id, id).await.expect("a result");
    let comments = result.comments.into_iter();
    comments
        .map(|comment| {
            assert_eq!(comment.author_name, "one-tutor");
            (comment.item, comment.body)
        })
        .collect()
}

async fn is_marked(world: &World, who: &Account, id: &AttemptId) -> bool {
    let history = world.exam.history(&who.id).await.expect("a history");
    let mut history = history.iter();
    let entry = history.find(|entry| entry.overview.id == *id);
    entry.expect("the attempt").commented
}

#[tokio::test]
async fn a_comment_on_an_item_waits_for_the_keys_and_one_on_the_whole_does_not() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let (exam, tutor, who) = (&world.exam, &class.tutor, &class.learner);
        let given = class
            .give(&world, new(training(FeedbackPolicy::Released), 2))
            .await;
        let id = start(&world, who, &given).await.expect("starts");
        let early = exam.comment(tutor, &given.id, &id, None, SECRET).await;
        assert!(matches!(early, Err(Failure::NotFinished)), "{early:?}");
        sit(&world, who, &id, 1, 1).await;
        let seen = exam.assigned_result(tutor, &given.id, &id).await;
        let seen = seen.expect("a result");
        let item = seen.result.testlets[0].items[0].id.clone();
        let comment = async |item: Option<&ItemId>, text: &str| {
            exam.comment(tutor, &given.id, &id, item, text).await
        };

        comment(Some(&item), SECRET).await.expect("written");
        assert_eq!(read(&world, who, &id).await, []);
        assert!(!is_marked(&world, who, &id).await);
        comment(None, "Жарайсың").await.expect("written");
        comment(None, " Жарайсың!\n").await.expect("changed");
        assert_eq!(read(&world, who, &id).await, [(None, "Жарайсың!".to_owned())]);
        assert!(is_marked(&world, who, &id).await);
        exam.erase_comment(tutor, &given.id, &id, None)
            .await
            .expect("erased");
        exam.erase_comment(tutor, &given.id, &id, None)
            .await
            .expect("again is harmless");
        assert!(!is_marked(&world, who, &id).await);
        exam.release(tutor, &given.id).await.expect("released");
        let shown = [(Some(item.clone()), SECRET.to_owned())];
        assert_eq!(read(&world, who, &id).await, shown);
        assert!(is_marked(&world, who, &id).await);

        for (text, problem) in [(" \n ", "missing"), (&*"қ".repeat(2001), "too-long")] {
            let refused = comment(None, text).await;
            assert!(
                matches!(refused, Err(Failure::Invalid { field: "comment", problem: p }) if p == problem),
                "{refused:?}"
            );
        }
        let unknown = comment(Some(&ItemId::new("no-such-item")), SECRET).await;
        assert!(matches!(unknown, Err(Failure::NothingHere)), "{unknown:?}");
        let by_learner = exam.comment(who, &given.id, &id, None, SECRET).await;
        assert!(matches!(by_learner, Err(Failure::NotAllowed)));
        let private = world.whole_mock(&who.id, 1, 1).await;
        let private = exam.comment(tutor, &given.id, &private, None, SECRET).await;
        assert!(matches!(private, Err(Failure::NothingHere)), "{private:?}");

        // Every change is recorded, and never what was said.
        let events = world.events(&id).await;
        let kinds: Vec<&str> = events
            .iter()
            .filter(|event| event.kind.starts_with("comment-"))
            .map(|event| event.kind.as_str())
            .collect();
        assert_eq!(
            kinds,
            [
                "comment-written",
                "comment-written",
                "comment-written",
                "comment-erased"
            ]
        );
        for event in events.iter().filter(|event| event.kind.starts_with("comment-")) {
            assert_eq!(event.school.as_ref(), Some(&class.school));
            assert_eq!(event.actor, tutor.id.as_str());
            assert!(event.detail["item"] == Value::Null || event.detail["item"] == item.as_str());
            assert!(!event.detail.to_string().contains("Жа"), "{}", event.detail);
        }
    })
    .await;
}

#[tokio::test]
async fn an_attempt_is_shown_step_by_step() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let exam = &world.exam;
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
            .await;
        let id = start(&world, who, &given).await.expect("starts");
        let paper = world.start(&who.id, &id, Listening).await;
        let item = items(&paper).next().expect("an item").id.clone();
        let testlet = running(&paper).testlets[0].id.clone();
        let deadline = running(&paper).deadline.expect("a deadline");
        world.clock.advance(ms(61_000));
        exam.play(&who.id, &id, &testlet, None, None)
            .await
            .expect("played");
        for (chosen, pause) in [
            (Some(Letter::B), 4_000),
            (None, 1_000),
            (Some(Letter::D), 0),
        ] {
            exam.respond(&who.id, &id, &item, chosen, None)
                .await
                .expect("saved");
            world.clock.advance(ms(pause));
        }
        // One more in flight when the time is up.
        world.clock.advance(deadline - exam.clock().now() + ms(500));
        exam.respond(&who.id, &id, &item, Some(Letter::A), None)
            .await
            .expect("within the grace");
        world.clock.advance(ms(10_000));
        world.sit(&who.id, &id, Reading, 2).await;

        let seen = exam.assigned_result(&class.tutor, &given.id, &id).await;
        let seen = seen.expect("a result");
        let steps: Vec<(Option<Letter>, i64, bool)> = seen.trail.steps[&item]
            .iter()
            .map(|step| (step.chosen, step.after_ms, step.late))
            .collect();
        let end = steps[3].1;
        assert_eq!(
            steps,
            [
                (Some(Letter::B), 61_000, false),
                (None, 65_000, false),
                (Some(Letter::D), 66_000, false),
                (Some(Letter::A), end, true),
            ]
        );
        let plays = &seen.trail.plays[&testlet];
        assert_eq!(plays.after_ms, [61_000]);
        assert_eq!(
            plays.allowed,
            running(&paper).testlets[0]
                .audio
                .as_ref()
                .and_then(|audio| audio.plays_left)
        );
    })
    .await;
}

#[tokio::test]
async fn one_goes_from_learner_to_learner() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
            .await;
        let mut sat = Vec::new();
        for name in ["Aida", "Bolat", "Not-begun", "Zarina"] {
            let who = account(&world, name).await;
            class.admit(&world, &who).await;
            if name != "Not-begun" {
                let id = start(&world, &who, &given).await.expect("starts");
                sit(&world, &who, &id, 1, 1).await;
                sat.push(id);
            }
        }
        let ends = async |id: &AttemptId| {
            let seen = world
                .exam
                .assigned_result(&class.tutor, &given.id, id)
                .await;
            let seen = seen.expect("a result");
            [seen.previous, seen.next].map(|one| one.map(|one| (one.name, one.attempt)))
        };
        let named = |name: &str, at: usize| Some((name.to_owned(), sat[at].clone()));
        assert_eq!(ends(&sat[0]).await, [None, named("Bolat", 1)]);
        assert_eq!(ends(&sat[1]).await, [named("Aida", 0), named("Zarina", 2)]);
        assert_eq!(ends(&sat[2]).await, [named("Bolat", 1), None]);
    })
    .await;
}
