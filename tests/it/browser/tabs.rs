//! One exam in two tabs: the last one opened has the word, the other says so instead of losing answers.

use super::learner::Learner;
use super::sitting::{SAVED, chosen, sitting};
use super::{Browser, Scripts, Server, Stage};

#[tokio::test]
async fn the_second_tab_takes_over_and_the_first_can_go_on() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::Reading, &browser, &server).await;
    let exam = server.url(&format!("/attempts/{}", learner.attempt));
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    let first = browser.client.window().await.expect("the first tab");

    let second = browser
        .client
        .new_window(true)
        .await
        .expect("a second tab")
        .handle;
    browser
        .client
        .switch_to_window(second.clone())
        .await
        .expect("there");
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser
        .click(".item[data-position='3'] input[value='C']")
        .await;
    browser.until(SAVED).await;
    let in_the_second = chosen(&browser).await;

    browser.client.switch_to_window(first).await.expect("back");
    browser
        .click(".item[data-position='2'] input[value='D']")
        .await;
    browser
        .until("document.getElementById('taken-over').open")
        .await;
    let server_has = learner.responses(&browser).await;
    assert_eq!(server_has[2].1, "C", "the second tab's answer stays");
    assert_ne!(
        server_has[1].1, "D",
        "the first tab's is not saved behind its back"
    );

    browser.click("#taken-over a").await;
    browser
        .until(&format!(
            "!document.querySelector('dialog[open]') && {}",
            sitting("reading")
        ))
        .await;
    // What could not be saved there was kept, and goes to the server now that this tab has the word.
    browser.until(SAVED).await;
    let server_has = learner.responses(&browser).await;
    assert_eq!(server_has[1].1, "D");
    assert_eq!(server_has[2].1, "C");
    assert_eq!(chosen(&browser).await.len(), in_the_second.len());

    browser
        .client
        .switch_to_window(second)
        .await
        .expect("there again");
    browser
        .click(".item[data-position='4'] input[value='A']")
        .await;
    browser
        .until("document.getElementById('taken-over').open")
        .await;
}
