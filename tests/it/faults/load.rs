//! Learners who answer while something fails: what they sent, what they were told, and whether the database agrees.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::Place;
use crate::support::process::Connection;

/// Longer than anything takes that comes to an end, on a machine with much to do.
pub const MOST: Duration = Duration::from_secs(90);

const LETTERS: [&str; 4] = ["A", "B", "C", "D"];

/// A response that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// To which item.
    pub item: String,
    /// The option.
    pub letter: &'static str,
    /// Its number, once acknowledged.
    pub seq: Option<i64>,
}

/// What the server told of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It is saved.
    Saved,
    /// It is not, for this reason, and may be sent again.
    Wait(String),
    /// Nothing: the connection ended.
    Nothing,
}

/// A learner whose listening runs.
#[derive(Debug)]
pub struct Learner {
    address: SocketAddr,
    connection: Option<Connection>,
    /// The token of their session.
    pub token: String,
    /// Their attempt.
    pub attempt: String,
    /// The items of the section.
    pub items: Vec<String>,
    /// The section's deadline at its start.
    pub deadline: String,
    /// Every response sent, in order.
    pub sent: Vec<Sent>,
    /// Each learner begins with another letter.
    number: usize,
    turn: usize,
}

/// A call that must succeed.
pub async fn call(connection: &mut Connection, method: &str, path: &str, body: Value) -> Value {
    let body = Some(&body).filter(|body| !body.is_null());
    let (status, answer) = connection
        .call(method, path, body)
        .await
        .expect("an answer");
    assert!(status < 300, "{method} {path}: {status} {answer}");
    answer
}

/// So many learners whose listening runs.
pub async fn sit_down(address: SocketAddr, learners: usize) -> Vec<Learner> {
    join_all((0..learners).map(|number| Learner::sit_down(address, number))).await
}

impl Learner {
    async fn sit_down(address: SocketAddr, number: usize) -> Self {
        let mut connection = Connection::open(address).await.expect("connected");
        connection.become_guest().await;
        let mock = json!({ "kind": "mock", "rule": "short" });
        let made = call(&mut connection, "POST", "/api/v1/attempts", mock).await;
        let attempt = made["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/attempts/{attempt}/sections/listening/start");
        let section = call(&mut connection, "POST", &path, Value::Null).await;
        let items = section["testlets"][0]["items"].as_array().expect("items");
        Self {
            address,
            token: connection.token().to_owned(),
            attempt,
            items: items
                .iter()
                .map(|item| item["id"].as_str().expect("an id").to_owned())
                .collect(),
            deadline: section["deadline"].as_str().expect("a deadline").to_owned(),
            sent: Vec::new(),
            number,
            turn: 0,
            connection: Some(connection),
        }
    }

    /// Goes on at a server that listens there.
    pub fn go_on_at(&mut self, address: SocketAddr) {
        self.address = address;
        self.connection = None;
    }

    async fn connection(&mut self) -> std::io::Result<&mut Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::with_token(self.address, &self.token).await?,
        };
        Ok(self.connection.insert(connection))
    }

    /// The attempt as the server shows it.
    pub async fn look(&mut self) -> Value {
        let path = format!("/api/v1/attempts/{}", self.attempt);
        let connection = self.connection().await.expect("connected");
        call(connection, "GET", &path, Value::Null).await
    }

    /// Sends the next response, or the last one again if it was not acknowledged.
    ///
    /// # Panics
    /// When it is refused otherwise than with a problem that says when to come again.
    pub async fn answer(&mut self) -> Told {
        let again = self.sent.last().filter(|last| last.seq.is_none());
        let (item, letter) = match again {
            Some(last) => (last.item.clone(), last.letter),
            None => {
                self.turn += 1;
                let item = &self.items[self.turn % self.items.len()];
                (item.clone(), LETTERS[(self.turn * 3 + self.number) % 4])
            }
        };
        let path = format!("/api/v1/attempts/{}/responses/{item}", self.attempt);
        self.sent.push(Sent {
            item,
            letter,
            seq: None,
        });
        // Sent again, it has the number that it had: whichever copy arrives, it is one answer.
        let body = json!({ "option": letter, "order": self.turn });
        let Ok(connection) = self.connection().await else {
            return Told::Nothing;
        };
        match connection.call("PUT", &path, Some(&body)).await {
            Ok((200, receipt)) => {
                let seq = receipt["seq"].as_i64().expect("a number");
                self.sent.last_mut().expect("just sent").seq = Some(seq);
                Told::Saved
            }
            Ok((status, problem)) => {
                assert_eq!(status, 503, "{path}: {problem}");
                let seconds = connection.retry_after().expect("when to come again");
                assert!((1..60).contains(&seconds), "{seconds}");
                let kind = problem["type"].as_str().expect("a problem's type");
                Told::Wait(kind.trim_start_matches("/problems/").to_owned())
            }
            Err(_) => {
                self.connection = None;
                Told::Nothing
            }
        }
    }

    /// Sends until it is told this; returns what it was told before.
    ///
    /// # Panics
    /// When it is not told so in time.
    pub async fn answer_until(&mut self, told: impl Fn(&Told) -> bool) -> Vec<Told> {
        let mut before = Vec::new();
        let sending = async {
            loop {
                match self.answer().await {
                    last if told(&last) => break,
                    other => before.push(other),
                }
                tokio::task::yield_now().await;
            }
        };
        let ended = tokio::time::timeout(MOST, sending).await;
        assert!(ended.is_ok(), "told only {:?}", before.last());
        before
    }

    /// What an item may hold: the last response acknowledged, or one sent after it.
    pub fn may_hold(&self, item: &str) -> Vec<Option<&'static str>> {
        let mut allowed = Vec::new();
        for sent in self.sent.iter().rev().filter(|sent| sent.item == item) {
            allowed.push(Some(sent.letter));
            if sent.seq.is_some() {
                return allowed;
            }
        }
        allowed.push(None);
        allowed
    }

    /// How many were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.sent.iter().filter(|sent| sent.seq.is_some()).count()
    }
}

/// Each learner answers once, all at once; what they were told.
pub async fn all_answer(learners: &mut [Learner]) -> Vec<Told> {
    join_all(learners.iter_mut().map(Learner::answer)).await
}

/// The receipts' numbers name rows with what was sent; there are no rows that nobody sent; and the last row of an item
/// is the last response acknowledged, or one sent after it.
pub async fn the_database_agrees(place: &Place, learners: &[Learner]) {
    let sql = "select attempt_id, cast(seq as text), item_id, chosen from responses";
    let rows = place.rows(sql).await;
    let mut kept: HashMap<&str, Vec<(i64, &str, &str)>> = HashMap::new();
    for row in &rows {
        let text = |column: usize| row[column].as_deref().expect("a value");
        let seq = text(1).parse().expect("a number");
        let of = kept.entry(text(0)).or_default();
        of.push((seq, text(2), text(3)));
    }
    for learner in learners {
        let of = &learner.attempt;
        let mut kept = kept.remove(of.as_str()).unwrap_or_default();
        kept.sort_unstable();
        for sent in &learner.sent {
            let Some(seq) = sent.seq else { continue };
            let row = (seq, sent.item.as_str(), sent.letter);
            assert!(kept.contains(&row), "{row:?} of {of} is lost: {kept:?}");
        }
        for (seq, item, letter) in &kept {
            let sent = learner.sent.iter();
            let mut mine = sent.filter(|sent| sent.item == *item && sent.letter == *letter);
            assert!(mine.next().is_some(), "nobody sent {seq} of {of}");
        }
        for item in &learner.items {
            let last = kept.iter().rev().find(|(_, of, _)| of == item);
            let last = last.map(|(_, _, letter)| *letter);
            let allowed = learner.may_hold(item);
            assert!(
                allowed.contains(&last),
                "{last:?} of {item}, not {allowed:?}"
            );
        }
    }
}
