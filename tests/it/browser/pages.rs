//! Every page, in every language, light and dark, on a phone and on a desk: no accessibility fault that axe-core knows,
//! nothing wrong on the console (where a breach of the content security policy appears), nothing wider than the phone.
//!
//! With `SYNAQ_SCREENSHOTS=DIR` (see tests/screenshots) it leaves a picture of each.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Browser, Scripts, Server, Stage, learner::Learner, sent::SENT};

/// Name, the stage of the learner who looks at it, path (`{id}`: the attempt), what is there once it is whole.
pub type Page = (&'static str, Stage, &'static str, &'static str);

const PAGES: [Page; 75] = [
    ("start", Stage::Nobody, "/", "#take-mock"),
    (
        "start-in-progress",
        Stage::Listening,
        "/",
        "main .note a.button",
    ),
    ("start-limit", Stage::Limit, "/", "main .note"),
    ("about", Stage::Nobody, "/about", "main table"),
    ("sign-in", Stage::Nobody, "/sign-in", "#password"),
    ("sign-up", Stage::Nobody, "/sign-up", "#password"),
    ("sign-up-guest", Stage::Ready, "/sign-up", "#password"),
    ("settings", Stage::Account, "/settings", "main fieldset"),
    ("not-found", Stage::Nobody, "/no-such-page", "main h1"),
    (
        "prepare",
        Stage::Ready,
        "/attempts/{id}",
        "#recordings li.in",
    ),
    (
        "listening",
        Stage::Listening,
        "/attempts/{id}",
        "#desk .player",
    ),
    (
        "listening-review",
        Stage::Listening,
        "/attempts/{id}/review",
        ".review-list",
    ),
    ("paced-ready", Stage::PacedReady, "/attempts/{id}", "li.in"),
    ("paced", Stage::Paced, "/attempts/{id}", "[data-sounds]"),
    (
        "paced-look",
        Stage::Paced,
        "/attempts/{id}/review",
        ".track",
    ),
    ("break", Stage::Break, "/attempts/{id}", "#time-left"),
    (
        "reading",
        Stage::Reading,
        "/attempts/{id}",
        "#desk .stimulus",
    ),
    (
        "reading-review",
        Stage::Reading,
        "/attempts/{id}/review",
        ".review-list",
    ),
    (
        "result",
        Stage::Finished,
        "/attempts/{id}/result",
        ".answer-list",
    ),
    ("history", Stage::Finished, "/history", "main table"),
    ("history-empty", Stage::Account, "/history", "main h1"),
    ("history-limit", Stage::Limit, "/history", "main .note"),
    ("practice", Stage::Account, "/practice", "main form"),
    ("practice-nobody", Stage::Nobody, "/practice", "main form"),
    (
        "practice-listening",
        Stage::PracticeListening,
        "/attempts/{id}",
        ".player",
    ),
    (
        "practice-reading",
        Stage::PracticeReading,
        "/attempts/{id}",
        ".feedback",
    ),
    ("points", Stage::Nobody, "/points", "#sources"),
    ("points-mock", Stage::Limit, "/points", "#kazakh-mock"),
    ("pathway", Stage::Nobody, "/pathway", "#sources"),
    (
        "pathway-filled",
        Stage::Limit,
        "/pathway?test=2026-12-08&region=astana&is=in-demand&is=digital-nomad&doc-police=2026-01-01&refused-1=2026-01-31\
         &submitted-2=2026-02-27&refused-2=2026-05-31&taken-1=2026-11-01",
        ".timeline",
    ),
    (
        "pathway-faulty",
        Stage::Nobody,
        "/pathway?test=31.02.2026&refused-2=2026-01-31",
        "#errors",
    ),
    (
        "practice-result",
        Stage::PracticeFinished,
        "/attempts/{id}/result",
        "main h1",
    ),
    ("schools", Stage::Tutor, "/schools", "#make-school"),
    ("schools-guest", Stage::Ready, "/schools", "main .note"),
    ("school", Stage::Tutor, "/schools/{school}", "#add-tutor"),
    (
        "school-pupil",
        Stage::NewPupil,
        "/schools/{school}",
        "main table",
    ),
    ("group", Stage::Tutor, "/groups/{group}", "#make-code"),
    ("roster", Stage::Tutor, "/groups/{group}/roster", "#roster"),
    (
        "schools-invited",
        Stage::Invited,
        "/schools",
        "#invitations",
    ),
    ("audit", Stage::Tutor, "/schools/{school}/audit", "#events"),
    ("operator", Stage::Operator, "/operator", "#erase"),
    (
        "operator-audit",
        Stage::Operator,
        "/operator/audit",
        "#events",
    ),
    ("erase", Stage::Account, "/settings/erase", "#password"),
    ("erase-guest", Stage::Ready, "/settings/erase", "#sure"),
    ("group-pupil", Stage::NewPupil, "/groups/{group}", "main h1"),
    ("join", Stage::NewPupil, "/join/{code}", "#join"),
    ("join-nobody", Stage::Nobody, "/join", "#code"),
    ("join-unknown", Stage::Nobody, "/join/ABCD-EFGH", "#errors"),
    (
        "give-mock",
        Stage::Tutor,
        "/assignments/new?group={group}&kind=mock",
        "#give",
    ),
    (
        "give-practice",
        Stage::Tutor,
        "/assignments/new?group={group}&kind=practice",
        "#give",
    ),
    (
        "give-pick",
        Stage::Tutor,
        "/assignments/pick?group={group}&kind=practice&section=reading",
        "#use",
    ),
    (
        "assignment-settings",
        Stage::Tutor,
        "/assignments/{assignment}/edit",
        "#grant",
    ),
    (
        "assignment-tutor",
        Stage::Tutor,
        "/assignments/{assignment}",
        "#gradebook",
    ),
    (
        "accommodation",
        Stage::Invigilator,
        "/schools/{school}/learners/{pupil}/accommodation",
        "#grant",
    ),
    (
        "live",
        Stage::Invigilator,
        "/assignments/{assignment}/live",
        "#live .sort",
    ),
    (
        "assignment-pupil",
        Stage::Pupil,
        "/assignments/{assignment}",
        "#start",
    ),
    (
        "assignment-attempt",
        Stage::Tutor,
        "/assignments/{assignment}/attempts/{id}",
        ".answer-list",
    ),
    (
        "needs",
        Stage::TutorOfWeak,
        "/assignments/{assignment}/needs",
        ".needs .card",
    ),
    (
        "needs-none",
        Stage::Tutor,
        "/assignments/{assignment}/needs",
        "#needs-none",
    ),
    (
        "needs-group",
        Stage::TutorOfWeak,
        "/groups/{group}/needs",
        ".needs",
    ),
    (
        "progress",
        Stage::TutorOfWeak,
        "/schools/{school}/learners/{learner}",
        ".expected",
    ),
    (
        "progress-own",
        Stage::Pupil,
        "/schools/{school}/learners/{learner}",
        "#attempts",
    ),
    (
        "letter",
        Stage::Tutor,
        "/assignments/{assignment}/attempts/{id}/letter",
        ".letter",
    ),
    (
        "give-some",
        Stage::Tutor,
        "/assignments/new?group={group}&kind=practice&audience=some&for-{learner}=on",
        ".who input:checked",
    ),
    (
        "assignment-items",
        Stage::Tutor,
        "/assignments/{assignment}/items",
        "#heat",
    ),
    (
        "assignment-item",
        Stage::Tutor,
        "/assignments/{assignment}/items/{item}",
        "#choices",
    ),
    (
        "assignment-skills",
        Stage::Tutor,
        "/assignments/{assignment}/skills",
        "#skills",
    ),
    (
        "rescore",
        Stage::Tutor,
        "/assignments/{assignment}/rescore",
        "#questions",
    ),
    ("start-due", Stage::NewPupil, "/", "#due-title"),
    (
        "result-later",
        Stage::Pupil,
        "/attempts/{id}/result",
        "main h1",
    ),
    (
        "recordings",
        Stage::Recorder,
        "/schools/{school}/recordings",
        "main table",
    ),
    (
        "recording-desk",
        Stage::Recorder,
        "/schools/{school}/recordings/lst-short-nan",
        "#recorder-start",
    ),
    (
        "recording-first",
        Stage::Recorder,
        "/schools/{school}/recordings/lst-short-auyl",
        "#recorder-start",
    ),
    (
        "recording-take",
        Stage::Recorder,
        "/schools/{school}/recordings/lst-short-nan/{take}",
        ".wave",
    ),
    (
        "recordings-everywhere",
        Stage::Operator,
        "/operator/recordings",
        "main table",
    ),
];

const THEMES: [&str; 2] = ["light", "dark"];
const PHONE: u64 = 360;
const DESK: u64 = 1280;
const TABLET: u64 = 768;

const AXE: &str = include_str!("../../vendor/axe.min.js");

/// What axe finds, one line an element.
const RUN_AXE: &str = "const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
      (found) => done(found.violations.flatMap((rule) => rule.nodes.map((node) =>
        `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`))),
      (error) => done([`axe failed: ${error}`]));";

/// The elements that stick out of the page to the right, if it can be scrolled that way.
const OVERFLOW: &str = "document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
    [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((one) => `wider than the page: ${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`)
      .slice(0, 5)";

fn strings(value: Value) -> Vec<String> {
    serde_json::from_value(value).expect("a list of texts")
}

struct Visit<'a> {
    browser: &'a Browser,
    server: &'a Server,
    language: &'static str,
    pictures: Option<PathBuf>,
}

impl Visit<'_> {
    async fn every_page(&self) {
        let mut faults = Vec::new();
        let mut known = Vec::new();
        for page in PAGES {
            faults.extend(self.page(page, "", &mut known).await);
        }
        for (page, script) in SENT {
            faults.extend(self.page(page, script, &mut known).await);
        }
        assert!(
            faults.is_empty(),
            "{} faults:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }

    /// The learner who looks at a page: one of each stage, but for those whose time runs out.
    async fn learner(&self, stage: Stage, known: &mut Vec<(Stage, Learner)>) -> Learner {
        if let Some((_, learner)) = known.iter().find(|(one, _)| *one == stage) {
            learner.back(self.browser, self.server).await;
            return learner.clone();
        }
        let learner = Learner::at(stage, self.browser, self.server).await;
        if !stage.is_timed() {
            known.push((stage, learner.clone()));
        }
        learner
    }

    async fn page(
        &self,
        (name, stage, path, whole): Page,
        script: &str,
        known: &mut Vec<(Stage, Learner)>,
    ) -> Vec<String> {
        let (browser, server) = (self.browser, self.server);
        let learner = self.learner(stage, known).await;
        browser
            .set_cookie(&server.url("/"), "synaq_language", self.language)
            .await;
        browser.faults().await; // what the learner's way here left on the console is not this page's
        let url = server.url(&learner.path(path));
        let mut widths = vec![PHONE, DESK];
        if self.pictures.is_some() {
            widths.push(TABLET);
        }
        let mut faults = Vec::new();
        for theme in THEMES {
            for &width in &widths {
                self.dress(theme, width).await;
                browser.goto(&url).await;
                if !script.is_empty() {
                    browser.until("document.readyState === 'complete'").await;
                    let sent = browser.client.execute(script, Vec::new()).await;
                    sent.expect("the form is sent");
                }
                let ready = format!(
                    "document.querySelector({}) && document.readyState === 'complete'",
                    json!(whole)
                );
                browser.until(&ready).await;
                let found = self.look(&url, width).await;
                let place = format!("{name} {} {theme} {width}", self.language);
                faults.extend(found.into_iter().map(|fault| format!("{place}: {fault}")));
                if let Some(dir) = &self.pictures {
                    let file = format!("{name}-{}-{width}-{theme}.png", self.language);
                    browser.screenshot(width, &dir.join(file)).await;
                }
            }
        }
        faults
    }

    /// On a phone the theme is the reader's own choice, on a desk that of their system.
    async fn dress(&self, theme: &str, width: u64) {
        const HEIGHT: u64 = 800;
        let (chosen, system) = if width == PHONE || !self.browser.is_chromium() {
            (theme, "light")
        } else {
            ("auto", theme)
        };
        let display = format!("{chosen}.normal.system");
        self.browser
            .set_cookie(&self.server.url("/"), "synaq_display", &display)
            .await;
        if self.browser.is_chromium() {
            let media =
                json!({ "features": [{ "name": "prefers-color-scheme", "value": system }] });
            self.browser
                .devtools("Emulation.setEmulatedMedia", media)
                .await;
        }
        self.browser.resize(width, HEIGHT).await;
    }

    async fn look(&self, url: &str, width: u64) -> Vec<String> {
        let client = &self.browser.client;
        client.execute(AXE, Vec::new()).await.expect("axe loads");
        let found = client.execute_async(RUN_AXE, Vec::new()).await;
        let mut faults = strings(found.expect("axe answers"));
        if width == PHONE {
            let wide = self.browser.value(OVERFLOW).await;
            faults.extend(strings(wide.expect("a width")));
        }
        let console = self.browser.faults().await;
        // The page itself may be an error page, also one that a form brought: that its status is one is no fault.
        let here = client.current_url().await.expect("an address");
        let own = [url, here.as_str()].map(|own| format!("network: {own}"));
        faults.extend(console.into_iter().filter(|fault| {
            let is_own = own.iter().any(|own| fault.starts_with(own));
            !(is_own && fault.contains("Failed to load resource"))
        }));
        faults
    }
}

async fn every_page_in(language: &'static str) {
    let server = Server::start();
    let browser = Browser::open(Scripts::Allowed).await;
    let visit = Visit {
        browser: &browser,
        server: &server,
        language,
        pictures: std::env::var_os("SYNAQ_SCREENSHOTS").map(PathBuf::from),
    };
    visit.every_page().await;
}

#[tokio::test]
async fn every_page_in_english() {
    every_page_in("en").await;
}

#[tokio::test]
async fn every_page_in_russian() {
    every_page_in("ru").await;
}

#[tokio::test]
async fn every_page_in_kazakh() {
    every_page_in("kk").await;
}
