//! An exam on a place: the short content, a clock that stands still, and a learner's ways through a mock.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta};
use metrics_exporter_prometheus::PrometheusHandle;
use synaq::clock::{ManualClock, SharedClock};
use synaq::config::{Config, Switch};
use synaq::content::{self, Content};
use synaq::domain::Timestamp;
use synaq::domain::attempt::Limits;
use synaq::domain::bank::Item;
use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, LearnerId, RuleId};
use synaq::domain::language_score::KeySet;
use synaq::domain::rules::Section;
use synaq::service::paper::{Paper, PaperItem, PaperSection};
use synaq::service::{Exam, Retention, Settings};
use synaq::store::{Event, Store};
use synaq::web::{self, App, locale::Locales};

use super::{Client, Place, own_content, short_content};

/// Milliseconds after a deadline in which answers are taken.
pub const GRACE_MS: i64 = 3000;
/// Hours for which an attempt may wait.
pub const READY_HOURS: i64 = 24;

static SHORT: LazyLock<Arc<Content>> =
    LazyLock::new(|| Arc::new(content::load(&short_content()).expect("the short content")));

/// What a test wants otherwise than usual.
#[derive(Debug, Clone)]
pub struct Tweak {
    /// Hours for which an attempt may wait.
    pub ready_hours: i64,
    /// The content.
    pub content: Arc<Content>,
    /// The rule set of a mock for which none was chosen.
    pub rule: &'static str,
    /// The keys that the configuration names.
    pub keys: KeySet,
    /// What is kept for how long.
    pub retention: Retention,
    /// The most responses that one attempt holds.
    pub responses: i64,
}

impl Default for Tweak {
    fn default() -> Self {
        Self {
            ready_hours: READY_HOURS,
            content: SHORT.clone(),
            rule: "short",
            keys: KeySet::default(),
            retention: Retention::default(),
            responses: i64::MAX,
        }
    }
}

/// An exam, its clock and its store.
#[derive(Debug, Clone)]
pub struct World {
    /// The service.
    pub exam: Exam,
    /// Its clock.
    pub clock: ManualClock,
    /// Its store.
    pub store: Store,
    settings: Settings,
}

/// The instant of an RFC 3339 text.
pub fn at(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).expect(text).to_utc()
}

/// Milliseconds.
pub fn ms(n: i64) -> TimeDelta {
    TimeDelta::milliseconds(n)
}

/// Minutes.
pub fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

impl World {
    /// On a place, with the clock at the morning of 22 November 2026 in Almaty.
    pub async fn on(place: &Place) -> Self {
        Self::tweaked(place, Tweak::default()).await
    }

    /// On a place, otherwise than usual.
    pub async fn tweaked(place: &Place, tweak: Tweak) -> Self {
        let clock = ManualClock::at(at("2026-11-22T09:00:00+05:00"));
        let settings = Settings {
            default_rule: RuleId::new(tweak.rule),
            limits: Limits {
                grace: ms(GRACE_MS),
                ready_for: TimeDelta::hours(tweak.ready_hours),
                responses: tweak.responses,
            },
            session_length: TimeDelta::days(30),
            keys: tweak.keys,
            retention: tweak.retention,
        };
        let store = place.store().await;
        let exam = Exam::start(
            store.clone(),
            tweak.content,
            Arc::new(clock.clone()),
            settings.clone(),
        )
        .await
        .expect("the exam starts");
        Self {
            exam,
            clock,
            store,
            settings,
        }
    }

    /// The same database, clock and settings served by another process with this content.
    pub async fn restarted(&self, place: &Place, content: Arc<Content>) -> Self {
        let store = place.store().await;
        let exam = Exam::start(
            store.clone(),
            content,
            Arc::new(self.clock.clone()),
            self.settings.clone(),
        )
        .await
        .expect("the exam starts again");
        Self {
            exam,
            store,
            ..self.clone()
        }
    }

    /// The same on a clock of its own, as the next process has one.
    pub async fn told_the_time_by(&self, clock: SharedClock) -> Exam {
        let content = Arc::new(self.exam.content().clone());
        let exam = Exam::start(self.store.clone(), content, clock, self.settings.clone());
        exam.await.expect("the exam starts")
    }

    /// A client of the router, without rate limits.
    pub fn client(&self) -> Client {
        self.client_with(|_| {})
    }

    /// A client of a router that is configured otherwise.
    pub fn client_with(&self, configure: impl FnOnce(&mut Config)) -> Client {
        self.client_of(configure, None)
    }

    /// A client of a router that shows what is measured.
    pub fn client_measured(&self, metrics: PrometheusHandle) -> Client {
        self.client_of(|_| {}, Some(metrics))
    }

    fn client_of(
        &self,
        configure: impl FnOnce(&mut Config),
        metrics: Option<PrometheusHandle>,
    ) -> Client {
        let mut config = Config::for_testing("unused", Path::new("unused"), "short");
        assert_eq!(config.rate_limits, Switch::Off);
        configure(&mut config);
        let locales = Locales::load(&own_content()).expect("the locales");
        let app = App::new(self.exam.clone(), locales, config, metrics);
        Client::new(web::router(app))
    }

    /// A new learner.
    pub async fn learner(&self) -> LearnerId {
        self.exam.guest().await.expect("a guest").account.id
    }

    /// A mock under the default rule set, ready.
    pub async fn mock(&self, learner: &LearnerId) -> AttemptId {
        self.exam
            .create_mock(learner, None, None)
            .await
            .expect("a mock")
            .id
    }

    /// Starts a section.
    pub async fn start(&self, learner: &LearnerId, id: &AttemptId, section: Section) -> Paper {
        self.exam
            .start_section(learner, id, section)
            .await
            .unwrap_or_else(|failure| panic!("{section} starts: {failure}"))
    }

    /// Finishes a section.
    pub async fn finish(&self, learner: &LearnerId, id: &AttemptId, section: Section) -> Paper {
        self.exam
            .finish_section(learner, id, section)
            .await
            .unwrap_or_else(|failure| panic!("{section} finishes: {failure}"))
    }

    /// Starts a section, answers so many of its items right and the others wrong, and finishes it.
    pub async fn sit(&self, learner: &LearnerId, id: &AttemptId, section: Section, right: usize) {
        let paper = self.start(learner, id, section).await;
        for (n, item) in items(&paper).enumerate() {
            let key = self.key(item);
            let letter = match n < right {
                true => key,
                false => other_than(key),
            };
            self.exam
                .respond(learner, id, &item.id, Some(letter), None)
                .await
                .expect("the answer is saved");
        }
        self.finish(learner, id, section).await;
    }

    /// A whole mock with so many right answers.
    pub async fn whole_mock(
        &self,
        learner: &LearnerId,
        listening: usize,
        reading: usize,
    ) -> AttemptId {
        let id = self.mock(learner).await;
        self.sit(learner, &id, Section::Listening, listening).await;
        self.sit(learner, &id, Section::Reading, reading).await;
        id
    }

    /// The letter under which an item's key is shown.
    pub fn key(&self, item: &PaperItem) -> Letter {
        let in_bank = self.in_bank(item.id.as_str());
        let key = &in_bank.options[usize::from(in_bank.key)];
        let (letter, _) = item
            .options
            .iter()
            .find(|(_, text)| text == key)
            .expect("the key is among the options");
        *letter
    }

    /// An item as it stands in the bank.
    pub fn in_bank(&self, id: &str) -> &Item {
        let bank = &self.exam.content().bank;
        bank.testlets()
            .flat_map(|edition| &edition.testlet.items)
            .find(|item| item.id.as_str() == id)
            .expect(id)
    }

    /// What was recorded of an attempt.
    pub async fn events(&self, id: &AttemptId) -> Vec<Event> {
        let mut conn = self.store.read().await.expect("a connection");
        conn.events_of(id).await.expect("events")
    }

    /// The kinds of what was recorded of an attempt.
    pub async fn event_kinds(&self, id: &AttemptId) -> Vec<String> {
        let events = self.events(id).await;
        events.into_iter().map(|event| event.kind).collect()
    }
}

/// The running section.
pub fn running(paper: &Paper) -> &PaperSection {
    paper.running().expect("a section runs")
}

/// The items of the running section.
pub fn items(paper: &Paper) -> impl Iterator<Item = &PaperItem> {
    running(paper)
        .testlets
        .iter()
        .flat_map(|testlet| &testlet.items)
}

/// A letter that is not this one.
pub fn other_than(letter: Letter) -> Letter {
    match letter {
        Letter::A => Letter::B,
        _ => Letter::A,
    }
}
