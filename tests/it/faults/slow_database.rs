//! A database that is held by somebody else: saves are given up in time with why and when to come again, who reads is
//! served all the while, and afterwards everything goes on. (How many may wait, and that more are refused at once, is in
//! `operations::pressure`.)

use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::load::{Told, all_answer, sit_down, the_database_agrees};
use crate::support::process::{Running, serve_command};
use crate::support::{Engine, Place, on_both, short_content};

const LEARNERS: usize = 60;
/// A save waits ten seconds at most; the rest is for a machine with much to do.
const GIVEN_UP_BY: Duration = Duration::from_secs(25);

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_come_on_is_a_refusal_in_time_and_nothing_is_lost() {
    on_both(async |place| {
        let server = Running::start(&mut serve_command(&short_content(), &place.address));
        let mut learners = sit_down(server.address, LEARNERS).await;
        let told = all_answer(&mut learners).await;
        assert_eq!(told, vec![Told::Saved; LEARNERS]);

        let holder = Holder::of(place).await;
        let refused = async {
            let told = all_answer(&mut learners).await;
            // Of SQLite nothing is known but that it cannot be written now; PostgreSQL says that somebody keeps what is
            // needed. Whoever has waited long enough is told that the server is busy, whatever the database says later.
            let why: &[&str] = match place.engine {
                Engine::Sqlite => &["store-unavailable", "busy"],
                Engine::Postgres => &["busy"],
            };
            for told in &told {
                let expected = matches!(told, Told::Wait(told) if why.contains(&told.as_str()));
                assert!(expected, "{told:?}");
            }
            // Reading is not held up.
            join_all(learners.iter_mut().map(|learner| learner.look())).await
        };
        let looked = tokio::time::timeout(GIVEN_UP_BY, refused).await;
        looked.expect("told in time, and shown what is there");
        // Once more, until it is saved; and the holder goes.
        let answering = join_all(
            learners
                .iter_mut()
                .map(|learner| async { learner.answer_until(|told| *told == Told::Saved).await }),
        );
        tokio::join!(answering, holder.let_go());
        for _ in 0..2 {
            let told = all_answer(&mut learners).await;
            assert_eq!(told, vec![Told::Saved; LEARNERS], "all is as it was");
        }
        the_database_agrees(place, &learners).await;
    })
    .await;
}
