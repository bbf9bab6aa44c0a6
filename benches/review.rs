//! `cargo bench --bench review`: a group of 300 learners who have sat a mock of 60 questions, and how long the pages that
//! show how they did take through the router: median of nine rounds, and bytes as sent with and without compression.
//!
//! Twice: everybody with the same form (every cell filled), and everybody with their own (the columns are the union). On
//! SQLite in a file; on PostgreSQL too where `SYNAQ_BENCH_POSTGRES` names an empty database.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::{DateTime, TimeDelta};
use synaq::clock::ManualClock;
use synaq::config::Config;
use synaq::content::{self, Content};
use synaq::domain::assemble::{self, Exposure};
use synaq::domain::assignment::{Assignment, FeedbackPolicy, ResultsPolicy, Work};
use synaq::domain::attempt::{Attempt, Kind, Limits, State};
use synaq::domain::form::{Form, Letter};
use synaq::domain::id::{AttemptId, ItemId, LearnerId, RuleId};
use synaq::domain::language_score::KeySet;
use synaq::domain::rules::Section;
use synaq::domain::school::SchoolRole;
use synaq::service::{Account, Exam, NewAccount, NewAssignment, Retention, Role, Settings};
use synaq::store::{Store, fresh_id};
use synaq::web::{self, App, locale::Locales};
use tokio::task::JoinSet;
use tower::ServiceExt;

const LEARNERS: usize = 300;
const ROUNDS: usize = 9;
const RULE: &str = "b1-2026-04";
const PASSWORD: &str = "ақ бота көк тау";

/// A school with a group that has done what it was given.
struct Stage {
    exam: Exam,
    clock: ManualClock,
    store: Store,
    content: Arc<Content>,
    tutor: Account,
    token: String,
    given: Assignment,
}

fn content_dir() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/content"))
}

impl Stage {
    async fn new(address: &str) -> Self {
        let begin = DateTime::parse_from_rfc3339("2026-11-22T09:00:00+05:00").expect("a time");
        let clock = ManualClock::at(begin.to_utc());
        let content = Arc::new(content::load(content_dir()).expect("the content has no fault"));
        let settings = Settings {
            default_rule: RuleId::new(RULE),
            limits: Limits {
                grace: TimeDelta::seconds(3),
                ready_for: TimeDelta::hours(24),
                responses: i64::MAX,
            },
            session_length: TimeDelta::days(30),
            keys: KeySet::default(),
            retention: Retention::default(),
        };
        let store = Store::open(address).await.expect("a database");
        let exam = Exam::start(
            store.clone(),
            content.clone(),
            Arc::new(clock.clone()),
            settings,
        );
        let exam = exam.await.expect("the exam starts");
        let tutor = NewAccount {
            email: format!("{}@example.org", uuid::Uuid::now_v7().simple()),
            password: PASSWORD.to_owned(),
            name: "Tutor".to_owned(),
        };
        let tutor = exam.sign_up(tutor, None).await.expect("an account");
        let school = exam.make_school(&tutor.account, "School", "Asia/Almaty");
        let school = school.await.expect("a school").id;
        let group = exam.make_group(&tutor.account, &school, "Group").await;
        let group = group.expect("a group").id;
        let new = NewAssignment {
            title: "Mock".to_owned(),
            work: Work::Mock {
                rule: RuleId::new(RULE),
                counts: false,
                feedback: FeedbackPolicy::AtOnce,
                results: ResultsPolicy::AtOnce,
                delivery: None,
            },
            opens: None,
            due: "2026-11-27".parse().expect("a day"),
            attempts: 1,
            learners: None,
        };
        let given = exam.give(&tutor.account, &group, new).await;
        Self {
            given: given.expect("an assignment"),
            tutor: tutor.account,
            token: tutor.token,
            exam,
            clock,
            store,
            content,
        }
    }

    fn form(&self, seed: u64) -> Form {
        let rules = self.exam.rules(None).expect("the rules");
        let form = assemble::mock(&self.content.bank, &rules, &Exposure::default(), seed);
        form.expect("a form")
    }

    /// Adds a learner with an attempt that is ready.
    async fn enrol(&self, n: usize, form: Form) -> (LearnerId, AttemptId) {
        let now = self.clock_now();
        let rules = self.exam.rules(None).expect("the rules");
        let learner = Account {
            id: LearnerId::new(fresh_id(now)),
            name: Some(format!("Сейітқазы Нұрсұлтан {n:03}")),
            email: Some(format!("{}@example.org", uuid::Uuid::now_v7().simple())),
            password_hash: None,
            role: Role::Learner,
            created_at: now,
        };
        let attempt = Attempt {
            id: AttemptId::new(fresh_id(now)),
            learner: learner.id.clone(),
            kind: Kind::Mock,
            rule: rules.id.clone(),
            form: Arc::new(form),
            created_at: now,
            counts: false,
            counted_at: None,
            allowance: Default::default(),
            delivery: Default::default(),
            track: None,
            done: Vec::new(),
            state: State::Ready,
        };
        let mut conn = self.store.write().await.expect("a connection");
        conn.insert_learner(&learner).await.expect("a learner");
        let school = &self.given.school;
        conn.add_member(school, &learner.id, SchoolRole::Learner, now)
            .await
            .expect("a member");
        conn.add_to_group(&self.given.group, &learner.id, now)
            .await
            .expect("in the group");
        conn.insert_attempt(&attempt, &rules.digest, None)
            .await
            .expect("an attempt");
        conn.link_attempt(&attempt.id, &self.given.id, &learner.id)
            .await
            .expect("assigned");
        conn.commit().await.expect("kept");
        (learner.id, attempt.id)
    }

    fn clock_now(&self) -> DateTime<chrono::Utc> {
        use synaq::clock::Clock;
        self.clock.now()
    }

    /// Everybody sits the whole mock, side by side as in a class room.
    async fn sit(&self, same: bool) {
        let mut people = Vec::with_capacity(LEARNERS);
        for n in 0..LEARNERS {
            let form = self.form(if same { 1 } else { n as u64 });
            let items: Vec<(Section, ItemId)> = form
                .sections
                .iter()
                .flat_map(|section| section.items().map(|item| (section.name, item.id.clone())))
                .collect();
            let (learner, attempt) = self.enrol(n, form).await;
            people.push((n, learner, attempt, items));
        }
        let mut rows = JoinSet::new();
        for (n, learner, attempt, items) in people {
            let exam = self.exam.clone();
            rows.spawn(async move {
                for section in [Section::Listening, Section::Reading] {
                    retried(|| exam.start_section(&learner, &attempt, section)).await;
                    let own = items
                        .iter()
                        .enumerate()
                        .filter(|(_, (of, _))| *of == section);
                    for (place, (_, item)) in own {
                        // Any answers will do, not the same for all, and some left out.
                        let dice = (n * 7919 + place * 104_729 + n * place) % 23;
                        let Some(letter) = Letter::ALL.get(dice % 5) else {
                            continue;
                        };
                        retried(|| exam.respond(&learner, &attempt, item, Some(*letter), None))
                            .await;
                    }
                    retried(|| exam.finish_section(&learner, &attempt, section)).await;
                }
            });
        }
        while let Some(done) = rows.join_next().await {
            done.expect("sat");
        }
    }
}

/// A busy database is asked again.
async fn retried<T, E: std::fmt::Display, F: Future<Output = Result<T, E>>>(
    work: impl Fn() -> F,
) -> T {
    const TIMES: usize = 50;
    for _ in 1..TIMES {
        if let Ok(done) = work().await {
            return done;
        }
        tokio::task::yield_now().await;
    }
    work().await.unwrap_or_else(|error| panic!("{error}"))
}

struct Page {
    bytes: usize,
    took: Duration,
}

#[allow(clippy::disallowed_methods)] // a benchmark measures time
async fn visit(router: &axum::Router, token: &str, path: &str, encoding: &str) -> Page {
    let request = Request::get(path)
        .header(header::HOST, "exam.example")
        .header(header::COOKIE, format!("synaq_session={token}"))
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::ACCEPT_ENCODING, encoding)
        .body(Body::empty())
        .expect("a request");
    let begun = Instant::now();
    let answer = router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let body = to_bytes(answer.into_body(), usize::MAX)
        .await
        .expect("a body");
    Page {
        bytes: body.len(),
        took: begun.elapsed(),
    }
}

async fn measure(engine: &str, address: &str, same: bool) {
    let stage = Stage::new(address).await;
    stage.sit(same).await;
    let review = stage.exam.review(&stage.tutor, &stage.given.id).await;
    let review = review.expect("a review");
    let asked: usize = review
        .matrix
        .rows
        .iter()
        .map(|row| row.iter().flatten().count())
        .sum();
    println!(
        "{engine}, {}: {} learners, {} questions in all, {} answers",
        if same { "one form" } else { "a form each" },
        review.learners.len(),
        review.matrix.questions.len(),
        asked,
    );
    let item = &review.matrix.questions[0].item;
    let attempt = &review.learners[LEARNERS / 2].attempt;
    let config = Config::for_testing("unused", Path::new("unused"), RULE);
    let locales = Locales::load(content_dir()).expect("the locales");
    let router = web::router(App::new(stage.exam.clone(), locales, config, None));
    let base = format!("/assignments/{}", stage.given.id);
    for (name, path) in [
        ("results", base.clone()),
        ("questions", format!("{base}/items")),
        ("one question", format!("{base}/items/{item}")),
        ("skills", format!("{base}/skills")),
        ("one attempt", format!("{base}/attempts/{attempt}")),
        ("questions, API", format!("/api/v1{base}/items")),
    ] {
        let mut rounds = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            rounds.push(visit(&router, &stage.token, &path, "identity").await.took);
        }
        rounds.sort_unstable();
        let plain = visit(&router, &stage.token, &path, "identity").await.bytes;
        let packed = visit(&router, &stage.token, &path, "gzip").await.bytes;
        let ms = |took: Duration| took.as_secs_f64() * 1e3;
        println!(
            "  {name}: {:.1} ms (median of {ROUNDS}; {:.1} to {:.1}), {plain} bytes, {packed} compressed",
            ms(rounds[ROUNDS / 2]),
            ms(rounds[0]),
            ms(rounds[ROUNDS - 1]),
        );
    }
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let dir = std::env::temp_dir().join(format!("synaq-bench-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&dir).expect("a directory");
    for same in [true, false] {
        let file = dir.join(format!("{same}.db"));
        let address = format!("sqlite://{}", file.display());
        runtime.block_on(measure("SQLite", &address, same));
    }
    if let Ok(address) = std::env::var("SYNAQ_BENCH_POSTGRES") {
        for same in [true, false] {
            runtime.block_on(measure("PostgreSQL", &address, same));
        }
    }
    std::fs::remove_dir_all(&dir).expect("tidied up");
}
