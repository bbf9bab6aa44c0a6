//! Too much to do, or a database that does not come on: a save is refused with when to try again, what was acknowledged
//! is there, and afterwards everything goes on.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, ItemId};
use synaq::domain::rules::Section;
use synaq::store::{Conn, ResponseWriter, Save, SaveError, Sender, Store};

use super::begin;
use crate::support::client::Answer;
use crate::support::world::{GRACE_MS, items, minutes, ms, running};
use crate::support::{Place, World, on_both};

/// Responses that may wait.
const ROOM: usize = 4;
/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(600);
/// By when whoever finds no room is told: they are waiting for nothing. Whoever has room waits five seconds for the
/// database before anything is told.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Holds what a save needs: the attempt's row, and on SQLite the one place to write.
async fn hold(store: &Store, id: &AttemptId) -> Conn {
    let mut conn = store.write().await.expect("a connection");
    let held = conn.lock_attempt(id).await.expect("held");
    assert!(held.is_some());
    conn
}

#[track_caller]
fn told_to_wait(answer: &Answer) {
    answer.problem(503, "busy");
    let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..60).contains(&seconds));
}

#[tokio::test]
async fn when_too_many_wait_a_save_is_told_when_to_come_again_and_nothing_acknowledged_is_lost() {
    on_both(async |place| {
        let mut world = World::on(place).await;
        world.exam = world.exam.clone().with_room(ROOM, LONG);
        let client = world.client().as_guest().await;
        let (id, items) = begin(&client).await;
        let held = hold(&world.store, &AttemptId::new(&id)).await;

        // A first transaction takes at most what there is room for, and as many may wait behind it.
        let turned_away = 3;
        let save = async |n: usize| {
            let item = &items[n % items.len()];
            let path = format!("/api/v1/attempts/{id}/responses/{item}");
            client.put(&path, json!({ "option": "B" })).await
        };
        let mut saves: FuturesUnordered<_> = (0..2 * ROOM + turned_away).map(&save).collect();
        let refused = async {
            for _ in 0..turned_away {
                told_to_wait(&saves.next().await.expect("an answer"));
            }
        };
        let refused = tokio::time::timeout(AT_ONCE, refused).await;
        refused.expect("told at once, and not when the database gives up");
        drop(held);
        let mut acknowledged = Vec::new();
        while let Some(answer) = saves.next().await {
            if answer.status == 200 {
                acknowledged.push(answer.value()["seq"].to_string());
            } else {
                told_to_wait(&answer);
            }
        }
        assert!(acknowledged.len() >= ROOM, "{acknowledged:?}");

        let later = save(0).await.expect(200);
        acknowledged.push(later["seq"].to_string());
        acknowledged.sort();
        let stored = "select cast(seq as text) from responses";
        let mut stored: Vec<_> = place
            .rows(stored)
            .await
            .into_iter()
            .map(|mut row| row.remove(0).expect("a number"))
            .collect();
        stored.sort();
        assert_eq!(stored, acknowledged);
    })
    .await;
}

/// A save of a new learner's first item, ready to be sent.
async fn first_save(world: &World) -> Save {
    let learner = world.learner().await;
    let id = world.mock(&learner).await;
    let paper = world.start(&learner, &id, Section::Listening).await;
    let item: ItemId = items(&paper).next().expect("an item").id.clone();
    let at = world.exam.clock().now();
    Save {
        attempt: id,
        sender: Sender::Learner(learner),
        section_index: 0,
        item,
        chosen: Some(Letter::A),
        at,
        deadline_after: at,
        page: None,
        order: None,
        most: i64::MAX,
    }
}

/// A server's own writer: what waits in its memory has an end, however many come.
#[tokio::test]
async fn a_servers_room_has_an_end_and_whoever_finds_none_is_told_at_once() {
    /// `QUEUE` and `BATCH` of `store::responses`: so many wait, and so many are being written.
    const ROOM: usize = 8192;
    const TAKEN: usize = 512;
    const MORE: usize = 1000;
    on_both(async |place| {
        let world = World::on(place).await;
        let save = first_save(&world).await;
        let node = ResponseWriter::start(world.store.clone());
        let held = hold(&world.store, &save.attempt).await;
        let saves = (0..ROOM + TAKEN + MORE).map(|_| node.save(save.clone()));
        let mut saves: FuturesUnordered<_> = saves.collect();
        let refused = async {
            for _ in 0..MORE {
                let told = saves.next().await.expect("an answer");
                assert!(matches!(told, Err(SaveError::Busy)), "{told:?}");
            }
        };
        let refused = tokio::time::timeout(AT_ONCE, refused).await;
        refused.expect("told at once, and not when the database gives up");
        assert_eq!(node.waiting(), ROOM);
        drop((saves, held));
        // Once those who went away are done with, there is room again.
        while let Err(refused) = node.save(save.clone()).await {
            assert!(matches!(refused, SaveError::Busy), "{refused:?}");
            tokio::task::yield_now().await;
        }
        let stored = place.rows("select chosen from responses").await;
        assert_eq!(stored.len(), 1, "what nobody waits for is not written");
    })
    .await;
}

#[tokio::test]
async fn what_waited_too_long_is_not_written_after_a_newer_answer() {
    on_both(async |place| {
        let world = World::on(place).await;
        let (blocked, old) = (first_save(&world).await, first_save(&world).await);
        let newer = Save {
            chosen: Some(Letter::C),
            ..old.clone()
        };
        let node = ResponseWriter::with_room(world.store.clone(), 8, Duration::from_millis(50));
        let held = hold(&world.store, &blocked.attempt).await;
        // The first keeps the writer, the second waits behind it; both are given up.
        let (first, second) = tokio::join!(node.save(blocked.clone()), async {
            tokio::task::yield_now().await;
            node.save(old).await
        });
        assert!(matches!(first, Err(SaveError::Busy)), "{first:?}");
        assert!(matches!(second, Err(SaveError::Busy)), "{second:?}");
        drop(held);
        let other_node = ResponseWriter::start(place.store().await);
        let saved = other_node.save(newer.clone()).await.expect("saved");
        // Once a later one of the first node is saved, what was before it is done with.
        while let Err(refused) = node.save(blocked.clone()).await {
            assert!(matches!(refused, SaveError::Busy), "{refused:?}");
        }
        let of = &newer.attempt;
        let last = format!(
            "select chosen from responses where attempt_id = '{of}' order by seq desc limit 1"
        );
        assert_eq!(place.rows(&last).await, [[Some("C".to_owned())]]);
        assert_eq!(saved.seq, 1, "the old one was not written");
    })
    .await;
}

/// Whoever has gone is told nothing and may have sent a newer answer to another node. A number would tell that one.
#[tokio::test]
async fn what_nobody_waits_for_is_written_only_with_a_number() {
    on_both(async |place| {
        let world = World::on(place).await;
        let blocked = first_save(&world).await;
        let (gone, numbered) = (first_save(&world).await, first_save(&world).await);
        let numbered = Save {
            order: Some(1),
            ..numbered
        };
        let node = ResponseWriter::with_room(world.store.clone(), 8, LONG);
        let held = hold(&world.store, &blocked.attempt).await;
        let mut first = pin!(node.save(blocked.clone()));
        // Each is taken into the queue, and waits.
        let waits = tokio::time::timeout(Duration::ZERO, first.as_mut()).await;
        assert!(waits.is_err(), "{waits:?}");
        for save in [gone.clone(), numbered.clone()] {
            let left = tokio::time::timeout(Duration::ZERO, node.save(save)).await;
            assert!(left.is_err(), "{left:?}");
        }
        drop(held);
        first.await.expect("saved");
        // What was before this one is done with.
        node.save(blocked).await.expect("saved");
        let written = async |save: &Save| {
            let of = &save.attempt;
            let rows = format!("select chosen from responses where attempt_id = '{of}'");
            place.rows(&rows).await.len()
        };
        assert_eq!((written(&gone).await, written(&numbered).await), (0, 1));
    })
    .await;
}

/// It came in time, and waits for the disk when the grace is over.
#[tokio::test]
async fn an_answer_that_waits_comes_before_the_end_of_its_section() {
    on_both(async |place| {
        let world = World::on(place).await;
        let exam = &world.exam;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let paper = world.start(&learner, &id, Section::Listening).await;
        let item = items(&paper).next().expect("an item");
        let key = world.key(item);
        let answer = || exam.respond(&learner, &id, &item.id, Some(key), None);
        // From now on the attempt is known, and an answer waits for nothing but its turn.
        answer().await.expect("saved");

        let deadline = running(&paper).deadline.expect("a deadline");
        world.clock.set(deadline + ms(GRACE_MS - 1));
        let held = hold(&world.store, &id).await;
        let meanwhile = async {
            world.clock.advance(ms(1));
            let left = exam.time_left(&learner, &id).await.expect("an answer");
            drop(held);
            (left.state, left.remaining_ms)
        };
        let (answered, shown) = tokio::join!(answer(), meanwhile);
        assert_eq!(shown, ("running".to_owned(), Some(0)));
        assert_eq!(answered.expect("it came in time").receipt.seq, 2);
        assert_eq!(exam.sweep().await.expect("swept"), 1);
    })
    .await;
}

/// On SQLite a sweep and the writer take turns, so that only a node with many connections can show it.
#[tokio::test]
async fn a_sweep_leaves_a_section_alone_whose_answers_wait() {
    let place = Place::postgres().await;
    let world = World::on(&place).await;
    let exam = &world.exam;
    // Made first: a batch holds the attempts in this order, and so the other one not before this one.
    let (before, learner) = (world.learner().await, world.learner().await);
    let (kept, id) = (world.mock(&before).await, world.mock(&learner).await);
    let paper = world.start(&learner, &id, Section::Listening).await;
    world.clock.advance(minutes(1));
    let others = world.start(&before, &kept, Section::Listening).await;
    let item = items(&paper).next().expect("an item");
    let theirs = items(&others).next().expect("an item");
    let answer = || exam.respond(&learner, &id, &item.id, Some(Letter::A), None);
    let answer_of_other = || exam.respond(&before, &kept, &theirs.id, Some(Letter::A), None);
    answer().await.expect("saved");
    answer_of_other().await.expect("saved");

    let deadline = running(&paper).deadline.expect("a deadline");
    world.clock.set(deadline + ms(GRACE_MS - 1));
    let held = hold(&world.store, &kept).await;
    let mut keeps_the_writer = pin!(answer_of_other());
    let waits = tokio::time::timeout(Duration::ZERO, keeps_the_writer.as_mut()).await;
    assert!(waits.is_err(), "{waits:?}");
    let meanwhile = async {
        world.clock.advance(ms(1));
        assert_eq!(exam.sweep().await.expect("swept"), 0);
        drop(held);
        keeps_the_writer.await.expect("saved");
    };
    let (answered, ()) = tokio::join!(answer(), meanwhile);
    answered.expect("it came in time");
    assert_eq!(exam.sweep().await.expect("swept"), 1);
}

/// A store whose sessions agree otherwise with the server than usual.
async fn store_with(place: &Place, setting: &str, value: &str) -> Store {
    let address = format!("{}?options[{setting}]={value}", place.address);
    Store::open(&address).await.expect("the store opens")
}

#[tokio::test]
async fn whoever_keeps_an_attempt_keeps_no_answer_of_another() {
    let place = Place::postgres().await;
    let world = World::on(&place).await;
    let mut saves = Vec::new();
    for _ in 0..4 {
        saves.push(first_save(&world).await);
    }
    let held = hold(&world.store, &saves[1].attempt).await;
    let impatient = store_with(&place, "lock_timeout", "200ms").await;
    let node = ResponseWriter::with_room(impatient, 8, LONG);
    let told = join_all(saves.iter().map(|save| node.save(save.clone()))).await;
    for (n, told) in told.iter().enumerate() {
        match n {
            1 => assert!(matches!(told, Err(SaveError::Busy)), "{told:?}"),
            _ => assert!(told.is_ok(), "{n}: {told:?}"),
        }
    }
    drop(held);
    while let Err(refused) = node.save(saves[1].clone()).await {
        assert!(matches!(refused, SaveError::Busy), "{refused:?}");
    }
}

/// A node that vanishes in the middle of a transaction tells nobody.
#[tokio::test]
async fn what_a_vanished_node_held_is_free_after_a_while() {
    let place = Place::postgres().await;
    let world = World::on(&place).await;
    let save = first_save(&world).await;
    let vanished = store_with(&place, "idle_in_transaction_session_timeout", "300ms").await;
    let held = hold(&vanished, &save.attempt).await;
    let node = ResponseWriter::start(world.store.clone());
    let saved = node.save(save).await;
    assert_eq!(saved.expect("saved").seq, 1);
    drop(held);
}

#[tokio::test]
async fn every_503_of_the_api_says_when_to_try_again() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let document = client.get("/api/v1/openapi.json").await.expect(200);
    let mut found = 0;
    for (path, calls) in document["paths"].as_object().expect("paths") {
        for (method, call) in calls.as_object().expect("calls") {
            let Some(busy) = call["responses"].get("503") else {
                continue;
            };
            found += 1;
            let header = &busy["headers"]["Retry-After"]["schema"]["type"];
            assert_eq!(header, "integer", "{method} {path}");
            let kind = &busy["content"]["application/problem+json"];
            assert!(kind.is_object(), "{method} {path}");
        }
    }
    assert!(found > 50, "{found}");
}
