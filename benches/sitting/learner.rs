//! A virtual learner: comes, starts, fetches what is to be heard, answers, loses the connection now and then and comes
//! back, finishes, reads the result. It keeps what was acknowledged, and believes nothing else.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::{Value, json};

use super::wire::Wire;

pub const LETTERS: [&str; 4] = ["A", "B", "C", "D"];
/// What somebody takes to choose an option: 70 minutes for 60 items.
const PAUSE: Duration = Duration::from_secs(70);
/// How long a page waits before it asks again.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// How often a page asks for the time left.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How long somebody tries to sign in: where many do at once, all wait for the hashing of passwords.
const SIGN_IN_WITHIN: Duration = Duration::from_secs(300);

/// How learners behave.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// The share of human pauses that is waited, 0 to 1.
    pub pause_scale: f64,
    /// Before how many of the answers the connection is lost, 0 to 1.
    pub lose: f64,
}

/// An acknowledged response: its number in the attempt, item, letter.
pub type Receipt = (i64, Arc<str>, &'static str);

/// What a learner went through because requests failed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trouble {
    /// Requests without an answer, or with 503.
    pub failed: usize,
    /// Calls that were answered after they were sent again.
    pub repeated: usize,
    /// The longest from the first try of a call to its answer.
    pub longest: Duration,
}

impl Trouble {
    /// Of several learners.
    pub fn and(self, other: Self) -> Self {
        Self {
            failed: self.failed + other.failed,
            repeated: self.repeated + other.repeated,
            longest: self.longest.max(other.longest),
        }
    }
}

/// A learner with an attempt.
pub struct Learner {
    pub wire: Wire,
    pub attempt: String,
    /// Items of the section that runs.
    pub items: Vec<Arc<str>>,
    pub receipts: Vec<Receipt>,
    /// The last acknowledged letter of each item.
    pub answers: HashMap<Arc<str>, &'static str>,
    /// How long a call that fails is sent again; zero: not at all, and a failure is wrong.
    pub patience: Duration,
    pub trouble: Trouble,
    /// What an account signs in with; none of a guest.
    credentials: Option<String>,
    /// The number of the last response that was sent.
    order: u64,
    /// Until the page asks for the time left again, of pauses that are not scaled.
    look_in: Duration,
    rng: SmallRng,
}

/// Something that must not happen.
pub type Wrong = String;

/// A call that was not answered as it should be.
struct Refused {
    status: u16,
    /// Whether it was sent before without an answer: then it may have been done.
    repeated: bool,
    text: Wrong,
}

impl From<Refused> for Wrong {
    fn from(refused: Refused) -> Self {
        refused.text
    }
}

impl Learner {
    /// A guest with a mock that is not started.
    pub async fn come(address: SocketAddr, seed: u64) -> Result<Self, Wrong> {
        let mut learner = Self::nobody(address, seed);
        learner.ask("guest", "POST", "/api/v1/guests", "").await?;
        learner.make_attempt().await?;
        Ok(learner)
    }

    /// The same with an account; [`Self::sign_in`] is yet to come.
    pub async fn sign_up(address: SocketAddr, seed: u64) -> Result<Self, Wrong> {
        let mut learner = Self::nobody(address, seed);
        // A database may have the accounts of earlier runs.
        let email = format!("learner-{:016x}@example.org", rand::random::<u64>());
        let mut account = json!({ "email": email, "password": "a password of the bench" });
        learner.credentials = Some(account.to_string());
        account["name"] = "Learner".into();
        let account = account.to_string();
        learner
            .ask("account", "POST", "/api/v1/accounts", &account)
            .await?;
        learner.make_attempt().await?;
        Ok(learner)
    }

    /// An account opens the session in which it sits; a guest has one.
    pub async fn sign_in(&mut self) -> Result<(), Wrong> {
        let Some(credentials) = self.credentials.clone() else {
            return Ok(());
        };
        self.wire.token.clear();
        // What is waited here is no trouble of a start.
        let before = (self.patience, self.trouble.longest);
        self.patience = SIGN_IN_WITHIN;
        let path = "/api/v1/sessions";
        let answered = self.ask("sign in", "POST", path, &credentials).await;
        (self.patience, self.trouble.longest) = before;
        answered?;
        self.wire.token = text(&self.wire.json()["token"])?;
        Ok(())
    }

    /// Not there yet.
    fn nobody(address: SocketAddr, seed: u64) -> Self {
        Self {
            wire: Wire::new(address),
            attempt: String::new(),
            items: Vec::new(),
            receipts: Vec::new(),
            answers: HashMap::new(),
            patience: Duration::ZERO,
            trouble: Trouble::default(),
            credentials: None,
            order: 0,
            look_in: LOOK_EVERY,
            rng: SmallRng::seed_from_u64(seed),
        }
    }

    /// A mock in the session that the last answer opened.
    async fn make_attempt(&mut self) -> Result<(), Wrong> {
        self.wire.token = text(&self.wire.json()["token"])?;
        let mock = r#"{"kind":"mock"}"#;
        self.ask("make an attempt", "POST", "/api/v1/attempts", mock)
            .await?;
        self.attempt = text(&self.wire.json()["id"])?;
        Ok(())
    }

    /// One call until it is answered with success; the answer is then in the wire.
    async fn ask(
        &mut self,
        name: &'static str,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<(), Refused> {
        self.ask_with(name, method, path, "", body).await
    }

    /// The same with more lines in the head, each ended by `\r\n`.
    async fn ask_with(
        &mut self,
        name: &'static str,
        method: &str,
        path: &str,
        more: &str,
        body: &str,
    ) -> Result<(), Refused> {
        let from = Instant::now();
        let mut repeated = false;
        loop {
            let answered = self.wire.call_with(name, method, path, more, body).await;
            let (status, text) = match answered {
                Ok(200..=299) => break,
                Ok(status) => {
                    let title = &self.wire.json()["title"];
                    (status, format!("{name}: {status} {title}"))
                }
                Err(error) => (0, format!("{name}: {error}")),
            };
            let passing = matches!(status, 0 | 502..=504);
            self.trouble.failed += usize::from(passing);
            if !passing || from.elapsed() >= self.patience {
                return Err(Refused {
                    status,
                    repeated,
                    text,
                });
            }
            repeated = true;
            tokio::time::sleep(AGAIN_AFTER).await;
        }
        if repeated {
            // What the learner waited is all of it.
            let waited = from.elapsed();
            self.trouble.repeated += 1;
            self.trouble.longest = self.trouble.longest.max(waited);
            if let Some((_, time, _)) = self.wire.timings.last_mut() {
                *time = waited;
            }
        }
        Ok(())
    }

    async fn call(
        &mut self,
        name: &'static str,
        method: &str,
        path: &str,
    ) -> Result<Value, Refused> {
        self.ask(name, method, path, "").await?;
        Ok(self.wire.json())
    }

    /// The API's path of something of the attempt.
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/attempts/{}{rest}", self.attempt)
    }

    /// The recordings of the attempt: path and bytes.
    pub async fn recordings(&mut self) -> Result<Vec<(String, usize)>, Wrong> {
        let attempt = self.call("attempt", "GET", &self.path("")).await?;
        let all = attempt["sections"][0]["recordings"].as_array();
        let all = all.into_iter().flatten().map(|recording| {
            let bytes = recording["bytes"].as_u64().unwrap_or_default();
            Ok((text(&recording["url"])?, bytes as usize))
        });
        all.collect()
    }

    /// Fetches the recordings of the attempt.
    pub async fn fetch_audio(&mut self) -> Result<(), Wrong> {
        for (url, bytes) in self.recordings().await? {
            self.ask("recording", "GET", &url, "").await?;
            if self.wire.body().len() != bytes {
                let got = self.wire.body().len();
                return Err(format!("recording: {got} bytes instead of {bytes}"));
            }
        }
        Ok(())
    }

    /// Starts a section; returns the milliseconds that are left when it is shown.
    pub async fn start(&mut self, section: &str) -> Result<i64, Wrong> {
        let path = self.path(&format!("/sections/{section}/start"));
        let name = match section {
            "listening" => "start",
            _ => "start reading",
        };
        let shown = match self.call(name, "POST", &path).await {
            Ok(shown) => shown,
            // It was started by the request whose answer was lost.
            Err(refused) if refused.repeated && refused.status == 409 => {
                let attempt = self.call("attempt", "GET", &self.path("")).await?;
                let sections = attempt["sections"].as_array().into_iter().flatten();
                let mut named = sections.filter(|shown| shown["name"] == section);
                named.next().cloned().unwrap_or_default()
            }
            Err(refused) => return Err(refused.into()),
        };
        self.items.clear();
        for item in items(&shown) {
            self.items.push(text(&item["id"])?.into());
        }
        match self.items.is_empty() {
            true => Err(format!("start: no items in {section}")),
            false => Ok(shown["remaining_ms"].as_i64().unwrap_or_default()),
        }
    }

    /// Saves a letter for the item at this place; returns once it is acknowledged.
    pub async fn save(&mut self, at: usize) -> Result<(), Wrong> {
        let letter = LETTERS[self.rng.random_range(0..LETTERS.len())];
        let item = self.items[at % self.items.len()].clone();
        let path = format!("/api/v1/attempts/{}/responses/{item}", self.attempt);
        // Rising within the attempt; who sends again sends the same.
        self.order += 1;
        let body = response(letter, self.order);
        self.ask("save", "PUT", &path, &body).await?;
        let seq = self.wire.number("seq").ok_or("save: no number")?;
        self.receipts.push((seq, item.clone(), letter));
        self.answers.insert(item, letter);
        Ok(())
    }

    /// Waits as somebody who thinks, while the page asks for the time left.
    async fn think(&mut self, manner: Manner) -> Result<(), Wrong> {
        let mut left = PAUSE.mul_f64(self.rng.random_range(0.3..1.7));
        while left >= self.look_in {
            tokio::time::sleep(self.look_in.mul_f64(manner.pause_scale)).await;
            left -= std::mem::replace(&mut self.look_in, LOOK_EVERY);
            self.call("time", "GET", &self.path("/time")).await?;
            self.wire.number("remaining_ms").ok_or("time: no number")?;
        }
        self.look_in -= left;
        tokio::time::sleep(left.mul_f64(manner.pause_scale)).await;
        Ok(())
    }

    /// The section's page, as a browser asks for it. It takes the right to save from pages that were opened before; what
    /// is saved here is no page's, and so keeps its own.
    async fn fetch_page(&mut self) -> Result<(), Wrong> {
        let session = &self.wire.token;
        let more = format!(
            "accept: text/html\r\naccept-encoding: gzip\r\ncookie: synaq_session={session}\r\n"
        );
        let path = format!("/attempts/{}", self.attempt);
        self.ask_with("page", "GET", &path, &more, "").await?;
        match self.wire.header("content-encoding") {
            Some("gzip") => Ok(()),
            _ => Err("page: it is not compressed".to_owned()),
        }
    }

    /// Answers every item of a section, and finishes it.
    async fn sit(&mut self, section: &str, manner: Manner) -> Result<(), Wrong> {
        self.fetch_page().await?;
        for at in 0..self.items.len() {
            self.think(manner).await?;
            if self.rng.random::<f64>() < manner.lose {
                self.wire.lose();
                self.come_back().await?;
            }
            self.save(at).await?;
        }
        let path = self.path(&format!("/sections/{section}/finish"));
        match self.call("finish", "POST", &path).await {
            // It was finished by the request whose answer was lost.
            Err(refused) if refused.repeated && refused.status == 409 => Ok(()),
            other => Ok(other.map(|_| ())?),
        }
    }

    /// On a new connection everything acknowledged is there.
    async fn come_back(&mut self) -> Result<(), Wrong> {
        let attempt = self.call("come back", "GET", &self.path("")).await?;
        let sections = attempt["sections"].as_array().into_iter().flatten();
        for item in sections.flat_map(items) {
            self.is_mine("come back", item)?;
        }
        Ok(())
    }

    /// What is shown as the learner's choice is what was acknowledged last.
    fn is_mine(&self, name: &str, item: &Value) -> Result<Option<&'static str>, Wrong> {
        let id = item["id"].as_str().unwrap_or_default();
        let mine = self.answers.get(id).copied();
        match item["response"].as_str() == mine {
            true => Ok(mine),
            false => Err(format!(
                "{name}: {} shown, {mine:?} acknowledged",
                item["response"]
            )),
        }
    }

    /// The whole exam from the start of listening to the result, which is counted again.
    pub async fn exam(&mut self, manner: Manner) -> Result<(), Wrong> {
        self.sit("listening", manner).await?;
        self.start("reading").await?;
        self.sit("reading", manner).await?;
        let result = self.call("result", "GET", &self.path("/result")).await?;
        let mut correct: HashMap<&str, i64> = HashMap::new();
        for item in result["items"].as_array().into_iter().flatten() {
            let mine = self.is_mine("result", item)?;
            if item["key"].is_string() && item["key"].as_str() == mine {
                let section = item["section"].as_str().unwrap_or_default();
                *correct.entry(section).or_default() += 1;
            }
        }
        let sections = result["sections"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        if sections.len() != 2 {
            return Err(format!("result: {} sections", sections.len()));
        }
        for section in sections {
            let own = section["name"]
                .as_str()
                .and_then(|name| correct.get(name))
                .copied();
            if section["correct"].as_i64() != Some(own.unwrap_or_default()) {
                return Err(format!(
                    "result: {} told, {own:?} counted",
                    section["correct"]
                ));
            }
        }
        Ok(())
    }
}

/// A response as browsers send it.
pub fn response(letter: &str, order: u64) -> String {
    format!(r#"{{"option":"{letter}","order":{order}}}"#)
}

/// The items of a section.
fn items(section: &Value) -> impl Iterator<Item = &Value> {
    let testlets = section["testlets"].as_array().into_iter().flatten();
    testlets.flat_map(|testlet| testlet["items"].as_array().into_iter().flatten())
}

fn text(value: &Value) -> Result<String, Wrong> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("an answer lacks a text: {value}"))
}
