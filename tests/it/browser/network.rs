//! The network goes and comes back: the receipt tells the truth, and nothing is lost.

use sqlx::Connection;

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
