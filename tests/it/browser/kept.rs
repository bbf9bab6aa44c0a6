//! What the browser keeps of a section: enough to go on without a network, after a reload and after being closed too;
//! nobody else's, nothing that is over, no key.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::learner::Learner;
use super::sitting::{KEPT, SAVED, chosen, sitting};
use super::{Browser, Scripts, Server, Stage};
use crate::leak::walk::{MEMBERS, secrets_of};

/// Nothing of any attempt is kept.
const NOTHING_KEPT: &str = "(async () => {
    const [names, workers] = [await caches.keys(), await navigator.serviceWorker.getRegistrations()];
    return names.length === 0 && workers.length === 0;
  })()";

/// The boxes in the browser's database, as a promise.
const BOXES: &str = "new Promise((done) => {
    const asked = indexedDB.open('synaq');
    asked.onsuccess = () => {
      const all = asked.result.transaction('boxes').objectStore('boxes').getAll();
      all.onsuccess = () => { asked.result.close(); done(all.result); };
    };
  })";

/// A page that says truthfully that two answers wait.
const TWO_WAIT: &str = "document.getElementById('receipt').classList.contains('waiting')
    && document.getElementById('receipt').dataset.waiting === '2'
    && document.getElementById('receipt').textContent.includes('2')";

/// A page that came out of what is kept.
pub const OPENED_FROM_KEPT: &str = "document.getElementById('main')?.dataset.kept !== undefined";

pub async fn choose(browser: &Browser, position: u32, letter: &str) {
    let option = format!(".item[data-position='{position}'] input[value='{letter}']");
    browser.click(&option).await;
}

/// A learner whose reading section is kept.
pub async fn reading(browser: &Browser, server: &Server) -> (Learner, String) {
    let learner = Learner::at(Stage::Reading, browser, server).await;
    let exam = server.url(&format!("/attempts/{}", learner.attempt));
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.until(KEPT).await;
    (learner, exam)
}

/// The letters that the server has for the questions 2, 3 and 4.
pub async fn letters(learner: &Learner, browser: &Browser) -> Vec<Value> {
    let responses = learner.responses(browser).await;
    responses[1..].iter().map(|(_, one)| one.clone()).collect()
}

/// Opens a page that perhaps does not come.
pub async fn try_to_open(browser: &Browser, url: &str) {
    // An error page of the browser is an answer, too.
    let _ = browser.client.goto(url).await;
}

#[tokio::test]
async fn a_reload_without_a_server_shows_the_section_and_what_waits() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (learner, exam) = reading(&browser, &server).await;
    // Saved after the page was kept: the reload must not forget it.
    choose(&browser, 2, "D").await;
    browser.until(SAVED).await;
    server.kill();
    choose(&browser, 3, "C").await;
    choose(&browser, 4, "A").await;
    browser.until(TWO_WAIT).await;
    let before = chosen(&browser).await;
    assert_eq!(before.len(), 4);
    const LEFT: &str =
        "(() => { const [m, s] = document.getElementById('time-left').textContent.split(':');
        return 60 * m + 1 * s; })()";
    let left_before = browser.value(LEFT).await.expect("a time").as_f64();

    browser.client.refresh().await.expect("it is loaded anew");
    browser.until(OPENED_FROM_KEPT).await;
    browser.until(&sitting("reading")).await;
    browser.until(TWO_WAIT).await;
    assert_eq!(chosen(&browser).await, before);
    let left = browser.value(LEFT).await.expect("a time").as_f64();
    assert!(left <= left_before, "{left:?} after {left_before:?}");
    assert!(left > Some(0.0), "{left:?}");
    let marked = "document.querySelectorAll('.navigator button.answered').length === 4";
    browser.until(marked).await;
    // The list of answers is the server's: the page is not left for an error page.
    try_to_open(&browser, &format!("{exam}/review")).await;
    browser.until(OPENED_FROM_KEPT).await;
    browser.until(TWO_WAIT).await;

    server.resume();
    browser.until(SAVED).await;
    assert_eq!(letters(&learner, &browser).await, ["D", "C", "A"]);

    // What is over is kept no longer.
    browser.click("#testlet [value=review]").await;
    browser.click("#finish").await;
    browser
        .until("document.querySelector('.answer-list')")
        .await;
    browser.until(NOTHING_KEPT).await;
    browser
        .until(&format!("{BOXES}.then((all) => all.length === 0)"))
        .await;
}

#[tokio::test]
async fn a_browser_that_was_closed_sends_what_waited() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (learner, exam) = reading(&browser, &server).await;
    server.kill();
    choose(&browser, 3, "C").await;
    choose(&browser, 4, "A").await;
    browser.until(TWO_WAIT).await;

    let browser = browser.again().await;
    try_to_open(&browser, &exam).await;
    browser.until(OPENED_FROM_KEPT).await;
    browser.until(TWO_WAIT).await;

    let browser = browser.again().await;
    server.resume();
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.until(SAVED).await;
    assert_eq!(letters(&learner, &browser).await[1..], ["C", "A"]);
}

#[tokio::test]
async fn a_play_that_was_granted_is_heard_without_a_server_and_no_other() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let learner = Learner::at(Stage::Listening, &browser, &server).await;
    let exam = server.url(&format!("/attempts/{}", learner.attempt));
    browser.goto(&exam).await;
    browser.until(&sitting("listening")).await;
    browser.until(KEPT).await;
    let left =
        |n: u32| format!("document.querySelector('.plays-left b').textContent.startsWith('{n}')");
    browser.until(&left(2)).await;
    browser.click(".player .play").await;
    browser.until(&left(1)).await;
    server.kill();
    browser
        .until("document.querySelector('.player progress').value >= 99")
        .await;

    browser
        .until("document.querySelector('.player .play').getAttribute('aria-disabled') === 'false'")
        .await;

    // Another one must be counted first.
    browser.click(".player .play").await;
    browser
        .until("document.querySelector('.player-note').classList.contains('bad')")
        .await;
    browser.until(&left(1)).await;
    browser.client.refresh().await.expect("it is loaded anew");
    browser.until(OPENED_FROM_KEPT).await;
    // The page was kept with two plays left; the one that was heard since is not given back.
    browser.until(&sitting("listening")).await;
    browser.until(&left(1)).await;

    // Players ask for stretches, and get them.
    const STRETCHES: &str = "(async () => {
        const src = document.querySelector('.player').dataset.src;
        const whole = await (await fetch(src)).arrayBuffer();
        const told = [];
        for (const range of ['bytes=2-5', 'bytes=-3', 'bytes=7-', `bytes=${whole.byteLength}-`]) {
          const answer = await fetch(src, { headers: { range } });
          told.push([answer.status, (await answer.arrayBuffer()).byteLength, answer.headers.get('content-range')]);
        }
        const sound = new Audio(src);
        await sound.play();
        for (let tries = 0; tries < 200 && !(sound.duration > 0); tries += 1) await new Promise((later) => setTimeout(later, 50));
        return [whole.byteLength, told, sound.duration > 0];
      })()";
    let stretches = browser.value(STRETCHES).await.expect("stretches");
    let size = stretches[0].as_u64().expect("a size");
    let expected = json!([
        [206, 4, format!("bytes 2-5/{size}")],
        [206, 3, format!("bytes {}-{}/{size}", size - 3, size - 1)],
        [206, size - 7, format!("bytes 7-{}/{size}", size - 1)],
        [416, 0, format!("bytes */{size}")],
    ]);
    assert_eq!(stretches[1], expected);
    assert_eq!(stretches[2], true);

    server.resume();
    browser.click(".player .play").await;
    browser.until(&left(0)).await;
}

#[tokio::test]
async fn another_learner_in_the_same_browser_sends_and_sees_nothing() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (first, exam) = reading(&browser, &server).await;
    choose(&browser, 2, "D").await;
    browser.until(SAVED).await;
    server.kill();
    choose(&browser, 3, "C").await;
    choose(&browser, 4, "A").await;
    browser.until(TWO_WAIT).await;
    browser.goto("about:blank").await;
    server.resume();

    // Somebody else signs in, without the first having signed out, and looks around.
    let second = Learner::at(Stage::Account, &browser, &server).await;
    browser.goto(&server.url("/history")).await;
    browser.until(NOTHING_KEPT).await;
    browser.goto(&exam).await;
    let page = browser.client.source().await.expect("a page");
    assert!(!page.contains("id=\"desk\""), "not theirs");
    server.kill();
    try_to_open(&browser, &exam).await;
    let page = browser.client.source().await.expect("a page");
    assert!(!page.contains("id=\"desk\""), "nor without a network");
    server.resume();
    // A section of their own, so that the queue is at work.
    browser.goto(&server.url("/about")).await;
    assert!(!second.token.is_empty());
    let other = Learner::at(Stage::Reading, &browser, &server).await;
    browser
        .goto(&server.url(&format!("/attempts/{}", other.attempt)))
        .await;
    browser.until(&sitting("reading")).await;
    choose(&browser, 2, "C").await;
    browser.until(SAVED).await;
    let sent = letters(&first, &browser).await;
    assert_ne!(sent[1..], ["C", "A"], "nobody has sent them");
    let none_of_theirs = format!(
        "{BOXES}.then((all) => all.find((box) => box.attempt === '{}').waiting)",
        other.attempt
    );
    let waiting = browser.value(&none_of_theirs).await.expect("a box");
    assert_eq!(
        waiting,
        json!({}),
        "the first learner's are in a box of their own"
    );

    // The first comes back, and what waited is sent.
    first.back(&browser, &server).await;
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.until(SAVED).await;
    assert_eq!(letters(&first, &browser).await, ["D", "C", "A"]);
}

#[tokio::test]
async fn answers_that_come_too_late_are_said_to_be_lost() {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (_, exam) = reading(&browser, &server).await;
    let mut database = server.connection().await;
    // Some seconds are left, of which the page hears before the network goes.
    const SHORTEN: &str = "update attempts set (until, due_at) =
        (select max(saved_at) + 12000, max(saved_at) + 12000 from responses) where state = 'running'";
    choose(&browser, 2, "D").await;
    browser.until(SAVED).await;
    sqlx::query(SHORTEN)
        .execute(&mut database)
        .await
        .expect("shortened");
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.offline(true).await;
    choose(&browser, 3, "C").await;
    choose(&browser, 4, "A").await;
    browser.until(TWO_WAIT).await;
    browser
        .until("document.getElementById('receipt').textContent.startsWith('Time is up')")
        .await;
    browser.until(TWO_WAIT).await;
    // The grace is over, too, and the section is marked.
    let over = "select count(*) from attempts where state = 'finished'";
    let waited = tokio::time::timeout(super::window::DEADLINE, async {
        while sqlx::query_scalar::<_, i64>(over)
            .fetch_one(&mut database)
            .await
            .expect("a count")
            == 0
        {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    });
    waited.await.expect("the section ends");
    browser.offline(false).await;
    browser.until("document.querySelector('.note.lost')").await;
    let told = browser.value("document.querySelector('.note.lost').textContent");
    let told = told.await.expect("words");
    assert!(
        told.as_str().is_some_and(|told| told.contains("3, 4")),
        "{told}"
    );
    browser
        .until("location.pathname.endsWith('/result') && document.querySelector('.answer-list')")
        .await;
    // It is said once, and nothing of it stays.
    browser.until(NOTHING_KEPT).await;
    browser
        .until(&format!("{BOXES}.then((all) => all.length === 0)"))
        .await;
    browser.client.refresh().await.expect("it is loaded anew");
    browser
        .until("document.querySelector('.answer-list')")
        .await;
    let again = browser.value("document.querySelector('.note.lost') === null");
    assert_eq!(again.await.ok(), Some(true.into()));
}

/// Everything that the browser keeps, as text; sound is left out, which the walk of what is sent has looked at.
const EVERYTHING: &str = "(async () => {
    const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const answer = await cache.match(request);
        const sound = (answer.headers.get('content-type') ?? '').startsWith('audio/');
        parts.push(request.url, JSON.stringify([...answer.headers]), sound ? '' : await answer.text());
      }
    }
    const named = await indexedDB.databases();
    parts.push(named.map(({ name }) => name).join());
    return parts;
  })()";

#[tokio::test]
async fn nothing_that_is_kept_tells_a_key() {
    let content = synaq::content::load(&crate::support::short_content()).expect("the content");
    let secrets = secrets_of(&content.bank);
    assert!(secrets.len() > 30, "there is something to look for");
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    for (stage, section) in [(Stage::Listening, "listening"), (Stage::Reading, "reading")] {
        let learner = Learner::at(stage, &browser, &server).await;
        browser
            .goto(&server.url(&format!("/attempts/{}", learner.attempt)))
            .await;
        browser.until(&sitting(section)).await;
        choose(&browser, 2, "D").await;
        browser.until(SAVED).await;
        browser.until(KEPT).await;
        let parts = browser.value(EVERYTHING).await.expect("all of it");
        let boxes = browser.value(BOXES).await.expect("boxes");
        let parts = parts.as_array().expect("texts").iter();
        let mut text: String = parts.filter_map(Value::as_str).collect();
        text.push_str(&boxes.to_string());
        let page = format!("/attempts/{}?t=1", learner.attempt);
        assert!(text.contains(&page), "the pages are looked at");
        let plain = text
            .replace("&amp;", "&")
            .replace("&#34;", "\"")
            .replace("&#39;", "'");
        for secret in &secrets {
            assert!(!plain.contains(secret.as_str()), "{secret:?} is kept");
        }
        for member in MEMBERS {
            let member = format!("\"{member}\":");
            assert!(!boxes.to_string().contains(&member), "{member} is kept");
        }
        assert!(text.contains(&learner.attempt) && text.contains("synaq"));
    }
}

/// Where IndexedDB is refused, as it is in some private windows, answers wait in localStorage.
#[tokio::test]
async fn answers_wait_where_the_browser_has_no_database() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let refuse = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });";
    browser
        .devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": refuse }),
        )
        .await;
    let (learner, exam) = reading(&browser, &server).await;
    // What a visit before this version has left.
    let (item, _) = learner.responses(&browser).await.swap_remove(1);
    let left = format!(
        "localStorage.setItem('synaq-outbox:{}:reading', JSON.stringify([['responses/{item}', {{ option: 'D' }}]])) ?? true",
        learner.attempt
    );
    browser.value(&left).await.expect("left");
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.until(SAVED).await;
    assert_eq!(letters(&learner, &browser).await[0], "D");

    server.kill();
    choose(&browser, 3, "C").await;
    choose(&browser, 4, "A").await;
    browser.until(TWO_WAIT).await;
    browser.goto("about:blank").await;
    server.resume();
    browser.goto(&exam).await;
    browser.until(&sitting("reading")).await;
    browser.until(SAVED).await;
    assert_eq!(letters(&learner, &browser).await, ["D", "C", "A"]);
}

/// Somebody between who forbids everything.
async fn forbids(listener: tokio::net::TcpListener) {
    const FORBIDDEN: &[u8] =
        b"HTTP/1.1 403 Forbidden\r\ncontent-length: 9\r\nconnection: close\r\n\r\nForbidden";
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut head = [0; 4096];
        let _ = stream.read(&mut head).await;
        let _ = stream.write_all(FORBIDDEN).await;
    }
}

#[tokio::test]
async fn what_somebody_between_forbids_is_shown_from_what_is_kept() {
    let mut server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let (learner, exam) = reading(&browser, &server).await;
    server.kill();
    let between = tokio::net::TcpListener::bind(server.address()).await;
    let between = tokio::spawn(forbids(between.expect("the server's port")));
    for _ in 0..2 {
        browser.goto(&exam).await;
        browser.until(OPENED_FROM_KEPT).await;
    }
    choose(&browser, 2, "D").await;
    between.abort();
    let _ = between.await;
    server.resume();
    browser.until(SAVED).await;
    assert_eq!(letters(&learner, &browser).await[0], "D");
}
