//! A whole mock exam with the keyboard alone, through a crash of the server.

use super::sitting::{Answers, SAVED, chosen, on_the_result, sitting};
use super::window::{DOWN, ENTER, RIGHT, SPACE};
use super::{Browser, Scripts, Server};

/// Chooses an option of the current question and waits until the server has it.
async fn choose(browser: &Browser, letter: char) {
    browser.press(letter).await;
    let radio = format!(
        "document.querySelector('.item.current input[value={}]').checked",
        letter.to_ascii_uppercase()
    );
    browser.until(&radio).await;
}

/// Goes on to the next question by its key.
async fn next(browser: &Browser, position: u32) {
    browser.press(RIGHT).await;
    let there =
        format!("document.activeElement.matches('.item.current[data-position=\"{position}\"]')");
    browser.until(&there).await;
}

async fn push(browser: &Browser, selector: &str) {
    browser.tab_to(selector).await;
    browser.press(ENTER).await;
}

async fn review_and_finish(browser: &Browser) {
    push(browser, "button[name=go][value=review]").await;
    browser
        .until("document.querySelector('.review-list')")
        .await;
    push(browser, "#finish").await;
}

async fn listening(browser: &Browser) -> Answers {
    browser.until(&sitting("listening")).await;
    browser.press('p').await;
    browser
        .until("document.querySelector('.plays-left b').textContent.includes('1')")
        .await;
    choose(browser, 'b').await;
    next(browser, 2).await;
    choose(browser, 'c').await;
    browser.press('f').await;
    browser
        .until("document.querySelector('.item.current .flag input').checked")
        .await;
    next(browser, 3).await;
    // Without the shortcuts: Tab into the options, Space takes the first, an arrow goes to the second.
    browser.tab_to(".item.current input[type=radio]").await;
    browser.press(SPACE).await;
    browser.press(DOWN).await;
    browser
        .until("document.querySelector('.item.current input[value=B]').checked")
        .await;
    browser.until(SAVED).await;
    let answers = chosen(browser).await;
    assert_eq!(answers.len(), 3);
    answers
}

async fn reading(browser: &Browser, server: &mut Server) -> Answers {
    browser.until(&sitting("reading")).await;
    choose(browser, 'a').await;
    next(browser, 2).await;
    choose(browser, 'd').await;
    browser.until(SAVED).await;
    let before = chosen(browser).await;
    assert_eq!(before.len(), 2);

    server.kill();
    server.resume();
    browser.client.refresh().await.expect("it is loaded anew");
    browser.until(&sitting("reading")).await;
    assert_eq!(chosen(browser).await, before);

    // The focus is wherever the page puts it: the keys are for the current question.
    next(browser, 2).await;
    choose(browser, 'c').await;
    browser.until(SAVED).await;
    let answers = chosen(browser).await;
    assert_ne!(answers, before);
    answers
}

#[tokio::test]
async fn an_exam_with_the_keyboard_alone_survives_a_crash() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    browser.goto(&server.url("/")).await;
    push(&browser, "#take-mock").await;
    browser
        .until("document.querySelectorAll('#recordings li.in').length === 1")
        .await;
    push(&browser, "#start-button").await;
    let mut answers = listening(&browser).await;
    review_and_finish(&browser).await;
    browser
        .until("document.querySelector('output.clock')")
        .await;
    push(&browser, "#start-button").await;
    answers.extend(reading(&browser, &mut server).await);
    review_and_finish(&browser).await;
    assert_eq!(on_the_result(&browser).await, answers);
}
