//! The wall clock is set back and forth while learners sit: no section ends early or late by it, saves go on, signs of
//! life stay in order, and a server that starts again on the other time shortens nobody's section.

use std::sync::Arc;

use synaq::clock::{AnchoredClock, Discipline};
use synaq::domain::Timestamp;
use synaq::domain::id::{AttemptId, LearnerId};
use synaq::domain::rules::Section::Listening;
use synaq::service::Exam;
use synaq::service::paper::{Paper, Status};

use crate::support::clocks::Fake;
use crate::support::world::{GRACE_MS, items, ms, running};
use crate::support::{Place, World, on_both};

const HOUR_MS: i64 = 3_600_000;
const SECTION_MS: i64 = 120_000;
const BEAT_MS: i64 = 2_000;
const UNNOTICED_MS: i64 = 3_000;
/// Less than a jump, more than a test takes.
const CLOSE_MS: i64 = 30_000;

/// A server whose clocks a test holds, with a learner whose listening has just begun.
struct Sitting {
    world: World,
    clocks: Fake,
    exam: Exam,
    learner: LearnerId,
    id: AttemptId,
    paper: Paper,
}

async fn server(world: &World, clocks: &Fake) -> Exam {
    let clock = Arc::new(AnchoredClock::new(clocks.clone()));
    world.told_the_time_by(clock).await
}

impl Sitting {
    async fn on(place: &Place) -> Self {
        let world = World::on(place).await;
        let clocks = Fake::new();
        let exam = server(&world, &clocks).await;
        let learner = exam.guest().await.expect("a guest").account.id;
        let made = exam.create_mock(&learner, None, None).await;
        let id = made.expect("a mock").id;
        let paper = exam.start_section(&learner, &id, Listening).await;
        Self {
            paper: paper.expect("started"),
            world,
            clocks,
            exam,
            learner,
            id,
        }
    }

    fn deadline(&self) -> Timestamp {
        running(&self.paper).deadline.expect("a deadline")
    }

    /// What a server does all the time: a sign of life, the comparison of clocks, a sweep. Returns how many were swept.
    async fn tick(&self, expected: Discipline) -> usize {
        let timed = self.exam.beat("node").await.expect("a beat");
        let found = self.exam.clock().discipline(timed == 0);
        assert_eq!(found, expected);
        self.exam.sweep().await.expect("swept")
    }

    async fn look(&self) -> Paper {
        let paper = self.exam.paper(&self.learner, &self.id).await;
        paper.expect("a paper")
    }

    async fn save(&self) {
        let item = items(&self.paper).next().expect("an item");
        let key = self.world.key(item);
        let saved = self
            .exam
            .respond(&self.learner, &self.id, &item.id, Some(key), None);
        saved.await.expect("saved");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_and_forth_ends_no_section_early_and_none_late() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        assert_eq!(sitting.tick(Discipline::Followed(0)).await, 0);
        let (mut away, mut passed) = (0, 0);
        for jump in [-HOUR_MS, 2 * HOUR_MS, -3 * HOUR_MS, HOUR_MS / 2] {
            sitting.clocks.jump(jump);
            away += jump;
            sitting.clocks.pass(BEAT_MS);
            passed += BEAT_MS;
            assert_eq!(
                sitting.tick(Discipline::Held(away)).await,
                0,
                "nothing is due"
            );
            let shown = sitting.look().await;
            assert_eq!(running(&shown).deadline, Some(sitting.deadline()));
            assert_eq!(running(&shown).remaining_ms, Some(SECTION_MS - passed));
            sitting.save().await;
        }
        // To the millisecond before the deadline and its grace, and then that one.
        sitting.clocks.pass(SECTION_MS + GRACE_MS - passed - 1);
        assert_eq!(sitting.tick(Discipline::Held(away)).await, 0);
        sitting.clocks.pass(1);
        assert_eq!(sitting.tick(Discipline::Held(away)).await, 1);
        let events = sitting.world.events(&sitting.id).await;
        let ended = events.iter().find(|event| event.kind == "section-finished");
        let ended = ended.expect("it ended");
        assert_eq!(ended.at, sitting.deadline() + ms(GRACE_MS));
        let rows = place
            .rows("select cast(max(ended_at) as text) from section_results")
            .await;
        let as_of = sitting.deadline().timestamp_millis().to_string();
        assert_eq!(rows, [[Some(as_of)]]);
    })
    .await;
}

#[tokio::test]
async fn when_nobody_is_timed_the_wall_clock_is_followed_and_what_is_begun_then_has_all_its_time() {
    on_both(async |place| {
        for jump in [-HOUR_MS, HOUR_MS] {
            let place = Place::on(place.engine).await;
            let sitting = Sitting::on(&place).await;
            let void = "update attempts set state = 'voided', due_at = null, until = null, since = null, \
                        section_index = null, ended_at = created_at, void_reason = 'test'";
            place.execute(void).await;
            sitting.clocks.jump(jump);
            assert_eq!(sitting.tick(Discipline::Followed(jump)).await, 0);
            let learner = sitting.exam.guest().await.expect("a guest").account.id;
            let made = sitting.exam.create_mock(&learner, None, None).await;
            let id = made.expect("a mock").id;
            let started = sitting.exam.start_section(&learner, &id, Listening).await;
            let started = started.expect("started");
            assert_eq!(running(&started).remaining_ms, Some(SECTION_MS));
            sitting.clocks.pass(SECTION_MS + GRACE_MS);
            assert_eq!(sitting.tick(Discipline::Followed(0)).await, 1);
            let paper = sitting.exam.paper(&learner, &id).await.expect("a paper");
            assert_eq!(paper.sections[0].status, Status::Finished);
        }
    })
    .await;
}

/// It is followed because nobody is timed, and no time has passed by it for whoever begins just then.
#[tokio::test]
async fn a_jump_that_is_followed_is_no_outage() {
    on_both(async |place| {
        let world = World::on(place).await;
        let clocks = Fake::new();
        let exam = server(&world, &clocks).await;
        let alive = async || exam.keep_alive("node", ms(UNNOTICED_MS)).await;
        assert_eq!(alive().await.expect("a beat"), 0);
        clocks.jump(HOUR_MS);
        assert_eq!(exam.keep_time(true), Discipline::Followed(HOUR_MS));
        let learner = exam.guest().await.expect("a guest").account.id;
        let made = exam.create_mock(&learner, None, None).await;
        let id = made.expect("a mock").id;
        let started = exam.start_section(&learner, &id, Listening).await;
        started.expect("started");
        clocks.pass(BEAT_MS);
        assert_eq!(alive().await.expect("a beat"), 1);
        let paper = exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(running(&paper).remaining_ms, Some(SECTION_MS - BEAT_MS));
    })
    .await;
}

/// The next process believes the wall clock. Set forward, the jump looks like an outage and is given back; set back, the
/// section has as much more time as the clock was set back by: never less than it had.
#[tokio::test]
async fn a_server_that_starts_again_on_the_other_time_shortens_no_section() {
    on_both(async |place| {
        for (jump, more) in [(HOUR_MS, 0), (-HOUR_MS, HOUR_MS)] {
            let place = Place::on(place.engine).await;
            let mut sitting = Sitting::on(&place).await;
            sitting.clocks.pass(10 * BEAT_MS);
            assert_eq!(sitting.tick(Discipline::Followed(0)).await, 0);
            sitting.clocks.jump(jump);
            assert_eq!(sitting.tick(Discipline::Held(jump)).await, 0);
            sitting.save().await;

            sitting.exam = server(&sitting.world, &sitting.clocks).await;
            let recovered = sitting.exam.recover("next", ms(UNNOTICED_MS)).await;
            let outage = recovered.expect("recovered");
            assert_eq!(outage.is_some(), jump > 0, "{outage:?}");
            assert_eq!(sitting.tick(Discipline::Followed(0)).await, 0);
            let left = SECTION_MS - 10 * BEAT_MS + more;
            assert_eq!(running(&sitting.look().await).remaining_ms, Some(left));
            sitting.save().await;
            // It is no section without end.
            sitting.clocks.pass(left + GRACE_MS);
            assert_eq!(sitting.tick(Discipline::Followed(0)).await, 1);
            let status = sitting.look().await.sections[0].status;
            assert_eq!(status, Status::Finished);
        }
    })
    .await;
}

/// Two servers whose machines disagree by an hour, and a database whose clock shows something else again.
#[tokio::test]
async fn servers_of_one_database_go_by_its_clock() {
    let place = Place::postgres().await;
    let world = World::on(&place).await;
    let (mine, theirs) = (Fake::new(), Fake::new());
    theirs.jump(HOUR_MS);
    let (one, other) = (server(&world, &mine).await, server(&world, &theirs).await);
    for (node, exam) in [("one", &one), ("other", &other)] {
        exam.keep_common_time(node, true).await.expect("compared");
    }
    let apart = one.clock().now() - other.clock().now();
    assert!(apart.abs() < ms(CLOSE_MS), "{apart}");

    // What one has begun the other does not end, and gives nothing back.
    let learner = one.guest().await.expect("a guest").account.id;
    let made = one.create_mock(&learner, None, None).await;
    let id = made.expect("a mock").id;
    one.beat("one").await.expect("a beat");
    let started = one.start_section(&learner, &id, Listening).await;
    started.expect("started");
    let recovered = other.recover("other", ms(10 * CLOSE_MS)).await;
    assert_eq!(recovered.expect("recovered"), None);
    assert_eq!(other.sweep().await.expect("swept"), 0);

    // A machine that stood still or ran away is alone with it: the other lives by the common clock.
    for off in [60_000, HOUR_MS] {
        mine.pass(off);
        other
            .keep_common_time("other", false)
            .await
            .expect("compared");
        other.beat("other").await.expect("a beat");
        let found = one.keep_common_time("one", false).await.expect("compared");
        let back = matches!(found, Discipline::Followed(ms) if (ms + off).abs() < CLOSE_MS);
        assert!(back, "{found:?}");
    }

    // Where all are off, it is the database's clock that was set, and nobody's time changes.
    for clocks in [&mine, &theirs] {
        clocks.pass(HOUR_MS);
    }
    for (node, exam) in [("one", &one), ("other", &other)] {
        exam.beat(node).await.expect("a beat");
    }
    for (node, exam) in [("one", &one), ("other", &other)] {
        let found = exam.keep_common_time(node, false).await.expect("compared");
        assert!(matches!(found, Discipline::Held(_)), "{found:?}");
    }
}
