//! A limit of rate holds when all come at once, and whoever sits an exam does not feel it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use futures_util::future::join_all;
use serde_json::json;
use synaq::clock::SystemClock;
use synaq::config::Switch;
use tokio::sync::Barrier;

use crate::faults::load::{Told, sit_down, the_database_agrees};
use crate::support::process::{Connection, Running, serve_command};
use crate::support::{Place, World, short_content};

const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn limits_hold_when_all_come_at_once() {
    const ALLOWED: u32 = 2;
    let place = Place::sqlite();
    let client = World::on(&place).await.client_with(|config| {
        config.rate_limits = Switch::On;
        config.limits.guests_per_minute = ALLOWED;
        config.limits.sign_in_to_account_per_minute = ALLOWED;
        config.limits.codes_per_minute = ALLOWED;
    });
    let sign_in = json!({ "email": "a@example.kz", "password": "a wrong one" }).to_string();
    for (method, path, body) in [
        ("POST", "/api/v1/guests", String::new()),
        ("POST", "/api/v1/sessions", sign_in),
        ("GET", "/api/v1/join/ABCDEFGH", String::new()),
    ] {
        let start = Arc::new(Barrier::new(AT_ONCE));
        let asked = (0..AT_ONCE).map(|n| {
            let (client, start, body) = (client.clone(), start.clone(), body.clone());
            tokio::spawn(async move {
                start.wait().await;
                // Nobody is believed who says that they are somebody else.
                let from = format!("198.51.100.{n}");
                let headers = [
                    ("content-type", "application/json"),
                    ("x-forwarded-for", from.as_str()),
                ];
                let answer = client.send(method, path, &headers, Body::from(body)).await;
                answer.status != 429
            })
        });
        let let_in = join_all(asked).await;
        let let_in = let_in
            .into_iter()
            .filter(|one| *one.as_ref().expect("no panic"));
        assert_eq!(let_in.count(), ALLOWED as usize, "{path}");
    }
}

/// Asks for guests one after the other; how many it got.
async fn flood(server: &Running, calls: usize) -> usize {
    let mut connection = Connection::open(server.address).await.expect("connected");
    let mut admitted = 0;
    for _ in 0..calls {
        let asked = connection.call("POST", "/api/v1/guests", None).await;
        let (status, answer) = asked.expect("an answer");
        if status == 201 {
            admitted += 1;
        } else {
            assert_eq!(status, 429, "{answer}");
            assert_eq!(answer["type"], "/problems/too-many-requests");
        }
    }
    admitted
}

/// Over the network, from one address: the limit holds in real time, and those who began before save on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_turned_away_and_those_who_sit_an_exam_save_on() {
    const PER_MINUTE: usize = 60;
    const LEARNERS: usize = 4;
    const CONNECTIONS: usize = 8;
    const CALLS_EACH: usize = 250;
    /// Far fewer than each learner saves while so many calls are answered.
    const SAVES: usize = 10;
    let place = Place::sqlite();
    let clock = SystemClock::shared();
    let server = Running::start(
        serve_command(&short_content(), &place.address)
            .env("SYNAQ_RATE_LIMITS", "on")
            .env("SYNAQ_LIMITS__GUESTS_PER_MINUTE", PER_MINUTE.to_string())
            .env("SYNAQ_LIMITS__RESPONSES_PER_ATTEMPT", "1000000"),
    );
    let began = clock.now();
    let mut learners = sit_down(server.address, LEARNERS).await;
    let over = AtomicBool::new(false);
    let flooding = async {
        let floods = (0..CONNECTIONS).map(|_| flood(&server, CALLS_EACH));
        let admitted: usize = join_all(floods).await.into_iter().sum();
        over.store(true, Ordering::SeqCst);
        admitted
    };
    let saving = join_all(learners.iter_mut().map(async |learner| {
        while !over.load(Ordering::SeqCst) {
            assert_eq!(learner.answer().await, Told::Saved);
        }
    }));
    let (admitted, _) = tokio::join!(flooding, saving);
    // They came from the same address.
    let guests = LEARNERS + admitted;
    let elapsed = (clock.now() - began).num_milliseconds();
    let refilled = usize::try_from(elapsed).expect("time goes on") * PER_MINUTE / 60_000;
    assert!(guests >= PER_MINUTE, "{guests}");
    assert!(
        guests <= PER_MINUTE + refilled + 1,
        "{guests} in {elapsed} ms"
    );
    let made = place.rows("select id from learners").await;
    assert_eq!(made.len(), guests, "whoever was refused is nobody");
    for learner in &learners {
        let saved = learner.acknowledged();
        assert!(saved >= SAVES, "{saved} saved in {elapsed} ms of a flood");
    }
    the_database_agrees(&place, &learners).await;
}
