//! How a group answered, on both engines: the last finished attempt of each learner, letters turned back into options.

use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, ItemId};
use synaq::domain::review::Untold;
use synaq::domain::rules::Section::Listening;
use synaq::service::{Account, Failure};

use crate::support::school::{Class, account, new, sit, start, training};
use crate::support::world::items;
use crate::support::{World, on_both};

/// A learner's listening section: `choose` says the bank's option for each item, or none.
async fn listen(
    world: &World,
    who: &Account,
    id: &AttemptId,
    choose: impl Fn(usize, u8) -> Option<u8>,
) {
    let paper = world.start(&who.id, id, Listening).await;
    for (n, item) in items(&paper).enumerate() {
        let in_bank = world.in_bank(item.id.as_str());
        let Some(option) = choose(n, in_bank.key) else {
            continue;
        };
        let text = &in_bank.options[usize::from(option)];
        let shown = item.options.iter().find(|(_, shown)| shown == text);
        let (letter, _) = shown.expect("the option is shown");
        // What is chosen first does not count, nor what is cleared.
        for chosen in [Some(Letter::D), None, Some(*letter)] {
            let saved = world.exam.respond(&who.id, id, &item.id, chosen, None);
            saved.await.expect("saved");
        }
    }
    world.finish(&who.id, id, Listening).await;
}

#[tokio::test]
async fn options_are_counted_whatever_letters_learners_saw() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let mut people = vec![class.learner.clone()];
        for n in 0..5 {
            let who = account(&world, &format!("More-{n}")).await;
            class.admit(&world, &who).await;
            people.push(who);
        }
        let given = class
            .give(&world, new(training(FeedbackPolicy::Released), 2))
            .await;
        // Everybody chooses the option after the key in the first item, leaves out the second, has the others right.
        for who in &people[..5] {
            let id = start(&world, who, &given).await.expect("starts");
            listen(&world, who, &id, |n, key| match n {
                0 => Some((key + 1) % 4),
                1 => None,
                _ => Some(key),
            })
            .await;
            world
                .sit(&who.id, &id, synaq::domain::rules::Section::Reading, 4)
                .await;
        }
        // One is still at it, and one has a private mock: neither is counted.
        let open = start(&world, &people[5], &given).await.expect("starts");
        world.start(&people[5].id, &open, Listening).await;
        world.whole_mock(&people[0].id, 3, 4).await;

        let review = world.exam.review(&class.tutor, &given.id).await;
        let review = review.expect("a review");
        assert_eq!(review.learners.len(), 5);
        let (matrix, stats) = (&review.matrix, review.matrix.stats());
        assert_eq!(matrix.rows.len(), 5);
        let asked: u32 = stats.iter().map(|stats| stats.tally.of).sum();
        assert_eq!(asked, 5 * 7, "three to hear and four to read each");
        for (column, (question, stats)) in matrix.questions.iter().zip(&stats).enumerate() {
            assert_eq!(stats.discrimination, Err(Untold::TooFew));
            let in_bank = world.in_bank(question.item.as_str());
            assert_eq!(question.key, in_bank.key);
            let wrong = (question.key + 1) % 4;
            let mut expected = [0; 4];
            for row in &matrix.rows {
                match row[column] {
                    Some(answer) if answer.correct => expected[usize::from(question.key)] += 1,
                    Some(answer) if answer.answered => expected[usize::from(wrong)] += 1,
                    _ => {}
                }
            }
            assert_eq!(stats.chosen, expected, "{}", question.item);
        }
        let misled: u32 = stats.iter().map(|s| s.answered - s.tally.right).sum();
        let nothing: u32 = stats.iter().map(|s| s.unanswered()).sum();
        assert_eq!((misled, nothing), (5, 5));

        // One question, with its key and the names.
        let question = &matrix.questions[0];
        let found = world
            .exam
            .review_item(&class.tutor, &given.id, &question.item);
        let found = found.await.expect("a question");
        assert_eq!(found.item.key as usize, usize::from(question.key));
        assert_eq!(found.stats.tally, stats[0].tally);
        assert!(!found.testlet.title.is_empty());
        for unknown in ["no-such-item", "ЖОҚ\0"] {
            let unknown = world
                .exam
                .review_item(&class.tutor, &given.id, &ItemId::new(unknown))
                .await;
            assert!(matches!(unknown, Err(Failure::NothingHere)), "{unknown:?}");
        }
        let learner = world.exam.review(&class.learner, &given.id).await;
        assert!(matches!(learner, Err(Failure::NotAllowed)));
    })
    .await;
}

#[tokio::test]
async fn the_last_finished_attempt_of_each_learner_counts() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 3))
            .await;
        let nobody = world.exam.review(&class.tutor, &given.id).await;
        let nobody = nobody.expect("a review");
        assert!(nobody.learners.is_empty() && nobody.matrix.questions.is_empty());
        for right in [0, 3] {
            let id = start(&world, who, &given).await.expect("starts");
            sit(&world, who, &id, right, right).await;
        }
        start(&world, who, &given)
            .await
            .expect("a third, not begun");
        world
            .exam
            .leave_group(who, &class.group)
            .await
            .expect("left");
        let review = world.exam.review(&class.tutor, &given.id).await;
        let review = review.expect("a review");
        assert_eq!(review.learners.len(), 1);
        assert!(!review.learners[0].in_group);
        let total = review.matrix.totals()[0];
        assert_eq!((total.right, total.of), (6, 7), "the second");
    })
    .await;
}
