//! Time lost to an outage is given back: exactly the overlap, once, with an event.

use std::sync::Arc;

use synaq::domain::id::AttemptId;
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::Failure;

use crate::support::world::{GRACE_MS, items, minutes, ms, running};
use crate::support::{Place, World, on_both};

const UNNOTICED_MS: i64 = 3000;
/// How old a living server's own sign of life may be.
const LATE_MS: i64 = 8000;

async fn given_back(world: &World, id: &AttemptId) -> Vec<i64> {
    let events = world.events(id).await.into_iter();
    events
        .filter(|event| event.kind == "time-given-back")
        .map(|event| event.detail["given_back_ms"].as_i64().expect("a number"))
        .collect()
}

#[tokio::test]
async fn a_running_section_gets_back_what_the_outage_took() {
    on_both(async |place| {
        let world = World::on(place).await;
        let begun = world.exam.clock().now();
        world.exam.beat("one").await.expect("a beat");
        // The first learner began before the last beat, the second after it, the third is only ready.
        let mut sitting = Vec::new();
        for pause in [10_000, 4_000] {
            let learner = world.learner().await;
            let id = world.mock(&learner).await;
            world.start(&learner, &id, Listening).await;
            world.clock.advance(ms(pause));
            if pause == 10_000 {
                world.exam.beat("one").await.expect("a beat");
                world.clock.advance(ms(1000));
            }
            sitting.push((learner, id));
        }
        let ready_learner = world.learner().await;
        let ready = world.mock(&ready_learner).await;
        // Beat at +10 s, second start at +11 s, now +15 s; back at +90 s.
        world.clock.set(begun + ms(90_000));
        let outage = world
            .exam
            .recover("one", ms(UNNOTICED_MS))
            .await
            .expect("recovered");
        let outage = outage.expect("an outage");
        assert_eq!(
            (outage.from, outage.until),
            (begun + ms(10_000), begun + ms(90_000))
        );
        assert_eq!(outage.attempts, 2);

        for ((learner, id), (lost, deadline)) in sitting
            .iter()
            .zip([(80_000, 200_000), (79_000, 11_000 + 120_000 + 79_000)])
        {
            assert_eq!(given_back(&world, id).await, [lost]);
            let paper = world.exam.paper(learner, id).await.expect("a paper");
            assert_eq!(running(&paper).deadline, Some(begun + ms(deadline)));
        }
        assert!(given_back(&world, &ready).await.is_empty());
        let events = world.events(&sitting[0].1).await;
        assert_eq!(events.last().expect("an event").actor, "server");
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_passed_during_the_outage_is_moved_and_one_before_it_is_not() {
    on_both(async |place| {
        let world = World::on(place).await;
        let begun = world.exam.clock().now();
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let paper = world.start(&learner, &id, Listening).await;
        let over = world.learner().await;
        let over_id = world.mock(&over).await;
        world.clock.set(begun - ms(5000));
        world.start(&over, &over_id, Listening).await;
        // The last beat: 1 ms before the one's deadline, after the other's.
        world.clock.set(begun + minutes(2) - ms(1));
        world.exam.beat("one").await.expect("a beat");
        world.clock.set(begun + minutes(60));
        let outage = world
            .exam
            .recover("one", ms(UNNOTICED_MS))
            .await
            .expect("recovered");
        assert_eq!(outage.expect("an outage").attempts, 2);

        assert_eq!(world.exam.sweep().await.expect("swept"), 0);
        let paper_now = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(running(&paper_now).remaining_ms, Some(1));
        let item = items(&paper).next().expect("an item");
        let key = world.key(item);
        let saved = world.exam.respond(&learner, &id, &item.id, Some(key), None);
        saved.await.expect("there is still time");
        let over = world.exam.paper(&over, &over_id).await.expect("a paper");
        assert_eq!(
            over.sections[0].status,
            synaq::service::paper::Status::Finished
        );
        // Its section had ended: what the outage took is of the break after it, and reading is still to come.
        let pause = over.pause.expect("the break goes on");
        assert_eq!((pause.next, pause.remaining_ms), (Reading, 55_001));
    })
    .await;
}

/// What is over is settled a while later, and the last sign of life may come before that.
#[tokio::test]
async fn what_was_over_and_not_settled_costs_nothing_of_what_comes_after_it() {
    on_both(async |place| {
        // A second before it the section ended, or the break after it.
        for (over, state, left) in [
            (minutes(2), "break", 59_000),
            (minutes(3), "running", 179_000),
        ] {
            let place = Place::on(place.engine).await;
            let world = World::on(&place).await;
            let begun = world.exam.clock().now();
            let learner = world.learner().await;
            let id = world.mock(&learner).await;
            world.start(&learner, &id, Listening).await;
            world.clock.set(begun + over + ms(1000));
            world.exam.beat("one").await.expect("a beat");
            world.clock.set(begun + minutes(60));
            let outage = world
                .exam
                .recover("one", ms(UNNOTICED_MS))
                .await
                .expect("recovered");
            assert_eq!(outage.expect("an outage").attempts, 1);

            let paper = world.exam.paper(&learner, &id).await.expect("a paper");
            assert_eq!(paper.state, state);
            let shown = match &paper.pause {
                Some(pause) => pause.remaining_ms,
                None => running(&paper).remaining_ms.expect("a clock"),
            };
            assert_eq!(shown, left);
            let lost = minutes(60) - over - ms(1000);
            assert_eq!(given_back(&world, &id).await, [lost.num_milliseconds()]);
            assert_eq!(world.exam.sweep().await.expect("swept"), 0);
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_out_of_reach_of_a_living_server_costs_nobody_time() {
    on_both(async |place| {
        let world = World::on(place).await;
        let exam = &world.exam;
        let alive = async || {
            let timed = exam.keep_alive("one", ms(LATE_MS)).await;
            assert_eq!(timed.expect("a sign of life"), 1);
        };
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        world.start(&learner, &id, Listening).await;
        alive().await;
        world.clock.advance(ms(LATE_MS));
        alive().await;
        assert!(given_back(&world, &id).await.is_empty(), "only late");

        // No sign of life reaches the database for ten minutes. When it is back, whoever asks first ends nothing.
        world.clock.advance(minutes(10));
        assert_eq!(exam.sweep().await.expect("nothing yet"), 0);
        let looked = exam.paper(&learner, &id).await;
        assert!(matches!(looked, Err(Failure::Busy)), "{looked:?}");
        let finished = exam.finish_section(&learner, &id, Listening).await;
        assert!(matches!(finished, Err(Failure::Busy)), "{finished:?}");
        for _ in 0..2 {
            alive().await;
            assert_eq!(given_back(&world, &id).await, [600_000], "once");
        }
        let events = world.events(&id).await;
        let given = events.last().expect("an event");
        assert_eq!(given.detail["why"], "the database was out of reach");
        let paper = exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(running(&paper).remaining_ms, Some(120_000 - LATE_MS));

        // And it goes on as before: to the end of what was given back, and its grace.
        for _ in 0..(120_000 + GRACE_MS) / LATE_MS {
            assert_eq!(exam.sweep().await.expect("swept"), 0);
            world.clock.advance(ms(LATE_MS));
            alive().await;
        }
        assert_eq!(exam.sweep().await.expect("swept"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_server_out_of_reach_among_others_that_live_gives_nothing() {
    on_both(async |place| {
        let world = World::on(place).await;
        let content = Arc::new(world.exam.content().clone());
        let other = world.restarted(place, content).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        world.start(&learner, &id, Listening).await;
        let alive = async |world: &World, node: &str| {
            let timed = world.exam.keep_alive(node, ms(LATE_MS)).await;
            timed.expect("a sign of life")
        };
        alive(&world, "one").await;
        world.clock.advance(minutes(10));
        alive(&other, "two").await;
        world.clock.advance(ms(1000));
        assert_eq!(world.exam.sweep().await.expect("it looks first"), 0);
        alive(&world, "one").await;
        assert!(given_back(&world, &id).await.is_empty());
        assert_eq!(world.exam.sweep().await.expect("swept"), 1);
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(paper.state, "finished");
    })
    .await;
}

#[tokio::test]
async fn a_break_is_given_back_too() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        world.start(&learner, &id, Listening).await;
        world.finish(&learner, &id, Listening).await;
        let until = world.exam.clock().now() + minutes(1);
        world.clock.advance(ms(20_000));
        world.exam.beat("one").await.expect("a beat");
        world.clock.advance(minutes(5));
        world
            .exam
            .recover("one", ms(UNNOTICED_MS))
            .await
            .expect("recovered");
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        let pause = paper.pause.expect("the break goes on");
        assert_eq!((pause.next, pause.until), (Reading, until + minutes(5)));
        assert_eq!(pause.remaining_ms, 40_000);
        world.clock.advance(ms(40_000));
        assert_eq!(world.exam.sweep().await.expect("swept"), 1);
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(running(&paper).remaining_ms, Some(180_000));
    })
    .await;
}

#[tokio::test]
async fn a_short_silence_and_a_living_server_are_no_outage() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        world.start(&learner, &id, Listening).await;
        let recover = async || {
            world
                .exam
                .recover("two", ms(UNNOTICED_MS))
                .await
                .expect("looked")
        };
        assert_eq!(
            recover().await,
            None,
            "a new database has no outage behind it"
        );
        world.clock.advance(ms(UNNOTICED_MS));
        assert_eq!(recover().await, None, "as long as a beat may take");
        // Another server lives while this one was away.
        world.clock.advance(minutes(1));
        world.exam.beat("one").await.expect("a beat");
        assert_eq!(recover().await, None);
        assert!(given_back(&world, &id).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_come_back_together_give_an_outage_back_once() {
    on_both(async |place| {
        let world = World::on(place).await;
        let mut sitting = Vec::new();
        for _ in 0..5 {
            let learner = world.learner().await;
            let id = world.mock(&learner).await;
            world.start(&learner, &id, Listening).await;
            sitting.push(id);
        }
        world.exam.beat("old").await.expect("a beat");
        world.clock.advance(minutes(1));
        let content = std::sync::Arc::new(world.exam.content().clone());
        let mut tasks = Vec::new();
        for node in ["one", "two", "three", "four"] {
            let server = world.restarted(place, content.clone()).await;
            tasks.push(tokio::spawn(async move {
                let found = server.exam.recover(node, ms(UNNOTICED_MS)).await;
                found.expect("recovered").is_some()
            }));
        }
        let mut found = 0;
        for task in tasks {
            found += usize::from(task.await.expect("no panic"));
        }
        assert_eq!(found, 1);
        for id in &sitting {
            assert_eq!(given_back(&world, id).await, [60_000]);
        }
    })
    .await;
}

#[tokio::test]
async fn two_outages_are_given_back_one_by_one() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let begun = world.exam.clock().now();
        world.start(&learner, &id, Listening).await;
        for lost in [20_000, 30_000] {
            world.exam.beat("one").await.expect("a beat");
            world.clock.advance(ms(lost));
            world
                .exam
                .recover("one", ms(UNNOTICED_MS))
                .await
                .expect("recovered");
            assert_eq!(
                world
                    .exam
                    .recover("one", ms(UNNOTICED_MS))
                    .await
                    .expect("recovered"),
                None,
                "not twice"
            );
        }
        assert_eq!(given_back(&world, &id).await, [20_000, 30_000]);
        let deadline = begun + minutes(2) + ms(50_000);
        world.clock.set(deadline + ms(GRACE_MS - 1));
        assert_eq!(world.exam.sweep().await.expect("swept"), 0);
        world.clock.advance(ms(1));
        assert_eq!(world.exam.sweep().await.expect("swept"), 1);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_cannot_be_read_does_not_keep_the_others_from_their_time() {
    on_both(async |place| {
        let world = World::on(place).await;
        let mut sitting = Vec::new();
        for _ in 0..3 {
            let learner = world.learner().await;
            let id = world.mock(&learner).await;
            world.start(&learner, &id, Listening).await;
            sitting.push(id);
        }
        let corrupt = format!(
            "update attempts set since = null where id = '{}'",
            sitting[1]
        );
        place.execute(&corrupt).await;
        world.exam.beat("one").await.expect("a beat");
        world.clock.advance(minutes(1));
        let outage = world
            .exam
            .recover("one", ms(UNNOTICED_MS))
            .await
            .expect("recovered");
        assert_eq!(outage.expect("an outage").attempts, 2);
        for id in [&sitting[0], &sitting[2]] {
            assert_eq!(given_back(&world, id).await, [60_000]);
        }
    })
    .await;
}
