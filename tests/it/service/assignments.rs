//! Assignments on both engines: dates, attempts allowed, training, withdrawing, keys withheld, the tutor's table.

use chrono::TimeDelta;
use synaq::domain::assignment::{Assignment, Closed, FeedbackPolicy, Window};
use synaq::domain::id::AttemptId;
use synaq::domain::rules::Section::{self, Listening, Reading};
use synaq::service::{Account, Failure, Gradebook, NewAssignment};

use crate::support::school::{Class, account, day, mock, new, reading, training};
use crate::support::world::{at, ms};
use crate::support::{World, on_both};

async fn start(world: &World, who: &Account, given: &Assignment) -> Result<AttemptId, Failure> {
    world.exam.start_assignment(who, &given.id).await
}

async fn sit(world: &World, who: &Account, id: &AttemptId, listening: usize, reading: usize) {
    world.sit(&who.id, id, Listening, listening).await;
    world.sit(&who.id, id, Reading, reading).await;
}

#[track_caller]
fn closed(result: Result<impl std::fmt::Debug, Failure>) -> Closed {
    match result {
        Err(Failure::Closed(closed)) => closed,
        other => panic!("not closed: {other:?}"),
    }
}

async fn table(world: &World, class: &Class, given: &Assignment) -> Gradebook {
    let table = world.exam.gradebook(&class.tutor, &given.id).await;
    table.expect("a table")
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
        let left = world.exam.next_mock(&who.id, None).await.expect("an answer");
        assert_eq!(left.decision.expect("allowed").used, 0);
        for _ in 0..3 {
            let id = start(&world, who, &counted).await.expect("counts");
            sit(&world, who, &id, 1, 1).await;
            assert!(world.exam.paper(&who.id, &id).await.expect("a paper").counts);
        }
        let over = start(&world, who, &counted).await;
        assert!(matches!(over, Err(Failure::RetakeLimit { .. })), "{over:?}");
        let own = world.exam.create_mock(&who.id, None).await;
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

/// Whether the learner sees the keys of their finished attempt.
async fn keys(world: &World, who: &Account, id: &AttemptId) -> (bool, bool) {
    let result = world.exam.result(&who.id, id).await.expect("a result");
    assert_eq!(result.feedback, !result.testlets.is_empty());
    assert_eq!(result.sections.len(), 2, "the score is always told");
    (result.feedback, result.later)
}

#[tokio::test]
async fn keys_are_withheld_until_they_may_be_seen() {
    const SHOWN: (bool, bool) = (true, false);
    const LATER: (bool, bool) = (false, true);
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let mut sat = Vec::new();
        for policy in FeedbackPolicy::ALL {
            let given = class.give(&world, new(training(policy), 1)).await;
            let id = start(&world, who, &given).await.expect("starts");
            let unfinished = world
                .exam
                .assigned_result(&class.tutor, &given.id, &id)
                .await;
            assert!(matches!(unfinished, Err(Failure::NotFinished)));
            sit(&world, who, &id, 2, 3).await;
            sat.push((given, id));
        }
        let [at_once, after_due, released] = sat.try_into().expect("three policies");
        assert_eq!(keys(&world, who, &at_once.1).await, SHOWN);
        assert_eq!(keys(&world, who, &after_due.1).await, LATER);
        assert_eq!(keys(&world, who, &released.1).await, LATER);
        // Whoever teaches sees them already.
        for (given, id) in [&after_due, &released] {
            let seen = world
                .exam
                .assigned_result(&class.tutor, &given.id, id)
                .await;
            let seen = seen.expect("a result");
            assert!(seen.feedback && !seen.testlets.is_empty());
        }
        let elsewhere = world
            .exam
            .assigned_result(&class.tutor, &at_once.0.id, &released.1)
            .await;
        assert!(
            matches!(elsewhere, Err(Failure::NothingHere)),
            "not of this assignment"
        );

        world
            .clock
            .advance(after_due.0.due_at - world.exam.clock().now() - ms(1));
        assert_eq!(keys(&world, who, &after_due.1).await, LATER);
        world.clock.advance(ms(1));
        assert_eq!(keys(&world, who, &after_due.1).await, SHOWN);
        assert_eq!(keys(&world, who, &released.1).await, LATER);
        world
            .exam
            .release(&class.tutor, &released.0.id)
            .await
            .expect("released");
        assert_eq!(keys(&world, who, &released.1).await, SHOWN);
        // A private attempt is nobody's affair.
        let own = world.whole_mock(&who.id, 1, 1).await;
        assert_eq!(keys(&world, who, &own).await, SHOWN);
        let private = world
            .exam
            .assigned_result(&class.tutor, &released.0.id, &own)
            .await;
        assert!(matches!(private, Err(Failure::NothingHere)), "{private:?}");
    })
    .await;
}

#[tokio::test]
async fn the_table_has_a_row_a_learner_and_a_cell_a_section() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let second = account(&world, "Second").await;
        let third = account(&world, "Third").await;
        let gone = account(&world, "Gone").await;
        for learner in [&second, &third, &gone] {
            class.admit(&world, learner).await;
        }
        let given = class.give(&world, new(mock(), 2)).await;
        let all = async |who: &Account, listening, reading| {
            let id = start(&world, who, &given).await.expect("starts");
            sit(&world, who, &id, listening, reading).await;
        };
        all(&class.learner, 1, 1).await;
        all(&class.learner, 3, 4).await;
        all(&gone, 0, 0).await;
        world
            .exam
            .leave_group(&gone, &class.group)
            .await
            .expect("left");
        let id = start(&world, &second, &given).await.expect("starts");
        world.sit(&second.id, &id, Listening, 3).await;
        // What a learner does for themselves is not in it.
        world.whole_mock(&third.id, 3, 4).await;

        let table = table(&world, &class, &given).await;
        assert_eq!(table.sections, [Listening, Reading]);
        let row = |who: &Account| {
            let row = table.rows.iter().find(|row| row.learner == who.id);
            row.expect("a row")
        };
        assert_eq!(table.rows.len(), 4);
        let first = row(&class.learner);
        assert_eq!((first.attempts, first.in_group), (2, true));
        let last = first.last.as_ref().expect("a grade");
        let cells: Vec<(Section, u32)> = last
            .sections
            .iter()
            .map(|cell| (cell.score.name, cell.score.correct))
            .collect();
        assert_eq!(cells, [(Listening, 3), (Reading, 4)], "the last attempt");
        assert_eq!(last.passed, Some(true));
        assert!(last.level.is_some() && last.sections.iter().all(|cell| cell.level.is_some()));
        let between = row(&second).last.as_ref().expect("a grade");
        assert_eq!(between.state, "break");
        assert!(between.sections.is_empty(), "nothing before the end");
        assert!(row(&third).last.is_none() && row(&third).attempts == 0);
        let left = row(&gone);
        assert!(!left.in_group);
        assert_eq!(left.last.as_ref().and_then(|last| last.passed), Some(false));
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
