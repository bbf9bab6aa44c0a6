//! A virtual learner: comes, starts, fetches what is to be heard, answers, loses the connection now and then and comes
//! back, finishes, reads the result. It keeps what was acknowledged, and believes nothing else.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::Value;

use super::wire::Wire;

pub const LETTERS: [&str; 4] = ["A", "B", "C", "D"];
/// What somebody takes to choose an option: 70 minutes for 60 items.
const PAUSE: Duration = Duration::from_secs(70);

/// How learners behave.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// The share of human pauses that is waited, 0 to 1.
    pub pause_scale: f64,
    /// Before how many of the answers the connection is lost, 0 to 1.
    pub lose: f64,
}

/// An acknowledged response: attempt, number, item, letter.
pub type Receipt = (i64, String, &'static str);

/// A learner with an attempt.
pub struct Learner {
    pub wire: Wire,
    pub attempt: String,
    /// Items of the section that runs.
    pub items: Vec<String>,
    pub receipts: Vec<Receipt>,
    /// The last acknowledged letter of each item.
    pub answers: HashMap<String, &'static str>,
    rng: SmallRng,
}

/// Something that must not happen.
pub type Wrong = String;

impl Learner {
    /// A guest with a mock that is not started.
    pub async fn come(address: SocketAddr, seed: u64) -> Result<Self, Wrong> {
        let mut learner = Self {
            wire: Wire::new(address),
            attempt: String::new(),
            items: Vec::new(),
            receipts: Vec::new(),
            answers: HashMap::new(),
            rng: SmallRng::seed_from_u64(seed),
        };
        let guest = learner.call("guest", "POST", "/api/v1/guests", "").await?;
        learner.wire.token = text(&guest["token"])?;
        let made = learner
            .call(
                "make an attempt",
                "POST",
                "/api/v1/attempts",
                r#"{"kind":"mock"}"#,
            )
            .await?;
        learner.attempt = text(&made["id"])?;
        Ok(learner)
    }

    async fn call(
        &mut self,
        name: &'static str,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<Value, Wrong> {
        let answer = self.wire.call(name, method, path, body).await;
        let answer = answer.map_err(|error| format!("{name}: {error}"))?;
        match answer.status {
            200..=299 => Ok(answer.json()),
            status => Err(format!("{name}: {status} {}", answer.json()["title"])),
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/attempts/{}{rest}", self.attempt)
    }

    /// Fetches the recordings of the attempt.
    pub async fn fetch_audio(&mut self) -> Result<(), Wrong> {
        let path = self.path("");
        let attempt = self.call("attempt", "GET", &path, "").await?;
        for recording in attempt["sections"][0]["recordings"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let url = text(&recording["url"])?;
            let answer = self.wire.call("recording", "GET", &url, "").await;
            let answer = answer.map_err(|error| format!("recording: {error}"))?;
            if answer.body.len() as u64 != recording["bytes"].as_u64().unwrap_or_default() {
                return Err(format!("recording: {} bytes", answer.body.len()));
            }
        }
        Ok(())
    }

    /// Starts a section; returns the milliseconds that are left when it is shown.
    pub async fn start(&mut self, section: &str) -> Result<i64, Wrong> {
        let path = self.path(&format!("/sections/{section}/start"));
        let name = if section == "listening" {
            "start"
        } else {
            "start reading"
        };
        let shown = self.call(name, "POST", &path, "").await?;
        self.items.clear();
        for testlet in shown["testlets"].as_array().into_iter().flatten() {
            for item in testlet["items"].as_array().into_iter().flatten() {
                self.items.push(text(&item["id"])?);
            }
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
        let path = self.path(&format!("/responses/{item}"));
        let body = format!(r#"{{"option":"{letter}"}}"#);
        let receipt = self.call("save", "PUT", &path, &body).await?;
        let seq = receipt["seq"].as_i64().ok_or("save: no number")?;
        self.receipts.push((seq, item.clone(), letter));
        self.answers.insert(item, letter);
        Ok(())
    }

    /// Waits as somebody who thinks.
    pub async fn think(&mut self, manner: Manner) {
        let spread = self.rng.random_range(0.3..1.7);
        tokio::time::sleep(PAUSE.mul_f64(manner.pause_scale * spread)).await;
    }

    /// Answers every item of a section, and finishes it.
    async fn sit(&mut self, section: &str, manner: Manner) -> Result<(), Wrong> {
        for at in 0..self.items.len() {
            self.think(manner).await;
            if self.rng.random::<f64>() < manner.lose {
                self.wire.lose();
                self.come_back().await?;
            }
            self.save(at).await?;
        }
        let path = self.path(&format!("/sections/{section}/finish"));
        self.call("finish", "POST", &path, "").await?;
        Ok(())
    }

    /// On a new connection everything acknowledged is there.
    async fn come_back(&mut self) -> Result<(), Wrong> {
        let path = self.path("");
        let attempt = self.call("come back", "GET", &path, "").await?;
        let sections = attempt["sections"].as_array().into_iter().flatten();
        for item in sections
            .flat_map(|section| section["testlets"].as_array().into_iter().flatten())
            .flat_map(|testlet| testlet["items"].as_array().into_iter().flatten())
        {
            let mine = item["id"]
                .as_str()
                .and_then(|id| self.answers.get(id))
                .copied();
            if item["response"].as_str() != mine {
                return Err(format!(
                    "come back: {} shown, {mine:?} acknowledged",
                    item["response"]
                ));
            }
        }
        Ok(())
    }

    /// The whole exam from the start of listening to the result, which is counted again.
    pub async fn exam(&mut self, manner: Manner) -> Result<(), Wrong> {
        self.sit("listening", manner).await?;
        self.start("reading").await?;
        self.sit("reading", manner).await?;
        let path = self.path("/result");
        let result = self.call("result", "GET", &path, "").await?;
        let mut correct: HashMap<&str, i64> = HashMap::new();
        for item in result["items"].as_array().into_iter().flatten() {
            let mine = item["id"]
                .as_str()
                .and_then(|id| self.answers.get(id))
                .copied();
            if item["response"].as_str() != mine {
                return Err(format!(
                    "result: {} told, {mine:?} acknowledged",
                    item["response"]
                ));
            }
            if item["key"].is_string() && item["key"].as_str() == mine {
                *correct
                    .entry(item["section"].as_str().unwrap_or_default())
                    .or_default() += 1;
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

fn text(value: &Value) -> Result<String, Wrong> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("an answer lacks a text: {value}"))
}
