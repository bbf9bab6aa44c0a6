//! Looking on while a group sits, on both engines: who is where, who is there, more time, an attempt that is void.

use synaq::domain::assignment::{Assignment, FeedbackPolicy};
use synaq::domain::attempt::Refused;
use synaq::domain::id::{AssignmentId, AttemptId};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::{Account, Failure, LiveRow, LiveView, WATCHING_MAX};

use crate::support::school::{Class, accept, account, mock, new, reading, sit, start, training};
use crate::support::world::{items, minutes, ms, other_than};
use crate::support::{Place, World, on_both};

/// A class that was given a mock as training.
struct Hall {
    world: World,
    class: Class,
    given: Assignment,
}

impl Hall {
    async fn on(place: &Place) -> Self {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let work = training(FeedbackPolicy::AtOnce);
        let given = class.give(&world, new(work, 2)).await;
        Self {
            world,
            class,
            given,
        }
    }

    async fn pupil(&self, name: &str) -> Account {
        let pupil = account(&self.world, name).await;
        self.class.admit(&self.world, &pupil).await;
        pupil
    }

    /// Somebody sits the first section.
    async fn sitting(&self, who: &Account) -> AttemptId {
        let id = start(&self.world, who, &self.given).await.expect("starts");
        self.world.start(&who.id, &id, Listening).await;
        id
    }

    async fn view(&self) -> LiveView {
        let exam = &self.world.exam;
        exam.write_presence().await.expect("written");
        let view = exam.live(&self.class.tutor, &self.given.id).await;
        view.expect("a view")
    }

    async fn row(&self, who: &Account) -> LiveRow {
        let view = self.view().await;
        let row = view.look.rows.iter().find(|row| row.learner == who.id);
        row.expect("a row").clone()
    }

    async fn give(&self, to: Option<&AttemptId>, minutes: u32) -> Result<usize, Failure> {
        let exam = &self.world.exam;
        exam.give_time(&self.class.tutor, &self.given.id, to, minutes, "fire drill")
            .await
    }

    async fn left(&self, who: &Account, id: &AttemptId) -> i64 {
        let left = self.world.exam.time_left(&who.id, id).await;
        left.expect("time").remaining_ms.expect("timed")
    }
}

#[tokio::test]
async fn the_table_says_who_is_where() {
    on_both(async |place| {
        let hall = Hall::on(place).await;
        let (world, class) = (&hall.world, &hall.class);
        let first = &class.learner;
        let waits = hall.pupil("Waits").await;
        let pauses = hall.pupil("Pauses").await;
        let done = hall.pupil("Done").await;
        let id = hall.sitting(first).await;
        let ready = start(world, &waits, &hall.given).await.expect("starts");
        let broke = start(world, &pauses, &hall.given).await.expect("starts");
        world.sit(&pauses.id, &broke, Listening, 1).await;
        let over = start(world, &done, &hall.given).await.expect("starts");
        sit(world, &done, &over, 1, 1).await;

        let names: Vec<(String, String)> = {
            let view = hall.view().await;
            assert!(view.may_manage);
            let rows = view.look.rows.iter();
            rows.map(|row| (row.name.clone(), row.state.clone()))
                .collect()
        };
        let expected = [
            ("Done", "finished"),
            ("Pauses", "break"),
            ("Waits", "ready"),
            ("one-learner", "running"),
        ];
        let mut expected = expected.map(|(name, state)| (name.to_owned(), state.to_owned()));
        // PostgreSQL and SQLite may order large and small letters otherwise.
        let mut names = names;
        names.sort();
        expected.sort();
        assert_eq!(names, expected);
        assert_eq!(hall.row(&waits).await.attempt, Some(ready));
        assert_eq!(hall.row(&done).await.until, None);
        assert!(hall.row(&pauses).await.until.is_some());

        // An item counts once however often it is answered, and one that was cleared does not.
        let paper = world.exam.paper(&first.id, &id).await.expect("a paper");
        let all: Vec<_> = items(&paper).cloned().collect();
        let respond = async |n: usize, clear: bool| {
            let key = world.key(&all[n]);
            let chosen = (!clear).then_some(other_than(key));
            let saved = world.exam.respond(&first.id, &id, &all[n].id, chosen, None);
            saved.await.expect("saved");
        };
        for (n, clear, answered) in [
            (0, false, 1),
            (0, false, 1),
            (1, false, 2),
            (0, true, 1),
            (0, false, 2),
        ] {
            respond(n, clear).await;
            let row = hall.row(first).await;
            assert_eq!((row.section, row.answered), (Some(Listening), answered));
            assert_eq!(row.of, Some(3));
        }
        // The next section is counted by itself.
        world.finish(&first.id, &id, Listening).await;
        assert_eq!(hall.row(first).await.section, None);
        world.clock.advance(ms(1));
        world.start(&first.id, &id, Reading).await;
        let row = hall.row(first).await;
        assert_eq!(
            (row.section, row.answered, row.of),
            (Some(Reading), 0, Some(4))
        );
        // Who leaves the group is seen as long as there is an attempt.
        world
            .exam
            .leave_group(first, &class.group)
            .await
            .expect("left");
        assert!(!hall.row(first).await.in_group);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_seen_for_a_while_has_lost_contact() {
    on_both(async |place| {
        let hall = Hall::on(place).await;
        let (world, who) = (&hall.world, &hall.class.learner);
        let id = hall.sitting(who).await;
        // Nothing was heard of the page yet: the start counts.
        assert!(!hall.row(who).await.lost);
        world.clock.advance(ms(40_001));
        assert!(hall.row(who).await.lost);
        // Asking for the time left, opening the page and saving an answer: each is a sign.
        let paper = world.exam.paper(&who.id, &id).await.expect("a paper");
        let item = items(&paper).next().expect("an item").clone();
        hall.left(who, &id).await;
        assert!(!hall.row(who).await.lost);
        assert_eq!(hall.row(who).await.seen_at, Some(world.exam.clock().now()));
        world.clock.advance(ms(40_001));
        assert!(hall.row(who).await.lost);
        let key = world.key(&item);
        world
            .exam
            .respond(&who.id, &id, &item.id, Some(key), None)
            .await
            .expect("saved");
        assert!(!hall.row(who).await.lost);
        // An older sign that is written later changes nothing.
        let seen = hall.row(who).await.seen_at;
        world.clock.advance(ms(-5000));
        hall.left(who, &id).await;
        assert_eq!(hall.row(who).await.seen_at, seen);
        // A private attempt leaves no trace.
        let alone = world.mock(&who.id).await;
        hall.left_or_none(who, &alone).await;
        world.exam.write_presence().await.expect("written");
        let rows = place.rows("select attempt_id from presence").await;
        assert_eq!(rows, [[Some(id.to_string())]]);
        let stranger = world.learner().await;
        let time = world.exam.time_left(&stranger, &id).await;
        assert!(matches!(time, Err(Failure::NotFound)), "{time:?}");
    })
    .await;
}

impl Hall {
    async fn left_or_none(&self, who: &Account, id: &AttemptId) -> Option<i64> {
        let left = self.world.exam.time_left(&who.id, id).await.expect("time");
        left.remaining_ms
    }
}

#[tokio::test]
async fn however_many_watch_the_store_is_looked_at_once() {
    on_both(async |place| {
        let hall = Hall::on(place).await;
        let (exam, class) = (&hall.world.exam, &hall.class);
        let id = &hall.given.id;
        assert_eq!(exam.look_around().await, 0, "nobody watches");
        let before = exam.looks();
        let mut first = exam.watch(&class.tutor, id).await.expect("watches");
        assert_eq!(exam.looks() - before, 1);
        assert_eq!(exam.look_around().await, 1);
        let one = exam.looks() - before;

        let mut others = Vec::new();
        for n in 0..20 {
            let who = match n {
                ..7 => class.tutor.clone(),
                7..15 => class.owner.clone(),
                _ => {
                    let name = format!("Tutor{n}");
                    let tutor = account(&hall.world, &name).await;
                    let email = tutor.email.clone().expect("an address");
                    let invited = exam.invite_tutor(&class.owner, &class.school, &email).await;
                    accept(&hall.world, &tutor, &invited.expect("an invitation")).await;
                    tutor
                }
            };
            others.push(exam.watch(&who, id).await.expect("watches"));
        }
        let before = exam.looks();
        assert_eq!(exam.look_around().await, 1);
        assert_eq!(exam.looks() - before, one - 1, "one look for all of them");
        for watching in others.iter_mut().chain([&mut first]) {
            watching.look();
        }
        hall.sitting(&class.learner).await;
        exam.look_around().await;
        for watching in others.iter_mut().chain([&mut first]) {
            let look = watching.next().await.expect("a look");
            assert_eq!(look.rows[0].state, "running");
        }

        // So many and no more at once.
        assert_eq!(WATCHING_MAX, 8);
        let ninth = exam.watch(&class.tutor, id).await;
        assert!(matches!(ninth, Err(Failure::TooManyWatching)), "{ninth:?}");
        others.remove(0);
        let again = exam.watch(&class.tutor, id).await.expect("a place is free");
        for nobody in [&class.learner, &hall.pupil("Other").await] {
            let refused = exam.watch(nobody, id).await;
            assert!(matches!(refused, Err(Failure::NotAllowed)), "{refused:?}");
        }
        let none = exam.watch(&class.tutor, &AssignmentId::new("none")).await;
        assert!(matches!(none, Err(Failure::NothingHere)), "{none:?}");
        drop((again, first, others));
        assert_eq!(exam.look_around().await, 0, "nobody watches any more");

        // A server that stops lets nobody wait.
        let mut watching = exam.watch(&class.tutor, id).await.expect("watches");
        exam.end_watching();
        assert!(watching.next().await.is_none());
        let late = exam.watch(&class.tutor, id).await;
        assert!(matches!(late, Err(Failure::Busy)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn more_time_for_one_and_for_all() {
    on_both(async |place| {
        let hall = Hall::on(place).await;
        let world = &hall.world;
        let first = hall.class.learner.clone();
        let second = hall.pupil("Second").await;
        let third = hall.pupil("Third").await;
        let fourth = hall.pupil("Fourth").await;
        let one = hall.sitting(&first).await;
        let two = hall.sitting(&second).await;
        let three = start(world, &third, &hall.given).await.expect("starts");
        world.sit(&third.id, &three, Listening, 1).await;
        let ready = start(world, &fourth, &hall.given).await.expect("starts");
        let before = [
            hall.left(&first, &one).await,
            hall.left(&second, &two).await,
            hall.left(&third, &three).await,
        ];
        assert_eq!(hall.give(Some(&one), 5).await.expect("given"), 1);
        assert_eq!(hall.left(&first, &one).await, before[0] + 5 * 60_000);
        assert_eq!(hall.left(&second, &two).await, before[1]);
        assert_eq!(hall.give(None, 10).await.expect("given"), 3);
        assert_eq!(hall.left(&first, &one).await, before[0] + 15 * 60_000);
        assert_eq!(hall.left(&second, &two).await, before[1] + 10 * 60_000);
        assert_eq!(
            hall.left(&third, &three).await,
            before[2] + 10 * 60_000,
            "the break too"
        );
        // The clock goes by it.
        world.clock.advance(ms(before[1]) + minutes(9));
        world.exam.sweep().await.expect("swept");
        assert_eq!(hall.row(&second).await.state, "running");

        let refused = hall.give(Some(&ready), 5).await;
        assert!(
            matches!(
                refused,
                Err(Failure::Refused(Refused::WrongState { state: "ready" }))
            ),
            "{refused:?}"
        );
        for minutes in [0, 61] {
            let refused = hall.give(Some(&one), minutes).await;
            assert!(matches!(
                refused,
                Err(Failure::Invalid {
                    field: "minutes",
                    ..
                })
            ));
        }
        let alone = world.mock(&fourth.id).await;
        let private = hall.give(Some(&alone), 5).await;
        assert!(matches!(private, Err(Failure::NothingHere)), "{private:?}");
        let exam = &world.exam;
        let learner = exam.give_time(&first, &hall.given.id, None, 5, "").await;
        assert!(matches!(learner, Err(Failure::NotAllowed)), "{learner:?}");
        let practice = hall.class.give(world, new(reading(), 1)).await;
        let fifth = hall.pupil("Fifth").await;
        let set = start(world, &fifth, &practice).await.expect("starts");
        let tutor = &hall.class.tutor;
        let untimed = exam.give_time(tutor, &practice.id, Some(&set), 5, "").await;
        assert!(matches!(untimed, Err(Failure::Refused(Refused::NotTimed))));
        assert_eq!(
            exam.give_time(tutor, &practice.id, None, 5, "")
                .await
                .expect("none"),
            0
        );

        let events = world.events(&one).await;
        let given: Vec<_> = events
            .iter()
            .filter(|event| event.kind == "time-given")
            .collect();
        assert_eq!(given.len(), 2);
        assert_eq!(given[0].detail["minutes"], 5);
        assert_eq!(given[0].detail["why"], "fire drill");
        assert_eq!(given[0].actor, tutor.id.to_string());
        assert_eq!(given[0].school.as_ref(), Some(&hall.class.school));
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_is_void_gives_back_the_retake() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let (exam, who) = (&world.exam, &class.learner);
        let given = class.give(&world, new(mock(), 1)).await;
        let id = start(&world, who, &given).await.expect("starts");
        world.start(&who.id, &id, Listening).await;
        let left = async || {
            exam.next_mock(&who.id, None)
                .await
                .expect("a look")
                .decision
                .expect("some")
                .left
        };
        let allowed = left().await;
        let void =
            async |by: &Account, reason: &str| exam.void_assigned(by, &given.id, &id, reason).await;
        let refused = void(who, "why").await;
        assert!(matches!(refused, Err(Failure::NotAllowed)), "{refused:?}");
        let silent = void(&class.tutor, "  ").await;
        assert!(matches!(
            silent,
            Err(Failure::Invalid {
                field: "reason",
                problem: "missing"
            })
        ));
        let alone = world.mock(&who.id).await;
        let private = exam
            .void_assigned(&class.tutor, &given.id, &alone, "why")
            .await;
        assert!(matches!(private, Err(Failure::NothingHere)), "{private:?}");

        void(&class.tutor, "the power failed").await.expect("void");
        assert_eq!(left().await, allowed + 1, "the retake comes back");
        let paper = exam.paper(&who.id, &id).await.expect("a paper");
        assert_eq!(
            (paper.state, paper.void_reason.as_deref()),
            ("voided", Some("the power failed"))
        );
        let view = exam.assignment(who, &given.id).await.expect("a view");
        assert_eq!(view.attempts_left(), 1);
        let look = exam
            .live(&class.tutor, &given.id)
            .await
            .expect("a view")
            .look;
        assert_eq!(look.rows[0].state, "voided");
        let again = start(&world, who, &given).await.expect("starts again");
        assert_ne!(again, id);
        let twice = void(&class.tutor, "again").await;
        assert!(matches!(twice, Err(Failure::Refused(_))), "{twice:?}");
        // A finished one can be declared void too.
        sit(&world, who, &again, 1, 1).await;
        exam.void_assigned(&class.owner, &given.id, &again, "copied")
            .await
            .expect("void");
        let result = exam.result(&who.id, &again).await;
        assert!(matches!(result, Err(Failure::NotFinished)), "{result:?}");
        let events = world.events(&id).await;
        let last = events.last().expect("an event");
        assert_eq!(
            (last.kind.as_str(), &last.detail["why"]),
            ("attempt-voided", &"the power failed".into())
        );
        assert_eq!(last.school.as_ref(), Some(&class.school));
    })
    .await;
}
