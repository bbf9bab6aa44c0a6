//! Too much to do, or a database that does not come on: a save is refused with when to try again, what was acknowledged
//! is there, and afterwards everything goes on.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, ItemId};
use synaq::domain::rules::Section;
use synaq::store::{Conn, ResponseWriter, Save, SaveError, Sender, Store};

use super::begin;
use crate::support::client::Answer;
use crate::support::world::items;
use crate::support::{World, on_both};

/// Responses that may wait.
const ROOM: usize = 4;
/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(600);

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
        for _ in 0..turned_away {
            told_to_wait(&saves.next().await.expect("an answer"));
        }
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
    }
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

#[tokio::test]
async fn every_503_of_the_api_says_when_to_try_again() {
    let place = crate::support::Place::sqlite();
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
