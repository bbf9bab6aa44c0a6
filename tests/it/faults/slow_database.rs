//! A database that is held by somebody else: saves are given up in time with when to come again, who reads is served all
//! the while, what was given up never comes after a newer answer, and afterwards everything goes on.

use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::load::{Told, all_answer, sit_down, the_database_agrees};
use crate::support::process::{Running, serve_command};
use crate::support::{Engine, Place, on_both, short_content};

const LEARNERS: usize = 60;
/// A save waits ten seconds at most; the rest is for a machine with much to do.
const GIVEN_UP_BY: Duration = Duration::from_secs(25);
/// Kilobytes of memory that so many waiting answers may cost, with whatever else a server takes in that time.
const MEMORY_KB: u64 = 64 * 1024;

/// Somebody who holds what every save needs.
enum Holder {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Holder {
    async fn of(place: &Place) -> Self {
        let hold = "begin; lock table attempts in exclusive mode";
        match place.engine {
            Engine::Sqlite => {
                let mut db = SqliteConnection::connect(&place.address)
                    .await
                    .expect("opened");
                let held = sqlx::raw_sql("begin immediate").execute(&mut db).await;
                held.expect("held");
                Self::Sqlite(db)
            }
            Engine::Postgres => {
                let mut db = PgConnection::connect(&place.address).await.expect("opened");
                let held = sqlx::raw_sql(AssertSqlSafe(hold)).execute(&mut db).await;
                held.expect("held");
                Self::Postgres(db)
            }
        }
    }

    async fn let_go(self) {
        match self {
            Self::Sqlite(db) => db.close().await.expect("closed"),
            Self::Postgres(db) => db.close().await.expect("closed"),
        }
    }
}

/// The memory that a process has, in kilobytes.
fn memory_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.expect("a line").parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_come_on_is_a_refusal_in_time_and_nothing_is_lost() {
    on_both(async |place| {
        let server = Running::start(&mut serve_command(&short_content(), &place.address));
        let mut learners = sit_down(server.address, LEARNERS).await;
        let told = all_answer(&mut learners).await;
        assert_eq!(told, vec![Told::Saved; LEARNERS]);

        let before = memory_kb(server.pid());
        let holder = Holder::of(place).await;
        let refused = async {
            let told = all_answer(&mut learners).await;
            let waits = told.iter().all(|told| matches!(told, Told::Wait(_)));
            assert!(waits, "{told:?}");
            // Reading is not held up.
            join_all(learners.iter_mut().map(|learner| learner.look())).await
        };
        let looked = tokio::time::timeout(GIVEN_UP_BY, refused).await;
        looked.expect("told in time, and shown what is there");
        // Once more, behind what was given up; and while it waits the holder goes.
        let answering = join_all(
            learners
                .iter_mut()
                .map(|learner| async { learner.answer_until(|told| *told == Told::Saved).await }),
        );
        tokio::join!(answering, holder.let_go());
        let grown = memory_kb(server.pid()).saturating_sub(before);
        assert!(grown < MEMORY_KB, "{grown} KB");
        for _ in 0..2 {
            let told = all_answer(&mut learners).await;
            assert_eq!(told, vec![Told::Saved; LEARNERS], "all is as it was");
        }
        the_database_agrees(place, &learners).await;
    })
    .await;
}
