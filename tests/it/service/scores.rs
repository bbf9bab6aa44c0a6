//! Scores at every cut score and one below, and the statement that carries a level out of the house.

use std::sync::LazyLock;

use synaq::content::{self, Content};
use synaq::domain::id::RuleId;
use synaq::domain::level::Level::{self, A1, A2, B1, B2, C1};
use synaq::domain::practice::Wish;
use synaq::domain::rules::{RuleSet, Section};
use synaq::domain::score::{SectionScore, overall_level, passed};
use synaq::service::Failure;

use crate::support::world::minutes;
use crate::support::{World, on_both, own_content};

static OWN: LazyLock<Content> = LazyLock::new(|| content::load(&own_content()).expect("content"));

fn rules(id: &str) -> &'static RuleSet {
    &OWN.rules[&RuleId::new(id)]
}

fn score(name: Section, correct: u32, of: u32) -> SectionScore {
    SectionScore { name, correct, of }
}

#[test]
fn the_level_at_every_cut_score_and_one_below() {
    // Cut scores of 30, 40, 50, 60 and 80 percent, of 20 listening and of 40 reading items.
    let table: [(u32, u32, Option<Level>, Option<Level>); 10] = [
        (6, 20, None, Some(A1)),
        (8, 20, Some(A1), Some(A2)),
        (10, 20, Some(A2), Some(B1)),
        (12, 20, Some(B1), Some(B2)),
        (16, 20, Some(B2), Some(C1)),
        (12, 40, None, Some(A1)),
        (16, 40, Some(A1), Some(A2)),
        (20, 40, Some(A2), Some(B1)),
        (24, 40, Some(B1), Some(B2)),
        (32, 40, Some(B2), Some(C1)),
    ];
    for rules in OWN.rules.values() {
        for (cut, of, below, at) in table {
            let level = |correct| score(Section::Reading, correct, of).level(rules);
            assert_eq!(level(cut - 1), below, "{}: {} of {of}", rules.id, cut - 1);
            assert_eq!(level(cut), at, "{}: {cut} of {of}", rules.id);
        }
        for of in [20, 40] {
            assert_eq!(score(Section::Reading, 0, of).level(rules), None);
            assert_eq!(score(Section::Reading, of, of).level(rules), Some(C1));
        }
    }
}

#[test]
fn passing_needs_the_cut_score_in_each_section() {
    for (id, listening, reading) in [("a1-2026-02", 6, 12), ("b1-2026-04", 10, 20)] {
        let rules = rules(id);
        for (heard, read, expected) in [
            (listening, reading, true),
            (listening - 1, reading, false),
            (listening, reading - 1, false),
            (20, reading - 1, false),
            (listening - 1, 40, false),
            (20, 40, true),
            (0, 0, false),
        ] {
            let sections = [
                score(Section::Listening, heard, 20),
                score(Section::Reading, read, 40),
            ];
            assert_eq!(
                passed(&sections, rules),
                expected,
                "{id}: {heard}/20 {read}/40"
            );
        }
        assert_eq!(
            score(Section::Listening, 0, 20).needed(rules),
            listening,
            "{id}"
        );
        assert_eq!(
            score(Section::Reading, 0, 40).needed(rules),
            reading,
            "{id}"
        );
        assert!(!passed(&[], rules), "nothing sat is nothing passed");
    }
}

#[test]
fn the_overall_level_is_the_lower_of_the_two() {
    let rules = rules("a1-2026-02");
    for (heard, read, level) in [
        (16, 32, Some(C1)),
        (16, 31, Some(B2)),
        (10, 40, Some(B1)),
        (20, 12, Some(A1)),
        (20, 11, None),
        (5, 40, None),
    ] {
        let sections = [
            score(Section::Listening, heard, 20),
            score(Section::Reading, read, 40),
        ];
        assert_eq!(
            overall_level(&sections, rules),
            level,
            "{heard}/20 {read}/40"
        );
    }
}

#[test]
fn scores_obey_their_laws() {
    let rules = rules("a1-2026-02");
    for of in 1..=60 {
        let mut last = (0, None);
        for correct in 0..=of {
            let score = score(Section::Reading, correct, of);
            let (percent, level) = (score.percent(), score.level(rules));
            assert!(
                percent <= 100 && percent >= last.0 && level >= last.1,
                "{correct}/{of}"
            );
            assert_eq!(
                score.passed(rules),
                correct >= score.needed(rules),
                "{correct}/{of}"
            );
            assert_eq!(
                score.passed(rules),
                percent >= 30,
                "what is shown agrees: {correct}/{of}"
            );
            last = (percent, level);
        }
    }
    assert_eq!(score(Section::Reading, 0, 0).percent(), 0);
    assert!(!score(Section::Reading, 0, 0).passed(rules));
}

#[tokio::test]
async fn the_language_score_speaks_of_finished_mocks_only() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let statement = async || world.exam.language_score(&learner, &id).await;
        for section in [Section::Listening, Section::Reading] {
            let early = statement().await;
            assert!(matches!(early, Err(Failure::NotFinished)), "{early:?}");
            // Two of three are 66 %, B2; two of four are 50 %, B1.
            world.sit(&learner, &id, section, 2).await;
        }
        let given = statement().await.expect("a statement");
        assert_eq!(given.schema, "language-score.v1");
        assert_eq!((given.level, given.passed), (Some(B1), true));
        assert_eq!(given.kazakh_points, 72);
        assert_eq!(given.date.to_string(), "2026-11-22");
        assert_eq!(given.valid_until.to_string(), "2028-11-22");
        let levels: Vec<_> = given.sections.iter().map(|section| section.level).collect();
        assert_eq!(levels, [Some(B2), Some(B1)]);
        assert!(given.notice.contains("Not a certificate"));

        let stranger = world.learner().await;
        let theirs = world.exam.language_score(&stranger, &id).await;
        assert!(matches!(theirs, Err(Failure::NotFound)), "{theirs:?}");
        world
            .exam
            .void(&learner, &id, "operator", "test")
            .await
            .expect("voided");
        assert!(statement().await.is_err(), "a voided mock says nothing");

        let wish = Wish::new(Section::Reading, A2, 4);
        let practice = world
            .exam
            .create_practice(&learner, &wish)
            .await
            .expect("made")
            .id;
        world.finish(&learner, &practice, Section::Reading).await;
        let none = world.exam.language_score(&learner, &practice).await;
        assert!(matches!(none, Err(Failure::NotAMock)), "{none:?}");
    })
    .await;
}

#[tokio::test]
async fn a_level_below_every_band_brings_no_points() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.whole_mock(&learner, 3, 1).await;
        let given = world
            .exam
            .language_score(&learner, &id)
            .await
            .expect("a statement");
        assert_eq!(
            (given.level, given.kazakh_points, given.passed),
            (None, 0, false)
        );
        // Near midnight the date is that of Almaty.
        world
            .clock
            .set(crate::support::world::at("2026-11-23T00:30:00+05:00"));
        let id = world.whole_mock(&learner, 3, 4).await;
        world.clock.advance(minutes(1));
        let given = world
            .exam
            .language_score(&learner, &id)
            .await
            .expect("a statement");
        assert_eq!(given.date.to_string(), "2026-11-23");
        assert_eq!((given.level, given.kazakh_points), (Some(C1), 120));
    })
    .await;
}
