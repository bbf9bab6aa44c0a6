//! A server that is asked to stop answers what it has begun and leaves nothing behind.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::process::{Connection, Running, serve_command};
use crate::support::{Place, on_both, short_content};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stops_when_asked_and_goes_on_where_it_was() {
    on_both(async |place| {
        let start = || Running::start(&mut serve_command(&short_content(), &place.address));
        let server = start();
        let mut connection = Connection::open(server.address).await.expect("connected");
        connection.become_guest().await;
        let token = connection.token().to_owned();
        let mock = json!({ "kind": "mock", "rule": "short" });
        let made = connection
            .call("POST", "/api/v1/attempts", Some(&mock))
            .await;
        let (status, made) = made.expect("an answer");
        assert_eq!(status, 201);
        // The idle connection is still open: it must not hold the server back.
        let stopped = tokio::task::spawn_blocking(move || server.terminate()).await;
        assert_eq!(stopped.expect("no panic"), Some(0));

        let server = start();
        let mut connection = Connection::with_token(server.address, &token)
            .await
            .expect("again");
        let path = format!("/api/v1/attempts/{}", made["id"].as_str().expect("an id"));
        let (status, attempt) = connection
            .call("GET", &path, None)
            .await
            .expect("an answer");
        assert_eq!((status, &attempt["state"]), (200, &Value::from("ready")));
    })
    .await;
}

/// The last sign of life, in milliseconds.
async fn last_beat(place: &Place) -> i64 {
    let rows = place
        .rows("select cast(max(at) as text) from heartbeats")
        .await;
    let at = rows[0][0].as_deref().expect("a sign of life");
    at.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_let_go_holds_a_stopping_server_for_a_while_and_costs_nobody_time() {
    const DRAIN_SECONDS: u64 = 3;
    on_both(async |place| {
        let server = Running::start(
            serve_command(&short_content(), &place.address)
                .env("SYNAQ_EXAM__HEARTBEAT_MS", "200")
                .env("SYNAQ_SERVER__REQUEST_SECONDS", DRAIN_SECONDS.to_string()),
        );
        let connect = || TcpStream::connect(server.address).expect("connected");
        // A request whose head never ends, and one whose body does not come though the handler waits for it.
        let mut headless = connect();
        let head = "POST /api/v1/potential HTTP/1.1\r\nhost: x\r\n";
        headless.write_all(head.as_bytes()).expect("sent");
        let mut stuck = connect();
        let rest =
            "content-type: application/json\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n";
        stuck
            .write_all(format!("{head}{rest}").as_bytes())
            .expect("sent");
        let mut asked = [0; 12];
        stuck.read_exact(&mut asked).expect("an answer");
        assert_eq!(&asked, b"HTTP/1.1 100");
        let told = last_beat(place).await;
        let stopped = tokio::task::spawn_blocking(move || server.terminate());
        let stopped = tokio::time::timeout(Duration::from_secs(4 * DRAIN_SECONDS), stopped).await;
        let code = stopped.expect("it stops").expect("no panic");
        assert_eq!(code, Some(0));
        // It took no new connection since it was told: that time is an outage, to be given back.
        let alive = last_beat(place).await - told;
        assert!(alive < 1500, "signs of life for {alive} ms");
        drop((headless, stuck));
    })
    .await;
}
