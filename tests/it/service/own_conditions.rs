//! What was granted to a learner, on both engines: told to them with everything else, and gone with their name.

use chrono::TimeDelta;
use serde_json::{Value, json};
use synaq::domain::accommodation::Accommodation;
use synaq::domain::assignment::FeedbackPolicy;
use synaq::service::{Account, Consent, Shown};

use crate::support::school::{Class, PASSWORD, account, day, new, sit, start, training};
use crate::support::world::READY_HOURS;
use crate::support::{Place, World, on_both};

const TERMS: Accommodation = Accommodation {
    extra_percent: 47,
    extra_minutes: 0,
    extra_plays: 1,
    break_minutes: 5,
    larger_text: true,
};
const WHY: &str = "дислексия";

async fn grant(world: &World, class: &Class, who: &Account, terms: Accommodation) {
    let exam = &world.exam;
    exam.accommodate(&class.tutor, &class.school, &who.id, terms, WHY)
        .await
        .expect("granted");
}

/// Wherever conditions are kept, or words about them.
async fn copies(place: &Place) -> Vec<Vec<Option<String>>> {
    let mut copies = Vec::new();
    for sql in [
        "select learner_id, terms, reason from accommodations",
        "select id, allowance from attempts where allowance is not null order by id",
        "select kind, detail from events where detail like '%extra_percent%' or detail like '%дислексия%' order by id",
    ] {
        copies.extend(place.rows(sql).await);
    }
    copies
}

#[tokio::test]
async fn erasing_leaves_no_copy_of_the_conditions() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let (exam, who) = (&world.exam, &class.learner);
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 3))
            .await;
        // Somebody else's stay: the grant, its event, and an attempt with its own.
        let other = account(&world, "Other").await;
        class.admit(&world, &other).await;
        grant(&world, &class, &other, TERMS).await;
        start(&world, &other, &given).await.expect("starts");
        let others = copies(place).await;
        assert_eq!(others.len(), 4, "{others:?}");

        // Of one's own one attempt is finished, one is void, and one is ready and gets other conditions then.
        grant(&world, &class, who, TERMS).await;
        let id = start(&world, who, &given).await.expect("starts");
        sit(&world, who, &id, 2, 3).await;
        let voided = start(&world, who, &given).await.expect("starts");
        exam.void(&who.id, &voided, "server", "a test")
            .await
            .expect("void");
        start(&world, who, &given).await.expect("starts");
        let changed = Accommodation {
            extra_percent: 30,
            ..TERMS
        };
        grant(&world, &class, who, changed).await;
        // The grant and two events of it, three attempts and their beginnings, and what changed in the last of them.
        let all = copies(place).await;
        assert_eq!(all.len() - others.len(), 10, "{all:?}");

        exam.erase_self(who, Consent::Password(PASSWORD.to_owned()))
            .await
            .expect("erased");
        assert_eq!(copies(place).await, others);
        let table = exam.gradebook_of(&class.tutor, &given.id, Shown::First);
        let table = table.await.expect("a table");
        let nameless = table.rows.iter().find(|row| row.name.is_empty());
        let first = nameless.and_then(|row| row.last.as_ref());
        let first = first.expect("the result stays");
        assert_eq!(first.sections[1].score.correct, 3);
        assert!(first.allowance.is_none());
        // What was ready lapses, and nothing comes back with it.
        world.clock.advance(TimeDelta::hours(READY_HOURS + 1));
        exam.sweep().await.expect("swept");
        let open = "select id from attempts where state = 'ready'";
        assert!(place.rows(open).await.is_empty());
        assert_eq!(copies(place).await, others);
    })
    .await;
}

#[tokio::test]
async fn ones_own_data_tells_what_was_granted() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let (exam, who) = (&world.exam, &class.learner);
        grant(&world, &class, who, TERMS).await;
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
            .await;
        let until = Some(day("2026-12-01"));
        exam.grant_exception(&class.tutor, &given.id, &who.id, until, 2)
            .await
            .expect("granted");
        let id = start(&world, who, &given).await.expect("starts");
        let private = world.mock(&who.id).await;

        let document = exam.own_data(who).await.expect("a document");
        assert_eq!(document["conditions"][0]["reason"], WHY);
        let exceptions = document["exceptions"].as_array().expect("exceptions");
        assert_eq!(exceptions.len(), 1);
        let granted = &exceptions[0];
        assert_eq!(
            (
                &granted["school"],
                &granted["assignment"],
                &granted["extra_attempts"]
            ),
            (&json!("one-school"), &json!("Week 1"), &json!(2))
        );
        // The whole of that day in Almaty.
        let due = granted["due_at"].as_str().expect("an instant");
        assert!(due.starts_with("2026-12-01T19:00:00"), "{due}");
        assert!(granted["granted_at"].is_string());
        let attempts = document["attempts"].as_array().expect("attempts");
        let allowance = |id: &str| {
            let own = attempts.iter().find(|one| one["id"] == id);
            own.expect("the attempt")["allowance"].clone()
        };
        assert_eq!(allowance(id.as_str())["extra_percent"], 47);
        assert_eq!(allowance(id.as_str())["larger_text"], true);
        assert_eq!(allowance(private.as_str()), Value::Null);
        // Nobody else is told of it.
        let document = exam.own_data(&class.tutor).await.expect("a document");
        assert_eq!(document["exceptions"], json!([]));
        assert!(!document.to_string().contains(WHY), "{document}");
    })
    .await;
}
