//! How far a correction reaches, and what it leaves as it was signed.

use serde_json::json;
use synaq::domain::assignment::{Assignment, FeedbackPolicy};
use synaq::domain::rules::Section::Listening;
use synaq::service::{Account, NewAccount, Shown};

use super::rescore::{sat, some, wish};
use crate::support::school::{PASSWORD, new, sit, start, training};
use crate::support::world::minutes;
use crate::support::{World, on_both};

/// Whoever runs the server.
async fn operator(world: &World) -> Account {
    let operator = NewAccount {
        email: "operator@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        name: "Operator".to_owned(),
    };
    world.exam.create_operator(operator).await.expect("made")
}

#[tokio::test]
async fn a_correction_stays_in_its_scope() {
    on_both(async |place| {
        let sat = sat(World::on(place).await).await;
        let (world, class) = (&sat.world, &sat.class);
        let (who, _) = &sat.attempts[2];
        let other = training(FeedbackPolicy::AtOnce);
        let other = class.give(world, new(other, 1)).await;
        let id = start(world, who, &other).await.expect("starts");
        sit(world, who, &id, 3, 4).await;
        let private = world.learner().await;
        let own = world.whole_mock(&private, 3, 4).await;
        let questions = sat.questions().await;
        // One item of each testlet, so that every form has one of them.
        let items = [1, 2].map(|given| &some(&questions, Listening, given).0.about.item);
        for item in items {
            sat.apply(&wish(item, "leave-out", &[]))
                .await
                .expect("applied");
        }
        let of = async |learner, id| {
            let result = world.exam.result(learner, id).await.expect("a result");
            result.sections[0].of
        };
        assert_eq!(of(&who.id, &sat.attempts[2].1).await, 2);
        assert_eq!(of(&who.id, &id).await, 3, "another assignment");
        assert_eq!(of(&private, &own).await, 3, "nobody's affair");

        // For the whole server it is in force everywhere, and the assignment's own goes before it.
        let operator = operator(world).await;
        let mut made = Vec::new();
        for item in items {
            let credit = wish(item, "credit-all", &[]);
            let effect = world.exam.correct_everywhere(&operator, &credit, true);
            let correction = effect.await.expect("applied").correction;
            assert_eq!(correction.scope, None);
            made.push(correction.id);
        }
        let notes = async |learner, id| -> Vec<&str> {
            let result = world.exam.result(learner, id).await.expect("a result");
            let items = result.testlets.iter().flat_map(|testlet| &testlet.items);
            let notes = items.filter_map(|item| item.correction.as_ref());
            notes.map(|one| one.ruling.kind()).collect()
        };
        assert_eq!(notes(&who.id, &sat.attempts[2].1).await, ["leave-out"]);
        assert_eq!(notes(&who.id, &id).await, ["credit-all"]);
        assert_eq!(notes(&private, &own).await, ["credit-all"]);
        sat.replay().await;
        for id in &made {
            let undone = world.exam.undo_everywhere(&operator, id).await;
            undone.expect("undone");
        }
        assert!(notes(&private, &own).await.is_empty());
        let listed = world.exam.corrections_everywhere(&operator).await;
        assert_eq!(listed.expect("the list").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn those_who_teach_see_each_assignment_by_its_own_corrections() {
    on_both(async |place| {
        let sat = sat(World::on(place).await).await;
        let (world, class) = (&sat.world, &sat.class);
        let (who, _) = &sat.attempts[2];
        let other = training(FeedbackPolicy::AtOnce);
        let other = class.give(world, new(other, 1)).await;
        let id = start(world, who, &other).await.expect("starts");
        sit(world, who, &id, 0, 4).await;
        // Right answers and questions that count, a learner.
        let marked = async |given: &Assignment| -> Vec<(usize, usize)> {
            let exam = &world.exam;
            let export = exam.assignment_export(&class.tutor, &given.id, Shown::Last);
            let answers = export.await.expect("an export").answers;
            let counted = answers.iter().map(|one| {
                let counted = one.items.iter().filter(|item| item.counts());
                let right = counted.clone().filter(|item| item.right());
                (right.count(), counted.count())
            });
            counted.collect()
        };
        let of = async |given: &Assignment| -> Vec<usize> {
            let marked = marked(given).await;
            marked.into_iter().map(|(_, of)| of).collect()
        };
        assert_eq!(of(&sat.given).await, [7, 7, 7]);
        // One item of each testlet, so that every form has one of them.
        let questions = sat.questions().await;
        let items = [1, 2].map(|given| &some(&questions, Listening, given).0.about.item);
        for item in items {
            let applied = sat.apply(&wish(item, "leave-out", &[])).await;
            applied.expect("applied");
        }
        assert_eq!(of(&sat.given).await, [6, 6, 6]);
        assert_eq!(marked(&other).await, [(4, 7)], "another assignment");
        let operator = operator(world).await;
        for item in items {
            let credit = wish(item, "credit-all", &[]);
            let applied = world.exam.correct_everywhere(&operator, &credit, true);
            applied.await.expect("applied");
        }
        assert_eq!(of(&sat.given).await, [6, 6, 6]);
        assert_eq!(marked(&other).await, [(5, 7)]);
    })
    .await;
}

#[tokio::test]
async fn a_language_score_stays_as_it_was_signed_and_a_new_one_tells_the_new_result() {
    let place = crate::support::Place::sqlite();
    let sat = sat(World::on(&place).await).await;
    let exam = &sat.world.exam;
    let (who, id) = &sat.attempts[2];
    let old = exam.language_score(&who.id, id).await.expect("a score");
    let questions = sat.questions().await;
    let (question, _) = some(&questions, Listening, 2);
    sat.world.clock.advance(minutes(1));
    sat.apply(&wish(&question.about.item, "leave-out", &[]))
        .await
        .expect("applied");
    let new = exam.language_score(&who.id, id).await.expect("a score");
    assert_eq!((old.sections[0].of, new.sections[0].of), (3, 2));
    for score in [&old, &new] {
        let document = serde_json::to_value(score).expect("JSON");
        let trusted = &exam.keys().trusted;
        let verified = synaq::domain::language_score::verify(&document, trusted, old.date);
        assert!(verified.is_ok(), "{verified:?}");
    }
    assert_ne!(json!(old.signature), json!(new.signature));
}
