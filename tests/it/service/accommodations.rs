//! Other conditions for a learner on both engines: every attempt of the school gets them, also in the middle of one.

use synaq::domain::accommodation::Accommodation;
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::id::{AttemptId, LearnerId};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::{Account, Failure};

use crate::support::school::{Class, account, new, reading, start, table, training};
use crate::support::world::{GRACE_MS, minutes, ms, running};
use crate::support::{World, on_both};

/// Half as much time again, one more play, breaks five minutes longer.
const HALF: Accommodation = Accommodation {
    extra_percent: 50,
    extra_minutes: 0,
    extra_plays: 1,
    break_minutes: 5,
    larger_text: true,
};

async fn grant(world: &World, class: &Class, terms: Accommodation) -> Result<usize, Failure> {
    let exam = &world.exam;
    exam.accommodate(
        &class.tutor,
        &class.school,
        &class.learner.id,
        terms,
        "доктор",
    )
    .await
}

async fn left(world: &World, who: &Account, id: &AttemptId) -> Option<i64> {
    let left = world.exam.time_left(&who.id, id).await.expect("time");
    left.remaining_ms
}

#[tokio::test]
async fn what_is_granted_holds_from_the_start_to_the_result() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        assert_eq!(grant(&world, &class, HALF).await.expect("granted"), 0);
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 2))
            .await;
        let view = world.exam.assignment(who, &given.id).await.expect("a view");
        assert_eq!(view.allowance, HALF, "told before the start");
        let id = start(&world, who, &given).await.expect("starts");
        let plain = world.learner().await;
        let everybody = world.mock(&plain).await;
        let everybody = world.start(&plain, &everybody, Listening).await;
        let usual = running(&everybody).remaining_ms.expect("timed");
        let usual_plays = running(&everybody).plays.expect("limited");

        let paper = world.start(&who.id, &id, Listening).await;
        assert_eq!(paper.allowance, HALF);
        let section = running(&paper);
        assert_eq!(section.remaining_ms, Some(usual * 3 / 2));
        assert_eq!(section.plays, Some(usual_plays + 1));
        // Each recording can be played once more, and not twice.
        let testlet = &section.testlets[0].id;
        for played in 0..=usual_plays {
            let left = world.exam.play(&who.id, &id, testlet, None, None).await;
            assert_eq!(left.expect("plays"), Some(usual_plays - played));
        }
        let refused = world.exam.play(&who.id, &id, testlet, None, None).await;
        assert!(matches!(refused, Err(Failure::PlaysUsed)), "{refused:?}");

        let paper = world.finish(&who.id, &id, Listening).await;
        let pause = paper.pause.expect("a break").remaining_ms;
        assert_eq!(pause, 60_000 + 5 * 60_000);
        world.sit(&who.id, &id, Reading, 1).await;
        let result = world.exam.result(&who.id, &id).await.expect("a result");
        assert_eq!(result.allowance, HALF, "sat under these");
        let row = &table(&world, &class, &given).await.rows[0];
        assert_eq!(row.last.as_ref().map(|last| last.allowance), Some(HALF));

        // What is over stays as it was sat; what comes next gets what holds then.
        let nothing = Accommodation::default();
        assert_eq!(grant(&world, &class, nothing).await.expect("taken back"), 0);
        let result = world.exam.result(&who.id, &id).await.expect("a result");
        assert_eq!(result.allowance, HALF);
        let next = start(&world, who, &given).await.expect("starts");
        let paper = world.start(&who.id, &next, Listening).await;
        assert_eq!(running(&paper).remaining_ms, Some(usual));
    })
    .await;
}

#[tokio::test]
async fn in_the_middle_of_an_attempt_the_clock_follows() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 2))
            .await;
        let practice = class.give(&world, new(reading(), 1)).await;
        let set = start(&world, who, &practice).await.expect("starts");
        let id = start(&world, who, &given).await.expect("starts");
        world.start(&who.id, &id, Listening).await;
        let whole = left(&world, who, &id).await.expect("timed");
        // A mock that the learner takes alone is not the school's affair.
        let other = account(&world, "Other").await;
        class.admit(&world, &other).await;
        let private = world.mock(&other.id).await;
        let alone = world.start(&other.id, &private, Listening).await;
        assert_eq!(running(&alone).remaining_ms, Some(whole));

        world.clock.advance(ms(30_000));
        assert_eq!(grant(&world, &class, HALF).await.expect("granted"), 2);
        let grown = whole * 3 / 2 - 30_000;
        assert_eq!(left(&world, who, &id).await, Some(grown));
        assert_eq!(left(&world, who, &set).await, None, "practice has no clock");
        assert_eq!(grant(&world, &class, HALF).await.expect("again"), 0);
        let exam = &world.exam;
        exam.accommodate(&class.tutor, &class.school, &other.id, HALF, "")
            .await
            .expect("granted");
        assert_eq!(left(&world, &other, &private).await, Some(whole - 30_000));

        // The sweeper goes by the new deadline.
        world.clock.advance(ms(whole - 30_000 + 20_000));
        world.exam.sweep().await.expect("swept");
        assert_eq!(left(&world, who, &id).await, Some(whole / 2 - 20_000));
        // Taken back when everybody's time is over, it ends now and not in the past.
        let nothing = Accommodation::default();
        assert_eq!(grant(&world, &class, nothing).await.expect("taken back"), 2);
        assert_eq!(left(&world, who, &id).await, Some(0));
        let before = world.exam.clock().now();
        world.clock.advance(ms(GRACE_MS));
        world.exam.sweep().await.expect("swept");
        let paper = world.exam.paper(&who.id, &id).await.expect("a paper");
        assert_eq!(paper.state, "break");
        let pause = paper.pause.expect("a break");
        assert_eq!(pause.until, before + minutes(1), "as of that moment");
        // The break grows and shrinks too.
        grant(&world, &class, HALF).await.expect("granted");
        assert_eq!(left(&world, who, &id).await, Some(6 * 60_000 - GRACE_MS));

        let kinds = world.event_kinds(&id).await;
        let changes = kinds.iter().filter(|kind| *kind == "conditions-changed");
        assert_eq!(changes.count(), 3, "{kinds:?}");
        let granted = "select detail from events where kind like 'accommodation-%' order by id";
        let granted = place.rows(granted).await;
        assert_eq!(granted.len(), 4);
        let first = granted[0][0].as_deref().expect("a detail");
        let first: serde_json::Value = serde_json::from_str(first).expect("JSON");
        assert_eq!(first["before"]["extra_percent"], 0);
        assert_eq!(first["after"]["extra_percent"], 50);
        assert_eq!(first["why"], "доктор");
    })
    .await;
}

#[tokio::test]
async fn who_may_grant_what_to_whom() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let other = Class::of(&world, "two").await;
        let exam = &world.exam;
        let grant = async |who: &Account, to: &LearnerId, terms, reason: &str| {
            exam.accommodate(who, &class.school, to, terms, reason)
                .await
        };
        let learner = &class.learner;
        let refused = grant(learner, &learner.id, HALF, "").await;
        assert!(matches!(refused, Err(Failure::NotAllowed)), "{refused:?}");
        let hidden = grant(&other.tutor, &learner.id, HALF, "").await;
        assert!(matches!(hidden, Err(Failure::NothingHere)), "{hidden:?}");
        for nobody in [&other.learner.id, &class.tutor.id, &LearnerId::new("\0")] {
            let none = grant(&class.tutor, nobody, HALF, "").await;
            assert!(matches!(none, Err(Failure::NothingHere)), "{none:?}");
        }
        let much = Accommodation {
            extra_percent: 301,
            ..HALF
        };
        let much = grant(&class.tutor, &learner.id, much, "").await;
        assert!(matches!(
            much,
            Err(Failure::Invalid {
                field: "extra_percent",
                problem: "out-of-range"
            })
        ));
        let long = grant(&class.tutor, &learner.id, HALF, &"x".repeat(201)).await;
        assert!(matches!(
            long,
            Err(Failure::Invalid {
                field: "reason",
                problem: "too-long"
            })
        ));
        let view = exam
            .accommodation(&class.owner, &class.school, &learner.id)
            .await
            .expect("a view");
        assert!(view.granted.is_none(), "nothing was changed");
        grant(&class.owner, &learner.id, HALF, " why ")
            .await
            .expect("granted");
        let view = exam
            .accommodation(&class.tutor, &class.school, &learner.id)
            .await
            .expect("a view");
        let granted = view.granted.expect("granted");
        assert_eq!(
            (granted.terms, granted.reason.as_deref()),
            (HALF, Some("why"))
        );
        assert_eq!(granted.by, "one-owner");
    })
    .await;
}
