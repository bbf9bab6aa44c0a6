//! Plays of a recording are counted by the server: a reload gives none back.

use super::learner::Learner;
use super::sitting::sitting;
use super::{Browser, Scripts, Server, Stage};

const DISABLED: &str =
    "document.querySelector('.player .play').getAttribute('aria-disabled') === 'true'";

async fn plays_left(browser: &Browser, left: u32) {
    let shown = format!("document.querySelector('.plays-left b').textContent.startsWith('{left}')");
    browser.until(&shown).await;
}

#[tokio::test]
async fn plays_survive_a_reload_and_the_last_one_is_the_last() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::Listening, &browser, &server).await;
    browser
        .goto(&server.url(&format!("/attempts/{}", learner.attempt)))
        .await;
    browser.until(&sitting("listening")).await;
    plays_left(&browser, 2).await;
    browser.click(".player .play").await;
    plays_left(&browser, 1).await;

    browser.client.refresh().await.expect("it is loaded anew");
    browser.until(&sitting("listening")).await;
    plays_left(&browser, 1).await;
    browser.until(&format!("!({DISABLED})")).await;

    browser.click(".player .play").await;
    plays_left(&browser, 0).await;
    // It plays to its end, and the button stays as it is.
    browser
        .until("document.querySelector('.player progress').value > 0")
        .await;
    browser
        .until("document.querySelector('.player progress').value >= 99")
        .await;
    browser.until(DISABLED).await;

    browser.client.refresh().await.expect("it is loaded anew");
    browser.until(&sitting("listening")).await;
    browser.until(DISABLED).await;
    plays_left(&browser, 0).await;
    browser.click(".player .play").await;
    assert!(
        browser
            .value("document.querySelector('.player .play').getAttribute('aria-disabled')")
            .await
            .is_ok_and(|disabled| disabled == "true")
    );
}
