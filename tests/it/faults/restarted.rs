//! A database that is restarted under load, by its own will or by a crash: saves are refused with when to come again,
//! nothing acknowledged is lost, and the server goes on by itself when the database is there again.

use futures_util::future::join_all;

use super::load::{Learner, Told, all_answer, sit_down, the_database_agrees};
use crate::support::process::{Running, serve_command};
use crate::support::server::PostgresServer;
use crate::support::{Place, short_content};

const LEARNERS: usize = 30;
/// Each learner is in the middle of these when the database goes.
const SAVES_BEFORE: usize = 3;

async fn all_answer_until(learners: &mut [Learner], told: impl Fn(&Told) -> bool) {
    let answering = learners.iter_mut();
    join_all(answering.map(|learner| learner.answer_until(&told))).await;
}

async fn it_is_restarted(stop: impl Fn(&PostgresServer) + Sync) {
    let database = PostgresServer::start();
    let place = Place::postgres_on(&database.address).await;
    let server = Running::start(&mut serve_command(&short_content(), &place.address));
    let mut learners = sit_down(server.address, LEARNERS).await;
    for _ in 0..2 {
        // Everybody goes on answering while it stops, and until they are told that it did.
        let answering = async {
            for _ in 0..SAVES_BEFORE {
                all_answer(&mut learners).await;
            }
            all_answer_until(&mut learners, |told| *told != Told::Saved).await;
        };
        let stopping = async {
            tokio::task::yield_now().await;
            tokio::task::block_in_place(|| stop(&database));
        };
        // Beside each other, and on threads of their own where something blocks.
        tokio::join!(answering, stopping);
        // Nobody waits for ever: each is told, and when to come again.
        let told = all_answer(&mut learners).await;
        let waits = told.iter().all(|told| matches!(told, Told::Wait(_)));
        assert!(waits, "{told:?}");
        tokio::task::block_in_place(|| database.resume());
        all_answer_until(&mut learners, |told| *told == Told::Saved).await;
        the_database_agrees(&place, &learners).await;
    }
    let told = all_answer(&mut learners).await;
    assert_eq!(told, vec![Told::Saved; LEARNERS], "all is as it was");
    assert_eq!(
        tokio::task::block_in_place(|| server.terminate()),
        Some(0),
        "it was the same server all the while"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_postgres_that_is_restarted_loses_nothing_and_is_found_again() {
    it_is_restarted(PostgresServer::stop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_postgres_that_crashes_and_comes_back_loses_nothing_and_is_found_again() {
    it_is_restarted(PostgresServer::crash).await;
}
