//! `cargo bench --bench live`: 300 learners of a group sit a mock, every question answered and a third of the answers
//! changed once, and a tutor looks on. How long one look at the store takes, and how long the whole page; the median of
//! several rounds, on SQLite and, where `SYNAQ_TEST_POSTGRES` names a server, on PostgreSQL in a database of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use chrono::{Days, TimeDelta};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use synaq::clock::SystemClock;
use synaq::config::Config;
use synaq::content;
use synaq::domain::assignment::{FeedbackPolicy, ResultsPolicy, Work};
use synaq::domain::attempt::Limits;
use synaq::domain::form::Letter;
use synaq::domain::id::{AssignmentId, GroupId, LearnerId, RuleId, SchoolId};
use synaq::domain::language_score::KeySet;
use synaq::domain::rules::Section;
use synaq::domain::school::SchoolRole;
use synaq::service::{Account, Exam, NewAccount, NewAssignment, Retention, Role, Settings};
use synaq::store::{Store, fresh_id};
use synaq::web::{self, App, locale::Locales};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt;

const LEARNERS: usize = 300;
const ROUNDS: usize = 15;
/// How many are brought to where they sit at once: fewer than there are connections to the database.
const AT_ONCE: usize = 16;
const RULE: &str = "a1-2026-02";

/// A group that sits, and its tutor.
struct Hall {
    exam: Exam,
    store: Store,
    router: Router,
    token: String,
    tutor: Account,
    school: SchoolId,
    group: GroupId,
    given: AssignmentId,
}

async fn hall(address: &str) -> Hall {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    let content = content::load(&dir).expect("the repository's content has no fault");
    let store = Store::open(address).await.expect("the store opens");
    let settings = Settings {
        default_rule: RuleId::new(RULE),
        limits: Limits {
            grace: TimeDelta::seconds(3),
            ready_for: TimeDelta::hours(24),
            responses: i64::MAX,
        },
        session_length: TimeDelta::days(1),
        keys: KeySet::default(),
        retention: Retention::default(),
    };
    let clock = SystemClock::shared();
    let exam = Exam::start(store.clone(), Arc::new(content), clock, settings);
    let exam = exam.await.expect("the exam starts");
    let new = NewAccount {
        email: "tutor@example.org".to_owned(),
        password: "ақ бота көк тау".to_owned(),
        name: "Tutor".to_owned(),
    };
    let signed_in = exam.sign_up(new, None).await.expect("a tutor");
    let tutor = signed_in.account;
    let school = exam.make_school(&tutor, "School", "Asia/Almaty").await;
    let school = school.expect("a school").id;
    let group = exam.make_group(&tutor, &school, "Group").await;
    let group = group.expect("a group").id;
    let work = Work::Mock {
        rule: RuleId::new(RULE),
        counts: false,
        feedback: FeedbackPolicy::AtOnce,
        results: ResultsPolicy::AtOnce,
        delivery: None,
    };
    let today = exam.clock().now().date_naive();
    let given = NewAssignment {
        title: "Mock".to_owned(),
        work,
        opens: None,
        due: today + Days::new(7),
        attempts: 1,
        learners: None,
    };
    let given = exam.give(&tutor, &group, given).await;
    let given = given.expect("an assignment").id;
    let locales = Locales::load(&dir).expect("the words");
    let config = Config::for_testing("unused", Path::new("unused"), RULE);
    Hall {
        router: web::router(App::new(exam.clone(), locales, config, None)),
        token: signed_in.token,
        exam,
        store,
        tutor,
        school,
        group,
        given,
    }
}

impl Hall {
    async fn learner(&self, n: usize) -> Account {
        let now = self.exam.clock().now();
        let account = Account {
            id: LearnerId::new(fresh_id(now)),
            name: Some(format!("Learner {n:03}")),
            email: Some(format!("learner-{n}@example.org")),
            password_hash: None,
            role: Role::Learner,
            created_at: now,
        };
        let mut conn = self.store.write().await.expect("a connection");
        conn.insert_learner(&account).await.expect("added");
        conn.add_member(&self.school, &account.id, SchoolRole::Learner, now)
            .await
            .expect("a member");
        conn.add_to_group(&self.group, &account.id, now)
            .await
            .expect("in the group");
        conn.commit().await.expect("kept");
        account
    }
}

/// Sits both sections and stays in the second; returns how many answers were saved.
async fn sit(exam: Exam, who: Account, given: AssignmentId) -> usize {
    let id = exam
        .start_assignment(&who, &given, None)
        .await
        .expect("starts");
    let mut saved = 0;
    for section in [Section::Listening, Section::Reading] {
        let paper = exam.start_section(&who.id, &id, section).await;
        let paper = paper.expect("a paper");
        let running = paper.running().expect("a section runs");
        let items = running.testlets.iter().flat_map(|testlet| &testlet.items);
        for (n, item) in items.enumerate() {
            for letter in [Letter::A, Letter::B]
                .into_iter()
                .take(1 + usize::from(n % 3 == 0))
            {
                let done = exam.respond(&who.id, &id, &item.id, Some(letter), None);
                done.await.expect("saved");
                saved += 1;
            }
        }
        if section == Section::Listening {
            let done = exam.finish_section(&who.id, &id, section).await;
            done.expect("finished");
        }
    }
    exam.time_left(&who.id, &id).await.expect("time"); // their page is there
    saved
}

#[allow(clippy::disallowed_methods)] // a benchmark measures time
async fn rounds(engine: &str, name: &str, work: impl AsyncFn()) {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        work().await;
        rounds.push(begun.elapsed());
    }
    rounds.sort_unstable();
    let ms = |round: Duration| round.as_secs_f64() * 1e3;
    println!(
        "{engine}: {name}: {:.1} ms (median of {ROUNDS}; {:.1} to {:.1})",
        ms(rounds[ROUNDS / 2]),
        ms(rounds[0]),
        ms(rounds[ROUNDS - 1]),
    );
}

async fn measure(engine: &str, address: &str) {
    let hall = hall(address).await;
    let (mut sitting, some) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
    for n in 0..LEARNERS {
        let who = hall.learner(n).await;
        let (exam, given, some) = (hall.exam.clone(), hall.given.clone(), some.clone());
        sitting.spawn(async move {
            let _turn = some.acquire().await.expect("a turn");
            sit(exam, who, given).await
        });
    }
    let saved: usize = sitting.join_all().await.into_iter().sum();
    hall.exam.write_presence().await.expect("written");
    println!("{engine}: {LEARNERS} learners sit, {saved} answers saved");

    rounds(engine, "one look, for however many watch", async || {
        let view = hall.exam.live(&hall.tutor, &hall.given).await;
        assert_eq!(view.expect("a view").look.rows.len(), LEARNERS);
    })
    .await;
    rounds(engine, "the whole page", async || {
        let request = Request::get(format!("/assignments/{}/live", hall.given))
            .header("authorization", format!("Bearer {}", hall.token))
            .body(Body::empty());
        let request = request.expect("a request");
        let answer = hall.router.clone().oneshot(request).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200);
        to_bytes(answer.into_body(), usize::MAX)
            .await
            .expect("a body");
    })
    .await;
    rounds(
        engine,
        "all of them asking for the time left, and noting that they are there",
        async || {
            for row in &hall
                .exam
                .live(&hall.tutor, &hall.given)
                .await
                .expect("a view")
                .look
                .rows
            {
                let attempt = row.attempt.as_ref().expect("an attempt");
                hall.exam
                    .time_left(&row.learner, attempt)
                    .await
                    .expect("time");
            }
            assert_eq!(hall.exam.write_presence().await.expect("written"), LEARNERS);
        },
    )
    .await;
    hall.store.close().await;
}

async fn on_server(server: &str, sql: String) {
    let mut db = PgConnection::connect(server).await.expect("the server");
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await;
    done.expect("done");
}

#[tokio::main]
async fn main() {
    let dir = std::env::temp_dir().join(format!("synaq-bench-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&dir).expect("a scratch directory");
    let file = format!("sqlite://{}", dir.join("exam.db").display());
    measure("SQLite", &file).await;
    std::fs::remove_dir_all(&dir).expect("removed");
    let Ok(server) = std::env::var("SYNAQ_TEST_POSTGRES") else {
        return;
    };
    let name = format!("synaq_bench_{}", uuid::Uuid::now_v7().simple());
    on_server(&server, format!("create database {name}")).await;
    let (base, _) = server.rsplit_once('/').expect("an address with a database");
    measure("PostgreSQL", &format!("{base}/{name}")).await;
    on_server(&server, format!("drop database {name} with (force)")).await;
}
