//! The track of a paced section on both engines: chosen at the start, kept from then on, as far as the clock.

use synaq::domain::accommodation::Accommodation;
use synaq::domain::assignment::{FeedbackPolicy, ResultsPolicy, Work};
use synaq::domain::delivery::Delivery;
use synaq::domain::id::{AttemptId, LearnerId, RuleId};
use synaq::domain::rules::Section::{Listening, Reading};
use synaq::domain::track::Kind;
use synaq::service::{Failure, PaperTrack, paper::Paper};

use crate::support::school::{Class, new, start};
use crate::support::world::{minutes, ms, running};
use crate::support::{World, on_both};

async fn paced(world: &World, learner: &LearnerId) -> Paper {
    let made = world.exam.create_mock(learner, None, Some(Delivery::Paced));
    made.await.expect("a paced mock")
}

fn track(paper: &Paper) -> &PaperTrack {
    let section = &paper.sections[0];
    assert_eq!(section.name, Listening);
    section.track.as_ref().expect("a track")
}

/// How often each text is heard.
fn heard(track: &PaperTrack) -> usize {
    let parts = track.plan.parts.iter();
    parts
        .filter(|part| matches!(part.kind, Kind::Text { .. }))
        .count()
}

async fn event_of(world: &World, id: &AttemptId, kind: &str) -> usize {
    let kinds = world.event_kinds(id).await;
    kinds.iter().filter(|one| *one == kind).count()
}

#[tokio::test]
async fn whoever_starts_a_mock_chooses_and_free_is_usual() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let usual = world.exam.create_mock(&learner, None, None).await;
        let usual = usual.expect("a mock");
        assert_eq!(usual.delivery, Delivery::Free);
        assert!(usual.sections[0].track.is_none());
        assert!(!usual.sections[0].recordings.is_empty());

        let paper = paced(&world, &learner).await;
        assert_eq!(paper.delivery, Delivery::Paced);
        assert!(
            paper.sections[0].recordings.is_empty(),
            "told only by the track"
        );
        assert!(paper.sections[1].track.is_none(), "reading has none");
        let planned = track(&paper);
        assert_eq!(planned.position_ms, None, "it has not begun");
        assert_eq!(
            planned.plan.total_ms,
            2 * 60_000,
            "it ends with the section"
        );
        assert_eq!((heard(planned), planned.plan.plays), (2, 2));

        let history = world.exam.history(&learner).await.expect("a history");
        let ways: Vec<Delivery> = history.iter().map(|one| one.overview.delivery).collect();
        assert_eq!(ways, [Delivery::Paced, Delivery::Free]);
    })
    .await;
}

#[tokio::test]
async fn a_rule_set_that_does_not_offer_it_refuses() {
    on_both(async |place| {
        let mut content = (*World::on(place).await.exam.content()).clone();
        for rules in content.rules.values_mut() {
            let mut free = (**rules).clone();
            for section in &mut free.sections {
                section.delivery = None;
            }
            *rules = free.into();
        }
        let world = World::tweaked(
            place,
            crate::support::world::Tweak {
                content: content.into(),
                ..Default::default()
            },
        )
        .await;
        let learner = world.learner().await;
        let made = world
            .exam
            .create_mock(&learner, None, Some(Delivery::Paced));
        let refused = made.await;
        let expected = matches!(
            refused,
            Err(Failure::Invalid {
                field: "delivery",
                problem: "not-offered"
            })
        );
        assert!(expected, "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_track_goes_with_the_clock_and_takes_no_plays() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let made = paced(&world, &learner).await;
        let id = made.id.clone();
        let paper = world.start(&learner, &id, Listening).await;
        let section = running(&paper);
        assert!(
            section
                .testlets
                .iter()
                .all(|testlet| testlet.audio.is_none())
        );
        assert_eq!(track(&paper).position_ms, Some(0));
        assert_eq!(
            track(&paper).name,
            track(&made).name,
            "what was fetched ahead"
        );

        let testlet = section.testlets[0].id.clone();
        let refused = world.exam.play(&learner, &id, &testlet, None, None).await;
        assert!(
            matches!(refused, Err(Failure::PlayedByTrack)),
            "{refused:?}"
        );

        world.clock.advance(ms(12_345));
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(
            track(&paper).position_ms,
            Some(12_345),
            "what was missed is missed"
        );
        let on = track(&paper).plan.testlet_at(12_345).cloned();
        assert_eq!(on, Some(testlet));

        let paper = world.finish(&learner, &id, Listening).await;
        assert!(paper.sections[0].track.is_none(), "it is over");
        world.sit(&learner, &id, Reading, 1).await;
        let result = world.exam.result(&learner, &id).await.expect("a result");
        assert_eq!(result.delivery, Delivery::Paced);
        assert_eq!(event_of(&world, &id, "recording-played").await, 0);
    })
    .await;
}

#[tokio::test]
async fn time_that_is_given_back_moves_the_track_back() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = paced(&world, &learner).await.id;
        world.start(&learner, &id, Listening).await;
        world.clock.advance(ms(10_000));
        outage(&world, 20_000).await;
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(track(&paper).position_ms, Some(10_000));
        // A second one too, and each by what it took.
        world.clock.advance(ms(5_000));
        outage(&world, 30_000).await;
        world.clock.advance(ms(1_000));
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(track(&paper).position_ms, Some(16_000));
    })
    .await;
}

#[tokio::test]
async fn time_that_a_tutor_gives_leaves_the_track_where_it_is() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let work = Work::Mock {
            rule: RuleId::new("short"),
            counts: false,
            feedback: FeedbackPolicy::AtOnce,
            results: ResultsPolicy::AtOnce,
            delivery: Some(Delivery::Paced),
        };
        let given = class.give(&world, new(work, 1)).await;
        let id = start(&world, who, &given).await.expect("starts");
        world.start(&who.id, &id, Listening).await;
        let stands = async || {
            let paper = world.exam.paper(&who.id, &id).await.expect("a paper");
            (track(&paper).position_ms, running(&paper).remaining_ms)
        };
        let give = async |minutes| {
            let exam = &world.exam;
            exam.give_time(&class.tutor, &given.id, Some(&id), minutes, "")
                .await
                .expect("given");
        };
        world.clock.advance(ms(10_000));
        assert_eq!(stands().await, (Some(10_000), Some(110_000)));
        give(20).await;
        let longer = 110_000 + 20 * 60_000;
        assert_eq!(stands().await, (Some(10_000), Some(longer)));
        world.clock.advance(ms(5_000));
        assert_eq!(stands().await, (Some(15_000), Some(longer - 5_000)));
        // What an outage takes is heard all the same, and nothing else again.
        outage(&world, 30_000).await;
        assert_eq!(stands().await, (Some(15_000), Some(longer - 5_000)));
        give(1).await;
        assert_eq!(stands().await, (Some(15_000), Some(longer + 55_000)));
        // It goes on after the end of its track.
        world.clock.advance(minutes(5));
        assert_eq!(stands().await.0, Some(15_000 + 5 * 60_000));
    })
    .await;
}

#[tokio::test]
async fn what_was_planned_stays_when_the_conditions_change() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = paced(&world, &learner).await.id;
        let more = Accommodation {
            extra_percent: 100,
            extra_plays: 1,
            ..Accommodation::default()
        };
        // Before the start they count: one more play, and the longer section is filled.
        accommodate(&world, &id, more).await;
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        let planned = track(&paper).clone();
        assert_eq!((planned.plan.plays, planned.plan.total_ms), (3, 4 * 60_000));
        world.start(&learner, &id, Listening).await;
        world.clock.advance(ms(10_000));
        // In the middle only the clock changes: who listens must not be thrown elsewhere.
        accommodate(&world, &id, Accommodation::default()).await;
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        assert_eq!(track(&paper).name, planned.name);
        assert_eq!(track(&paper).position_ms, Some(10_000));
        assert_eq!(running(&paper).remaining_ms, Some(2 * 60_000 - 10_000));
    })
    .await;
}

#[tokio::test]
async fn a_track_that_does_not_fit_is_refused_at_the_start_and_left_out_later() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let waiting = paced(&world, &learner).await.id;
        // From another day on, the rule wants more plays than there is time for.
        let mut content = world.exam.content().clone();
        let mut rules = (*content.rules[&RuleId::new("short")]).clone();
        rules.sections[0].plays.as_mut().expect("plays").value = 9;
        content.rules.insert(rules.id.clone(), rules.into());
        let world = world.restarted(place, content.into()).await;
        let made = world
            .exam
            .create_mock(&learner, None, Some(Delivery::Paced));
        let refused = made.await;
        assert!(
            matches!(refused, Err(Failure::TrackTooLong(_))),
            "{refused:?}"
        );
        let free = world.exam.create_mock(&learner, None, None).await;
        assert!(free.is_ok(), "{free:?}");

        // One whose form has them already: nobody is kept out, the recordings come freely.
        let shorter = "replace(form, '\"limit_ms\":120000', '\"limit_ms\":30000')";
        let sql = format!("update forms set form = {shorter} where attempt_id = '{waiting}'");
        place.execute(&sql).await;
        let paper = world.start(&learner, &waiting, Listening).await;
        assert_eq!(paper.delivery, Delivery::Free);
        assert!(running(&paper).testlets[0].audio.is_some());
        assert_eq!(event_of(&world, &waiting, "track-left-out").await, 1);
        let again = world.exam.paper(&learner, &waiting).await.expect("a paper");
        assert_eq!(again.delivery, Delivery::Free, "it is kept so");
    })
    .await;
}

#[tokio::test]
async fn a_section_that_starts_by_itself_has_its_track() {
    on_both(async |place| {
        let mut content = World::on(place).await.exam.content().clone();
        let mut rules = (*content.rules[&RuleId::new("short")]).clone();
        rules.sections.reverse();
        content.rules.insert(rules.id.clone(), rules.into());
        let tweak = crate::support::world::Tweak {
            content: content.into(),
            ..Default::default()
        };
        let world = World::tweaked(place, tweak).await;
        let learner = world.learner().await;
        let id = paced(&world, &learner).await.id;
        world.start(&learner, &id, Reading).await;
        let paper = world.finish(&learner, &id, Reading).await;
        let fetched = paper.sections[1]
            .track
            .clone()
            .expect("fetched in the break");
        // What is given back to the break is no time of the track.
        world.clock.advance(ms(1_000));
        outage(&world, 10_000).await;
        world.clock.advance(minutes(1) + ms(3_000));
        let paper = world.exam.paper(&learner, &id).await.expect("a paper");
        let track = running(&paper).track.clone().expect("a track");
        assert_eq!(track.name, fetched.name);
        assert_eq!(track.position_ms, Some(4_000));
    })
    .await;
}

/// No server is there for so many milliseconds; then one is, and gives them back.
async fn outage(world: &World, lost_ms: i64) {
    const UNNOTICED_MS: i64 = 3_000;
    world.exam.beat("one").await.expect("a beat");
    world.clock.advance(ms(lost_ms));
    let found = world.exam.recover("one", ms(UNNOTICED_MS)).await;
    assert!(found.expect("recovered").is_some());
}

/// Grants these conditions in the middle of everything, as a school does.
async fn accommodate(world: &World, id: &AttemptId, terms: Accommodation) {
    let mut conn = world.store.write().await.expect("a connection");
    let mut attempt = conn
        .lock_attempt(id)
        .await
        .expect("read")
        .expect("there")
        .attempt;
    attempt.accommodate(terms, world.exam.clock().now());
    conn.save_attempt(&attempt, None).await.expect("saved");
    conn.commit().await.expect("committed");
}

#[tokio::test]
async fn the_sound_is_what_the_plan_says() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let paper = paced(&world, &learner).await;
        let track = track(&paper).clone();
        let file = world
            .exam
            .track_file(&learner, &paper.id, &track.name)
            .await;
        let file = file.expect("a file");
        let whole = file.read(0..file.bytes());
        assert_eq!(whole.len() as u64, file.bytes());
        assert_eq!(file.read(1_000..2_000), whole[1_000..2_000]);
        let length = synaq::audio::probe(&whole).expect("an MP3").duration_ms;
        assert!(length.abs_diff(track.plan.total_ms) < 60, "{length}");
        assert!(file.bytes().abs_diff(track.bytes()) < 1_000);
        // Each text stands where it is planned, to a frame or two.
        const BYTES_A_MS: u64 = 6;
        for part in &track.plan.parts {
            let Kind::Text { .. } = part.kind else {
                continue;
            };
            let sha256 = part.sound.as_deref().expect("a recording");
            let recording = world.exam.recording(sha256).await.expect("read");
            let recording = recording.expect("its bytes");
            let at = (part.start_ms.saturating_sub(60) * BYTES_A_MS) as usize;
            let near = &whole[at..at + 120 * BYTES_A_MS as usize + recording.len()];
            let found = near
                .windows(recording.len())
                .any(|window| *window == *recording);
            assert!(found, "{part:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_track_is_its_learners_while_it_is_needed() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let paper = paced(&world, &learner).await;
        let (id, name) = (paper.id.clone(), track(&paper).name.clone());
        let other = world.learner().await;
        let foreign = world.exam.track_file(&other, &id, &name).await;
        assert!(matches!(foreign, Err(Failure::NotFound)), "{foreign:?}");
        let wrong = world.exam.track_file(&learner, &id, "0123").await;
        assert!(
            matches!(wrong, Err(Failure::NoSuchRecording(_))),
            "{wrong:?}"
        );
        world.start(&learner, &id, Listening).await;
        assert!(world.exam.track_file(&learner, &id, &name).await.is_ok());
        world.finish(&learner, &id, Listening).await;
        let over = world.exam.track_file(&learner, &id, &name).await;
        assert!(matches!(over, Err(Failure::NoSuchRecording(_))), "{over:?}");
    })
    .await;
}

#[tokio::test]
async fn a_school_chooses_or_lets_its_learners_choose() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let who = &class.learner;
        let work = |delivery| Work::Mock {
            rule: RuleId::new("short"),
            counts: false,
            feedback: FeedbackPolicy::AtOnce,
            results: ResultsPolicy::AtOnce,
            delivery,
        };
        for (given, wish, expected) in [
            (None, None, Delivery::Free),
            (None, Some(Delivery::Paced), Delivery::Paced),
            (Some(Delivery::Paced), Some(Delivery::Free), Delivery::Paced),
            (Some(Delivery::Free), Some(Delivery::Paced), Delivery::Free),
        ] {
            let assignment = class.give(&world, new(work(given), 1)).await;
            assert_eq!(assignment.work.delivery(), given);
            let started = world.exam.start_assignment(who, &assignment.id, wish).await;
            let id = started.expect("starts");
            let paper = world.exam.paper(&who.id, &id).await.expect("a paper");
            assert_eq!(paper.delivery, expected, "{given:?} {wish:?}");
            if given != Some(Delivery::Paced) {
                continue;
            }
            // Its tutor sees what the track played until the learner finished.
            world.start(&who.id, &id, Listening).await;
            world.clock.advance(ms(10_000));
            world.finish(&who.id, &id, Listening).await;
            world.sit(&who.id, &id, Reading, 1).await;
            let seen = world
                .exam
                .assigned_result(&class.tutor, &assignment.id, &id)
                .await;
            let seen = seen.expect("a result");
            assert_eq!(seen.result.delivery, Delivery::Paced);
            let plays: Vec<_> = seen
                .trail
                .plays
                .values()
                .filter(|one| one.by_track)
                .collect();
            assert_eq!(plays.len(), 1);
            assert_eq!((plays[0].after_ms.len(), plays[0].allowed), (1, Some(2)));
        }
    })
    .await;
}
