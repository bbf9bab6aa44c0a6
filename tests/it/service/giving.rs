//! What is given, on both engines: picked testlets, a limit of time, keys and results that come later.

use std::collections::BTreeSet;

use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::form::Letter;
use synaq::domain::id::TestletId;
use synaq::domain::level::Level;
use synaq::domain::practice::{NothingFits, Wish};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::Failure;

use crate::support::giving::{bank, delayed, invalid, picked, work_through};
use crate::support::school::{Class, new, set, sit, start, table, training};
use crate::support::world::{GRACE_MS, at, items, minutes, ms};
use crate::support::{World, on_both};

#[tokio::test]
async fn a_picked_set_is_these_testlets_in_this_order() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let testlets = bank(&world, Reading);
        assert!(testlets.len() > 1);
        let work = set(picked(testlets.clone()), FeedbackPolicy::AtOnce);
        let given = class.give(&world, new(work, 2)).await;
        // Whatever was seen before, it is the same set again.
        for _ in 0..2 {
            let id = start(&world, &class.learner, &given).await.expect("starts");
            let paper = world.exam.paper(&class.learner.id, &id).await.expect("one");
            let running = paper.running().expect("it runs");
            let ids: Vec<TestletId> = running.testlets.iter().map(|one| one.id.clone()).collect();
            assert_eq!(ids, testlets);
            let all: usize = testlets
                .iter()
                .filter_map(|id| world.exam.content().bank.get(id))
                .map(|edition| edition.testlet.items.len())
                .sum();
            assert_eq!(running.items as usize, all, "with all their items");
            world.finish(&class.learner.id, &id, Reading).await;
        }
        let wrong = [
            vec![TestletId::new("none")],
            vec![testlets[0].clone(), testlets[0].clone()],
            bank(&world, Listening),
        ];
        for testlets in wrong {
            let work = set(picked(testlets), FeedbackPolicy::AtOnce);
            let refused = world.exam.give(&class.tutor, &class.group, new(work, 1));
            let refused = refused.await;
            let unfit = matches!(refused, Err(Failure::NothingFits(NothingFits::Testlet(_))));
            assert!(unfit, "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_items_with_the_kind_of_stem() {
    on_both(async |place| {
        let world = World::on(place).await;
        let who = world.learner().await;
        let any = Wish::new(Reading, Level::A2, 40);
        let set = world.exam.create_practice(&who, &any).await.expect("a set");
        let stem_of = |id: &str| world.in_bank(id).stem_type.clone();
        let stems: BTreeSet<String> = items(&set).map(|item| stem_of(item.id.as_str())).collect();
        assert!(stems.len() > 1, "{stems:?}");
        for stem in stems {
            let wish = Wish {
                stem_type: Some(stem.clone()),
                ..any.clone()
            };
            let set = world.exam.create_practice(&who, &wish).await;
            let set = set.expect("a set");
            assert!(items(&set).all(|item| stem_of(item.id.as_str()) == stem));
        }
    })
    .await;
}

#[tokio::test]
async fn a_set_with_a_limit_ends_when_its_time_is_up() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let wish = Wish {
            minutes: Some(10),
            ..Wish::new(Reading, Level::A2, 4)
        };
        let given = class
            .give(&world, new(set(wish, FeedbackPolicy::AtOnce), 1))
            .await;
        let who = &class.learner.id;
        let id = start(&world, &class.learner, &given).await.expect("starts");
        let paper = world.exam.paper(who, &id).await.expect("a paper");
        let deadline = paper.running().and_then(|section| section.deadline);
        assert_eq!(deadline, Some(world.exam.clock().now() + minutes(10)));
        let all: Vec<_> = items(&paper).cloned().collect();
        let answer = async |n: usize| {
            let key = world.key(&all[n]);
            world
                .exam
                .respond(who, &id, &all[n].id, Some(key), None)
                .await
        };
        answer(0).await.expect("in time");
        world.clock.advance(minutes(10) + ms(GRACE_MS));
        let late = answer(1).await;
        assert!(matches!(late, Err(Failure::Refused(_))), "{late:?}");
        let result = world.exam.result(who, &id).await.expect("a result");
        assert_eq!(result.sections[0].correct, 1);
        assert_eq!(Some(result.finished_at), deadline);
    })
    .await;
}

#[tokio::test]
async fn a_set_whose_keys_come_later_tells_none_before() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner.id;
        for policy in [FeedbackPolicy::AfterDue, FeedbackPolicy::Released] {
            let wish = picked(bank(&world, Reading));
            let given = class.give(&world, new(set(wish, policy), 1)).await;
            let id = start(&world, &class.learner, &given).await.expect("starts");
            let paper = world.exam.paper(who, &id).await.expect("a paper");
            assert_eq!(paper.keys_kept.len(), 2);
            for item in items(&paper) {
                for letter in Letter::ALL {
                    let saved = world.exam.respond(who, &id, &item.id, Some(letter), None);
                    let saved = saved.await.expect("saved");
                    assert!(saved.feedback.is_none(), "{policy:?}");
                }
            }
            let told = world
                .exam
                .practice_feedback(who, &id)
                .await
                .expect("testlets");
            assert!(told.iter().all(|testlet| testlet.items.is_empty()));
            world.finish(who, &id, Reading).await;
            let result = world.exam.result(who, &id).await.expect("a result");
            assert!(result.later && result.testlets.is_empty());
            let seen = world.exam.assigned_result(&class.tutor, &given.id, &id);
            let seen = seen.await.expect("those who teach see it").result;
            assert_eq!(seen.testlets.len(), 2);
            world
                .exam
                .release(&class.tutor, &given.id)
                .await
                .expect("released");
            let result = world.exam.result(who, &id).await.expect("a result");
            assert_eq!((result.later, result.testlets.len()), (false, 2));
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_else_tells_a_key_that_a_school_withholds() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner.id;
        // Both sets were made before the mock; one is finished before it, the other goes on.
        let open_set = Wish::new(Reading, Level::A2, 40);
        let before = world
            .exam
            .create_practice(who, &open_set)
            .await
            .expect("a set");
        let goes_on = world
            .exam
            .create_practice(who, &open_set)
            .await
            .expect("a set");
        work_through(&world, who, &before.id).await;
        let shown = world.exam.result(who, &before.id).await.expect("a result");
        assert!(shown.testlets.len() > 1 && shown.withheld == 0);

        let work = training(FeedbackPolicy::Released);
        let given = class.give(&world, new(work, 1)).await;
        let id = start(&world, &class.learner, &given).await.expect("starts");
        sit(&world, &class.learner, &id, 2, 2).await;
        let form: BTreeSet<TestletId> = {
            let seen = world
                .exam
                .assigned_result(&class.tutor, &given.id, &id)
                .await;
            let seen = seen.expect("a result").result;
            seen.testlets.iter().map(|one| one.id.clone()).collect()
        };
        let theirs = |testlets: &[synaq::service::TestletResult]| {
            testlets
                .iter()
                .filter(|one| form.contains(&one.id) && !one.items.is_empty())
                .count()
        };
        let result = world.exam.result(who, &before.id).await.expect("a result");
        assert!(result.withheld > 0 && theirs(&result.testlets) == 0);
        let mut met = 0;
        for item in items(&goes_on) {
            let saved = world
                .exam
                .respond(who, &goes_on.id, &item.id, Some(Letter::A), None);
            let saved = saved.await;
            let section = goes_on.running().expect("it runs");
            let testlet = section
                .testlets
                .iter()
                .find(|one| one.items.iter().any(|own| own.id == item.id));
            let withheld = testlet.is_some_and(|one| form.contains(&one.id));
            // Nor is it taken: the score of a set of one question would tell it.
            match withheld {
                true => assert!(matches!(saved, Err(Failure::KeptBack)), "{saved:?}"),
                false => assert!(saved.expect("saved").feedback.is_some()),
            }
            met += usize::from(withheld);
        }
        assert!(met > 0, "the set holds something of the mock");
        let told = world
            .exam
            .practice_feedback(who, &goes_on.id)
            .await
            .expect("some");
        assert_eq!(theirs(&told), 0);
        // Nor can a set be given that would tell it to the group.
        let telling: Vec<TestletId> = bank(&world, Reading)
            .into_iter()
            .filter(|id| form.contains(id))
            .collect();
        let telling = set(picked(telling), FeedbackPolicy::AtOnce);
        let refused = world
            .exam
            .give(&class.tutor, &class.group, new(telling, 1))
            .await;
        assert_eq!(invalid(refused), ("testlets", "held"));

        world
            .exam
            .release(&class.tutor, &given.id)
            .await
            .expect("released");
        let result = world.exam.result(who, &before.id).await.expect("a result");
        assert_eq!(result.withheld, 0);
        assert!(theirs(&result.testlets) > 0);
    })
    .await;
}

#[tokio::test]
async fn a_delayed_result_tells_nothing_but_its_date() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner.id;
        let given = class.give(&world, new(delayed(), 2)).await;
        let id = start(&world, &class.learner, &given).await.expect("starts");
        sit(&world, &class.learner, &id, 3, 4).await;
        // Sunday: the third working day is Wednesday.
        let from = at("2026-11-26T00:00:00+05:00");
        let hidden = async || {
            for refused in [
                world.exam.result(who, &id).await.err(),
                world.exam.language_score(who, &id).await.err(),
            ] {
                let Some(Failure::ResultNotYet(seen)) = refused else {
                    panic!("it is told: {refused:?}");
                };
                assert_eq!(seen.at, from);
            }
            let history = world.exam.history(who).await.expect("a history");
            let entry = history.iter().find(|entry| entry.overview.id == id);
            let entry = entry.expect("in the history");
            assert_eq!(entry.seen_from.map(|seen| seen.at), Some(from));
            assert!(entry.overview.scores.is_empty());
            assert_eq!((entry.level, entry.passed), (None, None));
            let scores = world.exam.mock_scores(who).await.expect("scores");
            assert!(scores.valid.is_empty() && scores.expired.is_empty());
            let view = world.exam.assignment(&class.learner, &given.id).await;
            let held = view.expect("a view").held_results;
            assert_eq!(held.get(&id).map(|seen| seen.at), Some(from));
        };
        hidden().await;
        // Nor does practice tell its keys meanwhile, nor the retake limit forget it.
        let wish = Wish::new(Reading, Level::A2, 40);
        if let Ok(practice) = world.exam.create_practice(who, &wish).await {
            assert!(
                practice.keys_kept.is_empty(),
                "what is withheld is not in it"
            );
        }
        let next = world.exam.next_mock(who, None).await.expect("an answer");
        assert_eq!(next.decision.expect("allowed").used, 1);
        let seen = table(&world, &class, &given).await;
        let last = seen.rows[0].last.as_ref().expect("those who teach see it");
        assert_eq!(last.passed, Some(true));

        world.clock.advance(from - world.exam.clock().now() - ms(1));
        hidden().await;
        world.clock.advance(ms(1));
        let result = world.exam.result(who, &id).await.expect("a result");
        assert!(result.passed && result.feedback && !result.testlets.is_empty());
        let scores = world.exam.mock_scores(who).await.expect("scores");
        assert_eq!(scores.valid.len(), 1);

        // A tutor brings the next one forward.
        let id = start(&world, &class.learner, &given).await.expect("starts");
        sit(&world, &class.learner, &id, 0, 0).await;
        let refused = world.exam.result(who, &id).await;
        assert!(
            matches!(refused, Err(Failure::ResultNotYet(_))),
            "{refused:?}"
        );
        world
            .exam
            .release(&class.tutor, &given.id)
            .await
            .expect("released");
        world.exam.result(who, &id).await.expect("a result");
    })
    .await;
}
