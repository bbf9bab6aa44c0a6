//! A school as its tutor or one of its learners has it, made by the API.

use serde_json::{Value, json};

use super::{Browser, Server, learner::Learner};

/// Where a school's pages are.
#[derive(Debug, Clone, Default)]
pub struct Places {
    pub school: String,
    pub group: String,
    pub assignment: String,
    pub code: String,
    /// A question that somebody of the group had.
    pub item: String,
    /// A learner of the group.
    pub pupil: String,
    /// A recording of [`TEXT`] that is in use.
    pub take: String,
}

/// A listening text of the short content.
pub const TEXT: &str = "lst-short-nan";

/// Sends ten seconds of humming as a recording.
const HUM: &str = "const [path, token, done] = arguments;
    const rate = 8000;
    const wav = new DataView(new ArrayBuffer(44 + rate * 20));
    const text = (at, letters) => [...letters].forEach((letter, n) => wav.setUint8(at + n, letter.charCodeAt(0)));
    text(0, 'RIFF'); wav.setUint32(4, 36 + rate * 20, true); text(8, 'WAVEfmt ');
    wav.setUint32(16, 16, true); wav.setUint16(20, 1, true); wav.setUint16(22, 1, true);
    wav.setUint32(24, rate, true); wav.setUint32(28, rate * 2, true); wav.setUint16(32, 2, true); wav.setUint16(34, 16, true);
    text(36, 'data'); wav.setUint32(40, rate * 20, true);
    for (let n = 0; n < rate * 10; n += 1) {
      const at = n / rate;
      const loud = (0.55 - 0.45 * Math.cos(25 * at)) * Math.min(1, Math.abs(Math.sin(at * 0.9)) + 0.15) * 0.4;
      wav.setInt16(44 + n * 2, Math.round(32767 * loud * Math.sin(1130 * at)), true);
    }
    fetch(`/api/v1/${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: wav.buffer, credentials: 'omit' })
      .then(async (answer) => done(await answer.text()), (error) => done(String(error)));";

#[track_caller]
fn text(value: &Value, name: &str) -> String {
    value[name].as_str().expect(name).to_owned()
}

impl Learner {
    /// A path with the ids of what there is.
    pub fn path(&self, pattern: &str) -> String {
        pattern
            .replace("{id}", &self.attempt)
            .replace("{learner}", &self.whose)
            .replace("{school}", &self.places.school)
            .replace("{group}", &self.places.group)
            .replace("{assignment}", &self.places.assignment)
            .replace("{code}", &self.places.code)
            .replace("{item}", &self.places.item)
            .replace("{pupil}", &self.places.pupil)
            .replace("{take}", &self.places.take)
    }

    /// Somebody with an account.
    pub async fn account(browser: &Browser) -> Self {
        let email = format!("{}@example.org", uuid::Uuid::now_v7().simple());
        let account = json!({
            "email": email,
            "password": "ақ бота көк тау",
            "name": "Надежда Константинопольская",
        });
        let nobody = Self::default();
        let made = nobody
            .call(browser, "POST", "accounts", Some(account))
            .await;
        Self {
            token: text(&made, "token"),
            whose: text(&made["learner"], "id"),
            email,
            ..nobody
        }
    }

    /// Somebody who runs the server, on which there is a school.
    pub async fn operator(browser: &Browser, server: &Server) -> Self {
        let mut tutor = Self::account(browser).await;
        tutor.found_school(browser).await;
        tutor.record_text(browser).await;
        let email = format!("{}@example.org", uuid::Uuid::now_v7().simple());
        let password = "ақ бота көк тау";
        server.make_operator(&email, password);
        let account = json!({ "email": email, "password": password });
        let nobody = Self::default();
        let made = nobody
            .call(browser, "POST", "sessions", Some(account))
            .await;
        Self {
            token: text(&made, "token"),
            email,
            ..nobody
        }
    }

    /// Makes a school with a group, a code and a mock that is due in some days.
    pub async fn found_school(&mut self, browser: &Browser) {
        let post =
            async |path: &str, body: Value| self.call(browser, "POST", path, Some(body)).await;
        let school = post("schools", json!({ "name": "«Тіл әлемі» тіл мектебі" })).await;
        let school = text(&school, "id");
        let group = json!({ "name": "Вечерняя группа A2, понедельник и среда" });
        let group = post(&format!("schools/{school}/groups"), group).await;
        let group = text(&group, "id");
        let code = post(&format!("groups/{group}/codes"), json!({})).await;
        let roster = json!({
            "rows": [
                { "name": "Әлия Сәбитова", "email": "aliya.sabitova@example.kz" },
                { "email": "nadezhda.konstantinopolskaya.1987@example.kz" },
            ],
            "confirm": true,
        });
        post(&format!("groups/{group}/roster"), roster).await;
        let tutor = json!({ "email": "another.tutor@example.kz" });
        post(&format!("schools/{school}/tutors"), tutor).await;
        let soon = "new Date(Date.now() + 5 * 24 * 3600 * 1000).toISOString().slice(0, 10)";
        let soon = browser.value(soon).await.expect("a day");
        let given = json!({
            "title": "3-апта: тыңдалым және оқылым",
            "work": { "kind": "mock", "rule": "short" },
            "counts": false,
            "feedback": "released",
            "due": soon,
            "attempts": 2,
        });
        let given = post(&format!("groups/{group}/assignments"), given).await;
        self.places = Places {
            assignment: text(&given, "id"),
            code: text(&code, "code"),
            pupil: String::new(),
            take: String::new(),
            school,
            group,
            item: String::new(),
        };
    }

    /// Records [`TEXT`] for the school and lets it be heard.
    pub async fn record_text(&mut self, browser: &Browser) {
        let path = format!("schools/{}/recordings/{TEXT}", self.places.school);
        let arguments = vec![json!(path), json!(self.token)];
        let made = browser.client.execute_async(HUM, arguments).await;
        let made = made.expect("an answer");
        let made: Value = serde_json::from_str(made.as_str().expect("text")).expect("JSON");
        self.places.take = text(&made, "id");
        let used = json!({ "credit": "Надежда Константинопольская", "consent": true });
        let take = format!("{path}/{}", self.places.take);
        self.call(browser, "PUT", &take, Some(used)).await;
    }

    /// Gives the group a mock that counts; its id.
    pub async fn give_mock(&self, browser: &Browser) -> String {
        self.give(browser, json!({ "kind": "mock", "rule": "short" }))
            .await
    }

    /// Gives the group this work; its id.
    pub async fn give(&self, browser: &Browser, work: Value) -> String {
        let soon = "new Date(Date.now() + 5 * 24 * 3600 * 1000).toISOString().slice(0, 10)";
        let given = json!({
            "title": "Пробный экзамен месяца",
            "work": work,
            "due": browser.value(soon).await.expect("a day"),
        });
        let path = format!("groups/{}/assignments", self.places.group);
        let given = self.call(browser, "POST", &path, Some(given)).await;
        text(&given, "id")
    }

    /// Invites somebody to the group and to teach.
    pub async fn invite(&self, browser: &Browser, email: &str) {
        let (school, group) = (&self.places.school, &self.places.group);
        let roster = json!({ "rows": [{ "email": email }], "confirm": true });
        let path = format!("groups/{group}/roster");
        self.call(browser, "POST", &path, Some(roster)).await;
        let path = format!("schools/{school}/tutors");
        self.call(browser, "POST", &path, Some(json!({ "email": email })))
            .await;
    }

    /// Finds a learner of the group.
    pub async fn find_pupil(&mut self, browser: &Browser) {
        let path = format!("groups/{}", self.places.group);
        let group = self.call(browser, "GET", &path, None).await;
        self.places.pupil = text(&group["learners"][0], "learner");
    }

    /// A group of four: one sits under other conditions, one has a break, one has finished, one has not begun.
    pub async fn seat_group(&mut self, browser: &Browser) {
        self.found_school(browser).await;
        for steps in [
            &["listening/start"][..],
            &["listening/start", "listening/finish"],
            &[
                "listening/start",
                "listening/finish",
                "reading/start",
                "reading/finish",
            ],
            &[],
        ] {
            let mut pupil = Self::account(browser).await;
            pupil.join(browser, self).await;
            if self.places.pupil.is_empty() {
                self.find_pupil(browser).await;
                let path = self.path("schools/{school}/learners/{pupil}/accommodation");
                let conditions =
                    json!({ "extra_percent": 50, "extra_plays": 1, "larger_text": true });
                let grant =
                    json!({ "conditions": conditions, "reason": "Дислексия, справка от врача" });
                self.call(browser, "PUT", &path, Some(grant)).await;
            }
            if !steps.is_empty() {
                pupil.start_assignment(browser).await;
            }
            for step in steps {
                pupil.step(browser, step).await;
                if *step == "listening/start" {
                    pupil.answer(browser, 2).await;
                }
            }
        }
    }

    /// Joins another's school.
    pub async fn join(&mut self, browser: &Browser, tutor: &Self) {
        self.places = tutor.places.clone();
        let path = format!("join/{}", self.places.code);
        self.call(browser, "POST", &path, None).await;
    }

    /// Starts what was given.
    pub async fn start_assignment(&mut self, browser: &Browser) {
        let path = format!("assignments/{}/attempts", self.places.assignment);
        let started = self.call(browser, "POST", &path, None).await;
        self.attempt = text(&started, "attempt");
    }

    /// Reads how the group answered, and writes a comment on the whole and on a question of an attempt.
    pub async fn review(&mut self, browser: &Browser) {
        let items = format!("assignments/{}/items", self.places.assignment);
        let items = self.call(browser, "GET", &items, None).await;
        self.places.item = text(&items["items"][0], "id");
        let comments = format!(
            "assignments/{}/attempts/{}/comments",
            self.places.assignment, self.attempt
        );
        let words =
            json!({ "text": "Оқылым жақсы шықты.\nКелесіде жазбаны екінші рет тыңдап көр." });
        for place in [String::new(), format!("/{}", self.places.item)] {
            let comment = Some(words.clone());
            self.call(browser, "PUT", &format!("{comments}{place}"), comment)
                .await;
        }
    }

    /// Sits a whole mock with a few answers.
    pub async fn sit_mock(&self, browser: &Browser) {
        for section in ["listening", "reading"] {
            self.step(browser, &format!("{section}/start")).await;
            self.answer(browser, 2).await;
            self.step(browser, &format!("{section}/finish")).await;
        }
    }
}
