//! A tutor steps in while somebody sits: the learner's page follows without being loaded again, and the tutor's page
//! follows the learner.

use serde_json::json;

use super::learner::Learner;
use super::sitting::{SAVED, sitting};
use super::{Browser, Scripts, Server};

/// The seconds that the page shows as left.
const LEFT: &str = "(() => { const [minutes, seconds] =
    document.getElementById('time-left').textContent.split(':').map(Number); return minutes * 60 + seconds; })()";
/// Marks the page, so that loading it again would be seen.
const MARK: &str = "window.marked = true";

/// A tutor whose pupil sits the listening section in this browser.
async fn class(browser: &Browser, server: &Server) -> (Learner, Learner) {
    browser.goto(&server.url("/about")).await;
    let mut tutor = Learner::account(browser).await;
    tutor.found_school(browser).await;
    let mut pupil = Learner::account(browser).await;
    pupil.join(browser, &tutor).await;
    pupil.start_assignment(browser).await;
    pupil.step(browser, "listening/start").await;
    browser
        .set_cookie(&server.url("/"), "synaq_session", &pupil.token)
        .await;
    tutor.find_pupil(browser).await;
    (tutor, pupil)
}

/// Whether the page that was marked is still there.
async fn still_here(browser: &Browser) -> bool {
    browser.value("window.marked").await.ok() == Some(json!(true))
}

/// Types into a field.
async fn fill(browser: &Browser, selector: &str, text: &str) {
    browser.click(selector).await;
    for key in text.chars() {
        browser.press(key).await;
    }
}

async fn left(browser: &Browser) -> i64 {
    let left = browser.value(LEFT).await.expect("the time left");
    left.as_i64().expect("seconds")
}

#[tokio::test]
async fn the_learners_clock_follows_without_loading_the_page_again() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (tutor, pupil) = class(&browser, &server).await;
    browser
        .goto(&server.url(&format!("/attempts/{}", pupil.attempt)))
        .await;
    browser.until(&sitting("listening")).await;
    browser
        .client
        .execute(MARK, Vec::new())
        .await
        .expect("marked");
    let before = left(&browser).await;
    assert!(before <= 120, "{before}");
    let half = json!({ "conditions": { "extra_percent": 50 }, "reason": "dyslexia" });
    let grant = tutor.path("schools/{school}/learners/{pupil}/accommodation");
    tutor.call(&browser, "PUT", &grant, Some(half)).await;
    browser.until(&format!("{LEFT} > {before}")).await;
    let more = "/\\d:\\d\\d/.test(document.getElementById('announce').textContent)";
    browser.until(more).await;

    // What is saved brings the time, too: no need to wait for the page to ask.
    let before = left(&browser).await;
    let minutes = json!({ "minutes": 10, "attempt": pupil.attempt });
    let give = tutor.path("assignments/{assignment}/time");
    tutor.call(&browser, "POST", &give, Some(minutes)).await;
    browser
        .click(".item[data-position='1'] input[value='B']")
        .await;
    browser.until(SAVED).await;
    assert!(left(&browser).await > before + 500);
    assert!(still_here(&browser).await, "the page was not loaded again");
}

#[tokio::test]
async fn the_tutor_watches_and_steps_in() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (tutor, pupil) = class(&browser, &server).await;
    let hers = Browser::open(Scripts::Allowed).await;
    hers.goto(&server.url("/about")).await;
    hers.set_cookie(&server.url("/"), "synaq_session", &tutor.token)
        .await;
    hers.goto(&server.url(&tutor.path("/assignments/{assignment}/live")))
        .await;
    let cell = |name: &str| {
        format!("document.querySelector('#live tbody [data-cell=\"{name}\"]').textContent")
    };
    hers.until(&format!("{} === 'listening'", cell("state")))
        .await;
    hers.until(&format!("{} === '0 of 3'", cell("answered")))
        .await;
    hers.until("document.getElementById('feed').textContent.includes('by themselves')")
        .await;
    hers.client.execute(MARK, Vec::new()).await.expect("marked");

    browser
        .goto(&server.url(&format!("/attempts/{}", pupil.attempt)))
        .await;
    browser.until(&sitting("listening")).await;
    pupil.answer(&browser, 2).await;
    hers.until(&format!("{} === '2 of 3'", cell("answered")))
        .await;
    hers.until(&format!("/:/.test({})", cell("seen"))).await;
    assert!(still_here(&hers).await, "the page was not loaded again");
    // Sorted by the keyboard, and said so.
    hers.click("#live th[data-column='left'] button").await;
    hers.until("document.querySelector('#live th[data-column=\"left\"]').ariaSort === 'ascending'")
        .await;

    let before = left(&browser).await;
    hers.click("#live [data-act='to']").await;
    let chosen = "document.getElementById('to').value";
    let chosen = hers.value(chosen).await.expect("a choice");
    assert_eq!(chosen, pupil.attempt.as_str());
    fill(&hers, "#minutes", "5").await;
    hers.click("#give-time").await;
    hers.until("document.querySelector('.note.good')?.textContent.includes('1 learner')")
        .await;
    browser.until(&format!("{LEFT} > {before}")).await;

    hers.until("document.querySelector('#live [data-act=\"attempt\"]')")
        .await;
    hers.click("#live [data-act='attempt']").await;
    fill(&hers, "#reason", "The fire alarm went off").await;
    hers.click("#void").await;
    hers.until(&format!("{} === 'void'", cell("state"))).await;
    // The learner's page leaves by itself and says why.
    browser
        .until("document.querySelector('main .note')?.textContent.includes('fire alarm')")
        .await;
}
