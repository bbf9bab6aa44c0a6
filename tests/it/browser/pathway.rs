//! The way to a residence permit with the keyboard alone, where scripts are blocked.

use super::window::{ENTER, SPACE};
use super::{Browser, Scripts, Server};

/// The day under the focus, typed: a day whose number is its month's, so that every order of the two is the same.
const DAY: &str = "11112026";

#[tokio::test]
async fn a_plan_with_the_keyboard_alone_and_without_scripts() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Blocked).await;
    browser.goto(&server.url("/pathway")).await;
    browser.tab_to("input[name=is][value=minor]").await;
    browser.press(SPACE).await;
    browser.tab_to("#test").await;
    for key in DAY.chars() {
        browser.press(key).await;
    }
    browser.tab_to("button[formaction$='#timeline']").await;
    browser.press(ENTER).await;
    browser.until("document.querySelector('.timeline')").await;

    // What was chosen and typed is in the address, and on the page again.
    for expression in [
        "location.hash === '#timeline'",
        "new URLSearchParams(location.search).get('test') === '2026-11-11'",
        "document.querySelector('#test').value === '2026-11-11'",
        "document.querySelector('input[name=is][value=minor]').checked",
        "document.querySelector('.timeline [data-computed]').textContent.startsWith('16.11.2026')",
    ] {
        assert_eq!(
            browser.value(expression).await.ok(),
            Some(true.into()),
            "{expression}"
        );
    }

    // And from there to the file: a link like any other.
    browser.tab_to("a[href^='/pathway.ics?']").await;
    // The language switch keeps the plan.
    browser.click("a[hreflang=ru]").await;
    browser
        .until("document.documentElement.lang === 'ru' && document.querySelector('.timeline')")
        .await;
}
