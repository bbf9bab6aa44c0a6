//! Connections that never come to the point are closed, and cost those who do nothing.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::process::{Connection, Running, serve_command};
use crate::support::{Place, short_content};

/// By when a connection that should be closed is, on a machine with much to do.
const MOST: Duration = Duration::from_secs(60);

/// Whether the other side has closed the connection, without waiting.
fn closed(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).expect("set");
    let mut piece = [0; 64];
    let read = stream.read(&mut piece);
    stream.set_nonblocking(false).expect("set");
    match read {
        Ok(0) => true,
        Ok(_) => false,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

async fn alive(server: &Running) {
    let mut connection = Connection::open(server.address).await.expect("connected");
    let (status, _) = connection
        .call("GET", "/healthz", None)
        .await
        .expect("an answer");
    assert_eq!(status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_comes_letter_by_letter_is_not_waited_for() {
    let place = Place::sqlite();
    let server = Running::start(
        serve_command(&short_content(), &place.address).env("SYNAQ_SERVER__HEAD_SECONDS", "1"),
    );
    let connect = || TcpStream::connect(server.address).expect("connected");
    let mut silent: Vec<_> = (0..50).map(|_| connect()).collect();
    let mut slow = connect();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ")
        .expect("sent");
    // A letter between two requests of somebody else, who is served all the while.
    let mut letters = 0;
    let writing = async {
        loop {
            alive(&server).await;
            if slow.write_all(b"a").is_err() || closed(&mut slow) {
                break;
            }
            letters += 1;
        }
    };
    let ended = tokio::time::timeout(MOST, writing).await;
    assert!(ended.is_ok(), "it is read for ever");
    assert!(letters > 0);
    // Those who said nothing came first and are gone as well, or go in this moment: reading ends.
    for one in &mut silent {
        let mut rest = Vec::new();
        one.set_read_timeout(Some(MOST)).expect("set");
        let gone = one.read_to_end(&mut rest);
        let waited = gone.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        assert!(!waited && rest.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let place = Place::sqlite();
    let server = Running::start(
        serve_command(&short_content(), &place.address).env("SYNAQ_SERVER__REQUEST_SECONDS", "1"),
    );
    let mut stuck = TcpStream::connect(server.address).expect("connected");
    let head = "POST /api/v1/potential HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 9\r\n\r\n{";
    stuck.write_all(head.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stuck
        .read_to_end(&mut answer)
        .expect("an answer, and the end");
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(answer.starts_with("http/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: "), "{answer}");
    alive(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_so_many_connections_and_whoever_comes_then_waits() {
    let place = Place::sqlite();
    let server = Running::start(
        serve_command(&short_content(), &place.address)
            .env("SYNAQ_SERVER__CONNECTIONS", "2")
            .env("SYNAQ_SERVER__HEAD_SECONDS", "1"),
    );
    let connect = || TcpStream::connect(server.address).expect("connected");
    let mut idle = [connect(), connect()];
    // Both places are taken by whoever says nothing; they lose them, and this request is served.
    alive(&server).await;
    for one in &mut idle {
        let mut rest = Vec::new();
        assert_eq!(one.read_to_end(&mut rest).expect("the end"), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_is_too_large_is_refused() {
    let place = Place::sqlite();
    let server = Running::start(&mut serve_command(&short_content(), &place.address));
    let mut large = TcpStream::connect(server.address).expect("connected");
    let head = format!(
        "GET / HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n",
        "a".repeat(64 * 1024)
    );
    // The server may answer and close before it has read all of it.
    let _ = large.write_all(head.as_bytes());
    let mut answer = Vec::new();
    let _ = large.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    alive(&server).await;
}
