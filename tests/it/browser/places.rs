//! The place of an answer in the order of its learner's: one that is sent again keeps it, and one that another device has
//! overtaken is not shown as saved.

use super::kept::{OPENED_FROM_KEPT, choose, letters, reading, try_to_open};
use super::sitting::{SAVED, sitting};
use super::{Browser, Scripts, Server};

/// Notes which responses the page sends, and loses the server's answer to the first: it was saved, and the page cannot
/// know it.
pub const LOSE_ONE: &str = "(() => {
    const send = window.fetch;
    let lost = false;
    window.sent = [];
    window.fetch = async (url, what) => {
      const answer = await send(url, what);
      if (what?.method !== 'PUT') return answer;
      window.sent.push(JSON.parse(what.body));
      if (lost) return answer;
      lost = true;
      throw new TypeError('the answer was lost');
    };
    return true;
  })()";

/// The places of what was sent since, in the order of sending.
async fn places(browser: &Browser) -> Vec<u64> {
    let sent = browser.value("window.sent").await.expect("what was sent");
    let sent = sent.as_array().expect("a list").iter();
    sent.map(|body| body["order"].as_u64().expect("a place"))
        .collect()
}

#[tokio::test]
async fn an_answer_that_is_sent_again_keeps_its_place_and_counts_once() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (_, exam) = reading(&browser, &server).await;
    let mut database = server.connection().await;
    let mut rows = async || {
        sqlx::query_scalar::<_, i64>("select count(*) from responses")
            .fetch_one(&mut database)
            .await
            .expect("a count")
    };
    let before = rows().await;
    browser.value(LOSE_ONE).await.expect("it listens");
    choose(&browser, 2, "D").await;
    browser.until("window.sent.length >= 2").await;
    browser.until(SAVED).await;
    choose(&browser, 2, "C").await;
    browser.until("window.sent.length >= 3").await;
    browser.until(SAVED).await;
    let sent = places(&browser).await;
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert_eq!(sent[0], sent[1], "sent again as it was");
    assert!(sent[2] > sent[1], "another answer is a later one: {sent:?}");
    assert_eq!(rows().await, before + 2, "what came twice is there once");

    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.value(LOSE_ONE).await.expect("it listens");
    choose(&browser, 3, "A").await;
    browser.until("window.sent.length >= 2").await;
    browser.until(SAVED).await;
    let later = places(&browser).await;
    assert!(
        later[0] > sent[2],
        "a new page counts on: {later:?} after {sent:?}"
    );
}

/// Sends another answer to the same question first, of a higher place: another device of the learner did so while this
/// one was without a network.
const OTHER_DEVICE_FIRST: &str = "(() => {
    const send = window.fetch;
    window.fetch = async (url, what) => {
      if (what?.method !== 'PUT') return send(url, what);
      window.fetch = send;
      const { order } = JSON.parse(what.body);
      await send(url, { ...what, body: JSON.stringify({ option: 'B', order: order + 100 }) });
      return send(url, what);
    };
    return true;
  })()";

#[tokio::test]
async fn an_answer_that_another_device_has_overtaken_is_not_shown_as_saved() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (learner, exam) = reading(&browser, &server).await;
    browser.value(OTHER_DEVICE_FIRST).await.expect("it waits");
    choose(&browser, 3, "C").await;
    browser
        .until("document.querySelector(\".item[data-position='3'] input[value='B']\").checked")
        .await;
    browser.until(SAVED).await;
    assert_eq!(letters(&learner, &browser).await[1], "B");
    // It is said under the question, and read out.
    let said = |place: &str| {
        format!("document.querySelector(\"{place}\")?.textContent.includes('another device')")
    };
    let note = said(".item[data-position='3'] .told");
    browser.until(&note).await;
    browser.until(&said("#announce")).await;
    // What is kept says so, too.
    server.kill();
    try_to_open(&browser, &exam).await;
    browser.until(OPENED_FROM_KEPT).await;
    browser.until(&sitting("reading")).await;
    browser
        .until("document.querySelector(\".item[data-position='3'] input[value='B']\").checked")
        .await;
    browser.until(&note).await;
}
