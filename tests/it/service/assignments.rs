//! Assignments on both engines: dates, attempts allowed, training, withdrawing.

use chrono::TimeDelta;
use synaq::domain::assignment::{Closed, FeedbackPolicy, Window};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::{Failure, NewAssignment};

use crate::support::school::{
    Class, account, day, mock, new, reading, sit, start, table, training,
};
use crate::support::world::{at, ms};
use crate::support::{World, on_both};

#[track_caller]
fn closed(result: Result<impl std::fmt::Debug, Failure>) -> Closed {
    match result {
        Err(Failure::Closed(closed)) => closed,
        other => panic!("not closed: {other:?}"),
    }
}

#[tokio::test]
async fn it_is_due_in_the_schools_zone() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class
            .give(
                &world,
                NewAssignment {
                    opens: Some(day("2026-11-24")),
                    ..new(mock(), 1)
                },
            )
            .await;
        assert_eq!(given.opens_at, at("2026-11-24T00:00:00+05:00"));
        assert_eq!(given.due_at, at("2026-11-28T00:00:00+05:00"));
        let due = world.exam.due(&class.learner).await.expect("a list");
        assert_eq!(due.len(), 1, "also before it opens, to plan by");
        let early = start(&world, &class.learner, &given).await;
        assert_eq!(closed(early), Closed::Ahead(given.opens_at));

        world
            .clock
            .advance(given.opens_at - at("2026-11-22T09:00:00+05:00"));
        let id = start(&world, &class.learner, &given).await.expect("starts");
        let again = start(&world, &class.learner, &given)
            .await
            .expect("the same");
        assert_eq!(again, id, "a second click makes no second attempt");

        // Made in time and not begun in time: it cannot be begun.
        world
            .clock
            .advance(TimeDelta::days(4) - TimeDelta::hours(1));
        let id = start(&world, &class.learner, &given)
            .await
            .expect("made anew");
        world.clock.advance(TimeDelta::hours(1));
        let late = world.exam.start_section(&class.learner.id, &id, Listening);
        assert_eq!(closed(late.await), Closed::Over(given.due_at));
        let late = start(&world, &class.learner, &given).await;
        assert_eq!(closed(late), Closed::Over(given.due_at));
        assert!(
            world
                .exam
                .due(&class.learner)
                .await
                .expect("a list")
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_begun_in_time_goes_on_after_it_is_due() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class.give(&world, new(mock(), 1)).await;
        world
            .clock
            .advance(given.due_at - at("2026-11-22T09:00:00+05:00") - ms(1));
        let id = start(&world, &class.learner, &given).await.expect("starts");
        world.start(&class.learner.id, &id, Listening).await;
        world.clock.advance(ms(2));
        let same = start(&world, &class.learner, &given).await;
        assert_eq!(same.expect("it goes on"), id);
        world.finish(&class.learner.id, &id, Listening).await;
        world.sit(&class.learner.id, &id, Reading, 4).await;
        let row = &table(&world, &class, &given).await.rows[0];
        assert_eq!(
            row.last.as_ref().map(|last| last.state.as_str()),
            Some("finished")
        );
    })
    .await;
}

#[tokio::test]
async fn as_many_attempts_as_are_allowed_and_a_void_one_is_none() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class.give(&world, new(mock(), 2)).await;
        let who = &class.learner;
        for _ in 0..2 {
            let id = start(&world, who, &given).await.expect("starts");
            sit(&world, who, &id, 1, 1).await;
        }
        assert_eq!(
            closed(start(&world, who, &given).await),
            Closed::NoAttemptsLeft
        );
        let view = world.exam.assignment(who, &given.id).await.expect("a view");
        assert_eq!((view.attempts_left(), view.mine.len()), (0, 2));
        let last = view.mine[1].id.clone();
        world
            .exam
            .void(&who.id, &last, "operator", "the power failed")
            .await
            .expect("void");
        let again = start(&world, who, &given)
            .await
            .expect("the attempt comes back");
        assert_ne!(again, last);
        // One that nobody began lapses and comes back too.
        world.clock.advance(TimeDelta::hours(25));
        let anew = start(&world, who, &given).await.expect("starts");
        assert_ne!(anew, again);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_clicks_at_once_one_attempt_comes() {
    const CLICKS: usize = 8;
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        for work in [mock(), reading()] {
            let given = class.give(&world, new(work, 10)).await;
            let line = std::sync::Arc::new(tokio::sync::Barrier::new(CLICKS));
            let mut clicks = Vec::new();
            for _ in 0..CLICKS {
                let (exam, who) = (world.exam.clone(), class.learner.clone());
                let (id, line) = (given.id.clone(), line.clone());
                clicks.push(tokio::spawn(async move {
                    line.wait().await;
                    exam.start_assignment(&who, &id, None).await
                }));
            }
            let mut made = std::collections::HashSet::new();
            for click in clicks {
                made.insert(click.await.expect("no panic").expect("an attempt"));
            }
            assert_eq!(made.len(), 1, "{made:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_mock_that_counts_keeps_to_the_limit_and_training_does_not() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let counted = class.give(&world, new(mock(), 10)).await;
        let free = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 10))
            .await;
        // Training first: it must leave the limit as it was.
        for _ in 0..4 {
            let id = start(&world, who, &free).await.expect("training starts");
            sit(&world, who, &id, 3, 4).await;
            let paper = world.exam.paper(&who.id, &id).await.expect("a paper");
            assert!(!paper.counts);
            let score = world.exam.language_score(&who.id, &id).await;
            assert!(matches!(score, Err(Failure::NotAMock)), "no score of training");
        }
        let scores = world.exam.mock_scores(&who.id).await.expect("scores");
        assert_eq!((scores.valid, scores.expired), (Vec::new(), Vec::new()));
        let left = world.exam.next_mock(&who.id, None).await.expect("an answer");
        assert_eq!(left.decision.expect("allowed").used, 0);
        for _ in 0..3 {
            let id = start(&world, who, &counted).await.expect("counts");
            sit(&world, who, &id, 1, 1).await;
            assert!(world.exam.paper(&who.id, &id).await.expect("a paper").counts);
        }
        let over = start(&world, who, &counted).await;
        assert!(matches!(over, Err(Failure::RetakeLimit { .. })), "{over:?}");
        let own = world.exam.create_mock(&who.id, None, None).await;
        assert!(matches!(own, Err(Failure::RetakeLimit { .. })), "it is one limit");
        let id = start(&world, who, &free).await.expect("training goes on");
        world.start(&who.id, &id, Listening).await;
        let counted = format!(
            "select cast(count(*) as text) from attempts where learner_id = '{}' and counted_at is not null",
            who.id
        );
        assert_eq!(place.rows(&counted).await[0][0].as_deref(), Some("3"));
    })
    .await;
}

#[tokio::test]
async fn withdrawing_stops_nobody_who_has_begun() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let waiting = account(&world, "waiting").await;
        class.admit(&world, &waiting).await;
        let given = class.give(&world, new(mock(), 2)).await;
        let who = &class.learner;
        let id = start(&world, who, &given).await.expect("starts");
        world.start(&who.id, &id, Listening).await;
        let ready = start(&world, &waiting, &given).await.expect("ready");

        world
            .exam
            .withdraw(&class.tutor, &given.id)
            .await
            .expect("withdrawn");
        world
            .exam
            .withdraw(&class.tutor, &given.id)
            .await
            .expect("again is harmless");
        world.finish(&who.id, &id, Listening).await;
        world.sit(&who.id, &id, Reading, 3).await;
        let result = world.exam.result(&who.id, &id).await.expect("a result");
        assert_eq!(result.sections[1].correct, 3);
        let view = world
            .exam
            .assignment(who, &given.id)
            .await
            .expect("still seen");
        assert_eq!((view.window, view.mine.len()), (Window::Withdrawn, 1));

        assert_eq!(closed(start(&world, who, &given).await), Closed::Withdrawn);
        let begin = world
            .exam
            .start_section(&waiting.id, &ready, Listening)
            .await;
        assert_eq!(closed(begin), Closed::Withdrawn);
        for who in [who, &waiting] {
            assert!(world.exam.due(who).await.expect("a list").is_empty());
        }
        let kinds = format!(
            "select kind from events where school_id = '{}' and kind = 'assignment-withdrawn'",
            class.school
        );
        assert_eq!(place.rows(&kinds).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_practice_set_can_be_given_too() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class.give(&world, new(reading(), 1)).await;
        let who = &class.learner;
        let id = start(&world, who, &given).await.expect("starts");
        world.sit(&who.id, &id, Reading, 3).await;
        let table = table(&world, &class, &given).await;
        assert_eq!(table.sections, [Reading]);
        let last = table.rows[0].last.as_ref().expect("a grade");
        assert_eq!(last.sections[0].score.correct, 3);
        assert_eq!(
            (last.level, last.passed),
            (None, None),
            "practice gives no level"
        );
        assert_eq!(
            closed(start(&world, who, &given).await),
            Closed::NoAttemptsLeft
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_given() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let give = async |new| world.exam.give(&class.tutor, &class.group, new).await;
        let base = || new(mock(), 1);
        let table = [
            (
                NewAssignment {
                    title: " ".into(),
                    ..base()
                },
                ("title", "missing"),
            ),
            (
                NewAssignment {
                    title: "т".repeat(121),
                    ..base()
                },
                ("title", "too-long"),
            ),
            (
                NewAssignment {
                    due: day("2026-11-21"),
                    ..base()
                },
                ("due", "past"),
            ),
            (
                NewAssignment {
                    due: day("2028-01-01"),
                    ..base()
                },
                ("due", "too-far"),
            ),
            (
                NewAssignment {
                    opens: Some(day("2026-11-28")),
                    ..base()
                },
                ("opens", "after-due"),
            ),
            (
                NewAssignment {
                    attempts: 0,
                    ..base()
                },
                ("attempts", "out-of-range"),
            ),
            (
                NewAssignment {
                    attempts: 11,
                    ..base()
                },
                ("attempts", "out-of-range"),
            ),
        ];
        for (new, expected) in table {
            match give(new).await {
                Err(Failure::Invalid { field, problem }) => assert_eq!((field, problem), expected),
                other => panic!("{expected:?}: {other:?}"),
            }
        }
        // Today is a day on which it can be due.
        give(NewAssignment {
            due: day("2026-11-22"),
            ..base()
        })
        .await
        .expect("due today");
        let by_learner = world.exam.give(&class.learner, &class.group, base()).await;
        assert!(
            matches!(by_learner, Err(Failure::NotAllowed)),
            "{by_learner:?}"
        );
        let other = Class::of(&world, "two").await;
        let elsewhere = world.exam.give(&other.tutor, &class.group, base()).await;
        assert!(
            matches!(elsewhere, Err(Failure::NothingHere)),
            "{elsewhere:?}"
        );
        let theirs = world
            .exam
            .gradebook(&class.owner, &class.give(&world, base()).await.id)
            .await;
        assert!(theirs.is_ok(), "an owner may what a tutor may");
    })
    .await;
}
