//! What tests of giving have in common.

use synaq::domain::assignment::{FeedbackPolicy, ResultsPolicy, Work};
use synaq::domain::id::{AttemptId, LearnerId, RuleId, TestletId};
use synaq::domain::level::Level;
use synaq::domain::practice::Wish;
use synaq::domain::rules::Section::{self, Reading};
use synaq::service::Failure;

use super::World;
use super::world::items;

/// The testlets of the short bank in a section, the last first.
pub fn bank(world: &World, section: Section) -> Vec<TestletId> {
    let bank = world.exam.content().bank.testlets();
    let of_section = bank.filter(|edition| edition.testlet.section == section);
    let mut ids: Vec<TestletId> = of_section
        .map(|edition| edition.testlet.id.clone())
        .collect();
    ids.reverse();
    ids
}

/// A wish for these testlets.
pub fn picked(testlets: Vec<TestletId>) -> Wish {
    Wish {
        testlets,
        ..Wish::new(Reading, Level::A2, 1)
    }
}

/// The field that was refused, and what is wrong with it.
#[track_caller]
pub fn invalid(result: Result<impl std::fmt::Debug, Failure>) -> (&'static str, &'static str) {
    match result {
        Err(Failure::Invalid { field, problem }) => (field, problem),
        other => panic!("it is taken: {other:?}"),
    }
}

/// Answers every item of a practice set, and finishes it.
pub async fn work_through(world: &World, who: &LearnerId, id: &AttemptId) {
    let paper = world.exam.paper(who, id).await.expect("a paper");
    for item in items(&paper) {
        let key = world.key(item);
        let saved = world.exam.respond(who, id, &item.id, Some(key), None).await;
        saved.expect("saved");
    }
    world.finish(who, id, Reading).await;
}

/// A mock that counts, whose result comes as late as on the real test.
pub fn delayed() -> Work {
    Work::Mock {
        rule: RuleId::new("short"),
        counts: true,
        feedback: FeedbackPolicy::AtOnce,
        results: ResultsPolicy::WorkingDays3,
        delivery: None,
    }
}
