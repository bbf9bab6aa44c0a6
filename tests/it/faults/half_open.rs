//! A client that asks and does not read: its connection is given up, so that it keeps no place, no memory and no server
//! that is told to stop.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::process::{Connection, Running, serve_command};
use crate::support::{Place, short_content};

/// By when what must end has ended, on a machine with much to do.
const MOST: Duration = Duration::from_secs(60);

fn serve(place: &Place, settings: &[(&str, &str)]) -> Running {
    let mut command = serve_command(&short_content(), &place.address);
    Running::start(
        command
            .env("SYNAQ_SERVER__SEND_SECONDS", "1")
            .envs(settings.iter().copied()),
    )
}

/// A client that asks for a long answer again and again and reads none, until every buffer between the two is full.
async fn ask_and_not_read(server: &Running) -> TcpStream {
    let stream = tokio::task::block_in_place(|| ask(server));
    let port = stream.local_addr().expect("an address").port();
    let full = async {
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        let (mut last, mut same) = (0, 0);
        // Given up already, or nothing has gone on for a while.
        while let Some(waiting) = waiting_behind_a_closed_window(server.address.port(), port) {
            let stands = waiting > 0 && waiting == last;
            same = if stands { same + 1 } else { 0 };
            last = waiting;
            if same == 10 {
                break;
            }
            looks.tick().await;
        }
    };
    let full = tokio::time::timeout(MOST, full).await;
    assert!(full.is_ok(), "the server sends without end");
    stream
}

/// Bytes that the system holds for a client who takes none: 0 while it does, none when there is no such connection.
fn waiting_behind_a_closed_window(from: u16, to: u16) -> Option<u64> {
    const CLOSED_WINDOW: &str = "04";
    let ports = (format!(":{from:04X}"), format!(":{to:04X}"));
    let table = std::fs::read_to_string("/proc/net/tcp").expect("the connections");
    table.lines().find_map(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let ours = columns.next()?.ends_with(&ports.0) && columns.next()?.ends_with(&ports.1);
        let (queues, timer) = (columns.nth(1)?, columns.next()?);
        let sending = u64::from_str_radix(queues.split(':').next()?, 16).ok()?;
        let closed = timer.starts_with(CLOSED_WINDOW);
        ours.then_some(if closed { sending } else { 0 })
    })
}

/// Sends requests until the server takes no more of them for a moment.
fn ask(server: &Running) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).expect("connected");
    let ask = b"GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
    stream
        .set_write_timeout(Some(Duration::from_millis(200)))
        .expect("set");
    loop {
        match stream.write(&ask) {
            Ok(0) => panic!("closed"),
            Ok(_) => {}
            // It is stuck, or was given up already.
            Err(error) => {
                let stuck = [
                    ErrorKind::WouldBlock,
                    ErrorKind::ConnectionReset,
                    ErrorKind::BrokenPipe,
                ];
                assert!(stuck.contains(&error.kind()), "{error}");
                return stream;
            }
        }
    }
}

/// Somebody else is served.
async fn served(server: &Running) {
    let asked = async {
        let mut connection = Connection::open(server.address).await.expect("connected");
        let asked = connection.call("GET", "/healthz", None).await;
        assert_eq!(asked.expect("an answer").0, 200);
    };
    let served = tokio::time::timeout(MOST, asked).await;
    assert!(served.is_ok(), "whoever does not read keeps the place");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_read_keeps_no_place() {
    let place = Place::sqlite();
    // The other waits of a connection are so long that this one alone can end it.
    let long = [
        ("SYNAQ_SERVER__CONNECTIONS", "2"),
        ("SYNAQ_SERVER__HEAD_SECONDS", "600"),
        ("SYNAQ_SERVER__REQUEST_SECONDS", "600"),
    ];
    let server = serve(&place, &long);
    let stuck = [
        ask_and_not_read(&server).await,
        ask_and_not_read(&server).await,
    ];
    served(&server).await;
    drop(stuck);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_read_keeps_no_server_that_is_told_to_stop() {
    let place = Place::sqlite();
    let server = serve(&place, &[("SYNAQ_SERVER__REQUEST_SECONDS", "600")]);
    let stuck = ask_and_not_read(&server).await;
    let stopped = tokio::task::spawn_blocking(move || server.terminate());
    let stopped = tokio::time::timeout(MOST, stopped).await;
    let code = stopped.expect("it stops").expect("no panic");
    assert_eq!(code, Some(0));
    drop(stuck);
}
