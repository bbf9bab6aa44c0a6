//! A limit of rate holds when all come at once.

use std::sync::Arc;

use axum::body::Body;
use futures_util::future::join_all;
use serde_json::json;
use synaq::config::Switch;
use tokio::sync::Barrier;

use crate::support::{Place, World};

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
