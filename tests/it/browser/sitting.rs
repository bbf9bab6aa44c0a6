//! What the pages of a sitting show: chosen answers, the receipt, what the result says was answered.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Browser;

/// Stem to the text of the option chosen; a question without an answer is left out.
pub type Answers = BTreeMap<String, String>;

/// The form's answers, as the page shows them.
const CHOSEN: &str = "[...document.querySelectorAll('#testlet .item')].flatMap((item) => {
    const radio = item.querySelector('input[type=radio]:checked');
    return radio ? [[item.querySelector('legend > span:last-child').textContent.trim(),
                     radio.closest('label').querySelector('span').textContent.trim()]] : [];
  })";

/// The same as the result page tells it. Yours is marked: as wrong, or by a second mark where the key has its own.
const ANSWERED: &str = "[...document.querySelectorAll('.answer-list > li')].flatMap((item) => {
    const yours = [...item.querySelectorAll('.given > li')].find(
      (option) => option.querySelector('.tag.wrong') || option.querySelectorAll('.tag').length === 2);
    return yours ? [[item.querySelector('summary [lang=kk]').textContent.trim(),
                     yours.querySelector('[lang=kk]').textContent.trim()]] : [];
  })";

/// Everything chosen has been acknowledged, and the receipt says when.
pub const SAVED: &str = "document.getElementById('receipt').dataset.waiting === '0'
    && /\\d\\d:\\d\\d/.test(document.getElementById('receipt').textContent)";

/// The section is fetched ahead and kept, and somebody is there who serves it.
pub const KEPT: &str = "navigator.serviceWorker.controller && document.getElementById('main').dataset.ahead === 'kept'";

/// A page of this section is there, with its script.
pub fn sitting(section: &str) -> String {
    format!(
        "document.readyState === 'complete' && document.querySelector('#desk .item.current')
         && document.getElementById('main').dataset.section === '{section}'"
    )
}

fn answers(pairs: Value) -> Answers {
    let pairs: Vec<(String, String)> = serde_json::from_value(pairs).expect("pairs of texts");
    pairs.into_iter().collect()
}

pub async fn chosen(browser: &Browser) -> Answers {
    answers(browser.value(CHOSEN).await.expect("the form's answers"))
}

/// The answers of both sections on the result page: those of each stem that has one.
pub async fn on_the_result(browser: &Browser) -> Answers {
    browser
        .until("document.querySelector('.answer-list')")
        .await;
    answers(browser.value(ANSWERED).await.expect("the result's answers"))
}
