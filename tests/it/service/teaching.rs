//! Who needs what, a learner's progress and the letter, on both engines: only what was given, only to those who may.

use chrono::TimeDelta;
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::id::{AssignmentId, AttemptId, LearnerId};
use synaq::domain::level::Level;
use synaq::domain::rules::Section::Listening;
use synaq::service::{
    Account, Failure, NEEDS_LOOK_BACK, NeedsView, NewAssignment, Retention, Shown, SkillNeed,
};

use crate::support::school::{Class, account, day, mock, new, sit, start, training};
use crate::support::{Tweak, World, on_both};

async fn sat(world: &World, class: &Class, who: &Account, right: (usize, usize)) -> AttemptId {
    let given = class
        .give(world, new(training(FeedbackPolicy::Released), 1))
        .await;
    let id = start(world, who, &given).await.expect("starts");
    sit(world, who, &id, right.0, right.1).await;
    id
}

/// The skill that every short mock asks about at least three times.
fn detail(view: &NeedsView) -> &SkillNeed {
    let mut skills = view.skills.iter();
    let found = skills.find(|skill| skill.need.skill == "detail");
    found.expect("a skill that was asked about")
}

fn lacking(view: &NeedsView) -> Vec<&LearnerId> {
    let lacking = detail(view).need.lacking.iter();
    lacking.map(|share| &share.learner).collect()
}

#[tokio::test]
async fn who_misses_a_skill_is_told_from_what_was_given() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let weak = &class.learner;
        let strong = account(&world, "Strong").await;
        let silent = account(&world, "Silent").await;
        let gone = account(&world, "Gone").await;
        for who in [&strong, &silent, &gone] {
            class.admit(&world, who).await;
        }
        let given = class
            .give(&world, new(training(FeedbackPolicy::Released), 2))
            .await;
        let again = async |who: &Account, listening, reading| {
            let id = start(&world, who, &given).await.expect("starts");
            sit(&world, who, &id, listening, reading).await;
        };
        again(weak, 0, 0).await;
        again(&gone, 0, 0).await;
        world
            .exam
            .leave_group(&gone, &class.group)
            .await
            .expect("left");
        // The last attempt counts, and what somebody does by themselves does not.
        again(&strong, 0, 0).await;
        again(&strong, 3, 4).await;
        world.whole_mock(&strong.id, 0, 0).await;
        world.whole_mock(&silent.id, 0, 0).await;

        let exam = &world.exam;
        let view = exam.needs_of_assignment(&class.tutor, &given.id).await;
        let view = view.expect("the needs");
        assert_eq!(
            view.skills[0].need.skill, "detail",
            "what most miss is first"
        );
        assert_eq!(lacking(&view), [&weak.id]);
        assert_eq!(detail(&view).need.enough, 1);
        let wish = detail(&view).practice.clone().expect("the bank has some");
        assert_eq!(wish.skill.as_deref(), Some("detail"));
        let share = &detail(&view).need.lacking[0];
        assert_eq!(share.right, 0);
        assert!((3..=5).contains(&share.asked), "{share:?}");
        // One question tells nothing, whoever got it wrong.
        let grammar = view.skills.iter().find(|one| one.need.skill == "grammar");
        let grammar = &grammar.expect("asked about").need;
        assert!(grammar.lacking.is_empty());
        assert_eq!((grammar.unclear.len(), grammar.enough), (2, 0));
        let quiet: Vec<_> = view.silent.iter().map(|member| &member.learner).collect();
        assert_eq!(quiet, [&silent.id]);

        let over_group = exam.needs_of_group(&class.tutor, &class.group).await;
        assert_eq!(lacking(&over_group.expect("the needs")), [&weak.id]);
        // Another assignment in which all is right makes good for it: 3 to 5 of 6 to 10, above 30 %.
        sat(&world, &class, weak, (3, 4)).await;
        let over_group = exam.needs_of_group(&class.tutor, &class.group).await;
        assert_eq!(
            lacking(&over_group.expect("the needs")),
            [] as [&LearnerId; 0]
        );
        let view = exam.needs_of_assignment(&class.tutor, &given.id).await;
        assert_eq!(lacking(&view.expect("the needs")), [&weak.id]);

        let refused = exam.needs_of_assignment(weak, &given.id).await;
        assert!(matches!(refused, Err(Failure::NotAllowed)));
        let stranger = Class::of(&world, "two").await;
        let refused = exam.needs_of_group(&stranger.tutor, &class.group).await;
        assert!(matches!(refused, Err(Failure::NothingHere)));
    })
    .await;
}

#[tokio::test]
async fn a_running_mock_hides_its_texts_from_the_needs_too() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let asked = async || {
            let view = world.exam.needs_of_group(&class.tutor, &class.group).await;
            let view = view.expect("the needs");
            let shares = view.skills.iter().flat_map(|skill| {
                let need = &skill.need;
                need.lacking.iter().chain(&need.unclear)
            });
            shares.map(|share| share.asked).sum::<u32>()
        };
        // Two mocks have had every text of the small bank between them; a third has half of them again.
        for _ in 0..2 {
            sat(&world, &class, who, (0, 0)).await;
        }
        assert_eq!(asked().await, 14);
        let running = world.mock(&who.id).await;
        world.start(&who.id, &running, Listening).await;
        assert_eq!(asked().await, 7);
    })
    .await;
}

#[tokio::test]
async fn what_was_withdrawn_before_it_opened_takes_no_place_among_the_last() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        // Due first, so that all others stand before it.
        let done = class
            .give(&world, new(training(FeedbackPolicy::Released), 1))
            .await;
        let later = || NewAssignment {
            opens: Some(day("2026-11-24")),
            due: day("2026-11-30"),
            ..new(training(FeedbackPolicy::Released), 1)
        };
        for _ in 0..NEEDS_LOOK_BACK {
            let mistaken = class.give(&world, later()).await;
            let withdrawn = exam.withdraw(&class.tutor, &mistaken.id).await;
            withdrawn.expect("withdrawn");
        }
        let ahead = class.give(&world, later()).await;
        let looked_at = async || -> Vec<AssignmentId> {
            let view = exam.needs_of_group(&class.tutor, &class.group).await;
            let looked_at = view.expect("the needs").looked_at;
            looked_at.into_iter().map(|given| given.id).collect()
        };
        assert_eq!(looked_at().await, std::slice::from_ref(&done.id));
        // Those withdrawn never opened, although their day has come.
        world.clock.advance(TimeDelta::days(3));
        let both = [ahead.id.clone(), done.id.clone()];
        assert_eq!(looked_at().await, both);
        let withdrawn = exam.withdraw(&class.tutor, &ahead.id).await;
        withdrawn.expect("withdrawn");
        assert_eq!(looked_at().await, both, "some may have done it");
    })
    .await;
}

/// Whose answers were kept long enough and are deleted has neither answered wrongly nor been idle.
#[tokio::test]
async fn deleted_answers_are_no_wrong_ones() {
    on_both(async |place| {
        let keep = Retention {
            responses_days: 60,
            ..Retention::default()
        };
        let tweak = Tweak {
            retention: keep,
            ..Tweak::default()
        };
        let world = World::tweaked(place, tweak).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let early = &class.learner;
        let late = account(&world, "Late").await;
        class.admit(&world, &late).await;
        let given = NewAssignment {
            due: day("2027-03-31"),
            ..new(training(FeedbackPolicy::Released), 1)
        };
        let given = class.give(&world, given).await;
        let finish = async |who: &Account, listening, reading| {
            let id = start(&world, who, &given).await.expect("starts");
            sit(&world, who, &id, listening, reading).await;
        };
        finish(early, 0, 0).await;
        world.clock.advance(TimeDelta::days(40));
        finish(&late, 3, 4).await;
        let needs = async || {
            let view = exam.needs_of_assignment(&class.tutor, &given.id).await;
            view.expect("the needs")
        };
        assert_eq!(lacking(&needs().await), [&early.id]);

        world.clock.advance(TimeDelta::days(20));
        assert_eq!(exam.retain().await.expect("a pass").attempts, 1);
        let of_group = exam.needs_of_group(&class.tutor, &class.group).await;
        for view in [needs().await, of_group.expect("the needs")] {
            assert!(lacking(&view).is_empty());
            let need = &detail(&view).need;
            assert_eq!((need.unclear.len(), need.enough), (0, 1));
            assert!(view.silent.is_empty(), "both have finished");
        }
        let review = exam.review(&class.tutor, &given.id).await;
        let review = review.expect("a review");
        assert_eq!(review.learners.len(), 1);
        assert_eq!(review.learners[0].learner, late.id);
        let total = review.matrix.totals()[0];
        assert_eq!((total.right, total.of), (7, 7));
        for shown in Shown::ALL {
            let export = exam.assignment_export(&class.tutor, &given.id, shown).await;
            let export = export.expect("an export");
            let answers = export.answers.iter().map(|one| &one.learner);
            assert_eq!(answers.collect::<Vec<_>>(), [&late.id], "{shown:?}");
            let rows = export.book.rows.iter();
            let results = rows.filter(|row| row.last.is_some());
            assert_eq!(results.count(), 2, "the results stay");
        }
        let progress = exam.progress(&class.tutor, &class.school, &early.id).await;
        let progress = progress.expect("progress");
        assert_eq!(progress.attempts.len(), 1);
        assert!(progress.skills.attempts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn progress_shows_what_was_given_and_nothing_private() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let exam = &world.exam;
        let counted = class.give(&world, new(mock(), 1)).await;
        let counted = start(&world, who, &counted).await.expect("starts");
        sit(&world, who, &counted, 3, 2).await;
        let released = sat(&world, &class, who, (1, 1)).await;
        let private = world.whole_mock(&who.id, 3, 4).await;
        let elsewhere = Class::of(&world, "two").await;
        elsewhere.admit(&world, who).await;
        let other = sat(&world, &elsewhere, who, (2, 2)).await;

        let seen = async |by: &Account| exam.progress(by, &class.school, &who.id).await;
        for (by, own) in [(&class.tutor, false), (&class.owner, false), (who, true)] {
            let progress = seen(by).await.expect("progress");
            assert_eq!((progress.own, progress.name.as_str()), (own, "one-learner"));
            let ids: Vec<&AttemptId> = progress
                .attempts
                .iter()
                .map(|one| &one.attempt.id)
                .collect();
            assert_eq!(ids, [&released, &counted]);
            assert!(!ids.contains(&&private) && !ids.contains(&&other));
            assert_eq!(progress.attempts[0].attempt.scores.len(), 2);
            // Of the last mock that counts: 3 of 3 and 2 of 4, which is 50 % and B1.
            let points = progress.points.expect("points").statement;
            assert_eq!((points.level, points.kazakh_points), (Some(Level::B1), 72));
            // What the school withholds from its learner is in no sum that the learner sees.
            let sittings = progress.skills.attempts.len();
            assert_eq!(sittings, if own { 1 } else { 2 });
            let asked: u32 = progress.skills.rows.iter().map(|row| row.sum().1).sum();
            assert_eq!(asked, if own { 7 } else { 14 });
        }
        let classmate = account(&world, "Classmate").await;
        class.admit(&world, &classmate).await;
        for (by, whom, hidden) in [
            (&classmate, who, false),
            (&elsewhere.tutor, who, true),
            (&class.tutor, &elsewhere.learner, true),
            (&class.tutor, &class.owner, true),
            (&elsewhere.learner, &elsewhere.learner, true),
        ] {
            let refused = exam.progress(by, &class.school, &whom.id).await;
            let as_expected = match hidden {
                true => matches!(refused, Err(Failure::NothingHere)),
                false => matches!(refused, Err(Failure::NotAllowed)),
            };
            assert!(as_expected, "{} of {}", by.id, whom.id);
        }
        let odd = exam
            .progress(&class.tutor, &class.school, &LearnerId::new("\0"))
            .await;
        assert!(matches!(odd, Err(Failure::NothingHere)));
        // Who has left is still in the school's results.
        exam.leave_group(who, &class.group).await.expect("left");
        let progress = seen(&class.tutor).await.expect("progress");
        assert_eq!((progress.attempts.len(), progress.groups.len()), (2, 0));
        assert!(matches!(seen(who).await, Err(Failure::NothingHere)));
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_about_a_finished_attempt_and_holds_no_question() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let given = class
            .give(&world, new(training(FeedbackPolicy::Released), 1))
            .await;
        let id = start(&world, &class.learner, &given).await.expect("starts");
        let early = world.exam.letter(&class.tutor, &given.id, &id).await;
        assert!(matches!(early, Err(Failure::NotFinished)));
        sit(&world, &class.learner, &id, 3, 1).await;
        let letter = world.exam.letter(&class.tutor, &given.id, &id).await;
        let letter = letter.expect("a letter");
        assert!(letter.result.testlets.is_empty());
        assert!(!letter.result.counts && !letter.result.passed);
        let times: Vec<_> = letter.conditions.iter().map(|one| one.limit_ms).collect();
        assert_eq!(times, [Some(120_000), Some(180_000)]);
        assert_eq!(letter.conditions[0].plays, Some(2));
        let private = world.whole_mock(&class.learner.id, 1, 1).await;
        let refused = world.exam.letter(&class.tutor, &given.id, &private).await;
        assert!(matches!(refused, Err(Failure::NothingHere)));
        let own = world.exam.letter(&class.learner, &given.id, &id).await;
        assert!(matches!(own, Err(Failure::NotAllowed)));
    })
    .await;
}
