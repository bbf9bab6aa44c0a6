//! A school's whole story, by hand in two browsers: an owner makes it, a tutor brings a class list and gives a mock and a
//! practice set, two learners sit, one of them gets half as much time again in the middle, the tutor watches, comments,
//! releases the answers and takes the table along as a workbook; the learner reads the comment.

use std::io::Cursor;

use base64::{Engine, engine::general_purpose::STANDARD};
use calamine::{Data, Reader, Xlsx};
use fantoccini::Locator;
use serde_json::{Value, json};

use super::sitting::{SAVED, sitting};
use super::window::ENTER;
use super::{Browser, Scripts, Server};

const PASSWORD: &str = "ақ бота көк тау";
const SCHOOL: &str = "Тіл әлемі";
const GROUP: &str = "Кешкі топ A2";
const MOCK: &str = "3-апта: сынақ";
/// The learners, as the class list has them.
const LEARNERS: [(&str, &str); 2] = [
    ("Әлия Сейтқали", "aliya@example.org"),
    ("Дмитрий Ким", "dmitri@example.org"),
];
const COMMENT: &str = "Жарайсыз! Оқылымға көбірек уақыт бөліңіз.";

/// The seconds that the page shows as left.
const LEFT: &str = "(() => { const [minutes, seconds] =
    document.getElementById('time-left').textContent.split(':').map(Number); return minutes * 60 + seconds; })()";

/// Somebody at a browser.
struct Person<'a> {
    browser: &'a Browser,
    server: &'a Server,
}

impl Person<'_> {
    async fn goto(&self, path: &str) {
        self.browser.goto(&self.server.url(path)).await;
    }

    /// Types into a field, in place of what it holds.
    async fn fill(&self, selector: &str, text: &str) {
        let field = self.browser.client.find(Locator::Css(selector)).await;
        let field = field.unwrap_or_else(|error| panic!("{selector}: {error}"));
        field.clear().await.expect("an empty field");
        let keys = text.replace('\n', &ENTER.to_string());
        field.send_keys(&keys).await.expect("it is typed");
    }

    async fn there(&self, selector: &str) {
        let there = format!("document.querySelector({})", json!(selector));
        self.browser.until(&there).await;
    }

    /// Clicks on what leads to another page, and waits until it is there.
    async fn follow(&self, selector: &str, there: &str) {
        self.browser.click(selector).await;
        self.there(there).await;
    }

    async fn says(&self, text: &str) {
        let there = format!("document.body.innerText.includes({})", json!(text));
        self.browser.until(&there).await;
    }

    async fn sign_up(&self, name: &str, email: &str) {
        let client = &self.browser.client;
        client.delete_all_cookies().await.expect("no cookies");
        self.goto("/sign-up?next=/schools").await;
        self.fill("#name", name).await;
        self.fill("#email", email).await;
        self.fill("#password", PASSWORD).await;
        self.follow("main form button.button", "#make-school").await;
    }

    async fn path(&self) -> String {
        let url = self.browser.client.current_url().await.expect("an address");
        url.path().to_owned()
    }

    /// The last day of what is given: in some days.
    async fn soon(&self) -> String {
        let soon = "new Date(Date.now() + 5 * 24 * 3600 * 1000).toISOString().slice(0, 10)";
        let soon = self.browser.value(soon).await.expect("a day");
        soon.as_str().expect("a text").to_owned()
    }

    /// Fills in what every assignment needs and gives it; where it is.
    async fn give(&self, title: &str) -> String {
        self.fill("#title", title).await;
        let day = format!(
            "document.getElementById('due').value = {}",
            json!(self.soon().await)
        );
        let set = self.browser.client.execute(&day, Vec::new()).await;
        set.expect("the day is chosen");
        self.follow("#give", "#gradebook, main dl.facts").await;
        self.path().await
    }

    /// A file of the server's, with this person's cookie.
    async fn download(&self, path: &str) -> Vec<u8> {
        let script = "const done = arguments[arguments.length - 1];
            fetch(arguments[0]).then(async (answer) => {
              const bytes = new Uint8Array(await answer.arrayBuffer());
              done([answer.status, btoa(String.fromCharCode(...bytes))]);
            });";
        let client = &self.browser.client;
        let answer = client.execute_async(script, vec![json!(path)]).await;
        let answer: (u16, String) =
            serde_json::from_value(answer.expect("an answer")).expect("a status and the bytes");
        assert_eq!(answer.0, 200, "{path}");
        STANDARD.decode(answer.1).expect("base64")
    }

    async fn left(&self) -> i64 {
        let left = self.browser.value(LEFT).await.expect("the time left");
        left.as_i64().expect("seconds")
    }

    /// Answers the questions that are on the page with the first option.
    async fn answer(&self, section: &str) {
        self.browser.until(&sitting(section)).await;
        let items =
            "[...document.querySelectorAll('#testlet .item')].map((item) => item.dataset.position)";
        let items = self.browser.value(items).await.expect("the questions");
        for position in items.as_array().expect("a list") {
            let position = position.as_str().expect("a number");
            let first = format!(".item[data-position='{position}'] input[value='A']");
            self.browser.click(&first).await;
        }
        self.browser.until(SAVED).await;
    }

    async fn finish(&self) {
        self.follow(
            "#testlet button[name=go][value=review], button[name=go][value=review]",
            ".review-list",
        )
        .await;
        self.browser.click("#finish").await;
    }

    /// Accepts the invitation that waits; one to teach by its code.
    async fn accept(&self, code: Option<&str>) {
        self.goto("/schools").await;
        if let Some(code) = code {
            self.fill("#invitations input[name=code]", code).await;
        }
        self.follow(
            "#invitations form[action$='/accept'] button",
            "main:not(:has(#invitations)) h1",
        )
        .await;
    }
}

/// The rows of a sheet by the learner's name, below the header.
fn sheet(bytes: Vec<u8>) -> (Vec<String>, Vec<Vec<Data>>) {
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let name = book.sheet_names().first().cloned().expect("a sheet");
    let range = book.worksheet_range(&name).expect("its cells");
    let mut rows = range.rows().map(<[Data]>::to_vec);
    let header = rows.next().expect("a header");
    let header = header.iter().map(ToString::to_string).collect();
    (header, rows.collect())
}

/// An owner makes the school and invites a tutor, who accepts; where the school is.
async fn found(desk: &Person<'_>) -> String {
    desk.sign_up("Гүлнар", "owner@example.org").await;
    desk.fill("#name", SCHOOL).await;
    desk.follow("#make-school", "#make-group").await;
    let school = desk.path().await;
    desk.fill("#email", "tutor@example.org").await;
    desk.follow("#add-tutor", "#invited").await;
    let code = "document.querySelector('#invited + .people b').textContent";
    let code = desk.browser.value(code).await.expect("the code");
    desk.sign_up("Самал", "tutor@example.org").await;
    desk.accept(code.as_str()).await;
    school
}

/// The tutor makes a group of a class list: one line is wrong at first, and nothing is taken until it is mended.
async fn enrol(tutor: &Person<'_>, school: &str) -> String {
    tutor.goto(school).await;
    tutor.fill("#group", GROUP).await;
    tutor.follow("#make-group", "#roster-link").await;
    let group = tutor.path().await;
    tutor.follow("#roster-link", "#roster").await;
    let [(first, one), (second, two)] = LEARNERS;
    let broken = format!("name;email\n{first};{one}\n{second};dmitri at example");
    tutor.fill("#roster", &broken).await;
    tutor.follow("#check", "#errors a[href='#line-3']").await;
    tutor
        .fill(
            "#roster",
            &format!("name;email\n{first};{one}\n{second};{two}"),
        )
        .await;
    tutor.follow("#check", "#import").await;
    tutor.follow("#import", "#invited").await;
    tutor.says(two).await;
    group
}

/// Where the named learner's conditions are granted.
async fn conditions_of(tutor: &Person<'_>, group: &str, name: &str) -> String {
    tutor.goto(group).await;
    let link = format!(
        "[...document.querySelectorAll('a[href$=\"/accommodation\"]')]
           .find((link) => link.closest('li, tr').textContent.includes({}))?.getAttribute('href')",
        json!(name)
    );
    let link = tutor.browser.until(&link).await;
    link.as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn a_schools_story() {
    let server = Server::start();
    let desk = Browser::open(Scripts::Allowed).await;
    let seat = Browser::open(Scripts::Allowed).await;
    let tutor = Person {
        browser: &desk,
        server: &server,
    };
    let learner = Person {
        browser: &seat,
        server: &server,
    };

    // A school, a tutor, a class list, a practice set and a mock.
    let school = found(&tutor).await;
    let group = enrol(&tutor, &school).await;
    tutor.follow("#give-practice", "#give").await;
    for choice in ["[name=section][value=reading]", "[name=level][value=A2]"] {
        desk.click(choice).await;
    }
    tutor.give("Оқылым").await;
    tutor.goto(&group).await;
    tutor.follow("#give-mock", "#give").await;
    for choice in [
        "[name=rule][value=short]",
        "[name=limit][value=counts]",
        "[name=feedback][value=released]",
    ] {
        desk.click(choice).await;
    }
    let mock = tutor.give(MOCK).await;

    // The first learner starts; in the middle they get half as much time again, and their clock follows by itself.
    let (name, email) = LEARNERS[0];
    learner.sign_up(name, email).await;
    learner.accept(None).await;
    learner.goto(&mock).await;
    learner.follow("#start", "#start-button").await;
    seat.click("#start-button:enabled").await;
    seat.until(&sitting("listening")).await;
    tutor.goto(&format!("{mock}/live")).await;
    desk.until("document.getElementById('feed').textContent.includes('by themselves')")
        .await;
    learner.answer("listening").await;
    let answered = "document.querySelector('#live tbody [data-cell=\"answered\"]').textContent";
    desk.until(&format!("{answered}.startsWith('3 of')")).await;
    let before = learner.left().await;
    tutor.goto(&conditions_of(&tutor, &group, name).await).await;
    tutor.fill("#extra_percent", "50").await;
    tutor.fill("#reason", "dyslexia").await;
    tutor.follow("#grant", "#withdraw").await;
    seat.until(&format!("{LEFT} > {before}")).await;
    learner.finish().await;
    learner.there("output.clock").await;
    seat.click("#start-button:enabled").await;
    learner.answer("reading").await;
    learner.finish().await;
    learner.there(".verdict").await;
    let result = learner.path().await;
    assert_eq!(
        seat.value("document.querySelectorAll('.answer-list').length")
            .await
            .ok(),
        Some(json!(0)),
        "no answers before they are released"
    );
    let first_learner = seat.client.get_all_cookies().await.expect("cookies");

    // The second learner, without the other conditions.
    let (name, email) = LEARNERS[1];
    learner.sign_up(name, email).await;
    learner.accept(None).await;
    learner.goto(&mock).await;
    learner.follow("#start", "#start-button").await;
    seat.click("#start-button:enabled").await;
    seat.until(&sitting("listening")).await;
    learner.finish().await;
    learner.there("output.clock").await;
    seat.click("#start-button:enabled").await;
    learner.answer("reading").await;
    learner.finish().await;
    learner.there(".verdict").await;

    // The tutor comments, lets the answers be seen, and takes the table along.
    tutor.goto(&mock).await;
    let attempt = result
        .split('/')
        .nth(2)
        .expect("the attempt's id")
        .to_owned();
    tutor
        .follow(
            &format!("a[href^='{mock}/attempts/{attempt}']"),
            "textarea[name=comment]",
        )
        .await;
    tutor.fill("textarea[name=comment]", COMMENT).await;
    tutor
        .follow(".comment-form button[value=save]", ".comment .said")
        .await;
    tutor.goto(&format!("{mock}/edit")).await;
    desk.click("#release").await;
    desk.until("!document.getElementById('release')").await;
    tutor.goto(&mock).await;
    tutor.there("#gradebook").await;
    let shown = "[...document.querySelectorAll('#gradebook tbody tr')].map((row) => row.innerText)";
    let shown = desk.value(shown).await.expect("the table");
    let (header, rows) = sheet(tutor.download(&format!("{mock}/export.xlsx")).await);
    assert_eq!(rows.len(), LEARNERS.len(), "{header:?}");
    for (name, _) in LEARNERS {
        let row = rows
            .iter()
            .find(|row| row.iter().any(|cell| *cell == *name));
        let row = row.unwrap_or_else(|| panic!("{name} in {rows:?}"));
        let seen = row_of(&shown, name);
        let numbers: Vec<String> = row
            .iter()
            .filter(|cell| matches!(cell, Data::Float(_) | Data::Int(_)))
            .map(ToString::to_string)
            .collect();
        for section in ["Listening", "Reading"] {
            let at = header
                .iter()
                .position(|title| title.contains(section))
                .unwrap_or_else(|| panic!("{section} in {header:?}"));
            let (correct, of) = (row[at].to_string(), row[at + 1].to_string());
            assert!(
                seen.contains(&format!("{correct} of {of}")),
                "{correct} of {of}: {seen} {numbers:?}"
            );
        }
    }

    // The learner comes back and reads.
    let client = &seat.client;
    client.delete_all_cookies().await.expect("no cookies");
    for cookie in first_learner {
        client.add_cookie(cookie).await.expect("a cookie");
    }
    learner.goto(&result).await;
    learner.says(COMMENT).await;
    learner.there(".answer-list").await;
    learner.says("50").await;
    // That the class list with a wrong line was refused is no fault of a page.
    let mut faults = desk.faults().await;
    faults.retain(|fault| !(fault.contains("/roster ") && fault.contains("422")));
    assert_eq!(faults, Vec::<String>::new());
}

fn row_of<'v>(shown: &'v Value, name: &str) -> &'v str {
    let rows = shown.as_array().expect("rows").iter();
    rows.filter_map(Value::as_str)
        .find(|row| row.contains(name))
        .unwrap_or_else(|| panic!("{name} in {shown}"))
}
