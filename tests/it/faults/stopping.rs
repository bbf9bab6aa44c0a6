//! A server that is asked to stop answers what it has begun and leaves nothing behind.

use serde_json::{Value, json};

use crate::support::process::{Connection, Running, serve_command};
use crate::support::{on_both, short_content};

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
