//! An answer acknowledged is an answer on the disk (DESIGN, invariant 2): after `kill -9` in the middle of concurrent
//! saves every acknowledged one is there, on both engines, and the time lost is given back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::DateTime;
use serde_json::Value;
use tokio::sync::Notify;

use super::load::{Learner, Told, sit_down, the_database_agrees};
use crate::support::process::{Running, serve_command};
use crate::support::server::PostgresServer;
use crate::support::{Place, short_content};

const LEARNERS: usize = 100;
/// Saves under way or to come when the server is killed: each learner sends so many.
const SAVES_EACH: usize = 10;
/// After so many acknowledgements in all.
const KILL_AFTER: usize = 400;

fn start(place: &Place) -> Running {
    let mut command = serve_command(&short_content(), &place.address);
    // A beat every 20 ms: what a restart takes is then an outage, without anybody waiting for one.
    command.env("SYNAQ_EXAM__HEARTBEAT_MS", "20");
    Running::start(&mut command)
}

/// Sends one response after the other until the server is gone.
async fn answer_away(
    mut learner: Learner,
    acknowledged: Arc<AtomicUsize>,
    enough: Arc<Notify>,
) -> Learner {
    for _ in 0..SAVES_EACH {
        match learner.answer().await {
            Told::Saved => {
                if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == KILL_AFTER {
                    enough.notify_one();
                }
            }
            Told::Nothing => break,
            Told::Wait(why) => panic!("{why}"),
        }
    }
    learner
}

/// Kills in the middle of saves; `crash` happens together with the kill and is mended before the restart.
async fn kill_in_the_middle(place: &Place, crash: impl Fn(), mend: impl Fn()) {
    let mut server = start(place);
    let sitting = sit_down(server.address, LEARNERS).await;
    let (acknowledged, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let answer = |learner| answer_away(learner, acknowledged.clone(), enough.clone());
    let tasks = sitting
        .into_iter()
        .map(|learner| tokio::spawn(answer(learner)));
    let tasks: Vec<_> = tasks.collect();
    enough.notified().await;
    server.kill();
    crash();
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await.expect("no panic"));
    }
    let total: usize = all.iter().map(Learner::acknowledged).sum();
    assert!(total >= KILL_AFTER);
    assert!(
        total < LEARNERS * SAVES_EACH,
        "the kill came after the last save: nothing was tested"
    );

    mend();
    let server = start(place);
    the_database_agrees(place, &all).await;
    let mut again = Vec::new();
    for mut learner in all {
        learner.go_on_at(server.address);
        again.push(look_again(&mut learner).await);
    }
    assert_eq!(again.len(), LEARNERS);
    every_attempt_got_its_time_back(place, &again).await;
}

/// The API shows each item's last acknowledged option (or the one that was under way). Returns the attempt with its
/// deadline before and after, and goes on with it.
async fn look_again(learner: &mut Learner) -> (String, String, String) {
    let attempt = learner.look().await;
    let section = &attempt["sections"][0];
    assert_eq!(section["status"], "running", "{attempt}");
    for item in section["testlets"][0]["items"].as_array().expect("items") {
        let allowed = learner.may_hold(item["id"].as_str().expect("an id"));
        let shown = item["response"].as_str();
        assert!(allowed.contains(&shown), "{shown:?} and not {allowed:?}");
    }
    assert_eq!(learner.answer().await, Told::Saved);
    let deadline = section["deadline"].as_str().expect("a deadline").to_owned();
    (learner.attempt.clone(), learner.deadline.clone(), deadline)
}

async fn every_attempt_got_its_time_back(place: &Place, all: &[(String, String, String)]) {
    let sql = "select attempt_id, detail from events where kind = 'time-given-back'";
    let given: HashMap<String, Value> = place
        .rows(sql)
        .await
        .into_iter()
        .filter_map(|row| {
            let mut row = row.into_iter().flatten();
            Some((row.next()?, serde_json::from_str(&row.next()?).ok()?))
        })
        .collect();
    assert_eq!(given.len(), all.len(), "an event for each attempt that ran");
    let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("an instant");
    for (attempt, before, after) in all {
        let event = &given[attempt];
        let ms = event["given_back_ms"].as_i64().expect("a number");
        assert!(ms > 0, "{event}");
        assert_eq!((at(after) - at(before)).num_milliseconds(), ms, "{event}");
        assert_eq!(event["why"], "the server was down");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_every_acknowledged_answer_through_a_kill() {
    kill_in_the_middle(&Place::sqlite(), || {}, || {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_every_acknowledged_answer_through_a_kill() {
    let server = PostgresServer::start();
    let place = Place::postgres_on(&server.address).await;
    kill_in_the_middle(&place, || {}, || {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_every_acknowledged_answer_though_it_crashes_too() {
    let server = PostgresServer::start();
    let place = Place::postgres_on(&server.address).await;
    kill_in_the_middle(&place, || server.crash(), || server.resume()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_serve_one_attempt_and_one_may_die() {
    let place = Place::postgres().await;
    let mut one = start(&place);
    let other = start(&place);
    let mut learners = sit_down(one.address, 1).await;
    let learner = &mut learners[0];
    assert_eq!(learner.answer().await, Told::Saved);
    one.kill();
    learner.go_on_at(other.address);
    assert_eq!(learner.answer().await, Told::Saved);
    assert_eq!(learner.sent[1].seq, Some(2));
    look_again(learner).await;
    the_database_agrees(&place, &learners).await;
}
