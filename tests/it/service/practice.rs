//! What practice tells, and when; which answer counts once it has told.

use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, ItemId, LearnerId};
use synaq::domain::level::Level;
use synaq::domain::practice::Wish;
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::service::{Failure, Response, Saved, Sender};

use crate::support::giving::{bank, picked};
use crate::support::school::{Class, new, sit, start, training};
use crate::support::world::{items, other_than};
use crate::support::{World, on_both};

async fn send(
    world: &World,
    who: &LearnerId,
    id: &AttemptId,
    item: &ItemId,
    chosen: Option<Letter>,
    order: i64,
) -> Result<Saved, Failure> {
    let response = Response {
        item,
        chosen,
        page: None,
        order: Some(order),
    };
    let sender = Sender::Learner(who.clone());
    world.exam.save_response(&sender, id, response).await
}

#[tokio::test]
async fn the_first_answer_counts_where_the_key_is_known_after_it() {
    on_both(async |place| {
        let world = World::on(place).await;
        let who = world.learner().await;
        let wish = Wish::new(Reading, Level::A2, 3);
        let set = world
            .exam
            .create_practice(&who, &wish)
            .await
            .expect("a set");
        let item = items(&set).next().expect("an item");
        let key = world.key(item);
        let wrong = other_than(key);
        let first = send(&world, &who, &set.id, &item.id, Some(wrong), 1).await;
        let first = first.expect("saved");
        assert!(!first.feedback.as_ref().expect("told").correct);
        // Sent again because its receipt was lost: the same receipt, and what goes with it.
        let again = send(&world, &who, &set.id, &item.id, Some(wrong), 1).await;
        let again = again.expect("acknowledged");
        assert_eq!(again.receipt, first.receipt);
        assert_eq!(again.feedback.expect("told again").key, key);
        // Neither the right answer nor none takes its place.
        for (order, later) in [(2, Some(key)), (3, None), (4, Some(key))] {
            let later = send(&world, &who, &set.id, &item.id, later, order).await;
            let later = later.expect("a receipt of what counts");
            assert_eq!(later.receipt, first.receipt);
            assert_eq!(later.feedback.expect("told").response, Some(wrong));
        }
        world.finish(&who, &set.id, Reading).await;
        let result = world.exam.result(&who, &set.id).await.expect("a result");
        assert_eq!(result.sections[0].correct, 0);
    })
    .await;
}

#[tokio::test]
async fn the_texts_of_a_mock_that_is_not_begun_are_not_practised() {
    on_both(async |place| {
        let world = World::on(place).await;
        let who = world.learner().await;
        let wish = Wish::new(Listening, Level::A2, 40);
        let before = world
            .exam
            .create_practice(&who, &wish)
            .await
            .expect("a set");
        let mock = world.mock(&who).await;
        let form = format!("select testlet_id from attempt_testlets where attempt_id = '{mock}'");
        let form: Vec<String> = place
            .rows(&form)
            .await
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        let held = |id: &str| form.iter().any(|of_mock| of_mock == id);
        let (mut kept, mut told) = (0, 0);
        for testlet in &before.sections[0].testlets {
            let item = &testlet.items[0].id;
            match send(&world, &who, &before.id, item, Some(Letter::A), 1).await {
                Ok(saved) => {
                    assert!(!held(testlet.id.as_str()) && saved.feedback.is_some());
                    told += 1;
                }
                Err(failure) => {
                    assert!(matches!(failure, Failure::KeptBack), "{failure}");
                    assert!(held(testlet.id.as_str()));
                    kept += 1;
                }
            }
        }
        assert!(kept > 0, "the set has a text of the mock ({told} others)");
        // A set that is made now has none of them.
        if let Ok(after) = world.exam.create_practice(&who, &wish).await {
            let testlets = &after.sections[0].testlets;
            assert!(testlets.iter().all(|testlet| !held(testlet.id.as_str())));
        }
        // Once the mock is over they are told again.
        world.start(&who, &mock, Listening).await;
        world.finish(&who, &mock, Listening).await;
        world.start(&who, &mock, Reading).await;
        world.finish(&who, &mock, Reading).await;
        for testlet in &before.sections[0].testlets {
            let saved = send(
                &world,
                &who,
                &before.id,
                &testlet.items[0].id,
                Some(Letter::A),
                2,
            );
            assert!(saved.await.expect("saved").feedback.is_some());
        }
    })
    .await;
}

#[tokio::test]
async fn a_private_set_does_not_tell_by_its_score_what_a_school_keeps_back() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner.id;
        let set = world
            .exam
            .create_practice(who, &picked(bank(&world, Reading)))
            .await;
        let set = set.expect("a set");
        let given = class
            .give(&world, new(training(FeedbackPolicy::Released), 1))
            .await;
        let mock = start(&world, &class.learner, &given).await.expect("starts");
        sit(&world, &class.learner, &mock, 1, 1).await;
        let form = format!("select testlet_id from attempt_testlets where attempt_id = '{mock}'");
        let form: Vec<String> = place
            .rows(&form)
            .await
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        let withheld = set.sections[0].testlets.iter();
        let withheld = withheld.filter(|testlet| form.iter().any(|id| id == testlet.id.as_str()));
        let items: Vec<&ItemId> = withheld.map(|testlet| &testlet.items[0].id).collect();
        assert!(!items.is_empty());
        for item in &items {
            let refused = send(&world, who, &set.id, item, Some(Letter::A), 1).await;
            assert!(matches!(refused, Err(Failure::KeptBack)), "{refused:?}");
        }
        // Not even when the attempt is declared void.
        let voided = world.exam.void(who, &mock, "a test", "a test");
        voided.await.expect("void");
        let refused = send(&world, who, &set.id, items[0], Some(Letter::A), 2).await;
        assert!(matches!(refused, Err(Failure::KeptBack)), "{refused:?}");
        let released = world.exam.release(&class.tutor, &given.id);
        released.await.expect("released");
        let saved = send(&world, who, &set.id, items[0], Some(Letter::A), 3).await;
        assert!(saved.expect("saved").feedback.is_some());
    })
    .await;
}
