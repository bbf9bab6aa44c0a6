//! Practice: the first answer counts where the key is told at once, and the page tells what counts.

use super::kept::{choose, letters};
use super::learner::Learner;
use super::places::LOSE_ONE;
use super::{Browser, Scripts, Server, Stage};

/// Keeps back what saves until `window.go` is called.
const HOLD: &str = "(() => {
    const send = window.fetch;
    window.fetch = async (url, what) => {
      if (what?.method === 'PUT') await new Promise((go) => { window.go = go; });
      return send(url, what);
    };
    return true;
  })()";

/// The page tells whether the answer to this question is right, and that it is this one.
fn told(position: u32, letter: &str) -> String {
    format!(
        "[...document.querySelectorAll(\".item.answered[data-position='{position}'] .verdict-word\")]
           .find((word) => word.textContent.startsWith('Your answer'))
           ?.closest('.option').querySelector('input').value === '{letter}'"
    )
}

#[tokio::test]
async fn the_first_answer_in_practice_counts_and_is_told() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::PracticeReading, &browser, &server).await;
    let set = server.url(&format!("/attempts/{}", learner.attempt));
    browser.goto(&set).await;
    // Scripts are there: then no button is needed to check.
    let ready = "document.querySelector('.check')?.hidden && document.readyState === 'complete'";
    browser.until(ready).await;
    browser.value(HOLD).await.expect("it holds");
    choose(&browser, 2, "A").await;
    browser.until("window.go").await;
    // A second tap, while the first answer is on its way.
    browser
        .click(".item[data-position='2'] .option:has(input[value='B'])")
        .await;
    browser
        .value("window.go() ?? true")
        .await
        .expect("it goes on");
    browser.until(&told(2, "A")).await;
    assert_eq!(letters(&learner, &browser).await[0], "A");

    // The receipt of an answer is lost: it is told all the same.
    browser.goto(&set).await;
    browser.until(ready).await;
    browser.value(LOSE_ONE).await.expect("it listens");
    choose(&browser, 3, "C").await;
    browser.until(&told(3, "C")).await;
    assert_eq!(letters(&learner, &browser).await[1], "C");
}
