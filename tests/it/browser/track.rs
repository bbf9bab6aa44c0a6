//! A mock as on the day: one track that goes with the clock, whoever reloads or has no scripts.

use super::learner::Learner;
use super::sitting::sitting;
use super::{Browser, Scripts, Server, Stage};

/// How far the track has come: percent of the part that is on, and a hundred for each before it.
const PLAYED: &str = "(() => {
    const nth = /listening (\\d)/.exec(document.querySelector('.track-now').textContent);
    return (nth ? (nth[1] - 1) * 100 : 200) + document.querySelector('#track progress').value;
  })()";

async fn text(browser: &Browser, selector: &str) -> String {
    let script = format!("document.querySelector('{selector}').textContent.trim()");
    let value = browser.value(&script).await.expect("a text");
    value.as_str().unwrap_or_default().to_owned()
}

async fn played(browser: &Browser) -> f64 {
    let value = browser.value(PLAYED).await.expect("a progress bar");
    value.as_f64().expect("a number")
}

#[tokio::test]
async fn as_on_the_day_is_chosen_fetched_and_heard() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    Learner::at(Stage::Account, &browser, &server).await;
    browser.goto(&server.url("/?rule=short")).await;
    browser.click("#delivery input[value=paced]").await;
    browser.click("#take-mock").await;
    browser
        .until("document.querySelectorAll('#recordings li.in').length === 1")
        .await;
    browser.click("#start-button:enabled").await;
    browser.until(&sitting("listening")).await;
    browser
        .until("document.querySelector('#track[data-sounds]')")
        .await;
    let now = text(&browser, ".track-now").await;
    assert!(now.starts_with("Recording 1 · listening "), "{now}");
    browser.until(&format!("{PLAYED} > 10")).await;
    for control in ["#track .play", "#track audio", ".plays-left"] {
        let none = format!("document.querySelector('{control}') === null");
        assert_eq!(
            browser.value(&none).await.ok(),
            Some(true.into()),
            "{control}"
        );
    }
    let told = "document.querySelector('#track-start').hidden && !document.querySelector('.track-trouble').textContent";
    assert_eq!(browser.value(told).await.ok(), Some(true.into()));

    // It plays on while one looks at one's answers, and a page that is loaded again is where the clock is.
    let before = played(&browser).await;
    browser.client.refresh().await.expect("it is loaded anew");
    browser
        .until("document.querySelector('#track[data-sounds]')")
        .await;
    assert!(played(&browser).await >= before, "never back from {before}");
    browser.click("#testlet [value=review]").await;
    browser
        .until("document.querySelector('.review-list')")
        .await;
    browser
        .until("document.querySelector('#track[data-sounds]')")
        .await;
    browser.until(&format!("{PLAYED} > {before}")).await;
    // The second time comes by itself.
    browser
        .until("!document.querySelector('.track-now').textContent.endsWith('listening 1 of 2')")
        .await;
}

#[tokio::test]
async fn without_scripts_the_whole_track_is_one_recording() {
    let server = Server::start();
    let scripted = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::Paced, &scripted, &server).await;
    let browser = Browser::open(Scripts::Blocked).await;
    browser.goto(&server.url("/about")).await;
    browser
        .set_cookie(&server.url("/"), "synaq_session", &learner.token)
        .await;
    let page = format!("/attempts/{}", learner.attempt);
    browser.goto(&server.url(&page)).await;
    let html = browser.client.source().await.expect("the page");
    let at = html.find("/track/").expect("a track");
    assert!(html[at..at + 60].contains(".mp3"), "{}", &html[at..at + 60]);
    let audio = browser.value("document.querySelector('#track audio').getAttribute('src')");
    let audio = audio.await.expect("a player");
    let audio = audio.as_str().unwrap_or_default();
    assert!(audio.starts_with(&format!("{page}/track/")), "{audio}");
    assert!(audio.contains("#t="), "from where the clock is: {audio}");
    assert!(!html.contains("value=\"play:"), "nothing to be started");
}
