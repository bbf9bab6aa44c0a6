//! Every byte that a mock sends before its end, searched for what it must not hold.

use std::collections::BTreeSet;

use axum::body::Body;
use serde_json::{Value, json};
use synaq::domain::bank::{Bank, Item, Stimulus};

use crate::support::client::Answer;
use crate::support::{Client, Place, World};

/// The pages of an attempt while it goes on. A page that does not exist (yet) answers 404, which is searched as well.
const PAGES: [&str; 8] = [
    "/attempts/{id}",
    "/attempts/{id}?t=1",
    "/attempts/{id}?t=2",
    "/attempts/{id}?t=3",
    "/attempts/{id}?t=4",
    "/attempts/{id}/review",
    "/attempts/{id}/result",
    "/history",
];

/// What the API says of an attempt while it goes on, refusals included.
const CALLS: [&str; 6] = [
    "/api/v1/attempts/{id}",
    "/api/v1/attempts/{id}/time",
    "/api/v1/attempts/{id}/result",
    "/api/v1/attempts/{id}/language-score",
    "/api/v1/attempts",
    "/api/v1/rules",
];

/// Members of JSON that only feedback may have.
pub const MEMBERS: [&str; 6] = ["key", "correct", "evidence", "explanation", "skill", "seed"];

#[derive(Default)]
struct Seen {
    answers: Vec<Answer>,
    audio: BTreeSet<String>,
}

impl Seen {
    /// Asks for everything there is, as the API's client and as a browser.
    async fn look(&mut self, client: &Client, id: &str) {
        for path in CALLS {
            self.keep(client.get(&path.replace("{id}", id)).await);
        }
        let cookie = format!("synaq_session={}", client.token());
        for language in ["en", "ru", "kk"] {
            for path in PAGES {
                let headers = [("cookie", cookie.as_str()), ("accept-language", language)];
                let path = path.replace("{id}", id);
                self.keep(client.send("GET", &path, &headers, Body::empty()).await);
            }
        }
    }

    fn keep(&mut self, answer: Answer) {
        if let Ok(value) = serde_json::from_slice(&answer.body) {
            audio_urls(&value, &mut self.audio);
        }
        self.answers.push(answer);
    }
}

fn audio_urls(value: &Value, urls: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str().filter(|_| name == "url") {
                    Some(url) => drop(urls.insert(url.to_owned())),
                    None => audio_urls(member, urls),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| audio_urls(value, urls)),
        _ => {}
    }
}

/// Runs a mock to its end; what was seen before it.
async fn sit(client: &Client) -> (String, Seen) {
    let mut seen = Seen::default();
    let mock = json!({ "kind": "mock", "rule": "short" });
    let made = client.post("/api/v1/attempts", Some(mock)).await;
    let id = made.expect(201)["id"].as_str().expect("an id").to_owned();
    seen.keep(made);
    for section in ["listening", "reading"] {
        seen.look(client, &id).await;
        let step = |verb| format!("/api/v1/attempts/{id}/sections/{section}/{verb}");
        let started = client.post(&step("start"), None).await;
        let testlets = started.expect(200)["testlets"].clone();
        seen.keep(started);
        seen.look(client, &id).await;
        for testlet in testlets.as_array().expect("testlets") {
            let testlet_id = testlet["id"].as_str().expect("an id");
            let play = format!("/api/v1/attempts/{id}/plays/{testlet_id}");
            seen.keep(client.post(&play, None).await);
            for item in testlet["items"].as_array().expect("items") {
                let item = item["id"].as_str().expect("an id");
                let path = format!("/api/v1/attempts/{id}/responses/{item}");
                for option in ["A", "B", "C", "D"] {
                    seen.keep(client.put(&path, json!({ "option": option })).await);
                }
                let flag = format!("/api/v1/attempts/{id}/flags/{item}");
                seen.keep(client.put(&flag, json!({ "flagged": true })).await);
            }
        }
        seen.look(client, &id).await;
        if section == "listening" {
            let finished = client.post(&step("finish"), None).await;
            assert_eq!(finished.expect(200)["attempt"]["state"], "break");
            seen.keep(finished);
        }
    }
    for url in seen.audio.clone() {
        let headers = [("range", "bytes=0-99")];
        let cookie = format!("synaq_session={}", client.token());
        seen.keep(
            client
                .send("GET", &url, &[("cookie", &cookie)], Body::empty())
                .await,
        );
        seen.keep(client.send("GET", &url, &headers, Body::empty()).await);
    }
    (id, seen)
}

/// The sentences that an answer must not hold: of listening items the evidence too, for a text shows its own.
pub(super) fn secrets(world: &World) -> Vec<String> {
    secrets_of(&world.exam.content().bank)
}

/// The same of a bank.
pub fn secrets_of(bank: &Bank) -> Vec<String> {
    let mut secrets = Vec::new();
    for edition in bank.testlets() {
        let testlet = &edition.testlet;
        let heard = matches!(testlet.stimulus, Stimulus::Recording(_));
        if let Stimulus::Recording(recording) = &testlet.stimulus {
            secrets.extend(recording.turns.iter().map(|turn| turn.text.clone()));
        }
        secrets.push(testlet.title.clone());
        for item in &testlet.items {
            secrets.extend([item.explanation.en.clone(), item.explanation.ru.clone()]);
            secrets.extend(item.explanation.kk.clone());
            if heard || !testlet.stimulus.words_text().contains(&item.evidence) {
                secrets.push(item.evidence.clone());
            }
        }
    }
    secrets
}

/// What the bytes hold, in every guise in which a browser would read it.
pub(super) fn plain(answer: &Answer) -> String {
    let text = answer.text();
    let unescaped = text
        .replace("&amp;", "&")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    format!("{text}\n{unescaped}\n{:?}", answer.headers)
}

pub(super) fn members(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                found.insert(name.clone());
                members(member, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| members(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn nothing_sent_before_the_end_holds_a_key() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let secrets = secrets(&world);
    assert!(secrets.len() > 30, "there is something to look for");
    // Both listening and both reading testlets come along in two mocks: the second learner's differ by exposure.
    for _ in 0..2 {
        let client = world.client().as_guest().await;
        let (id, seen) = sit(&client).await;
        assert!(seen.answers.len() > 150);
        let page = format!("GET /attempts/{id}");
        for wanted in [page.as_str(), "GET /audio/"] {
            let mut found = seen
                .answers
                .iter()
                .filter(|answer| answer.request.starts_with(wanted));
            assert!(
                found.any(|answer| answer.status.is_success()),
                "{wanted} was looked at"
            );
        }
        for answer in &seen.answers {
            let text = plain(answer);
            for secret in &secrets {
                assert!(
                    !text.contains(secret.as_str()),
                    "{} holds {secret:?}",
                    answer.request
                );
            }
            if let Ok(value) = serde_json::from_slice(&answer.body) {
                let mut found = BTreeSet::new();
                members(&value, &mut found);
                for member in MEMBERS {
                    assert!(!found.contains(member), "{} has {member}", answer.request);
                }
            }
            for word in [
                "data-key",
                "data-correct",
                "is-correct",
                "evidence",
                "explanation",
            ] {
                assert!(!text.contains(word), "{} has {word}", answer.request);
            }
        }
        // The search finds what is there: after the end the result holds what was looked for.
        let finish = format!("/api/v1/attempts/{id}/sections/reading/finish");
        client.post(&finish, None).await.expect(200);
        let result = client.get(&format!("/api/v1/attempts/{id}/result")).await;
        let text = plain(&result);
        assert!(secrets.iter().any(|secret| text.contains(secret.as_str())));
    }
}

#[tokio::test]
async fn a_right_and_a_wrong_answer_get_the_same_receipt() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let client = world.client().as_guest().await;
    let mock = json!({ "kind": "mock", "rule": "short" });
    let made = client
        .post("/api/v1/attempts", Some(mock))
        .await
        .expect(201);
    let id = made["id"].as_str().expect("an id");
    let start = format!("/api/v1/attempts/{id}/sections/listening/start");
    let section = client.post(&start, None).await.expect(200);
    for item in section["testlets"][0]["items"].as_array().expect("items") {
        let path = format!(
            "/api/v1/attempts/{id}/responses/{}",
            item["id"].as_str().expect("id")
        );
        let mut shapes = BTreeSet::new();
        for option in ["A", "B", "C", "D"] {
            let answer = client.put(&path, json!({ "option": option })).await;
            let mut receipt = answer.expect(200);
            // Only the running number may differ, and the option is the one that was sent.
            receipt["seq"] = Value::Null;
            assert_eq!(receipt["option"].take(), option);
            let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            shapes.insert(format!("{receipt} {names:?}"));
        }
        assert_eq!(shapes.len(), 1, "{shapes:?}");
    }
}

#[test]
fn recordings_are_named_by_their_content_and_carry_no_tags() {
    let dir = crate::support::own_content();
    let content = synaq::content::load(&dir).expect("the content");
    let mut recordings = 0;
    for edition in content.bank.testlets() {
        let Some(recording) = edition.testlet.stimulus.recording() else {
            continue;
        };
        recordings += 1;
        let path = content.bank.recording(&recording.sha256).expect("a file");
        let bytes = std::fs::read(path).expect("readable");
        assert!(!bytes.starts_with(b"ID3"), "{}", path.display());
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("TAG") || !bytes[bytes.len() - 128..].starts_with(b"TAG"));
        let url = synaq::web::urls::audio(&recording.sha256);
        assert!(!url.contains(edition.testlet.id.as_str()));
        for Item { evidence, .. } in &edition.testlet.items {
            assert!(!text.contains(evidence.as_str()), "{}", path.display());
        }
    }
    assert!(recordings >= 12);
}
