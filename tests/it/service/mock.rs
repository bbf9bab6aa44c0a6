//! A whole mock, from ready to its score, and every step that is out of order.

use synaq::domain::attempt::{EndedBy, Kind, Refused};
use synaq::domain::form::Letter;
use synaq::domain::id::ItemId;
use synaq::domain::level::Level;
use synaq::domain::rules::Section::{self, Listening, Reading};
use synaq::service::Failure;
use synaq::service::paper::Status;

use crate::support::World;
use crate::support::on_both;
use crate::support::world::{items, minutes, running};

fn statuses(paper: &synaq::service::paper::Paper) -> Vec<(Section, Status)> {
    let sections = paper.sections.iter();
    sections
        .map(|section| (section.name, section.status))
        .collect()
}

#[tokio::test]
async fn a_whole_mock() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let begun = world.exam.clock().now();

        let paper = world
            .exam
            .create_mock(&learner, None, None)
            .await
            .expect("made");
        let id = paper.id.clone();
        assert_eq!((paper.kind, paper.state), (Kind::Mock, "ready"));
        assert_eq!(
            statuses(&paper),
            [(Listening, Status::Waiting), (Reading, Status::Waiting)]
        );
        assert!(
            paper
                .sections
                .iter()
                .all(|section| section.testlets.is_empty())
        );
        assert_eq!(paper.sections[0].recordings.len(), 1);

        let paper = world.start(&learner, &id, Listening).await;
        assert_eq!(paper.state, "running");
        assert_eq!(running(&paper).deadline, Some(begun + minutes(2)));
        assert_eq!(running(&paper).remaining_ms, Some(120_000));
        assert_eq!(items(&paper).count(), 3);
        assert_eq!(
            items(&paper).map(|item| item.position).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert!(running(&paper).testlets[0].text.is_none());

        for item in items(&paper) {
            let saved = world
                .exam
                .respond(&learner, &id, &item.id, Some(world.key(item)), None)
                .await
                .expect("saved");
            assert!(saved.feedback.is_none(), "a mock gives no feedback");
            assert_eq!(saved.receipt.seq, item.position as i64);
        }
        world.clock.advance(minutes(1));
        let paper = world.finish(&learner, &id, Listening).await;
        assert_eq!(paper.state, "break");
        assert_eq!(
            statuses(&paper),
            [(Listening, Status::Finished), (Reading, Status::Waiting)]
        );
        let pause = paper.pause.expect("a break");
        assert_eq!((pause.next, pause.remaining_ms), (Reading, 60_000));

        let paper = world.start(&learner, &id, Reading).await;
        assert_eq!(running(&paper).deadline, Some(begun + minutes(1 + 3)));
        assert!(running(&paper).testlets[0].audio.is_none());
        let first = items(&paper).next().expect("an item");
        let right = world.key(first);
        world
            .exam
            .respond(&learner, &id, &first.id, Some(right), None)
            .await
            .expect("saved");
        world.clock.advance(minutes(2));
        let paper = world.finish(&learner, &id, Reading).await;
        assert_eq!(paper.state, "finished");
        assert!(
            paper
                .sections
                .iter()
                .all(|section| section.testlets.is_empty())
        );

        let result = world.exam.result(&learner, &id).await.expect("a result");
        assert_eq!((result.sections[0].correct, result.sections[0].of), (3, 3));
        assert_eq!(result.sections[0].level, Some(Level::C1));
        assert_eq!((result.sections[1].correct, result.sections[1].of), (1, 4));
        assert_eq!(result.sections[1].level, None, "25 % are below every band");
        assert_eq!((result.level, result.passed), (None, false));
        assert_eq!(result.sections[1].took_ms, 120_000);
        assert_eq!(result.sections[0].ended_by, EndedBy::Learner);
        assert_eq!(result.testlets.len(), 2);

        assert_eq!(
            world.event_kinds(&id).await,
            [
                "attempt-made",
                "section-started",
                "section-finished",
                "section-started",
                "section-finished"
            ]
        );
        let history = world.exam.history(&learner).await.expect("history");
        assert_eq!(history.len(), 1);
        assert_eq!(history[0].overview.state, "finished");
        assert_eq!(history[0].passed, Some(false));
    })
    .await;
}

#[tokio::test]
async fn steps_out_of_order_are_refused() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let exam = &world.exam;

        let early = exam.start_section(&learner, &id, Reading).await;
        assert!(
            matches!(
                early,
                Err(Failure::Refused(Refused::WrongSection {
                    wanted: Reading,
                    next: Listening
                }))
            ),
            "{early:?}"
        );
        let nothing_runs = exam.finish_section(&learner, &id, Listening).await;
        let Err(Failure::Refused(Refused::WrongState { state })) = nothing_runs else {
            panic!("{nothing_runs:?}");
        };
        assert_eq!(state, "ready");
        let unfinished = exam.result(&learner, &id).await;
        assert!(
            matches!(unfinished, Err(Failure::NotFinished)),
            "{unfinished:?}"
        );

        world.start(&learner, &id, Listening).await;
        let twice = exam.start_section(&learner, &id, Listening).await;
        assert!(matches!(twice, Err(Failure::Refused(_))), "{twice:?}");
        let other = exam.finish_section(&learner, &id, Reading).await;
        assert!(matches!(other, Err(Failure::Refused(_))), "{other:?}");
        world.finish(&learner, &id, Listening).await;
        let again = exam.finish_section(&learner, &id, Listening).await;
        assert!(matches!(again, Err(Failure::Refused(_))), "{again:?}");
        let back = exam.start_section(&learner, &id, Listening).await;
        assert!(matches!(back, Err(Failure::Refused(_))), "{back:?}");

        world.sit(&learner, &id, Reading, 4).await;
        let over = exam.start_section(&learner, &id, Reading).await;
        assert!(
            matches!(
                over,
                Err(Failure::Refused(Refused::WrongState { state: "finished" }))
            ),
            "{over:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_response_counts_only_in_its_running_section() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let paper = world.start(&learner, &id, Listening).await;
        let heard = items(&paper).next().expect("an item").id.clone();
        let respond = async |item: &ItemId| {
            let answer = world
                .exam
                .respond(&learner, &id, item, Some(Letter::A), None);
            answer.await.map(|saved| saved.receipt.seq)
        };
        let unknown = respond(&ItemId::new("no-such-item")).await;
        assert!(
            matches!(unknown, Err(Failure::Refused(Refused::NoSuchItem(_)))),
            "{unknown:?}"
        );
        world.finish(&learner, &id, Listening).await;
        for _in_break_and_reading in 0..2 {
            let closed = respond(&heard).await;
            assert!(
                matches!(closed, Err(Failure::Refused(Refused::SectionClosed))),
                "{closed:?}"
            );
            if _in_break_and_reading == 0 {
                world.start(&learner, &id, Reading).await;
            }
        }
        let stranger = world.learner().await;
        let other = world.exam.paper(&stranger, &id).await;
        assert!(matches!(other, Err(Failure::NotFound)), "{other:?}");
    })
    .await;
}

#[tokio::test]
async fn the_last_response_counts_and_clearing_takes_it_away() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let paper = world.start(&learner, &id, Listening).await;
        let chosen: Vec<_> = items(&paper).cloned().collect();
        let respond = async |n: usize, letter| {
            let item = &chosen[n].id;
            let saved = world.exam.respond(&learner, &id, item, letter, None).await;
            saved.expect("saved").receipt.seq
        };
        let keys: Vec<_> = chosen.iter().map(|item| world.key(item)).collect();
        let wrong = crate::support::world::other_than(keys[0]);
        // Item 1: wrong, then right. Item 2: right, then cleared. Item 3: right, wrong, right.
        respond(0, Some(wrong)).await;
        respond(0, Some(keys[0])).await;
        respond(1, Some(keys[1])).await;
        respond(1, None).await;
        respond(2, Some(keys[2])).await;
        respond(2, Some(crate::support::world::other_than(keys[2]))).await;
        assert_eq!(respond(2, Some(keys[2])).await, 7, "every response is kept");

        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        let now: Vec<_> = items(&paper).map(|item| item.response).collect();
        assert_eq!(now, [Some(keys[0]), None, Some(keys[2])]);
        world.finish(&learner, &id, Listening).await;
        world.sit(&learner, &id, Reading, 0).await;
        let result = world.exam.result(&learner, &id).await.expect("a result");
        assert_eq!(result.sections[0].correct, 2);
        assert_eq!(result.sections[1].correct, 0);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_shows_what_it_was_given_though_the_bank_has_changed() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let before = world.start(&learner, &id, Listening).await;

        let content = std::sync::Arc::new(super::assembly::reworded(world.exam.content()));
        let later = world.restarted(place, content).await;
        let after = later.exam.paper(&learner, &id).await.expect("a paper");
        let stems = |paper| -> Vec<_> {
            items(paper)
                .map(|item| (item.stem.clone(), item.options.clone()))
                .collect()
        };
        assert_eq!(stems(&before), stems(&after));
        // A right answer under the old wording is right, whatever the bank says now.
        for item in items(&before) {
            let key = world.key(item);
            let saved = later.exam.respond(&learner, &id, &item.id, Some(key), None);
            saved.await.expect("saved");
        }
        later.finish(&learner, &id, Listening).await;
        later.start(&learner, &id, Reading).await;
        later.finish(&learner, &id, Reading).await;
        let result = later.exam.result(&learner, &id).await.expect("a result");
        assert_eq!(result.sections[0].correct, 3);
    })
    .await;
}
