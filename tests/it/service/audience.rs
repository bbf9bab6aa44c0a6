//! An assignment for some learners of a group, on both engines: for the others it is not there.

use synaq::domain::id::LearnerId;
use synaq::service::{Account, Failure, NewAssignment};

use crate::support::school::{Class, account, new, reading, start, table};
use crate::support::{World, on_both};

fn only(who: &[&Account]) -> NewAssignment {
    NewAssignment {
        learners: Some(who.iter().map(|account| account.id.clone()).collect()),
        ..new(reading(), 2)
    }
}

#[tokio::test]
async fn it_is_there_for_those_it_is_for_and_for_nobody_else() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let other = account(&world, "Other").await;
        class.admit(&world, &other).await;
        let one = class.give(&world, only(&[&class.learner])).await;
        let all = class.give(&world, new(reading(), 2)).await;
        let exam = &world.exam;
        for (who, expected) in [
            (&class.learner, vec![&one.id, &all.id]),
            (&other, vec![&all.id]),
        ] {
            let due = exam.due(who).await.expect("what is due");
            let due: Vec<_> = due.iter().map(|due| &due.assignment.id).collect();
            assert_eq!(due, expected);
            let group = exam.group(who, &class.group).await.expect("the group");
            let mut seen: Vec<_> = group.assignments.iter().map(|given| &given.id).collect();
            seen.sort_unstable();
            assert_eq!(seen, expected);
        }
        let seen = exam.assignment(&other, &one.id).await;
        assert!(matches!(seen, Err(Failure::NothingHere)), "{seen:?}");
        let begun = start(&world, &other, &one).await;
        assert!(matches!(begun, Err(Failure::NothingHere)), "{begun:?}");
        // Nor does a refusal say that it is there.
        for refused in [
            exam.withdraw(&other, &one.id).await.map(drop),
            exam.gradebook(&other, &one.id).await.map(drop),
        ] {
            assert!(matches!(refused, Err(Failure::NothingHere)), "{refused:?}");
        }
        let own = exam.gradebook(&class.learner, &one.id).await;
        assert!(matches!(own, Err(Failure::NotAllowed)));

        start(&world, &class.learner, &one).await.expect("starts");
        start(&world, &other, &all).await.expect("starts");
        assert_eq!(table(&world, &class, &one).await.rows.len(), 1);
        assert_eq!(table(&world, &class, &all).await.rows.len(), 2);
        let view = exam.assignment(&class.tutor, &one.id).await.expect("it");
        let names: Vec<_> = view.audience.iter().map(|one| &one.learner).collect();
        assert_eq!(names, [&class.learner.id]);
        let view = exam.assignment(&class.learner, &one.id).await.expect("it");
        assert!(view.audience.is_empty(), "who else is no learner's affair");
        // Whoever joins later gets what the whole group has.
        let late = account(&world, "Late").await;
        class.admit(&world, &late).await;
        let due = exam.due(&late).await.expect("what is due");
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].assignment.id, all.id);
    })
    .await;
}

#[tokio::test]
async fn only_learners_of_the_group_can_be_named() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let elsewhere = Class::of(&world, "two").await;
        let give = async |learners: Vec<LearnerId>| {
            let new = NewAssignment {
                learners: Some(learners),
                ..new(reading(), 1)
            };
            world.exam.give(&class.tutor, &class.group, new).await
        };
        let mine = class.learner.id.clone();
        for (named, expected) in [
            (vec![], "none"),
            (vec![elsewhere.learner.id.clone()], "not-in-group"),
            (vec![mine.clone(), class.tutor.id.clone()], "not-in-group"),
            (vec![mine.clone(), LearnerId::new("\0")], "not-in-group"),
        ] {
            match give(named.clone()).await {
                Err(Failure::Invalid { field, problem }) => {
                    assert_eq!((field, problem), ("learners", expected), "{named:?}");
                }
                other => panic!("{named:?}: {other:?}"),
            }
        }
        let given = give(vec![mine.clone(), mine.clone()])
            .await
            .expect("twice the same");
        // What was recorded says for whom.
        let told = place
            .rows("select detail from events where kind = 'assignment-made'")
            .await;
        let told = told[0][0].as_deref().expect("the particulars");
        assert!(
            told.contains(given.id.as_str()) && told.contains(mine.as_str()),
            "{told}"
        );
    })
    .await;
}
