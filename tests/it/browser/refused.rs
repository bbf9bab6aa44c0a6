//! What the server refuses is not shown as saved; what somebody between says (a proxy, the sign-in page of a network) is
//! not the server's word: an answer waits, and the page stays.

use serde_json::json;

use super::kept::{choose, letters};
use super::learner::Learner;
use super::sitting::{SAVED, sitting};
use super::{Browser, Scripts, Server, Stage};

/// Answers whatever saves, as long as `window.refuses` says who does: `between` or `server`.
const REFUSE: &str = "(() => {
    const send = window.fetch;
    const say = {
      between: () => new Response('<h1>Forbidden</h1>', { status: 403 }),
      server: () => new Response(JSON.stringify({ type: '/problems/invalid' }), { status: 422 }),
    };
    window.fetch = async (url, what) => (what?.method === 'PUT' && say[window.refuses]?.()) || send(url, what);
    return true;
  })()";

/// The receipt names no time at which everything was saved.
const UNSAVED: &str = "!/\\d\\d:\\d\\d/.test(document.getElementById('receipt').textContent)";

/// How many questions the navigator shows as answered.
const ANSWERED: &str = "document.querySelectorAll('.navigator button.answered').length";

async fn refuses(browser: &Browser, who: &str) {
    let script = format!("window.refuses = '{who}'");
    assert_eq!(browser.value(&script).await.ok(), Some(json!(who)));
}

#[tokio::test]
async fn an_answer_that_is_refused_is_not_shown_as_saved() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::Reading, &browser, &server).await;
    let exam = server.url(&format!("/attempts/{}", learner.attempt));
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.value(REFUSE).await.expect("it listens");

    // Not the server: the answer waits, and is sent again.
    refuses(&browser, "between").await;
    choose(&browser, 2, "D").await;
    let waits = "document.getElementById('receipt').classList.contains('waiting')";
    browser.until(&format!("{waits} && {UNSAVED}")).await;
    let saved = letters(&learner, &browser).await;
    assert_eq!(json!(saved), json!(["B", null, null]));
    refuses(&browser, "").await;
    browser.until(SAVED).await;
    assert_eq!(letters(&learner, &browser).await[0], "D");

    // The server: the page says so, and counts the answer nowhere.
    refuses(&browser, "server").await;
    let note = "document.querySelector(\".item[data-position='3'] > .not-saved\")";
    choose(&browser, 3, "C").await;
    browser.until(note).await;
    let told = browser.value(&format!("[{UNSAVED}, {ANSWERED}]")).await;
    assert_eq!(told.ok(), Some(json!([true, 2])));

    // It takes another one.
    refuses(&browser, "").await;
    choose(&browser, 3, "B").await;
    browser.until(&format!("{SAVED} && !{note}")).await;
    assert_eq!(letters(&learner, &browser).await[..2], ["D", "B"]);
    assert_eq!(browser.value(ANSWERED).await.ok(), Some(json!(3)));
}

/// A network whose sign-in page comes instead of what a page fetches by itself.
const PORTAL: &str = "const send = window.fetch;
    window.asked = 0;
    window.fetch = async (url, what) => {
      if (!/\\/time$|\\?t=/.test(url)) return send(url, what);
      window.asked += 1;
      return new Response('<h1>Sign in</h1>');
    };";

#[tokio::test]
async fn a_page_of_somebody_between_leads_nowhere() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::Reading, &browser, &server).await;
    browser
        .devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": PORTAL }),
        )
        .await;
    let exam = server.url(&format!("/attempts/{}", learner.attempt));
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.value("window.here = true").await.expect("marked");
    // It asks for the time, and then for the section's pages.
    browser
        .value("dispatchEvent(new Event('online'))")
        .await
        .expect("told");
    browser.until("window.asked >= 1").await;
    browser
        .until("document.getElementById('main').dataset.ahead === ''")
        .await;
    let stays = browser.value("window.here && document.getElementById('desk') !== null");
    assert_eq!(stays.await.ok(), Some(json!(true)));
    choose(&browser, 2, "D").await;
    browser.until(SAVED).await;
}
