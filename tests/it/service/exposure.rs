//! What counts as a use of a text, on both engines: everybody's mocks take the least used ones, so nobody may steer it by
//! making what they never sit.

use synaq::domain::id::{AttemptId, TestletId};
use synaq::domain::level::Level;
use synaq::domain::practice::Wish;
use synaq::domain::rules::Section::{Listening, Reading};

use crate::support::school::{Class, new, reading, start};
use crate::support::world::{GRACE_MS, READY_HOURS, minutes, ms};
use crate::support::{Place, World, on_both};

/// Each text that was used, and how often.
async fn uses(place: &Place) -> Vec<(String, u32)> {
    let sql = "select testlet_id, cast(uses as text) from exposures";
    let rows = place.rows(sql).await.into_iter();
    let rows = rows.map(|mut row| {
        let uses = row.pop().flatten().expect("a number");
        let testlet = row.pop().flatten().expect("a text");
        (testlet, uses.parse().expect("a number"))
    });
    let mut uses: Vec<(String, u32)> = rows.collect();
    uses.sort();
    uses
}

/// The texts that an attempt was given, each once.
async fn given(world: &World, id: &AttemptId) -> Vec<(String, u32)> {
    let mut conn = world.store.read().await.expect("a connection");
    let stored = conn.attempt(id).await.expect("read").expect("there");
    let mut ids: Vec<&TestletId> = stored.attempt.form.testlets().map(|one| &one.id).collect();
    ids.sort_unstable();
    ids.into_iter().map(|id| (id.to_string(), 1)).collect()
}

#[tokio::test]
async fn what_is_practised_and_what_is_never_begun_is_no_use() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        for section in [Listening, Reading] {
            let wish = Wish::new(section, Level::A2, 9);
            let set = world.exam.create_practice(&learner, &wish).await;
            set.expect("a set");
        }
        let class = Class::of(&world, "one").await;
        let work = class.give(&world, new(reading(), 1)).await;
        start(&world, &class.learner, &work).await.expect("starts");
        let other = world.learner().await;
        let ready = world.mock(&other).await;
        assert!(uses(place).await.is_empty());
        // It was given all the same, so whoever has it does not get it as something new.
        assert_eq!(given(&world, &ready).await.len(), 2);
        let rows = "select testlet_id from attempt_testlets where attempt_id = ";
        let rows = place.rows(&format!("{rows}'{ready}'")).await;
        assert_eq!(rows.len(), 2);

        // What is refused, and what lapses, does not begin.
        let refused = world.exam.start_section(&other, &ready, Reading).await;
        assert!(refused.is_err(), "listening comes first");
        world.clock.advance(minutes(READY_HOURS * 60));
        world.exam.sweep().await.expect("swept");
        let paper = world.exam.paper(&other, &ready).await.expect("a paper");
        assert_eq!(paper.state, "expired");
        assert!(uses(place).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mock_is_one_use_of_each_of_its_texts_once_it_begins() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let texts = given(&world, &id).await;
        world.start(&learner, &id, Listening).await;
        assert_eq!(uses(place).await, texts);

        // Starting it again, coming back and the sections after it count nothing, whoever begins them.
        let again = world.exam.start_section(&learner, &id, Listening).await;
        assert!(again.is_err(), "it runs already");
        let opened = world.exam.open_page(&learner, &id, None).await;
        opened.expect("a page");
        assert_eq!(uses(place).await, texts);
        world.clock.advance(minutes(2) + ms(GRACE_MS));
        world.exam.sweep().await.expect("swept");
        world.clock.advance(minutes(1));
        world.exam.sweep().await.expect("swept");
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(paper.running().map(|section| section.name), Some(Reading));
        assert_eq!(uses(place).await, texts);
        world.finish(&learner, &id, Reading).await;
        assert_eq!(uses(place).await, texts);

        // The next learner gets the others; then each was used once.
        let next = world.learner().await;
        let second = world.mock(&next).await;
        let others = given(&world, &second).await;
        assert!(others.iter().all(|text| !texts.contains(text)));
        world.start(&next, &second, Listening).await;
        let mut all: Vec<(String, u32)> = texts.into_iter().chain(others).collect();
        all.sort();
        assert_eq!(uses(place).await, all);
        // And a third one counts for the second time what it gets again.
        let third = world.learner().await;
        let last = world.mock(&third).await;
        world.start(&third, &last, Listening).await;
        for (text, _) in given(&world, &last).await {
            let row = all.iter_mut().find(|(id, _)| *id == text);
            row.expect("a text of the bank").1 += 1;
        }
        assert_eq!(uses(place).await, all);
    })
    .await;
}
