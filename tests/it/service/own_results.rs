//! What a learner reached, on both engines: in their own data and in the calculator nothing falls off the end of a list.

use synaq::domain::Timestamp;
use synaq::domain::id::{AttemptId, LearnerId};

use crate::support::giving::delayed;
use crate::support::school::{Class, mock, new, sit, start};
use crate::support::world::at;
use crate::support::{Place, World, on_both};

/// More than a history lists.
const MANY: usize = 600;

/// So many later attempts, behind the program's back: to make them in a learner's way would take minutes.
async fn practise(place: &Place, who: &LearnerId, after: Timestamp) {
    let after = after.timestamp_millis();
    let sql = format!(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < {MANY}) \
         insert into attempts (id, learner_id, kind, rule_id, rule_digest, sections, created_at, state, ended_at, version) \
         select 'later-' || i, '{who}', 'practice', 'short', '', 'reading', {after} + i, 'expired', {after} + i, 0 from n"
    );
    place.execute(&sql).await;
}

#[tokio::test]
async fn nothing_that_was_reached_falls_off_the_end() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let (exam, who) = (&world.exam, &class.learner);
        let given = class.give(&world, new(mock(), 1)).await;
        let id = start(&world, who, &given).await.expect("starts");
        sit(&world, who, &id, 3, 4).await;
        exam.comment(&class.tutor, &given.id, &id, None, "Жарайсың!")
            .await
            .expect("written");
        practise(place, &who.id, exam.clock().now()).await;
        let history = exam.history(&who.id).await.expect("a history");
        assert!(
            history.iter().all(|entry| entry.overview.id != id),
            "the list ends before it"
        );

        let document = exam.own_data(who).await.expect("a document");
        let attempts = document["attempts"].as_array().expect("attempts");
        let own = attempts.iter().find(|one| one["id"] == id.as_str());
        let result = &own.expect("the mock")["result"];
        assert_eq!(result["sections"][0]["correct"], 3);
        assert_eq!(result["sections"][1]["of"], 4);
        assert_eq!(
            (result["level"].as_str(), result["passed"].as_bool()),
            (Some("C1"), Some(true))
        );
        let comment = &document["comments"][0];
        assert_eq!(comment["attempt"], id.as_str());
        assert_eq!(comment["text"], "Жарайсың!");

        let scores = exam.mock_scores(&who.id).await.expect("scores");
        let valid: Vec<&AttemptId> = scores.valid.iter().map(|of| &of.attempt).collect();
        assert_eq!(valid, [&id]);
        assert_eq!(scores.valid[0].kazakh_points, 120);
        assert!(scores.expired.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_comes_later_comes_later_in_ones_own_data() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let (exam, who) = (&world.exam, &class.learner);
        let given = class.give(&world, new(delayed(), 1)).await;
        let id = start(&world, who, &given).await.expect("starts");
        sit(&world, who, &id, 3, 4).await;
        exam.comment(&class.tutor, &given.id, &id, None, "Жарайсың!")
            .await
            .expect("written");
        let told = async || {
            let document = exam.own_data(who).await.expect("a document");
            let result = document["attempts"][0]["result"].is_object();
            (result, document["comments"].as_array().map(Vec::len))
        };
        assert_eq!(told().await, (false, Some(0)));
        // Sunday: the third working day is Wednesday.
        world.clock.set(at("2026-11-26T00:00:00+05:00"));
        assert_eq!(told().await, (true, Some(1)));

        // What is void has neither.
        exam.void(&who.id, &id, "server", "a test")
            .await
            .expect("void");
        assert_eq!(told().await, (false, Some(0)));
    })
    .await;
}
