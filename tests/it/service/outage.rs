//! Time lost to an outage is given back: exactly the overlap, once, with an event.

use synaq::domain::id::AttemptId;
use synaq::domain::rules::Section::{Listening, Reading};

use crate::support::world::{GRACE_MS, items, minutes, ms, running};
use crate::support::{World, on_both};

const UNNOTICED_MS: i64 = 3000;

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
        assert_eq!(outage.expect("an outage").attempts, 1);

        assert_eq!(world.exam.sweep().await.expect("swept"), 1);
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
