//! An answer acknowledged is an answer on the disk (DESIGN, invariant 2): after `kill -9` in the middle of concurrent
//! saves every acknowledged one is there, on both engines, and the time lost is given back.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::DateTime;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::process::{Connection, Running, serve_command};
use crate::support::server::PostgresServer;
use crate::support::{Place, short_content};

const LEARNERS: usize = 100;
/// Saves under way or to come when the server is killed: each learner sends so many.
const SAVES_EACH: usize = 10;
/// After so many acknowledgements in all.
const KILL_AFTER: usize = 400;
const LETTERS: [&str; 4] = ["A", "B", "C", "D"];

/// A learner whose listening runs.
struct Sitting {
    connection: Connection,
    attempt: String,
    items: Vec<String>,
    deadline: String,
}

/// What a learner sent, in order, and how many of the sends were acknowledged (all of them but perhaps the last).
struct Sent {
    token: String,
    attempt: String,
    deadline: String,
    items: Vec<String>,
    responses: Vec<(String, &'static str)>,
    acknowledged: Vec<i64>,
}

fn start(place: &Place) -> Running {
    let mut command = serve_command(&short_content(), &place.address);
    // A beat every 20 ms: what a restart takes is then an outage, without anybody waiting for one.
    command.env("SYNAQ_EXAM__HEARTBEAT_MS", "20");
    Running::start(&mut command)
}

async fn call(connection: &mut Connection, method: &str, path: &str, body: Value) -> Value {
    let body = Some(&body).filter(|body| !body.is_null());
    let (status, answer) = connection
        .call(method, path, body)
        .await
        .expect("an answer");
    assert!(status < 300, "{method} {path}: {status} {answer}");
    answer
}

async fn sit_down(address: SocketAddr) -> Sitting {
    let mut connection = Connection::open(address).await.expect("connected");
    connection.become_guest().await;
    let mock = json!({ "kind": "mock", "rule": "short" });
    let made = call(&mut connection, "POST", "/api/v1/attempts", mock).await;
    let attempt = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/attempts/{attempt}/sections/listening/start");
    let section = call(&mut connection, "POST", &path, Value::Null).await;
    let items = section["testlets"][0]["items"].as_array().expect("items");
    Sitting {
        attempt,
        items: items
            .iter()
            .map(|item| item["id"].as_str().expect("an id").to_owned())
            .collect(),
        deadline: section["deadline"].as_str().expect("a deadline").to_owned(),
        connection,
    }
}

/// Sends one response after the other until the server is gone.
async fn answer_away(
    mut sitting: Sitting,
    n: usize,
    acknowledged: Arc<AtomicUsize>,
    enough: Arc<Notify>,
) -> Sent {
    let mut sent = Sent {
        token: sitting.connection.token().to_owned(),
        attempt: sitting.attempt.clone(),
        deadline: sitting.deadline.clone(),
        items: sitting.items.clone(),
        responses: Vec::new(),
        acknowledged: Vec::new(),
    };
    for turn in 0..SAVES_EACH {
        let item = sitting.items[turn % sitting.items.len()].clone();
        let letter = LETTERS[(turn * 3 + n) % 4];
        let path = format!("/api/v1/attempts/{}/responses/{item}", sitting.attempt);
        sent.responses.push((item, letter));
        let body = json!({ "option": letter });
        match sitting.connection.call("PUT", &path, Some(&body)).await {
            Ok((200, receipt)) => {
                sent.acknowledged
                    .push(receipt["seq"].as_i64().expect("a number"));
                if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == KILL_AFTER {
                    enough.notify_one();
                }
            }
            Ok((status, answer)) => panic!("{path}: {status} {answer}"),
            Err(_) => break,
        }
    }
    sent
}

/// Kills in the middle of saves; `crash` happens together with the kill and is mended before the restart.
async fn kill_in_the_middle(place: &Place, crash: impl Fn(), mend: impl Fn()) {
    let mut server = start(place);
    let mut sitting = Vec::new();
    for _ in 0..LEARNERS {
        sitting.push(sit_down(server.address).await);
    }
    let (acknowledged, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let tasks: Vec<_> = sitting
        .into_iter()
        .enumerate()
        .map(|(n, sitting)| {
            tokio::spawn(answer_away(
                sitting,
                n,
                acknowledged.clone(),
                enough.clone(),
            ))
        })
        .collect();
    enough.notified().await;
    server.kill();
    crash();
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await.expect("no panic"));
    }
    let total: usize = all.iter().map(|sent| sent.acknowledged.len()).sum();
    assert!(total >= KILL_AFTER);
    assert!(
        total < LEARNERS * SAVES_EACH,
        "the kill came after the last save: nothing was tested"
    );

    mend();
    let server = start(place);
    every_acknowledged_row_is_there(place, &all).await;
    let mut tasks = Vec::new();
    for sent in all {
        tasks.push(look_again(server.address, sent).await);
    }
    assert_eq!(tasks.len(), LEARNERS);
    every_attempt_got_its_time_back(place, &tasks).await;
}

/// The receipts' numbers name rows with what was sent.
async fn every_acknowledged_row_is_there(place: &Place, all: &[Sent]) {
    let sql = "select attempt_id, cast(seq as text), item_id, chosen from responses";
    let text = |cell: &Option<String>| cell.clone().expect("a value");
    let kept: HashMap<(String, String), (String, String)> = place
        .rows(sql)
        .await
        .iter()
        .map(|row| {
            (
                (text(&row[0]), text(&row[1])),
                (text(&row[2]), text(&row[3])),
            )
        })
        .collect();
    for sent in all {
        for (seq, (item, letter)) in sent.acknowledged.iter().zip(&sent.responses) {
            let row = kept.get(&(sent.attempt.clone(), seq.to_string()));
            let (kept_item, kept_letter) = row.unwrap_or_else(|| {
                panic!(
                    "the acknowledged response {seq} of {} is lost",
                    sent.attempt
                )
            });
            assert_eq!((kept_item, kept_letter.as_str()), (item, *letter));
        }
    }
}

/// The API shows each item's last acknowledged option (or the one that was under way). Returns the attempt with its
/// deadline before and after, and goes on with it.
async fn look_again(address: SocketAddr, sent: Sent) -> (String, String, String) {
    let mut connection = Connection::with_token(address, &sent.token)
        .await
        .expect("connected");
    let path = format!("/api/v1/attempts/{}", sent.attempt);
    let attempt = call(&mut connection, "GET", &path, Value::Null).await;
    let section = &attempt["sections"][0];
    assert_eq!(section["status"], "running", "{attempt}");
    for item in section["testlets"][0]["items"].as_array().expect("items") {
        let mine = || {
            let sent = sent.responses.iter().enumerate();
            sent.filter(|(_, (id, _))| item["id"] == id.as_str())
        };
        let known = mine().filter(|(n, _)| *n < sent.acknowledged.len()).last();
        let under_way = mine().find(|(n, _)| *n >= sent.acknowledged.len());
        let shown = item["response"].as_str();
        let allowed: Vec<Option<&str>> = [
            Some(known.map(|(_, (_, letter))| *letter)),
            under_way.map(|(_, (_, letter))| Some(*letter)),
        ]
        .into_iter()
        .flatten()
        .collect();
        assert!(allowed.contains(&shown), "{shown:?} and not {allowed:?}");
    }
    let path = format!("{path}/responses/{}", sent.items[0]);
    call(&mut connection, "PUT", &path, json!({ "option": "A" })).await;
    let deadline = section["deadline"].as_str().expect("a deadline").to_owned();
    (sent.attempt, sent.deadline, deadline)
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
    let mut sitting = sit_down(one.address).await;
    let path = |item: &str| format!("/api/v1/attempts/{}/responses/{item}", sitting.attempt);
    let (first, second) = (path(&sitting.items[0]), path(&sitting.items[1]));
    let answer = json!({ "option": "C" });
    call(&mut sitting.connection, "PUT", &first, answer.clone()).await;
    one.kill();
    let token = sitting.connection.token().to_owned();
    let mut connection = Connection::with_token(other.address, &token)
        .await
        .expect("connected");
    let receipt = call(&mut connection, "PUT", &second, answer).await;
    assert_eq!(receipt["seq"], 2);
    let path = format!("/api/v1/attempts/{}", sitting.attempt);
    let attempt = call(&mut connection, "GET", &path, Value::Null).await;
    let items = &attempt["sections"][0]["testlets"][0]["items"];
    assert_eq!(
        (&items[0]["response"], &items[1]["response"]),
        (&json!("C"), &json!("C"))
    );
}
