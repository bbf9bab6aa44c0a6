//! The same exam where scripts are blocked: plain forms do all of it.

use super::sitting::{Answers, chosen, on_the_result};
use super::{Browser, Scripts, Server};

/// Chooses an option of a question by its position in the exam.
async fn choose(browser: &Browser, position: u32, letter: char) {
    let radio = format!(".item[data-position='{position}'] input[value='{letter}']");
    browser.click(&radio).await;
}

/// Saves the page and reads back what the server has.
async fn save(browser: &Browser) -> Answers {
    browser.click("button[name=go][value=keep]").await;
    browser
        .until("/\\d\\d:\\d\\d/.test(document.getElementById('receipt').textContent)")
        .await;
    chosen(browser).await
}

async fn review_and_finish(browser: &Browser) {
    browser
        .click("#testlet button[name=go][value=review]")
        .await;
    browser
        .until("document.querySelector('.review-list')")
        .await;
    browser.click("#finish").await;
}

#[tokio::test]
async fn an_exam_without_scripts() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Blocked).await;
    browser.goto(&server.url("/")).await;
    browser.click("#take-mock").await;
    browser.click("#start-button:enabled").await;

    browser.until("document.querySelector('.player')").await;
    assert_eq!(
        browser
            .value("document.querySelectorAll('.item.current').length")
            .await
            .ok(),
        Some(0.into()),
        "scripts run"
    );
    browser.click(".player .play").await;
    browser
        .until("document.querySelector('.plays-left b').textContent.includes('1')")
        .await;
    browser
        .until("document.querySelector('.player audio').currentTime > 0")
        .await;
    for (position, letter) in [(1, 'A'), (2, 'D'), (3, 'C')] {
        choose(&browser, position, letter).await;
    }
    let mut answers = save(&browser).await;
    assert_eq!(answers.len(), 3);
    review_and_finish(&browser).await;

    browser
        .until("document.querySelector('output.clock')")
        .await;
    browser.click("#start-button:enabled").await;
    browser
        .until("document.querySelector('details.stimulus')")
        .await;
    choose(&browser, 1, 'B').await;
    // A press on a number of the navigator saves too.
    browser
        .click(".navigator [data-item]:not([data-item=''])")
        .await;
    browser
        .until("document.querySelector('.item[data-position=\"1\"] input[value=B]').checked")
        .await;
    choose(&browser, 4, 'A').await;
    let given = save(&browser).await;
    assert_eq!(given.len(), 2);
    answers.extend(given);
    review_and_finish(&browser).await;
    assert_eq!(on_the_result(&browser).await, answers);
}
