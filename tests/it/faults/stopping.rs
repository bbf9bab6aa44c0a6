//! A server that is asked to stop answers what it has begun and leaves nothing behind.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::load::{MOST, sit_down};
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

/// By when a server that waits for nobody has ended: what is left to do then takes some hundredths of a second.
const UNWAITING: Duration = Duration::from_secs(1);
/// Less than the thirty seconds for which it waits for whoever has begun.
const SOON: Duration = Duration::from_secs(20);

/// Ends when nobody listens there any more.
async fn refuses_whoever_comes(address: SocketAddr) {
    loop {
        match tokio::net::TcpStream::connect(address).await {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return,
            // Let in before it was told, or turned away while it closed the door.
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_on_its_way_is_saved_and_acknowledged() {
    on_both(async |place| {
        let server = Running::start(&mut serve_command(&short_content(), &place.address));
        let learner = sit_down(server.address, 1).await.remove(0);
        let (attempt, item) = (&learner.attempt, &learner.items[0]);
        let body = json!({ "option": "B" }).to_string();
        let head = format!(
            "PUT /api/v1/attempts/{attempt}/responses/{item} HTTP/1.1\r\nhost: x\r\n\
             authorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             expect: 100-continue\r\n\r\n",
            learner.token,
            body.len(),
        );
        let mut saving = TcpStream::connect(server.address).expect("connected");
        saving.set_read_timeout(Some(MOST)).expect("set");
        saving.write_all(head.as_bytes()).expect("sent");
        // The server asks for the body once somebody waits for it.
        const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
        let mut asked = [0; GO_ON.len()];
        saving.read_exact(&mut asked).expect("an answer");
        assert_eq!(asked, GO_ON);

        server.tell_to_stop();
        let refused = tokio::time::timeout(SOON, refuses_whoever_comes(server.address)).await;
        refused.expect("it lets nobody in who comes now");
        let mut ended = tokio::task::spawn_blocking(move || server.end());
        let early = tokio::time::timeout(UNWAITING, &mut ended).await;
        assert!(early.is_err(), "it did not wait: {early:?}");
        saving.write_all(body.as_bytes()).expect("sent");
        let mut answer = String::new();
        saving
            .read_to_string(&mut answer)
            .expect("an answer and an end");
        let (head, receipt) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(head.contains("\r\nconnection: close"), "{answer}");
        let receipt: Value = serde_json::from_str(receipt).expect("JSON");
        assert_eq!(receipt["seq"], 1, "{receipt}");

        let ended = tokio::time::timeout(MOST, ended).await.expect("it ends");
        assert_eq!(ended.expect("no panic").0, Some(0));
        let kept = place
            .rows("select attempt_id, item_id, chosen from responses")
            .await;
        let sent = [attempt, item, "B"].map(|text| Some(text.to_owned()));
        assert_eq!(kept, [sent]);
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

/// Whoever looks on holds a connection open without end; a server that stops ends it at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_watches_does_not_hold_it_back() {
    let place = Place::sqlite();
    let server = Running::start(&mut serve_command(&short_content(), &place.address));
    let mut api = Connection::open(server.address).await.expect("connected");
    let account =
        json!({ "email": "t@example.org", "password": "ақ бота көк тау", "name": "Tutor" });
    let made = async |api: &mut Connection, path: &str, body: Value| {
        let path = format!("/api/v1/{path}");
        let (status, made) = api.call("POST", &path, Some(&body)).await.expect("made");
        assert!(matches!(status, 200 | 201), "{path}: {status} {made}");
        made
    };
    let account = made(&mut api, "accounts", account).await;
    let token = account["token"].as_str().expect("a token");
    let mut api = Connection::with_token(server.address, token)
        .await
        .expect("again");
    let id = |made: &Value| made["id"].as_str().expect("an id").to_owned();
    let school = id(&made(&mut api, "schools", json!({ "name": "School" })).await);
    let group = made(
        &mut api,
        &format!("schools/{school}/groups"),
        json!({ "name": "G" }),
    )
    .await;
    let work = json!({ "kind": "mock", "rule": "short" });
    let soon = chrono::DateTime::from_timestamp_millis(last_beat(&place).await).expect("now");
    let due = (soon + chrono::TimeDelta::days(2)).date_naive().to_string();
    let given = json!({ "title": "T", "work": work, "due": due });
    let given = made(
        &mut api,
        &format!("groups/{}/assignments", id(&group)),
        given,
    )
    .await;

    let mut stream = TcpStream::connect(server.address).expect("connected");
    let path = format!("/assignments/{}/live/events", id(&given));
    let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut heard = String::new();
    while !heard.contains("still here") {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).expect("a piece");
        assert_ne!(n, 0, "{heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..n]));
    }
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
    drop(api);
    let stopped = tokio::task::spawn_blocking(move || server.terminate());
    let stopped = tokio::time::timeout(Duration::from_secs(8), stopped).await;
    let code = stopped.expect("it stops").expect("no panic");
    assert_eq!(code, Some(0));
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("an end");
}
