//! A tutor records a text in the browser. Into the microphone somebody hums.

use serde_json::json;

use super::school::TEXT;
use super::{Browser, Scripts, Server, Stage, learner::Learner};

#[tokio::test]
async fn a_text_is_recorded_in_the_browser_and_heard_from_then_on() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let mut tutor = Learner::at(Stage::Account, &browser, &server).await;
    tutor.found_school(&browser).await;
    let desk = format!("/schools/{}/recordings/{TEXT}", tutor.places.school);
    browser.goto(&server.url(&desk)).await;
    browser.click("#recorder-start").await;
    // The text lasts 14 seconds, so that a recording must last 6.
    browser
        .until("document.getElementById('recorder-time').textContent >= '00:08'")
        .await;
    browser.click("#recorder-stop").await;
    browser
        .until("document.querySelector('#recorder-again audio').duration >= 7.5")
        .await;
    browser.click("#recorder-send").await;
    browser.until("document.querySelector('.wave')").await;
    browser
        .until("document.querySelector('.take audio').duration > 6")
        .await;
    browser.click("#consent").await;
    browser.click("#use").await;
    let heard = format!("location.pathname === '{desk}' && document.querySelector('.tag.right')");
    browser.until(&heard).await;
    assert_eq!(browser.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn without_scripts_a_file_is_uploaded() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let mut tutor = Learner::at(Stage::Account, &browser, &server).await;
    tutor.found_school(&browser).await;
    drop(browser);

    let browser = Browser::open(Scripts::Blocked).await;
    browser.goto(&server.url("/about")).await;
    tutor.back(&browser, &server).await;
    let desk = format!("/schools/{}/recordings/{TEXT}", tutor.places.school);
    browser.goto(&server.url(&desk)).await;
    let recording = crate::support::short_content().join("bank/listening/lst-short-nan.mp3");
    let field = browser.client.find(fantoccini::Locator::Css("#file")).await;
    let file = recording.to_str().expect("a path");
    let chosen = field.expect("a field").send_keys(file).await;
    chosen.expect("a file is chosen");
    browser.click("#send").await;
    browser.click("#consent").await;
    browser.click("#use").await;
    browser.click("#history + div a").await;
    browser.click("#withdraw").await;
}

#[tokio::test]
async fn in_practice_a_human_voice_is_named_and_heard_again_as_a_whole() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let tutor = Learner::at(Stage::Recorder, &browser, &server).await;
    let mut pupil = Learner::at(Stage::Account, &browser, &server).await;
    pupil.join(&browser, &tutor).await;
    let work =
        json!({ "kind": "practice", "section": "listening", "level": "A2", "testlets": [TEXT] });
    pupil.places.assignment = tutor.give(&browser, work).await;
    pupil.start_assignment(&browser).await;
    let page = format!("/attempts/{}", pupil.attempt);
    browser.goto(&server.url(&page)).await;
    browser
        .until("document.querySelector('.player .play:not([hidden])')")
        .await;
    let named = "document.querySelector('.read-by')";
    assert!(
        browser.value(named).await.expect("looked").is_null(),
        "not before the answers"
    );
    let answered = "[...document.querySelectorAll('.item')].map((item) => item.querySelector('input:not(:checked)').click())";
    browser.value(answered).await.expect("answered");
    browser.until(named).await;
    browser
        .until("document.querySelector('#whole')?.controls")
        .await;
    // With the browser's own controls it can be heard.
    browser
        .value("document.querySelector('#whole').play().catch(() => {})")
        .await
        .expect("asked");
    browser
        .until("document.querySelector('#whole').duration > 9")
        .await;
    assert_eq!(browser.faults().await, Vec::<String>::new());
}
