//! Tests that measure time. They say something of the program only while nothing else runs on the machine, so `tests/run`
//! runs them by themselves, after all others.

use super::points::is;
use super::{Browser, Scripts, Server};

/// The longest that an answer to a change may take, from the event to the changed verdict, in milliseconds.
const PROMPT_MS: f64 = 100.0;

/// Types one age after the other and tells for each how long it took until the verdict in sight was another.
const MEASURE: &str = "const done = arguments[arguments.length - 1];
    const age = document.getElementById('age'), standing = document.getElementById('standing');
    const one = (value) => new Promise((next) => {
      const before = standing.textContent, start = performance.now();
      const watch = new MutationObserver(() => {
        if (standing.textContent === before) return;
        watch.disconnect();
        next(performance.now() - start);
      });
      watch.observe(standing, { childList: true, characterData: true, subtree: true });
      age.value = value;
      age.dispatchEvent(new Event('input', { bubbles: true }));
    });
    (async () => {
      const times = [];
      for (const value of [30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40]) times.push(await one(value));
      done(times.sort((a, b) => a - b));
    })();";

#[tokio::test]
async fn a_change_is_answered_at_once() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    browser.goto(&server.url("/points")).await;
    browser.until("document.readyState === 'complete'").await;
    let times = browser.client.execute_async(MEASURE, Vec::new()).await;
    let times: Vec<f64> = serde_json::from_value(times.expect("times")).expect("numbers");
    let median = times[times.len() / 2];
    assert!(median < PROMPT_MS, "{median} ms in the middle of {times:?}");
    // The verdict, the pictures and the explanation are those of the last change: 110 × (63 − 40) ÷ 45.
    is(
        &browser,
        "document.getElementById('standing').textContent.startsWith('56.22 of 400')",
    )
    .await;
    is(
        &browser,
        "document.getElementById('verdict').textContent.startsWith('56.22 of 400')",
    )
    .await;
    is(&browser, "document.querySelectorAll('#parts').length === 1 && document.querySelectorAll('#sources').length === 1").await;
}
