//! Changes of what was given, on both engines: for everybody, for one learner; and a look at it before.

use chrono::TimeDelta;
use synaq::domain::assignment::{Assignment, Closed, FeedbackPolicy, ResultsPolicy, Work};
use synaq::domain::id::AssignmentId;
use synaq::domain::level::Level;
use synaq::domain::practice::Wish;
use synaq::domain::rules::Section::Reading;
use synaq::service::{Account, AssignmentChange, Failure};

use crate::support::giving::{bank, delayed, invalid, picked, work_through};
use crate::support::school::{Class, account, day, mock, new, reading, set, sit, start, training};
use crate::support::world::at;
use crate::support::{World, on_both};

#[tokio::test]
async fn a_tutor_who_gives_up_the_delay_shows_what_waits() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class.give(&world, new(delayed(), 1)).await;
        let id = start(&world, &class.learner, &given).await.expect("starts");
        sit(&world, &class.learner, &id, 1, 1).await;
        let change = AssignmentChange {
            results: Some(ResultsPolicy::AtOnce),
            ..AssignmentChange::default()
        };
        change_it(&world, &class.tutor, &given.id, change)
            .await
            .expect("changed");
        world
            .exam
            .result(&class.learner.id, &id)
            .await
            .expect("a result");
    })
    .await;
}

async fn change_it(
    world: &World,
    who: &Account,
    id: &AssignmentId,
    change: AssignmentChange,
) -> Result<Assignment, Failure> {
    world.exam.change_assignment(who, id, change).await
}

#[tokio::test]
async fn what_nobody_has_started_can_be_changed_wholly_and_then_only_its_conditions() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class.give(&world, new(reading(), 2)).await;
        let change = async |change| change_it(&world, &class.tutor, &given.id, change).await;
        let nothing = AssignmentChange::default;
        let longer = || AssignmentChange {
            work: Some(set(Wish::new(Reading, Level::A2, 6), FeedbackPolicy::AtOnce)),
            ..nothing()
        };
        let changed = change(longer()).await.expect("nobody has started");
        assert_ne!(changed.work, given.work);
        let other_kind = AssignmentChange {
            work: Some(mock()),
            ..nothing()
        };
        assert_eq!(invalid(change(other_kind).await), ("work", "other-kind"));

        let id = start(&world, &class.learner, &given).await.expect("starts");
        let shorter = AssignmentChange {
            work: Some(reading()),
            ..nothing()
        };
        assert_eq!(invalid(change(shorter).await), ("work", "started"));
        change(longer()).await.expect("what is the same is no change");
        let opens = AssignmentChange {
            opens: Some(day("2026-11-25")),
            ..nothing()
        };
        assert_eq!(invalid(change(opens).await), ("opens", "open"));
        let past = AssignmentChange {
            due: Some(day("2026-11-21")),
            ..nothing()
        };
        assert_eq!(invalid(change(past).await), ("due", "past"));
        // Whoever is in the middle goes on, whatever the last day is now.
        let today = AssignmentChange {
            due: Some(day("2026-11-22")),
            ..nothing()
        };
        change(today).await.expect("earlier");
        world.clock.advance(TimeDelta::days(1));
        work_through(&world, &class.learner.id, &id).await;
        let over = start(&world, &class.learner, &given).await;
        assert!(matches!(over, Err(Failure::Closed(Closed::Over(_)))), "{over:?}");
        let extended = AssignmentChange {
            due: Some(day("2026-11-30")),
            title: Some("Week 2".to_owned()),
            ..nothing()
        };
        change(extended).await.expect("extended");
        let id = start(&world, &class.learner, &given).await.expect("open again");
        work_through(&world, &class.learner.id, &id).await;
        let fewer = AssignmentChange {
            attempts: Some(1),
            ..nothing()
        };
        assert_eq!(invalid(change(fewer).await), ("attempts", "fewer"));

        let by_learner = change_it(&world, &class.learner, &given.id, nothing()).await;
        assert!(matches!(by_learner, Err(Failure::NotAllowed)), "{by_learner:?}");
        let events = format!(
            "select detail from events where school_id = '{}' and kind = 'assignment-changed' order by id",
            class.school
        );
        let events = place.rows(&events).await;
        assert_eq!(events.len(), 3, "a change that changes nothing is none");
        let last: serde_json::Value =
            serde_json::from_str(events[2][0].as_deref().expect("a detail")).expect("JSON");
        assert_eq!(last["before"]["title"], "Week 1");
        assert_eq!(last["after"]["title"], "Week 2");
        assert!(last["after"].get("attempts").is_none(), "only what changed: {last}");
    })
    .await;
}

#[tokio::test]
async fn an_exception_is_one_learners_own() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let other = account(&world, "other").await;
        class.admit(&world, &other).await;
        let given = class
            .give(&world, new(training(FeedbackPolicy::AfterDue), 1))
            .await;
        let who = &class.learner;
        let first = start(&world, who, &given).await.expect("starts");
        sit(&world, who, &first, 1, 1).await;
        let theirs = start(&world, &other, &given).await.expect("starts");
        sit(&world, &other, &theirs, 1, 1).await;
        let grant = async |to: &Account, until: Option<&str>, extra| {
            let until = until.map(day);
            let exam = &world.exam;
            exam.grant_exception(&class.tutor, &given.id, &to.id, until, extra)
                .await
        };
        let refused = [
            (Some("2026-11-21"), 0, ("until", "past")),
            (Some("2026-11-27"), 0, ("until", "not-later")),
            (Some("2028-11-27"), 0, ("until", "too-far")),
            (None, 11, ("extra", "out-of-range")),
        ];
        for (until, extra, expected) in refused {
            assert_eq!(invalid(grant(who, until, extra).await), expected);
        }
        let stranger = account(&world, "stranger").await;
        let nobody = grant(&stranger, None, 1).await;
        assert!(matches!(nobody, Err(Failure::NothingHere)), "{nobody:?}");

        grant(who, Some("2026-11-29"), 1).await.expect("granted");
        world.clock.advance(given.due_at - world.exam.clock().now());
        let due = world.exam.due(who).await.expect("a list");
        assert_eq!(due[0].assignment.due_at, at("2026-11-30T00:00:00+05:00"));
        assert!(world.exam.due(&other).await.expect("a list").is_empty());
        // The others see the keys after the group's last day, this learner after their own.
        assert!(
            world
                .exam
                .result(&other.id, &theirs)
                .await
                .expect("one")
                .feedback
        );
        let mine = world.exam.result(&who.id, &first).await.expect("a result");
        assert!(mine.later && mine.testlets.is_empty());
        let closed = start(&world, &other, &given).await;
        assert!(matches!(closed, Err(Failure::Closed(_))), "{closed:?}");
        let second = start(&world, who, &given).await.expect("one more");
        sit(&world, who, &second, 2, 2).await;
        let again = start(&world, who, &given).await;
        assert!(matches!(
            again,
            Err(Failure::Closed(Closed::NoAttemptsLeft))
        ));
        world.clock.advance(TimeDelta::days(2));
        assert!(
            !world
                .exam
                .result(&who.id, &first)
                .await
                .expect("a result")
                .later
        );

        // Taken back, and every step recorded.
        grant(who, None, 0).await.expect("taken back");
        let view = world.exam.assignment(who, &given.id).await.expect("a view");
        assert!(view.granted.is_none());
        let events = format!(
            "select kind from events where school_id = '{}' and kind = 'exception-granted'",
            class.school
        );
        assert_eq!(place.rows(&events).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_preview_keeps_nothing() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let counts = async || {
            let tables = [
                "attempts",
                "assignments",
                "events",
                "attempt_testlets",
                "exposures",
            ];
            let mut found = Vec::new();
            for table in tables {
                let count = format!("select cast(count(*) as text) from {table}");
                found.push(place.rows(&count).await);
            }
            found
        };
        let before = counts().await;
        let look =
            async |who: &Account, work: &Work| world.exam.preview(who, &class.group, work).await;
        let preview = look(&class.tutor, &mock()).await.expect("a preview");
        assert!(preview.sample && !preview.estimated && preview.minutes > 0);
        let content = preview
            .sections
            .iter()
            .flat_map(|section| &section.testlets);
        let shown: usize = content.map(|testlet| testlet.content.items.len()).sum();
        assert_eq!(shown as u32, preview.items);
        let work = set(picked(bank(&world, Reading)), FeedbackPolicy::AtOnce);
        let preview = look(&class.tutor, &work).await.expect("a preview");
        assert!(!preview.sample && preview.estimated);
        assert_eq!(counts().await, before);
        let by_learner = look(&class.learner, &work).await;
        assert!(
            matches!(by_learner, Err(Failure::NotAllowed)),
            "{by_learner:?}"
        );
        assert_eq!(
            world.exam.bank(&class.tutor).await.expect("the bank").len(),
            4
        );
        let by_learner = world.exam.bank(&class.learner).await;
        assert!(
            matches!(by_learner, Err(Failure::NotAllowed)),
            "{by_learner:?}"
        );
    })
    .await;
}
