//! A learner brought to a stage of an exam by the API, so that a test can begin where it matters.

use serde_json::{Value, json};

use super::{Browser, Server, school::Places};

/// How far a learner has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No session at all.
    Nobody,
    /// An account, and nothing done.
    Account,
    /// A mock waits to be begun.
    Ready,
    /// The listening section runs.
    Listening,
    /// A mock as on the day waits to be begun.
    PacedReady,
    /// The listening section of a mock as on the day runs.
    Paced,
    /// The break.
    Break,
    /// The reading section runs, two answers are given and one item is flagged.
    Reading,
    /// The mock is finished.
    Finished,
    /// Three mocks are finished: the limit is reached.
    Limit,
    /// A practice set in listening.
    PracticeListening,
    /// A practice set in reading, its first item answered.
    PracticeReading,
    /// A practice set in reading, all answered and finished.
    PracticeFinished,
    /// Teaches a group of two, one of whom has sat what was given.
    Tutor,
    /// Teaches a learner who misses a skill, and has sat a mock that counts besides.
    TutorOfWeak,
    /// Teaches a group that sits just now.
    Invigilator,
    /// Is in a group, and has sat what was given.
    Pupil,
    /// Is in a group, and has something to do.
    NewPupil,
    /// Is invited to a group and to teach.
    Invited,
    /// Teaches in a school that has recorded a text.
    Recorder,
    /// Runs the server.
    Operator,
}

impl Stage {
    /// Whether the server counts time in it: such a learner must be new each time.
    pub fn is_timed(self) -> bool {
        matches!(
            self,
            Stage::Ready
                | Stage::Listening
                | Stage::PacedReady
                | Stage::Paced
                | Stage::Break
                | Stage::Reading
        )
    }
}

/// A learner and their last attempt.
#[derive(Debug, Clone, Default)]
pub struct Learner {
    pub token: String,
    /// Of an account.
    pub email: String,
    pub attempt: String,
    /// Their id, or that of the learner they teach.
    pub whose: String,
    /// Of a school, for those who are in one.
    pub places: Places,
}

/// The items of the sections with a status, as the API tells them.
fn items_of<'a>(attempt: &'a Value, status: &str) -> Vec<&'a Value> {
    let sections = attempt["sections"].as_array().expect("sections");
    sections
        .iter()
        .filter(|section| section["status"] == status)
        .flat_map(|section| section["testlets"].as_array().into_iter().flatten())
        .flat_map(|testlet| testlet["items"].as_array().into_iter().flatten())
        .collect()
}

/// The right option of each item, in words, by the item's id.
fn keys() -> Value {
    let content = synaq::content::load(&crate::support::short_content()).expect("the content");
    let testlets = content.bank.testlets();
    let items = testlets.flat_map(|edition| edition.testlet.items.clone());
    items
        .map(|item| {
            let key = item.options[usize::from(item.key)].clone();
            (item.id.to_string(), Value::String(key))
        })
        .collect()
}

impl Learner {
    /// A new learner at this stage; the browser carries their session from now on.
    pub async fn at(stage: Stage, browser: &Browser, server: &Server) -> Self {
        browser.goto(&server.url("/about")).await;
        browser
            .client
            .delete_all_cookies()
            .await
            .expect("no cookies");
        let mut learner = Self::default();
        if stage == Stage::Nobody {
            return learner;
        }
        learner = match stage {
            Stage::Account
            | Stage::Tutor
            | Stage::TutorOfWeak
            | Stage::Invigilator
            | Stage::Pupil
            | Stage::NewPupil
            | Stage::Recorder
            | Stage::Invited => Self::account(browser).await,
            Stage::Operator => Self::operator(browser, server).await,
            _ => {
                let made = learner.call(browser, "POST", "guests", None).await;
                let token = made["token"].as_str().expect("a token").to_owned();
                Self { token, ..learner }
            }
        };
        browser
            .set_cookie(&server.url("/"), "synaq_session", &learner.token)
            .await;
        learner.advance(stage, browser).await;
        learner
    }

    /// The browser carries this learner's session again, and nothing else.
    pub async fn back(&self, browser: &Browser, server: &Server) {
        let client = &browser.client;
        client.delete_all_cookies().await.expect("no cookies");
        if !self.token.is_empty() {
            browser
                .set_cookie(&server.url("/"), "synaq_session", &self.token)
                .await;
        }
    }

    async fn advance(&mut self, stage: Stage, browser: &Browser) {
        match stage {
            Stage::Nobody | Stage::Account | Stage::Operator => {}
            Stage::Tutor => {
                self.found_school(browser).await;
                for sits in [true, false] {
                    let mut pupil = Self::account(browser).await;
                    pupil.join(browser, self).await;
                    if sits {
                        pupil.start_assignment(browser).await;
                        pupil.sit_mock(browser).await;
                        self.attempt = pupil.attempt;
                        self.whose = pupil.whose;
                    }
                }
                self.review(browser).await;
            }
            Stage::TutorOfWeak => {
                self.found_school(browser).await;
                let mut pupil = Self::account(browser).await;
                pupil.join(browser, self).await;
                pupil.start_assignment(browser).await;
                for section in ["listening", "reading"] {
                    pupil.step(browser, &format!("{section}/start")).await;
                    pupil.step(browser, &format!("{section}/finish")).await;
                }
                self.attempt.clone_from(&pupil.attempt);
                pupil.places.assignment = self.give_mock(browser).await;
                pupil.start_assignment(browser).await;
                pupil.sit_mock(browser).await;
                self.whose = pupil.whose;
            }
            Stage::Invited => {
                let mut tutor = Self::account(browser).await;
                tutor.found_school(browser).await;
                tutor.invite(browser, &self.email).await;
            }
            Stage::Recorder => {
                self.found_school(browser).await;
                self.record_text(browser).await;
            }
            Stage::Invigilator => self.seat_group(browser).await,
            Stage::NewPupil => {
                let mut tutor = Self::account(browser).await;
                tutor.found_school(browser).await;
                self.join(browser, &tutor).await;
            }
            Stage::Pupil => {
                Box::pin(self.advance(Stage::NewPupil, browser)).await;
                self.start_assignment(browser).await;
                self.sit_mock(browser).await;
            }
            Stage::Ready => {
                self.make(browser, json!({ "kind": "mock", "rule": "short" }))
                    .await
            }
            Stage::Listening => {
                Box::pin(self.advance(Stage::Ready, browser)).await;
                self.step(browser, "listening/start").await;
            }
            Stage::PacedReady => {
                let wish = json!({ "kind": "mock", "rule": "short", "delivery": "paced" });
                self.make(browser, wish).await;
            }
            Stage::Paced => {
                Box::pin(self.advance(Stage::PacedReady, browser)).await;
                self.step(browser, "listening/start").await;
            }
            Stage::Break => {
                Box::pin(self.advance(Stage::Listening, browser)).await;
                self.answer(browser, 1).await;
                self.step(browser, "listening/finish").await;
            }
            Stage::Reading => {
                Box::pin(self.advance(Stage::Break, browser)).await;
                self.step(browser, "reading/start").await;
                let mut items = self.items(browser).await;
                // The same letters each time, whatever they stand for: a test that chooses others makes a change.
                for (item, option) in items.iter().zip(["A", "B"]) {
                    let path = format!("attempts/{}/responses/{item}", self.attempt);
                    self.call(browser, "PUT", &path, Some(json!({ "option": option })))
                        .await;
                }
                let last = items.pop().expect("an item");
                let flag = format!("attempts/{}/flags/{last}", self.attempt);
                self.call(browser, "PUT", &flag, Some(json!({ "flagged": true })))
                    .await;
            }
            Stage::Finished => {
                Box::pin(self.advance(Stage::Reading, browser)).await;
                self.answer(browser, 2).await;
                self.step(browser, "reading/finish").await;
            }
            Stage::Limit => {
                const ALLOWED: usize = 3; // the exam and two repetitions
                for _ in 0..ALLOWED {
                    Box::pin(self.advance(Stage::Finished, browser)).await;
                }
            }
            Stage::PracticeListening => {
                let wish = json!({ "kind": "practice", "section": "listening", "level": "A2" });
                self.make(browser, wish).await;
            }
            Stage::PracticeReading => {
                let wish =
                    json!({ "kind": "practice", "section": "reading", "level": "A2", "items": 4 });
                self.make(browser, wish).await;
                self.answer(browser, 1).await;
            }
            Stage::PracticeFinished => {
                Box::pin(self.advance(Stage::PracticeReading, browser)).await;
                self.answer(browser, usize::MAX).await;
                self.step(browser, "reading/finish").await;
            }
        }
    }

    async fn make(&mut self, browser: &Browser, wish: Value) {
        let made = self.call(browser, "POST", "attempts", Some(wish)).await;
        made["id"]
            .as_str()
            .expect("an id")
            .clone_into(&mut self.attempt);
    }

    pub async fn step(&self, browser: &Browser, step: &str) {
        let path = format!("attempts/{}/sections/{step}", self.attempt);
        self.call(browser, "POST", &path, None).await;
    }

    /// Answers the first items of the running section: the first two rightly and the others wrongly, so that every
    /// visit to a result sees the same level.
    pub async fn answer(&self, browser: &Browser, most: usize) {
        const RIGHT: usize = 2;
        let keys = keys();
        let attempt = self.attempt(browser).await;
        let items = items_of(&attempt, "running");
        for (n, item) in items.into_iter().take(most).enumerate() {
            let id = item["id"].as_str().expect("an id");
            let options = item["options"].as_array().expect("options");
            let wanted = options
                .iter()
                .find(|option| (option["text"] == keys[id]) == (n < RIGHT))
                .expect("a right and a wrong option");
            let path = format!("attempts/{}/responses/{id}", self.attempt);
            let response = json!({ "option": wanted["id"] });
            self.call(browser, "PUT", &path, Some(response)).await;
        }
    }

    /// The items of the running section.
    async fn items(&self, browser: &Browser) -> Vec<String> {
        let responses = self.responses(browser).await;
        responses.into_iter().map(|(item, _)| item).collect()
    }

    /// The attempt as the API tells it.
    pub async fn attempt(&self, browser: &Browser) -> Value {
        self.call(browser, "GET", &format!("attempts/{}", self.attempt), None)
            .await
    }

    /// What the server has as the response to each item of the running section: `[item, letter or null]`.
    pub async fn responses(&self, browser: &Browser) -> Vec<(String, Value)> {
        let attempt = self.attempt(browser).await;
        let items = items_of(&attempt, "running").into_iter();
        let response = |item: &Value| {
            let id = item["id"].as_str().expect("an id");
            (id.to_owned(), item["response"].clone())
        };
        items.map(response).collect()
    }

    /// One call of the API, made inside the page but with the token instead of the cookie.
    pub async fn call(
        &self,
        browser: &Browser,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Value {
        const CALL: &str = "const [method, path, token, body, done] = arguments;
            const headers = { accept: 'application/json' };
            if (token) headers.authorization = `Bearer ${token}`;
            if (body) headers['content-type'] = 'application/json';
            fetch(`/api/v1/${path}`, { method, headers, body: body || undefined, credentials: 'omit', cache: 'no-store' })
              .then(async (answer) => done([answer.status, await answer.text()]), (error) => done([0, String(error)]));";
        let arguments = vec![
            json!(method),
            json!(path),
            json!(self.token),
            json!(body.map(|body| body.to_string()).unwrap_or_default()),
        ];
        let answer = browser.client.execute_async(CALL, arguments).await;
        let answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let (status, text) = (&answer[0], answer[1].as_str().unwrap_or_default());
        assert!(
            matches!(status.as_u64(), Some(200 | 201 | 204)),
            "{method} {path}: {status} {text}"
        );
        serde_json::from_str(text).unwrap_or(Value::Null)
    }
}
