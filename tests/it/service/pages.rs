//! The one page that may save, flags, and plays that are counted where nobody can lie about them.

use synaq::domain::attempt::Refused;
use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, LearnerId, TestletId};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::Failure;
use synaq::service::paper::Paper;

use crate::support::world::{GRACE_MS, items, minutes, ms, running};
use crate::support::{Place, World, on_both};

async fn listening(place: &Place) -> (World, LearnerId, AttemptId, Paper) {
    let world = World::on(place).await;
    let learner = world.learner().await;
    let id = world.mock(&learner).await;
    let paper = world.start(&learner, &id, Listening).await;
    (world, learner, id, paper)
}

#[tokio::test]
async fn the_page_opened_last_is_the_one_that_saves() {
    on_both(async |place| {
        let (world, learner, id, paper) = listening(place).await;
        let exam = &world.exam;
        let item = items(&paper).next().expect("an item").id.clone();
        let respond = async |page| {
            let answer = exam.respond(&learner, &id, &item, Some(Letter::A), page);
            answer.await.map(|saved| saved.receipt.seq)
        };
        let superseded = |result| matches!(result, Err(Failure::PageSuperseded));

        respond(None)
            .await
            .expect("a client without pages may save");
        let (_, phone) = exam.open_page(&learner, &id, None).await.expect("opened");
        respond(Some(&phone)).await.expect("the phone is live");
        let (_, same) = exam
            .open_page(&learner, &id, Some(&phone))
            .await
            .expect("opened");
        assert_eq!(same, phone, "another view of the same page keeps its token");

        let (_, laptop) = exam.open_page(&learner, &id, None).await.expect("opened");
        assert_ne!(laptop, phone);
        assert!(superseded(respond(Some(&phone)).await));
        respond(Some(&laptop)).await.expect("the laptop took over");
        let stale = exam.open_page(&learner, &id, Some(&phone)).await;
        assert!(matches!(stale, Err(Failure::PageSuperseded)));
        let flag = exam.flag(&learner, &id, &item, true, Some(&phone)).await;
        assert!(matches!(flag, Err(Failure::PageSuperseded)), "{flag:?}");
        let testlet = running(&paper).testlets[0].id.clone();
        let play = exam.play(&learner, &id, &testlet, Some(&phone), None).await;
        assert!(matches!(play, Err(Failure::PageSuperseded)), "{play:?}");

        let saved = place.rows("select item_id from responses").await;
        assert_eq!(saved.len(), 3, "what a superseded page sent was not saved");
    })
    .await;
}

#[tokio::test]
async fn flags_come_and_go_and_close_with_their_section() {
    on_both(async |place| {
        let (world, learner, id, paper) = listening(place).await;
        let item = items(&paper).nth(1).expect("an item").id.clone();
        let flag = async |on| world.exam.flag(&learner, &id, &item, on, None).await;
        let flagged = async || {
            let paper = world.exam.paper(&learner, &id).await.expect("a paper");
            items(&paper).map(|item| item.flagged).collect::<Vec<_>>()
        };
        flag(true).await.expect("flagged");
        flag(true).await.expect("again is harmless");
        assert_eq!(flagged().await, [false, true, false]);
        flag(false).await.expect("unflagged");
        assert_eq!(flagged().await, [false, false, false]);
        world.clock.advance(minutes(2) + ms(GRACE_MS));
        let closed = flag(true).await;
        assert!(
            matches!(closed, Err(Failure::Refused(Refused::SectionClosed))),
            "{closed:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn plays_are_counted_and_a_repeated_request_counts_once() {
    on_both(async |place| {
        let (world, learner, id, paper) = listening(place).await;
        let testlet = running(&paper).testlets[0].id.clone();
        let play = async |key| world.exam.play(&learner, &id, &testlet, None, key).await;
        let left = async || {
            let paper = world.exam.paper(&learner, &id).await.expect("a paper");
            let audio = running(&paper).testlets[0].audio.clone();
            audio.expect("a recording").plays_left
        };
        assert_eq!(left().await, Some(2));
        assert_eq!(play(Some("k1")).await.expect("played"), Some(1));
        assert_eq!(play(Some("k1")).await.expect("the same"), Some(1));
        assert_eq!(left().await, Some(1));
        assert_eq!(play(Some("k2")).await.expect("played"), Some(0));
        for (again, key) in [("k3", Some("k3")), ("without a key", None)] {
            let used = play(key).await;
            assert!(matches!(used, Err(Failure::PlaysUsed)), "{again}: {used:?}");
        }
        assert_eq!(play(Some("k2")).await.expect("the same"), Some(0));
        assert_eq!(left().await, Some(0));
        let kinds = world.event_kinds(&id).await;
        let played = kinds.iter().filter(|kind| *kind == "recording-played");
        assert_eq!(played.count(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn plays_asked_for_at_once_are_not_more_than_allowed() {
    on_both(async |place| {
        let (world, learner, id, paper) = listening(place).await;
        let testlet = running(&paper).testlets[0].id.clone();
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let (exam, learner, id, testlet) = (
                world.exam.clone(),
                learner.clone(),
                id.clone(),
                testlet.clone(),
            );
            tasks.push(tokio::spawn(async move {
                exam.play(&learner, &id, &testlet, None, None).await.is_ok()
            }));
        }
        let mut played = 0;
        for task in tasks {
            played += usize::from(task.await.expect("no panic"));
        }
        assert_eq!(played, 2);
    })
    .await;
}

#[tokio::test]
async fn only_the_running_sections_recordings_play() {
    on_both(async |place| {
        let (world, learner, id, paper) = listening(place).await;
        let heard = running(&paper).testlets[0].id.clone();
        let play =
            async |testlet: &TestletId| world.exam.play(&learner, &id, testlet, None, None).await;
        let other = play(&TestletId::new("lst-other")).await;
        assert!(
            matches!(other, Err(Failure::NoSuchRecording(_))),
            "{other:?}"
        );
        world.clock.advance(minutes(2) + ms(GRACE_MS - 1));
        play(&heard).await.expect("within the grace");
        world.clock.advance(ms(1));
        let closed = play(&heard).await;
        assert!(matches!(closed, Err(Failure::Refused(_))), "{closed:?}");
        let paper = world.start(&learner, &id, Reading).await;
        let text = running(&paper).testlets[0].id.clone();
        for testlet in [&heard, &text] {
            let none = play(testlet).await;
            assert!(matches!(none, Err(Failure::NoSuchRecording(_))), "{none:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_that_cannot_be_one_of_ours_is_not_taken_for_one() {
    on_both(async |place| {
        let (world, learner, id, paper) = listening(place).await;
        let item = items(&paper).next().expect("an item").id.clone();
        let testlet = running(&paper).testlets[0].id.clone();
        let exam = &world.exam;
        // No page was opened yet, so none is live; PostgreSQL can store no NUL.
        for page in ["\0", "", &"x".repeat(10_000)] {
            let saved = exam
                .respond(&learner, &id, &item, Some(Letter::A), Some(page))
                .await;
            assert!(matches!(saved, Err(Failure::PageSuperseded)), "{saved:?}");
            let played = exam
                .play(&learner, &id, &testlet, Some(page), Some(page))
                .await;
            assert!(matches!(played, Err(Failure::PageSuperseded)), "{played:?}");
            let opened = exam.open_page(&learner, &id, Some(page)).await;
            assert!(matches!(opened, Err(Failure::PageSuperseded)));
        }
    })
    .await;
}
