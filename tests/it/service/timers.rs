//! Deadlines to the millisecond: the server owns every one of them.

use std::sync::Arc;

use synaq::domain::accommodation::Accommodation;
use synaq::domain::attempt::{Attempt, EndedBy, Kind, Refused, Running, State};
use synaq::domain::form::Form;
use synaq::domain::id::{AttemptId, LearnerId};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::Failure;
use synaq::service::paper::Paper;

use crate::support::world::{GRACE_MS, at, items, minutes, ms, running};
use crate::support::{Place, World, on_both};

struct Sitting {
    world: World,
    learner: LearnerId,
    id: AttemptId,
    paper: Paper,
}

impl Sitting {
    /// A mock whose listening runs; its deadline is two minutes away.
    async fn on(place: &Place) -> Self {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let paper = world.start(&learner, &id, Listening).await;
        Self {
            world,
            learner,
            id,
            paper,
        }
    }

    /// Answers the first item right.
    async fn answer(&self) -> Result<i64, Failure> {
        let item = items(&self.paper).next().expect("an item");
        let key = self.world.key(item);
        let exam = &self.world.exam;
        let saved = exam.respond(&self.learner, &self.id, &item.id, Some(key), None);
        saved.await.map(|saved| saved.receipt.seq)
    }

    async fn look(&self) -> Paper {
        let paper = self.world.exam.paper(&self.learner, &self.id).await;
        paper.expect("a paper")
    }

    /// The state in the database, without looking through the service, which would do what is due.
    async fn stored_state(&self) -> &'static str {
        let mut conn = self.world.store.read().await.expect("read");
        let stored = conn
            .attempt(&self.id)
            .await
            .expect("loads")
            .expect("is there");
        stored.attempt.state.name()
    }
}

/// An attempt whose first section runs until the paper's deadline.
fn sitting_open(paper: &Paper) -> Attempt {
    let deadline = running(paper).deadline;
    Attempt {
        id: paper.id.clone(),
        learner: LearnerId::new("learner"),
        kind: Kind::Mock,
        rule: paper.rule.clone(),
        form: Arc::new(Form {
            seed: 0,
            sections: Vec::new(),
        }),
        created_at: paper.created_at,
        counts: true,
        counted_at: Some(paper.created_at),
        allowance: Accommodation::default(),
        delivery: Default::default(),
        track: None,
        done: Vec::new(),
        state: State::Running(Running {
            index: 0,
            started_at: paper.created_at,
            deadline,
        }),
    }
}

#[tokio::test]
async fn an_answer_counts_until_the_deadline_and_then_through_the_grace() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        let clock = &sitting.world.clock;
        let deadline = running(&sitting.paper).deadline.expect("a deadline");

        clock.set(deadline - ms(1));
        assert_eq!(sitting.answer().await.expect("in time"), 1);
        clock.set(deadline);
        assert_eq!(sitting.answer().await.expect("in flight"), 2);
        clock.set(deadline + ms(GRACE_MS - 1));
        assert_eq!(sitting.answer().await.expect("the last moment"), 3);
        clock.set(deadline + ms(GRACE_MS));
        let closed = sitting.answer().await;
        assert!(
            matches!(closed, Err(Failure::Refused(Refused::SectionClosed))),
            "{closed:?}"
        );
        // The decision itself, on an attempt that nobody has ended yet: the form's listening, as it ran.
        let limits = sitting.world.exam.settings().limits;
        let takes = |after| sitting_open(&sitting.paper).open(0, deadline + ms(after), limits);
        assert_eq!(takes(-1), Ok(false));
        assert_eq!(takes(0), Ok(true));
        assert_eq!(takes(GRACE_MS - 1), Ok(true));
        assert_eq!(takes(GRACE_MS), Err(Refused::SectionClosed));
        let late =
            "select case when late then 'late' else 'in time' end from responses order by seq";
        let late: Vec<_> = place
            .rows(late)
            .await
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        assert_eq!(late, ["in time", "late", "late"]);
    })
    .await;
}

#[tokio::test]
async fn the_time_left_is_never_negative() {
    let place = Place::sqlite();
    let sitting = Sitting::on(&place).await;
    sitting.world.clock.advance(ms(119_999));
    assert_eq!(running(&sitting.look().await).remaining_ms, Some(1));
    sitting.world.clock.advance(ms(1 + GRACE_MS - 1));
    assert_eq!(running(&sitting.look().await).remaining_ms, Some(0));
}

#[tokio::test]
async fn the_sweep_ends_a_section_exactly_when_its_grace_is_over() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        let world = &sitting.world;
        let deadline = running(&sitting.paper).deadline.expect("a deadline");
        sitting.answer().await.expect("saved");

        world.clock.set(deadline + ms(GRACE_MS - 1));
        assert_eq!(world.exam.sweep().await.expect("swept"), 0);
        assert_eq!(sitting.stored_state().await, "running");
        world.clock.advance(ms(1));
        assert_eq!(world.exam.sweep().await.expect("swept"), 1);
        assert_eq!(sitting.stored_state().await, "break");
        assert_eq!(world.exam.sweep().await.expect("swept"), 0, "once");

        // Finished as of the deadline, with what was answered.
        let events = world.events(&sitting.id).await;
        let event = events.last().expect("an event");
        assert_eq!(
            (event.kind.as_str(), event.actor.as_str()),
            ("section-finished", "server")
        );
        assert_eq!(event.detail["correct"], 1);
        let paper = sitting.look().await;
        assert_eq!(paper.pause.expect("a break").until, deadline + minutes(1));
    })
    .await;
}

#[tokio::test]
async fn a_break_ends_by_itself_and_the_next_section_counts_from_its_end() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        let world = &sitting.world;
        world.finish(&sitting.learner, &sitting.id, Listening).await;
        let until = sitting.look().await.pause.expect("a break").until;
        assert_eq!(until, world.exam.clock().now() + minutes(1));

        world.clock.set(until - ms(1));
        assert_eq!(world.exam.sweep().await.expect("swept"), 0);
        assert_eq!(sitting.look().await.pause.expect("a break").remaining_ms, 1);

        // Nobody looks for half a minute: the section began when the break ended, not when somebody looked.
        world.clock.set(until + ms(30_000));
        assert_eq!(world.exam.sweep().await.expect("swept"), 1);
        let paper = sitting.look().await;
        assert_eq!(running(&paper).name, Reading);
        assert_eq!(running(&paper).deadline, Some(until + minutes(3)));
        assert_eq!(running(&paper).remaining_ms, Some(150_000));
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_due_happens_in_order_though_nobody_looked() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        let world = &sitting.world;
        let begun = world.exam.clock().now();
        sitting.answer().await.expect("saved");
        world.clock.advance(minutes(60 * 24));
        assert_eq!(world.exam.sweep().await.expect("swept"), 1);
        assert_eq!(sitting.stored_state().await, "finished");

        let events = world.events(&sitting.id).await;
        let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "attempt-made",
                "section-started",
                "section-finished",
                "section-started",
                "section-finished"
            ]
        );
        let result = world.exam.result(&sitting.learner, &sitting.id).await;
        let result = result.expect("a result");
        assert_eq!(result.finished_at, begun + minutes(2 + 1 + 3));
        assert_eq!(
            (result.sections[0].correct, result.sections[1].correct),
            (1, 0)
        );
        assert!(
            result
                .sections
                .iter()
                .all(|section| section.ended_by == EndedBy::Deadline)
        );
    })
    .await;
}

#[tokio::test]
async fn looking_does_what_the_sweep_would_have_done() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        sitting.world.clock.advance(minutes(2) + ms(GRACE_MS));
        assert_eq!(sitting.look().await.state, "break");
        let finished = sitting
            .world
            .exam
            .finish_section(&sitting.learner, &sitting.id, Listening)
            .await;
        assert!(matches!(finished, Err(Failure::Refused(_))), "{finished:?}");
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_is_never_begun_lapses() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let seen = async || {
            let mut conn = world.store.read().await.expect("read");
            conn.exposure(&learner, world.exam.clock().now())
                .await
                .expect("exposure")
                .seen
                .len()
        };
        assert_eq!(seen().await, 2);
        world.clock.advance(minutes(24 * 60) - ms(1));
        assert_eq!(world.exam.sweep().await.expect("swept"), 0);
        world.clock.advance(ms(1));
        assert_eq!(world.exam.sweep().await.expect("swept"), 1);
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(paper.state, "expired");
        let start = world.exam.start_section(&learner, &id, Listening).await;
        assert!(
            matches!(
                start,
                Err(Failure::Refused(Refused::WrongState { state: "expired" }))
            ),
            "{start:?}"
        );
        assert_eq!(seen().await, 0, "what was never begun was never seen");
        let today = world
            .exam
            .next_mock(&learner, None)
            .await
            .expect("an answer");
        assert_eq!(today.decision.expect("allowed").left, 3);
    })
    .await;
}

#[tokio::test]
async fn answers_and_the_end_of_their_section_come_one_after_the_other() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        let world = &sitting.world;
        let deadline = running(&sitting.paper).deadline.expect("a deadline");
        world.clock.set(deadline + ms(GRACE_MS - 1));
        // Many answers are under way while the grace runs out: each is counted, or its sender is told.
        let item = items(&sitting.paper).next().expect("an item");
        let key = world.key(item);
        let mut tasks = Vec::new();
        for n in 0..200 {
            let (exam, learner, id, item) = (
                world.exam.clone(),
                sitting.learner.clone(),
                sitting.id.clone(),
                item.id.clone(),
            );
            let letter = if n == 199 {
                key
            } else {
                crate::support::world::other_than(key)
            };
            tasks.push(tokio::spawn(async move {
                exam.respond(&learner, &id, &item, Some(letter), None)
                    .await
                    .is_ok()
            }));
        }
        tokio::task::yield_now().await;
        world.clock.advance(ms(1));
        world.exam.sweep().await.expect("swept");
        let mut saved = 0;
        for task in tasks {
            saved += usize::from(task.await.expect("no panic"));
        }
        // While answers waited the section did not end.
        world.exam.sweep().await.expect("swept");
        let kept = place
            .rows("select cast(count(*) as text) from responses")
            .await;
        assert_eq!(kept[0][0].as_deref(), Some(saved.to_string().as_str()));
        assert_eq!(sitting.stored_state().await, "break");
        // The score is that of the last response that was kept.
        let last = "select chosen from responses order by seq desc limit 1";
        let last = place.rows(last).await;
        let right = last
            .first()
            .is_some_and(|row| row[0].as_deref() == Some(key.as_str()));
        let events = world.events(&sitting.id).await;
        assert_eq!(
            events.last().expect("an event").detail["correct"],
            i64::from(right)
        );
    })
    .await;
}

#[tokio::test]
async fn the_real_rules_give_ten_minutes_of_break() {
    let content = synaq::content::load(&crate::support::own_content()).expect("the content");
    for rules in content.rules.values() {
        assert_eq!(rules.break_minutes.value, 10, "{}", rules.id);
        let form = synaq::domain::assemble::mock(&content.bank, rules, &Default::default(), 1);
        let form = form.expect("a form");
        assert_eq!(form.sections[0].break_ms, 0);
        assert_eq!(form.sections[1].break_ms, 600_000);
        let limits: Vec<_> = form
            .sections
            .iter()
            .map(|section| section.limit_ms)
            .collect();
        assert_eq!(
            limits,
            [Some(20 * 60_000), Some(50 * 60_000)],
            "{}",
            rules.id
        );
    }
    assert_eq!(at("2026-11-22T09:00:00+05:00"), at("2026-11-22T04:00:00Z"));
}

#[tokio::test]
async fn the_time_counts_from_the_first_page_and_not_from_the_click() {
    on_both(async |place| {
        let world = World::on(place).await;
        let (learner, late) = (world.learner().await, world.learner().await);
        let (id, late_id) = (world.mock(&learner).await, world.mock(&late).await);
        for (learner, id) in [(&learner, &id), (&late, &late_id)] {
            world.start(learner, id, Listening).await;
        }
        let open = async |learner, id| {
            let opened = world.exam.open_page(learner, id, None).await;
            let (paper, _) = opened.expect("opened");
            running(&paper).remaining_ms.expect("a clock")
        };
        let whole = minutes(2).num_milliseconds();
        world.clock.advance(ms(4_000));
        assert_eq!(open(&learner, &id).await, whole, "a slow network");
        // Only the first page: who opens it again has begun.
        world.clock.advance(ms(5_000));
        assert_eq!(open(&learner, &id).await, whole - 5_000);
        world.clock.advance(ms(7_000));
        assert_eq!(
            open(&late, &late_id).await,
            whole - 16_000,
            "not a wait for us"
        );
        let waited: Vec<_> = world
            .events(&id)
            .await
            .iter()
            .filter(|event| event.kind == "page-opened")
            .map(|event| event.detail["waited_ms"].as_i64())
            .collect();
        assert_eq!(waited, [Some(4_000)]);

        // Reading begins by itself when the break is over; its page comes a moment later.
        world.finish(&learner, &id, Listening).await;
        world.clock.advance(minutes(1) + ms(800));
        assert_eq!(open(&learner, &id).await, minutes(3).num_milliseconds());
        assert_eq!(world.exam.sweep().await.expect("swept"), 0);
    })
    .await;
}
