//! The points page: it answers while somebody types, and it does all of it with the keyboard alone and without scripts.

use super::window::{DOWN, ENTER, SPACE};
use super::{Browser, Scripts, Server};

async fn types(browser: &Browser, text: &str) {
    for key in text.chars() {
        browser.press(key).await;
    }
}

pub(super) async fn is(browser: &Browser, expression: &str) {
    assert_eq!(
        browser.value(expression).await.ok(),
        Some(true.into()),
        "{expression}\n{}",
        browser.describe().await
    );
}

#[tokio::test]
async fn a_fault_is_told_at_its_field_and_the_focus_stays() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    browser.goto(&server.url("/points")).await;
    browser.tab_to("#age").await;
    types(&browser, "33").await;
    browser
        .until("document.getElementById('standing').textContent.startsWith('73.33')")
        .await;
    is(&browser, "document.activeElement.id === 'age'").await;
    // A third digit makes it no age. While it is typed only the verdict says that it is an old one.
    types(&browser, "3").await;
    browser
        .until("document.getElementById('parts').classList.contains('stale')")
        .await;
    is(&browser, "!document.getElementById('age-error')").await;
    browser.tab_to("#demographic").await;
    browser
        .until("document.getElementById('age-error')?.textContent.includes('from 0 to 120')")
        .await;
    for expression in [
        "document.activeElement.id === 'demographic'",
        "document.getElementById('age').value === '333'",
        "document.getElementById('age').getAttribute('aria-describedby').includes('age-error')",
        "document.getElementById('verdict').textContent.startsWith('73.33')",
    ] {
        is(&browser, expression).await;
    }
    types(&browser, "90").await;
    browser.click("#age").await;
    browser
        .client
        .execute("document.getElementById('age').select()", Vec::new())
        .await
        .expect("it is selected");
    types(&browser, "34").await;
    browser
        .until("document.getElementById('verdict').textContent.startsWith('90 of 400')")
        .await;
    is(
        &browser,
        "!document.getElementById('age-error') && !document.querySelector('[aria-invalid]')",
    )
    .await;
}

#[tokio::test]
async fn in_another_language_what_was_typed_stays() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    browser.goto(&server.url("/points")).await;
    browser.tab_to("#age").await;
    types(&browser, "33").await;
    browser
        .until("document.getElementById('standing').textContent.startsWith('73.33')")
        .await;
    browser.click("a[hreflang=ru]").await;
    browser
        .until("document.documentElement.lang === 'ru'")
        .await;
    is(&browser, "document.getElementById('age').value === '33'").await;
    is(
        &browser,
        "document.getElementById('parts').dataset.standing.startsWith('73,33')",
    )
    .await;
}

#[tokio::test]
async fn without_a_network_the_page_says_what_to_do() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    browser.goto(&server.url("/points")).await;
    browser.tab_to("#age").await;
    browser.offline(true).await;
    types(&browser, "33").await;
    browser
        .until("document.getElementById('standing').textContent.startsWith('No connection')")
        .await;
    browser.offline(false).await;
    types(&browser, ".").await;
    browser.press('\u{e003}').await;
    browser
        .until("document.getElementById('standing').textContent.startsWith('73.33')")
        .await;
}

#[tokio::test]
async fn points_with_the_keyboard_alone_and_without_scripts() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Blocked).await;
    browser.goto(&server.url("/points")).await;
    // The level's field appears with its answer, by the stylesheet alone.
    browser.tab_to("input[name=kazakh]:checked").await;
    browser.press(DOWN).await;
    browser.tab_to("#kazakh-level").await;
    types(&browser, "A2").await;
    browser.tab_to("#age").await;
    types(&browser, "33").await;
    browser.tab_to(".work-out button").await;
    browser.press(ENTER).await;
    browser
        .until("document.querySelector('#result') && document.readyState === 'complete'")
        .await;
    for expression in [
        "location.hash === '#result' && location.search === ''",
        "document.getElementById('kazakh-level').value === 'A2'",
        "document.getElementById('age').value === '33'",
        "document.getElementById('verdict').textContent.includes('of 400')",
        "document.getElementById('result').getBoundingClientRect().top < innerHeight",
    ] {
        is(&browser, expression).await;
    }

    browser.tab_to("#name").await;
    types(&browser, "Me").await;
    browser.tab_to("[name=act][value=save]").await;
    browser.press(ENTER).await;
    browser.until("document.querySelector('.shelf a')").await;
    is(
        &browser,
        "document.querySelector('.shelf a').textContent === 'Me'",
    )
    .await;
    browser.tab_to(".shelf summary").await;
    browser.press(SPACE).await;
    browser.tab_to(".shelf button").await;
    browser.press(ENTER).await;
    browser
        .until("location.search === '?deleted=1' && !document.querySelector('.shelf')")
        .await;
}
