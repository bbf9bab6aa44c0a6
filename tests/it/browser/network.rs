//! The network goes and comes back: the receipt tells the truth, and nothing is lost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::Connection;
use synaq::clock::Stopwatch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::learner::Learner;
use super::sitting::{SAVED, sitting};
use super::{Browser, Scripts, Server, Stage};

const WAITING: &str = "document.getElementById('receipt').classList.contains('waiting')
    && !/\\d\\d:\\d\\d/.test(document.getElementById('receipt').textContent)";

/// A learner who has answered two questions of four.
async fn reading(browser: &Browser, server: &Server) -> Learner {
    let learner = Learner::at(Stage::Reading, browser, server).await;
    browser
        .goto(&server.url(&format!("/attempts/{}", learner.attempt)))
        .await;
    browser.until(&sitting("reading")).await;
    browser
        .click(".item[data-position='2'] input[value='D']")
        .await;
    browser.until(SAVED).await;
    learner
}

async fn answer_two(browser: &Browser) {
    browser
        .click(".item[data-position='3'] input[value='C']")
        .await;
    browser
        .click(".item[data-position='4'] input[value='A']")
        .await;
    browser.until(WAITING).await;
    // The number of answers that wait is in the receipt once both have failed.
    browser
        .until("document.getElementById('receipt').textContent.includes('2')")
        .await;
}

async fn both_arrived(browser: &Browser, learner: &Learner) {
    browser.until(SAVED).await;
    browser
        .until("!document.getElementById('receipt').classList.contains('waiting')")
        .await;
    let letters: Vec<_> = learner
        .responses(browser)
        .await
        .into_iter()
        .map(|(_, response)| response)
        .collect();
    assert_eq!(letters[1..], ["D", "C", "A"]);
}

#[tokio::test]
async fn answers_given_without_a_network_arrive_when_it_returns() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = reading(&browser, &server).await;
    browser.offline(true).await;
    answer_two(&browser).await;
    browser.offline(false).await;
    both_arrived(&browser, &learner).await;
}

#[tokio::test]
async fn answers_given_while_the_server_is_down_arrive_when_it_is_up() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = reading(&browser, &server).await;
    server.kill();
    answer_two(&browser).await;
    server.resume();
    both_arrived(&browser, &learner).await;
}

/// The server is there and says that it cannot save now (503): the page keeps the answers, says so, and asks again.
#[tokio::test]
async fn answers_given_while_the_database_is_held_arrive_when_it_is_free() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = reading(&browser, &server).await;
    let mut holder = server.connection().await;
    let held = holder.begin_with("begin immediate").await.expect("held");
    answer_two(&browser).await;
    held.rollback().await.expect("free again");
    both_arrived(&browser, &learner).await;
}

/// A server that has too much to do, in the words of ours, and when it was asked to save.
async fn busy(listener: TcpListener, saves: Arc<Mutex<Vec<Duration>>>) {
    const BUSY: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 3\r\nx-request-id: a\r\n\
        content-type: application/problem+json\r\ncontent-length: 25\r\nconnection: close\r\n\r\n\
        {\"type\":\"/problems/busy\"}";
    let watch = Stopwatch::start();
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut head = [0; 8192];
        let read = stream.read(&mut head).await.unwrap_or_default();
        if head[..read].starts_with(b"PUT ") {
            saves.lock().expect("times").push(watch.passed());
        }
        let _ = stream.write_all(BUSY).await;
    }
}

/// It is asked again, and not before the time that it wants; nor does another answer come before that.
#[tokio::test]
async fn a_server_that_asks_for_time_gets_it() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = reading(&browser, &server).await;
    server.kill();
    let listener = TcpListener::bind(server.address()).await;
    let saves = Arc::new(Mutex::new(Vec::new()));
    let instead = tokio::spawn(busy(listener.expect("the server's port"), saves.clone()));
    answer_two(&browser).await;
    let times = || saves.lock().expect("times").clone();
    let asked_again = tokio::time::timeout(super::window::DEADLINE, async {
        while times().len() < 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    asked_again.await.expect("it is asked again");
    let times = times();
    // Two that were on their way at once are one question.
    let first = times[0];
    let mut later = times
        .iter()
        .filter(|at| **at - first > Duration::from_millis(500));
    let again = later.next().expect("the next question");
    assert!(*again - first >= Duration::from_millis(2900), "{times:?}");
    instead.abort();
    let _ = instead.await;
    server.resume();
    both_arrived(&browser, &learner).await;
}
