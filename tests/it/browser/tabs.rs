//! One exam in two tabs: the last one opened has the word, the other says so instead of losing answers.

use super::learner::Learner;
use super::sitting::{KEPT, SAVED, chosen, sitting};
use super::window::ESCAPE;
use super::{Browser, Scripts, Server, Stage};

#[tokio::test]
async fn the_second_tab_takes_over_and_the_first_can_go_on() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::Reading, &browser, &server).await;
    let exam = server.url(&format!("/attempts/{}", learner.attempt));
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    // What a page fetches by itself would tell it that another has the word; here it is to learn it from a save.
    browser.until(KEPT).await;
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
    browser.until(KEPT).await;
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
    // It is not to be left: nothing is saved behind it. A browser lets no page prevent that twice in a row.
    for _ in 0..3 {
        browser.press(ESCAPE).await;
    }
    browser
        .until("document.getElementById('taken-over').matches(':modal')")
        .await;
}

/// Makes an account of the guest, as the form does, while the page stays open.
const SIGN_UP: &str = "(async () => {
    const page = new DOMParser().parseFromString(await (await fetch('/sign-up')).text(), 'text/html');
    const csrf = page.querySelector('form[action=\"/sign-up\"] [name=csrf]').value;
    const body = new URLSearchParams({ csrf, name: 'A', email: 'a@example.org', password: 'correct horse battery' });
    return (await fetch('/sign-up', { method: 'POST', body })).status;
  })()";

#[tokio::test]
async fn a_page_whose_session_was_replaced_keeps_what_it_cannot_save() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::Reading, &browser, &server).await;
    let exam = server.url(&format!("/attempts/{}", learner.attempt));
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    let status = browser.value(SIGN_UP).await.expect("signed up");
    assert_eq!(status, 200, "the form and the page after it");
    browser
        .click(".item[data-position='2'] input[value='D']")
        .await;
    browser
        .until("document.getElementById('taken-over').open")
        .await;
    browser.click("#taken-over a").await;
    browser
        .until(&format!(
            "!document.querySelector('dialog[open]') && {}",
            sitting("reading")
        ))
        .await;
    browser.until(SAVED).await;
    let before = chosen(&browser).await;
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    assert_eq!(chosen(&browser).await, before, "the server has it");
    let second = "document.querySelector(\".item[data-position='2'] input[value='D']\").checked";
    assert_eq!(browser.value(second).await.ok(), Some(true.into()));
}
