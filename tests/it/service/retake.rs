//! The retake limit, with real concurrency and at the edges of the window.

use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, LearnerId};
use synaq::domain::level::Level;
use synaq::domain::practice::Wish;
use synaq::domain::rules::Section::{self, Listening, Reading};
use synaq::service::Failure;

use crate::support::world::{at, ms};
use crate::support::{Place, Tweak, World, on_both};

/// A world in which an attempt may wait for months, so that one can be made before the limit is reached.
async fn patient(place: &Place) -> World {
    let tweak = Tweak {
        ready_hours: 24 * 90,
        ..Tweak::default()
    };
    World::tweaked(place, tweak).await
}

async fn mocks(world: &World, learner: &LearnerId, count: usize) -> Vec<AttemptId> {
    let mut made = Vec::new();
    for _ in 0..count {
        made.push(world.mock(learner).await);
    }
    made
}

async fn sit_whole(world: &World, learner: &LearnerId, id: &AttemptId) {
    for section in [Listening, Reading] {
        world.start(learner, id, section).await;
        world.finish(learner, id, section).await;
    }
}

#[track_caller]
fn refused_until(start: Result<impl std::fmt::Debug, Failure>, day: &str) {
    match start {
        Err(Failure::RetakeLimit { next_allowed }) => assert_eq!(next_allowed.to_string(), day),
        other => panic!("not refused until {day}: {other:?}"),
    }
}

/// Starts the first section of every attempt at once; the ones that started.
async fn start_at_once(world: &World, learner: &LearnerId, ids: &[AttemptId]) -> Vec<AttemptId> {
    let line = std::sync::Arc::new(tokio::sync::Barrier::new(ids.len()));
    let mut tasks = Vec::new();
    for id in ids {
        let (exam, learner, id, line) = (
            world.exam.clone(),
            learner.clone(),
            id.clone(),
            line.clone(),
        );
        tasks.push(tokio::spawn(async move {
            line.wait().await;
            (exam.start_section(&learner, &id, Listening).await, id)
        }));
    }
    let mut started = Vec::new();
    for task in tasks {
        match task.await.expect("no panic") {
            (Ok(_), id) => started.push(id),
            (Err(Failure::AttemptInProgress(_) | Failure::RetakeLimit { .. }), _) => {}
            (Err(other), _) => panic!("refused for another reason: {other}"),
        }
    }
    started
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_starts_at_once_one_goes_through() {
    on_both(async |place| {
        let world = patient(place).await;
        let learner = world.learner().await;
        let mut ready = mocks(&world, &learner, 12).await;
        for round in 0..3 {
            let started = start_at_once(&world, &learner, &ready).await;
            assert_eq!(started.len(), 1, "round {round}: one in progress at a time");
            let id = &started[0];
            world.finish(&learner, id, Listening).await;
            world.start(&learner, id, Reading).await;
            world.finish(&learner, id, Reading).await;
            ready.retain(|other| other != id);
        }
        // A first attempt and two retakes are used up.
        assert_eq!(start_at_once(&world, &learner, &ready).await, []);
        let fourth = world
            .exam
            .start_section(&learner, &ready[0], Listening)
            .await;
        refused_until(fourth, "2026-12-22");
        let made = world.exam.create_mock(&learner, None, None).await;
        refused_until(made, "2026-12-22");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_start_that_is_left_is_used_once() {
    on_both(async |place| {
        let world = patient(place).await;
        for _ in 0..5 {
            let learner = world.learner().await;
            let ids = mocks(&world, &learner, 4).await;
            sit_whole(&world, &learner, &ids[0]).await;
            sit_whole(&world, &learner, &ids[1]).await;
            assert_eq!(start_at_once(&world, &learner, &ids[2..]).await.len(), 1);
            let used = format!(
                "select cast(count(*) as text) from attempts \
                 where learner_id = '{learner}' and counted_at is not null"
            );
            assert_eq!(place.rows(&used).await[0][0].as_deref(), Some("3"));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn other_learners_starts_are_their_own() {
    on_both(async |place| {
        let world = World::on(place).await;
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let learner = world.learner().await;
            let id = world.mock(&learner).await;
            let exam = world.exam.clone();
            tasks.push(tokio::spawn(async move {
                exam.start_section(&learner, &id, Listening).await.is_ok()
            }));
        }
        for task in tasks {
            assert!(task.await.expect("no panic"));
        }
    })
    .await;
}

#[tokio::test]
async fn the_window_ends_at_midnight_in_almaty() {
    on_both(async |place| {
        let world = patient(place).await;
        let learner = world.learner().await;
        // Two in the morning in Almaty: in UTC it is still the day before.
        world.clock.set(at("2026-11-22T02:00:00+05:00"));
        let ids = mocks(&world, &learner, 5).await;
        for id in &ids[..3] {
            sit_whole(&world, &learner, id).await;
        }
        let start = async |id| world.exam.start_section(&learner, id, Listening).await;

        refused_until(start(&ids[3]).await, "2026-12-22");
        world.clock.set(at("2026-12-21T23:59:59.999+05:00"));
        refused_until(start(&ids[3]).await, "2026-12-22");
        let today = world
            .exam
            .next_mock(&learner, None)
            .await
            .expect("an answer");
        assert!(today.decision.is_err());

        world.clock.advance(ms(1));
        let today = world
            .exam
            .next_mock(&learner, None)
            .await
            .expect("an answer");
        assert_eq!(today.decision.expect("allowed").left, 3);
        start(&ids[3]).await.expect("a new day, a new start");
    })
    .await;
}

#[tokio::test]
async fn the_window_rolls() {
    on_both(async |place| {
        let world = patient(place).await;
        let learner = world.learner().await;
        let ids = mocks(&world, &learner, 6).await;
        for (day, id) in ["22", "24", "30"].iter().zip(&ids) {
            world
                .clock
                .set(at(&format!("2026-11-{day}T10:00:00+05:00")));
            sit_whole(&world, &learner, id).await;
        }
        let start = async |id| world.exam.start_section(&learner, id, Listening).await;
        refused_until(start(&ids[3]).await, "2026-12-22");
        world.clock.set(at("2026-12-22T00:00:00+05:00"));
        sit_whole(&world, &learner, &ids[3]).await;
        refused_until(start(&ids[4]).await, "2026-12-24");
        world.clock.set(at("2026-12-24T12:00:00+05:00"));
        sit_whole(&world, &learner, &ids[4]).await;
        refused_until(start(&ids[5]).await, "2026-12-30");
    })
    .await;
}

#[tokio::test]
async fn practice_never_counts_and_is_never_stopped_by_the_limit() {
    on_both(async |place| {
        let world = patient(place).await;
        let learner = world.learner().await;
        let wish = Wish::new(Section::Reading, Level::A2, 4);
        let mut practised = Vec::new();
        for _ in 0..4 {
            let paper = world
                .exam
                .create_practice(&learner, &wish)
                .await
                .expect("made");
            practised.push(paper.id);
        }
        let today = world
            .exam
            .next_mock(&learner, None)
            .await
            .expect("an answer");
        assert_eq!(today.decision.expect("allowed").left, 3);
        assert_eq!(
            today.in_progress, None,
            "practice is not a mock in progress"
        );

        let ids = mocks(&world, &learner, 3).await;
        for id in &ids {
            sit_whole(&world, &learner, id).await;
        }
        let again = world.exam.create_practice(&learner, &wish).await;
        again.expect("practice is always open");
        world.finish(&learner, &practised[0], Reading).await;
    })
    .await;
}

#[tokio::test]
async fn a_voided_mock_gives_its_start_back() {
    on_both(async |place| {
        let world = patient(place).await;
        let learner = world.learner().await;
        let ids = mocks(&world, &learner, 4).await;
        for id in &ids[..3] {
            sit_whole(&world, &learner, id).await;
        }
        let start = async |id| world.exam.start_section(&learner, id, Listening).await;
        refused_until(start(&ids[3]).await, "2026-12-22");
        let void = async || {
            world
                .exam
                .void(&learner, &ids[1], "operator", "a power cut")
                .await
        };
        void().await.expect("voided");
        start(&ids[3]).await.expect("given back");

        let paper = world.exam.paper(&learner, &ids[1]).await.expect("a paper");
        assert_eq!(paper.state, "voided");
        assert_eq!(paper.void_reason.as_deref(), Some("a power cut"));
        let events = world.events(&ids[1]).await;
        let voided = events.last().expect("an event");
        assert_eq!(
            (voided.kind.as_str(), voided.actor.as_str()),
            ("attempt-voided", "operator")
        );
        assert_eq!(voided.detail["why"], "a power cut");
        let twice = void().await;
        assert!(matches!(twice, Err(Failure::Refused(_))), "{twice:?}");
    })
    .await;
}

#[tokio::test]
async fn a_mock_that_ran_out_unwatched_does_not_hold_the_place() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let ids = mocks(&world, &learner, 2).await;
        world.start(&learner, &ids[0], Listening).await;
        let held = world.exam.start_section(&learner, &ids[1], Listening).await;
        assert!(
            matches!(&held, Err(Failure::AttemptInProgress(id)) if *id == ids[0]),
            "{held:?}"
        );
        // Listening, the break and reading run out; nobody sweeps.
        world
            .clock
            .advance(ms(2 * 60_000 + 60_000 + 3 * 60_000 + 3000));
        world.start(&learner, &ids[1], Listening).await;
        let paper = world.exam.paper(&learner, &ids[0]).await.expect("a paper");
        assert_eq!(paper.state, "finished");
    })
    .await;
}

#[tokio::test]
async fn what_a_mock_in_progress_holds_cannot_be_practised() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let held: Vec<_> = world
            .start(&learner, &id, Listening)
            .await
            .sections
            .iter()
            .flat_map(|section| section.testlets.iter().map(|testlet| testlet.id.clone()))
            .collect();
        let mut chosen = 0;
        for level in Level::ALL {
            let wish = Wish::new(Listening, level, 40);
            // Practice tells the key at once: the exam's own questions must not be in it.
            if let Ok(set) = world.exam.create_practice(&learner, &wish).await {
                for testlet in &set.sections[0].testlets {
                    assert!(!held.contains(&testlet.id), "{}", testlet.id);
                    chosen += 1;
                }
            }
        }
        assert!(chosen > 0, "the rest of the bank is there");
        world.finish(&learner, &id, Listening).await;
        world.start(&learner, &id, Reading).await;
        world.finish(&learner, &id, Reading).await;
        let mut practised = Vec::new();
        for level in Level::ALL {
            let wish = Wish::new(Listening, level, 40);
            if let Ok(set) = world.exam.create_practice(&learner, &wish).await {
                practised.extend(set.sections[0].testlets.iter().map(|one| one.id.clone()));
            }
        }
        assert!(
            held.iter().all(|id| practised.contains(id)),
            "afterwards it can"
        );
    })
    .await;
}

#[tokio::test]
async fn a_practice_set_made_before_waits_while_a_mock_has_its_questions() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        // Every listening item of the bank: what the mock is given is among them, whatever that is.
        let wish = Wish::new(Listening, Level::A2, 40);
        let set = world.exam.create_practice(&learner, &wish).await;
        let set = set.expect("a set");
        let id = world.mock(&learner).await;
        let mock = world.start(&learner, &id, Listening).await;
        let held = &mock.sections[0].testlets[0].id;
        let mut refused = 0;
        for testlet in &set.sections[0].testlets {
            for item in &testlet.items {
                let answer = world
                    .exam
                    .respond(&learner, &set.id, &item.id, Some(Letter::A), None)
                    .await;
                match testlet.id == *held {
                    true => {
                        let failure = answer.expect_err("the key would be told");
                        assert!(matches!(failure, Failure::AttemptInProgress(of) if of == id));
                        refused += 1;
                    }
                    false => assert!(answer.expect("saved").feedback.is_some()),
                }
            }
        }
        assert!(refused > 0, "the set has the mock's testlet");
        let shown = world.exam.practice_feedback(&learner, &set.id).await;
        assert!(matches!(shown, Err(Failure::AttemptInProgress(_))));
        // Nor does its result tell, though it is finished.
        let finished = world
            .exam
            .finish_section(&learner, &set.id, Listening)
            .await;
        finished.expect("finished");
        let result = world
            .exam
            .result(&learner, &set.id)
            .await
            .expect("a result");
        assert_eq!(result.held_back, 1);
        assert!(result.testlets.iter().all(|testlet| testlet.id != *held));

        world.finish(&learner, &id, Listening).await;
        world.start(&learner, &id, Reading).await;
        world.finish(&learner, &id, Reading).await;
        let result = world
            .exam
            .result(&learner, &set.id)
            .await
            .expect("a result");
        assert_eq!(result.held_back, 0);
        assert!(result.testlets.iter().any(|testlet| testlet.id == *held));
    })
    .await;
}
