//! What comes of assignments on both engines: keys withheld until they may be seen, and the tutor's table.

use std::collections::BTreeSet;

use synaq::domain::assignment::{FeedbackPolicy, Work};
use synaq::domain::id::AttemptId;
use synaq::domain::rules::Section::{self, Listening, Reading};
use synaq::service::{Account, Failure, Shown};

use crate::support::school::{Class, account, mock, new, reading, sit, start, table, training};
use crate::support::world::ms;
use crate::support::{World, on_both};

/// Whether the learner sees the keys of their finished attempt.
async fn keys(world: &World, who: &Account, id: &AttemptId) -> (bool, bool) {
    let result = world.exam.result(&who.id, id).await.expect("a result");
    // What another assignment withholds still is left out, and said to be.
    let accounted_for = result.testlets.len() + result.withheld;
    assert_eq!(result.feedback, accounted_for > 0);
    assert_eq!(result.sections.len(), 2, "the score is always told");
    (result.feedback, result.later)
}

/// Practice tells keys at once, so it leaves alone what a school still withholds.
#[tokio::test]
async fn practice_does_not_tell_what_is_withheld() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let testlets = async |id: &AttemptId| -> BTreeSet<String> {
            let given =
                format!("select testlet_id from attempt_testlets where attempt_id = '{id}'");
            let rows = place.rows(&given).await;
            rows.into_iter().flatten().flatten().collect()
        };
        let Work::Practice(set) = reading() else {
            panic!("a practice set");
        };
        let wish = set.wish;
        for (policy, open) in [
            (FeedbackPolicy::Released, false),
            (FeedbackPolicy::AfterDue, false),
            (FeedbackPolicy::AtOnce, true),
        ] {
            let given = class.give(&world, new(training(policy), 1)).await;
            let id = start(&world, who, &given).await.expect("starts");
            sit(&world, who, &id, 2, 3).await;
            let withheld = testlets(&id).await;
            let mut met = BTreeSet::new();
            for _ in 0..4 {
                if let Ok(set) = world.exam.create_practice(&who.id, &wish).await {
                    met.extend(testlets(&set.id).await);
                }
            }
            assert_eq!(met.is_disjoint(&withheld), !open, "{policy:?}: {met:?}");
            // Once they are let be seen, practice has them too.
            world
                .exam
                .release(&class.tutor, &given.id)
                .await
                .expect("released");
            let mut met = BTreeSet::new();
            for _ in 0..4 {
                let set = world
                    .exam
                    .create_practice(&who.id, &wish)
                    .await
                    .expect("a set");
                met.extend(testlets(&set.id).await);
            }
            assert!(!met.is_disjoint(&withheld), "{policy:?}");
        }
    })
    .await;
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
            let seen = seen.expect("a result").result;
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
        // Nor is in it what was given besides, or what a learner does for themselves.
        let besides = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
            .await;
        let other = start(&world, &third, &besides).await.expect("starts");
        sit(&world, &third, &other, 3, 4).await;
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
async fn the_table_can_show_the_best_or_the_first_attempt() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 4))
            .await;
        for (listening, reading) in [(2, 1), (3, 4), (0, 1)] {
            let id = start(&world, &class.learner, &given).await.expect("starts");
            sit(&world, &class.learner, &id, listening, reading).await;
        }
        // One that goes on is the last, and never the best.
        let id = start(&world, &class.learner, &given).await.expect("starts");
        world.start(&class.learner.id, &id, Listening).await;
        let right = async |shown| {
            let book = world.exam.gradebook_of(&class.tutor, &given.id, shown);
            let row = book.await.expect("a table").rows.remove(0);
            let sections = row.last.expect("an attempt").sections;
            let right = sections.iter().map(|section| section.score.correct);
            (row.attempts, right.collect::<Vec<u32>>())
        };
        assert_eq!(right(Shown::First).await, (4, vec![2, 1]));
        assert_eq!(right(Shown::Best).await, (4, vec![3, 4]));
        assert_eq!(right(Shown::Last).await, (4, vec![]));
    })
    .await;
}
