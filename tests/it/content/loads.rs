//! Good content: what the files say is what the domain gets.

use std::path::Path;

use synaq::content::audit::{Cell, audit};
use synaq::content::{self, Content, Heard};
use synaq::domain::assemble::forms_without_overlap;
use synaq::domain::bank::{Purpose, Stimulus};
use synaq::domain::id::{RuleId, TestletId};
use synaq::domain::level::Level;
use synaq::domain::rules::{Basis, Feedback, RuleSet, Section};

use super::fixture;

fn short() -> Content {
    content::load(&fixture("short")).expect("the short sample has no fault")
}

/// The repository's own content directory.
fn own() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("content")
}

/// A rule set of the repository, whatever the state of the bank.
fn own_rule(id: &str) -> RuleSet {
    let content = content::inspect(&own(), None).content;
    let rules = content.rules.get(&RuleId::new(id)).expect(id);
    RuleSet::clone(rules)
}

#[test]
fn the_repositorys_content_has_no_fault_and_fills_every_rule_set() {
    let content = content::load(&own()).unwrap_or_else(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    });
    assert!(
        content.short.is_empty(),
        "the real bank has whole testlets only"
    );
    for rules in content.rules.values() {
        let forms = forms_without_overlap(&content.bank, rules);
        assert!(forms >= 2, "{}: {forms} forms without overlap", rules.id);
    }
}

#[test]
fn the_pilot_says_what_the_sources_say() {
    let rules = own_rule("a1-2026-02");
    assert_eq!(rules.required_level.value, Level::A1);
    assert_eq!(rules.required_percent(), 30);
    assert_eq!(rules.effective_from.value.to_string(), "2026-02-13");
    let until = rules
        .effective_until
        .as_ref()
        .map(|until| until.value.to_string());
    assert_eq!(until.as_deref(), Some("2026-12-31"));
    let sections: Vec<_> = rules
        .sections
        .iter()
        .map(|section| (section.name, section.items.value, section.minutes.value))
        .collect();
    assert_eq!(
        sections,
        [(Section::Listening, 20, 20), (Section::Reading, 40, 50)]
    );
    assert_eq!(
        rules.sections[0]
            .plays
            .as_ref()
            .map(|plays| (plays.value, plays.basis)),
        Some((2, Basis::Assumed))
    );
    let bands: Vec<_> = rules
        .bands
        .iter()
        .map(|band| (band.level, band.from_percent.value))
        .collect();
    assert_eq!(
        bands,
        [
            (Level::A1, 30),
            (Level::A2, 40),
            (Level::B1, 50),
            (Level::B2, 60),
            (Level::C1, 80)
        ]
    );
    assert_eq!(
        (rules.retake.retakes.value, rules.retake.days.value),
        (2, 30)
    );
    assert_eq!(rules.retake.zone.value, chrono_tz::Asia::Almaty);
    assert_eq!(rules.feedback.value, Feedback::AfterFinish);
    let points: Vec<u32> = rules
        .kazakh_points
        .iter()
        .map(|(_, points)| points.value)
        .collect();
    assert_eq!(points, [24, 48, 72, 96, 120]);
    assert_eq!(
        rules.bands[1].from_percent.source,
        "Test-taker guide (National Testing Center, relayed by qazaqtrainer.com, 2026-02); \
         Approved rules of the test: the range of 30 to 80 % (relayed by expert-kz.com)"
    );
}

#[test]
fn the_announced_rule_differs_in_its_level_and_says_that_it_is_disputed() {
    let (pilot, announced) = (own_rule("a1-2026-02"), own_rule("b1-2026-04"));
    assert_eq!(announced.required_level.value, Level::B1);
    assert_eq!(announced.required_percent(), 50);
    let note = announced.required_level.note.as_deref().unwrap_or_default();
    assert!(note.contains("Disputed"), "{note}");
    assert!(announced.summary.en.contains("Disputed"));
    assert_eq!(announced.sections, pilot.sections);
    assert_eq!(announced.bands, pilot.bands);
    assert_eq!(announced.retake, pilot.retake);
    assert_ne!(announced.digest, pilot.digest);
}

#[test]
fn the_short_sample_gives_two_forms_for_each_of_its_rule_sets() {
    let content = short();
    let rules: Vec<&str> = content.rules.keys().map(RuleId::as_str).collect();
    assert_eq!(rules, ["short", "short-b1"]);
    for rules in content.rules.values() {
        assert_eq!(
            forms_without_overlap(&content.bank, rules),
            2,
            "{}",
            rules.id
        );
    }
}

#[test]
fn a_text_is_split_at_empty_lines() {
    let content = short();
    let edition = content
        .bank
        .get(&TestletId::new("rdg-short-sport"))
        .expect("the testlet");
    let Stimulus::Text(paragraphs) = &edition.testlet.stimulus else {
        panic!("a reading testlet has a text");
    };
    assert_eq!(paragraphs.len(), 2);
    assert_eq!(paragraphs[0], "Құрметті тұрғындар!");
    assert!(paragraphs[1].starts_with("Жаңа бассейнде") && paragraphs[1].ends_with("жүзеді."));
}

#[test]
fn a_recording_is_found_by_its_hash_and_knows_its_script() {
    let content = short();
    let edition = content
        .bank
        .get(&TestletId::new("lst-short-nan"))
        .expect("the testlet");
    let recording = edition.testlet.stimulus.recording().expect("a recording");
    assert_eq!(recording.turns[0].speaker, "Арман");
    assert_eq!(recording.provenance, "synthetic voice");
    let mut turns: Vec<u32> = recording.sentences.iter().map(|one| one.turn).collect();
    turns.dedup();
    assert_eq!(turns, [0, 1, 2, 3], "sentences of each turn, in order");
    assert_eq!(recording.turns.len(), 4);
    let path = content.bank.recording(&recording.sha256).expect("its file");
    let size = std::fs::metadata(path).expect("the file").len();
    assert_eq!(size, recording.bytes);
}

#[test]
fn the_digest_names_the_wording() {
    let (once, again) = (short(), short());
    let digests = |content: &Content| -> Vec<String> {
        content
            .bank
            .testlets()
            .map(|edition| edition.digest.clone())
            .collect()
    };
    assert_eq!(digests(&once), digests(&again));
    let mut different = digests(&once);
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 4);
    assert!(different.iter().all(|digest| digest.len() == 64));
}

#[test]
fn a_decoder_is_asked_about_every_recording_and_believed() {
    let fine = |bytes: &[u8]| {
        // A stand-in for a decoder: the sample's two recordings are told apart by their size.
        let content = short();
        let found = content
            .bank
            .testlets()
            .filter_map(|edition| edition.testlet.stimulus.recording().cloned())
            .find(|recording| recording.bytes == bytes.len() as u64)
            .ok_or("unknown")?;
        Ok(Heard {
            duration_ms: found.duration_ms + 100,
            channels: 1,
            sample_rate: 22_050,
            loudness_lufs: -16.4,
            true_peak_dbtp: -1.5,
        })
    };
    assert!(
        content::inspect(&fixture("short"), Some(&fine))
            .faults
            .is_empty()
    );

    let broken = |_: &[u8]| Err("no frames".to_owned());
    let faults = content::inspect(&fixture("short"), Some(&broken)).faults;
    assert_eq!(faults.len(), 2);
    assert!(faults[0].to_string().ends_with(
        "lst-short-auyl.audio.toml:1: file: the recording cannot be decoded: no frames"
    ));

    let other = |_: &[u8]| {
        Ok(Heard {
            duration_ms: 1,
            channels: 2,
            sample_rate: 44_100,
            loudness_lufs: -23.0,
            true_peak_dbtp: -0.5,
        })
    };
    let faults = content::inspect(&fixture("short"), Some(&other)).faults;
    let fields: Vec<&str> = faults
        .iter()
        .take(5)
        .map(|fault| fault.field.as_str())
        .collect();
    // In the order of lines: what the manifest does not name stands at its first.
    let expected = [
        "loudness_lufs",
        "true_peak_dbtp",
        "duration_ms",
        "channels",
        "sample_rate",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn the_audit_counts_what_is_there() {
    let audit = audit(&short());
    assert_eq!((audit.testlets, audit.items, audit.short), (4, 14, 4));
    assert_eq!(
        audit.by_cell,
        [
            Cell {
                purpose: Purpose::Forms,
                section: Section::Listening,
                level: Level::A2,
                testlets: 2,
                items: 6,
                comprehension: 6,
                lexical_grammar: 0,
            },
            Cell {
                purpose: Purpose::Forms,
                section: Section::Reading,
                level: Level::A2,
                testlets: 2,
                items: 8,
                comprehension: 4,
                lexical_grammar: 4,
            },
        ]
    );
    let letters: Vec<(char, usize)> = audit.key_letters.into_iter().collect();
    assert_eq!(letters, [('A', 3), ('B', 4), ('C', 3), ('D', 4)]);
    assert!(
        (audit.longest_key_rate - 3.0 / 14.0).abs() < 1e-9,
        "{}",
        audit.longest_key_rate
    );
    assert_eq!(audit.audio.recordings, 2);
    assert!(audit.audio.minutes > 0.4 && audit.audio.minutes < 0.6);
}
