//! Human voices on both engines: where they are heard and where not, what an attempt keeps, what is recorded, who may.

use chrono::TimeDelta;
use synaq::audio::sha256_hex;
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::id::{AttemptId, LearnerId, RecordingId};
use synaq::domain::level::Level;
use synaq::domain::practice::Wish;
use synaq::domain::rules::Section;
use synaq::domain::voice::{HUMAN, TAKES_MAX, VoiceState};
use synaq::service::{Account, Consent, Failure, NewAccount};

use crate::support::school::{Class, PASSWORD, account, new, set, sit, start, training};
use crate::support::voice::{TEXT, draft, measures, text, voice, voices};
use crate::support::world::running;
use crate::support::{World, on_both};

const BANK: &str = "the bank's";

/// What is heard in an attempt's listening section: a hash, or that it is the bank's.
async fn heard(world: &World, who: &LearnerId, id: &AttemptId) -> String {
    let paper = world.exam.paper(who, id).await.expect("a paper");
    let audio = running(&paper).testlets[0].audio.as_ref();
    let sha256 = &audio.expect("a recording").sha256;
    match world.exam.content().bank.recording(sha256) {
        Some(_) => BANK.to_owned(),
        None => sha256.clone(),
    }
}

/// What is heard in a mock that a class's learner was given, and that goes on.
async fn in_a_mock_of(world: &World, class: &Class) -> (AttemptId, String) {
    let given = class
        .give(world, new(training(FeedbackPolicy::AtOnce), 5))
        .await;
    let id = start(world, &class.learner, &given).await.expect("starts");
    world
        .start(&class.learner.id, &id, Section::Listening)
        .await;
    let heard = heard(world, &class.learner.id, &id).await;
    (id, heard)
}

/// What is heard in a mock of somebody whom no school gave it.
async fn in_a_private_mock(world: &World) -> String {
    let who = world.learner().await;
    let id = world.mock(&who).await;
    world.start(&who, &id, Section::Listening).await;
    heard(world, &who, &id).await
}

/// A practice set of [`TEXT`].
fn wish() -> Wish {
    Wish {
        testlets: vec![text(TEXT)],
        ..Wish::new(Section::Listening, Level::A2, 9)
    }
}

/// What is heard in a practice set that a class's learner was given.
async fn in_a_set_of(world: &World, class: &Class) -> String {
    let work = set(wish(), FeedbackPolicy::AtOnce);
    let given = class.give(world, new(work, 1)).await;
    let id = start(world, &class.learner, &given).await.expect("starts");
    heard(world, &class.learner.id, &id).await
}

/// What is heard in a practice set of somebody whom no school gave it.
async fn in_a_private_set(world: &World) -> String {
    let who = world.learner().await;
    let paper = world.exam.create_practice(&who, &wish()).await;
    heard(world, &who, &paper.expect("a set").id).await
}

async fn operator(world: &World) -> Account {
    let new = NewAccount {
        email: "operator@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        name: "Operator".to_owned(),
    };
    world.exam.create_operator(new).await.expect("an operator")
}

async fn state(world: &World, class: &Class, id: &RecordingId) -> Option<VoiceState> {
    let desk = world
        .exam
        .voice_desk(&class.tutor, &class.school, &text(TEXT))
        .await;
    let (_, desk) = desk.expect("a desk");
    let mut takes = desk.takes.iter();
    let kept = takes.find(|kept| kept.voice.id == *id)?;
    Some(kept.voice.state)
}

#[tokio::test]
async fn a_schools_voice_is_heard_in_what_it_gives_and_nowhere_else() {
    on_both(async |place| {
        let world = World::on(place).await;
        let (class, other) = (
            Class::of(&world, "one").await,
            Class::of(&world, "two").await,
        );
        voices(&world, &class, b"sound one").await;
        let human = sha256_hex(b"sound one");

        assert_eq!(in_a_set_of(&world, &class).await, human);
        assert_eq!(in_a_mock_of(&world, &class).await.1, human);
        assert_eq!(in_a_mock_of(&world, &other).await.1, BANK);
        assert_eq!(in_a_private_mock(&world).await, BANK);
        // What its learner does without the school is nobody's affair either.
        let pupil = account(&world, "pupil").await;
        class.admit(&world, &pupil).await;
        let paper = world.exam.create_practice(&pupil.id, &wish()).await;
        let id = paper.expect("a set").id;
        assert_eq!(heard(&world, &pupil.id, &id).await, BANK);

        // What a tutor looks at before giving it.
        let work = set(wish(), FeedbackPolicy::AtOnce);
        let preview = world.exam.preview(&class.tutor, &class.group, &work).await;
        let shown = &preview.expect("a preview").sections[0].testlets[0];
        let recording = shown.content.stimulus.recording();
        assert_eq!(recording.expect("a recording").sha256, human);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_keeps_what_it_was_given() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let (exam, who) = (&world.exam, &class.learner);
        let (before, sound) = in_a_mock_of(&world, &class).await;
        assert_eq!(sound, BANK);
        let first = voices(&world, &class, b"sound one").await;
        assert_eq!(heard(&world, &who.id, &before).await, BANK, "it runs");
        world.finish(&who.id, &before, Section::Listening).await;
        world.sit(&who.id, &before, Section::Reading, 1).await;

        let (during, sound) = in_a_mock_of(&world, &class).await;
        assert_eq!(sound, sha256_hex(b"sound one"));
        let second = voices(&world, &class, b"sound two").await;
        assert_eq!(
            state(&world, &class, &first[0]).await,
            Some(VoiceState::Replaced)
        );
        for id in &second {
            exam.end_voice(&class.tutor, &class.school, id)
                .await
                .expect("withdrawn");
        }
        assert_eq!(heard(&world, &who.id, &during).await, sound, "it runs");
        world.finish(&who.id, &during, Section::Listening).await;
        world.sit(&who.id, &during, Section::Reading, 1).await;

        // Once feedback is allowed, it says whose voice it was; no sentence has a time.
        let result = exam.result(&who.id, &during).await.expect("a result");
        let mut testlets = result.testlets.iter();
        let recording = testlets.find_map(|testlet| testlet.stimulus.recording());
        let recording = recording.expect("a recording");
        assert_eq!(recording.sha256, sound);
        assert_eq!(recording.credit.as_deref(), Some("Айгүл"));
        let (provenance, length) = (recording.provenance.as_str(), recording.duration_ms);
        assert_eq!((provenance, length), (HUMAN, 12_345));
        assert!(recording.sentences.is_empty() && !recording.turns.is_empty());
        let file = exam.voice_file(&sound).await.expect("a file");
        assert_eq!(file.as_deref(), Some(&b"sound one"[..]));

        // Nothing is in use any more; the first one can be again.
        assert_eq!(in_a_set_of(&world, &class).await, BANK);
        exam.use_voice(&class.owner, &class.school, &first[0], " ", true)
            .await
            .expect("in use again");
        assert_eq!(in_a_set_of(&world, &class).await, sound);
    })
    .await;
}

#[tokio::test]
async fn whoever_runs_the_server_lets_everybody_hear_it() {
    on_both(async |place| {
        let world = World::on(place).await;
        let (class, other) = (
            Class::of(&world, "one").await,
            Class::of(&world, "two").await,
        );
        let operator = operator(&world).await;
        let exam = &world.exam;
        let private = in_a_private_set;
        let waiting = draft(&world, &class, TEXT, b"a draft").await;
        let refused = exam.adopt_voice(&operator, &waiting).await;
        assert!(matches!(refused, Err(Failure::NothingHere)), "{refused:?}");
        let one = voice(&world, &class, TEXT, b"sound one").await;
        for who in [&class.owner, &class.learner, &other.owner] {
            let refused = exam.adopt_voice(who, &one).await;
            assert!(matches!(refused, Err(Failure::NothingHere)), "{refused:?}");
        }
        assert_eq!(private(&world).await, BANK);

        exam.adopt_voice(&operator, &one).await.expect("adopted");
        exam.adopt_voice(&operator, &one).await.expect("harmless");
        assert_eq!(private(&world).await, sha256_hex(b"sound one"));
        // What a school made itself comes before.
        let two = voice(&world, &other, TEXT, b"sound two").await;
        assert_eq!(in_a_set_of(&world, &other).await, sha256_hex(b"sound two"));
        // Another one takes its place for everybody.
        exam.adopt_voice(&operator, &two).await.expect("adopted");
        assert_eq!(private(&world).await, sha256_hex(b"sound two"));
        let listed = exam.voices_everywhere(&operator).await.expect("a list");
        let adopted = listed
            .iter()
            .filter(|one| one.kept.voice.adopted_at.is_some());
        assert_eq!(adopted.count(), 1);
        // Whose it is takes it back: nobody hears it any more.
        exam.end_voice(&other.tutor, &other.school, &two)
            .await
            .expect("withdrawn");
        assert_eq!(private(&world).await, BANK);
        exam.adopt_voice(&operator, &one).await.expect("adopted");
        exam.end_adoption(&operator, &one).await.expect("ended");
        exam.end_adoption(&operator, &one).await.expect("harmless");
        assert_eq!(private(&world).await, BANK);
        let kinds = "select kind from events where kind like 'voice-%' order by id";
        let kinds: Vec<_> = place
            .rows(kinds)
            .await
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        assert_eq!(
            kinds,
            [
                "voice-recorded",
                "voice-recorded",
                "voice-used",
                "voice-adopted",
                "voice-recorded",
                "voice-used",
                "voice-adopted",
                "voice-withdrawn",
                "voice-adopted",
                "voice-adoption-ended",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn it_is_used_only_with_consent_and_only_by_its_school() {
    on_both(async |place| {
        let world = World::on(place).await;
        let (class, other) = (
            Class::of(&world, "one").await,
            Class::of(&world, "two").await,
        );
        let exam = &world.exam;
        let (school, testlet) = (&class.school, text(TEXT));
        let id = draft(&world, &class, TEXT, b"sound").await;
        let used = exam.use_voice(&class.tutor, school, &id, "", false).await;
        assert!(
            matches!(
                used,
                Err(Failure::Invalid {
                    field: "consent",
                    ..
                })
            ),
            "{used:?}"
        );
        let long = "й".repeat(101);
        let used = exam.use_voice(&class.tutor, school, &id, &long, true).await;
        assert!(
            matches!(
                used,
                Err(Failure::Invalid {
                    field: "credit",
                    ..
                })
            ),
            "{used:?}"
        );
        assert_eq!(state(&world, &class, &id).await, Some(VoiceState::Draft));

        let learner = exam.use_voice(&class.learner, school, &id, "", true).await;
        assert!(matches!(learner, Err(Failure::NotAllowed)), "{learner:?}");
        let stranger = exam.use_voice(&other.tutor, school, &id, "", true).await;
        assert!(
            matches!(stranger, Err(Failure::NothingHere)),
            "{stranger:?}"
        );
        // Under the name of their own school it is not theirs either.
        let stranger = exam
            .use_voice(&other.tutor, &other.school, &id, "", true)
            .await;
        assert!(
            matches!(stranger, Err(Failure::NothingHere)),
            "{stranger:?}"
        );
        let stranger = exam.end_voice(&other.tutor, &other.school, &id).await;
        assert!(
            matches!(stranger, Err(Failure::NothingHere)),
            "{stranger:?}"
        );
        for nothing in ["rdg-short-sport", "no-such-text", "А\0"] {
            let nothing = text(nothing);
            let kept = exam.keep_take(&class.tutor, school, &nothing, b"x", measures());
            let kept = kept.await;
            assert!(matches!(kept, Err(Failure::NothingHere)), "{kept:?}");
        }

        // A draft makes room for the next one of the same person, and its file goes.
        let next = draft(&world, &class, TEXT, b"better").await;
        assert_eq!(state(&world, &class, &id).await, None);
        assert_eq!(
            exam.voice_file(&sha256_hex(b"sound"))
                .await
                .expect("looked"),
            None
        );
        exam.use_voice(&class.tutor, school, &next, "", true)
            .await
            .expect("in use");
        let again = exam.use_voice(&class.tutor, school, &next, "", true).await;
        assert!(matches!(again, Err(Failure::Voice(_))), "{again:?}");
        let third = draft(&world, &class, TEXT, b"third").await;
        exam.end_voice(&class.owner, school, &third)
            .await
            .expect("discarded");
        assert_eq!(state(&world, &class, &third).await, None);

        for n in 1..TAKES_MAX {
            voice(&world, &class, TEXT, format!("take {n}").as_bytes()).await;
        }
        let kept = exam
            .keep_take(&class.tutor, school, &testlet, b"x", measures())
            .await;
        let too_many = matches!(
            kept,
            Err(Failure::Invalid {
                problem: "too-many",
                ..
            })
        );
        assert!(too_many, "{kept:?}");
    })
    .await;
}

#[tokio::test]
async fn of_another_script_it_is_put_aside() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let id = voice(&world, &class, TEXT, b"sound").await;
        place
            .execute("update recordings set script_sha256 = 'of another one'")
            .await;
        assert_eq!(in_a_set_of(&world, &class).await, BANK);
        let desk = world
            .exam
            .voice_desk(&class.tutor, &class.school, &text(TEXT))
            .await;
        let (_, desk) = desk.expect("a desk");
        let current = desk.current().expect("still in use");
        assert!(!desk.is_spoken_by(&current.voice) && desk.heard().is_none());
        let operator = operator(&world).await;
        let adopted = world.exam.adopt_voice(&operator, &id).await;
        let other = matches!(
            adopted,
            Err(Failure::Invalid {
                problem: "other-script",
                ..
            })
        );
        assert!(other, "{adopted:?}");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_decided_to_use_is_swept_and_erasing_takes_the_name() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let used = voices(&world, &class, b"used").await.remove(0);
        let waiting = draft(&world, &class, TEXT, b"draft").await;
        world
            .clock
            .advance(TimeDelta::hours(24) - TimeDelta::milliseconds(1));
        assert_eq!(exam.retain().await.expect("a pass").drafts, 0);
        world.clock.advance(TimeDelta::milliseconds(1));
        assert_eq!(exam.retain().await.expect("a pass").drafts, 1);
        assert_eq!(state(&world, &class, &waiting).await, None);
        assert_eq!(
            state(&world, &class, &used).await,
            Some(VoiceState::Current)
        );
        assert_eq!(
            exam.voice_file(&sha256_hex(b"draft"))
                .await
                .expect("looked"),
            None
        );

        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
            .await;
        let id = start(&world, &class.learner, &given).await.expect("starts");
        sit(&world, &class.learner, &id, 1, 1).await;
        let own = exam.own_data(&class.tutor).await.expect("a document");
        assert_eq!(own["recordings"][0]["credit"], "Айгүл");
        exam.erase_self(&class.tutor, Consent::Password(PASSWORD.to_owned()))
            .await
            .expect("erased");
        let result = exam.result(&class.learner.id, &id).await.expect("a result");
        let mut sounds = result
            .testlets
            .iter()
            .filter_map(|testlet| testlet.stimulus.recording());
        let sound = sounds.find(|one| one.sha256 == sha256_hex(b"used"));
        assert_eq!(sound.expect("it is still heard").credit, None);
    })
    .await;
}
