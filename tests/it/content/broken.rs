//! Broken content: each fixture has exactly one fault, found with its file, its line and its field.

use std::path::Path;

use synaq::content;

use super::fixture;

/// Fixture under `tests/fixtures/broken`, file, line, field, part of the reason.
type Case = (
    &'static str,
    &'static str,
    Option<usize>,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const CASES: [Case; 69] = [
    ("unknown-field", "rules/plain.toml", Some(30), "retake.per_year", "is not a field here"),
    ("days-out-of-range", "rules/plain.toml", Some(31), "retake.days.value", "must be between 1 and 365"),
    ("wrong-type", "rules/plain.toml", Some(9), "result_days.value", "must be a whole number"),
    ("bands-not-rising", "rules/plain.toml", Some(25), "bands.B1", "must be above the 40 of A2"),
    ("items-not-blueprint", "rules/plain.toml", Some(18), "sections.1.items", "blueprint have 2"),
    ("rule-id-not-file-name", "rules/plain.toml", Some(2), "id", "must be the file's name"),
    ("source-unknown", "rules/plain.toml", Some(8), "break_minutes.source", "not in the file's [sources]"),
    ("basis-unknown", "rules/plain.toml", Some(10), "feedback.basis", "not one of published, assumed"),
    ("until-before-from", "rules/plain.toml", Some(6), "effective_until", "must not be before"),
    ("field-missing", "rules/plain.toml", Some(1), "feedback", "is missing"),
    ("zone-unknown", "rules/plain.toml", Some(32), "retake.zone.value", "not a time zone"),
    ("not-toml", "rules/plain.toml", Some(22), "", "is not TOML"),
    ("blueprint-unfilled", "rules/plain.toml", Some(20), "sections.1.blueprint", "no reading testlet of level C1"),
    ("band-missing", "rules/plain.toml", Some(22), "bands", "has no A1"),
    ("three-options", "bank/one.toml", Some(25), "items.1.options", "has 3 options"),
    ("options-same", "bank/one.toml", Some(25), "items.1.options.4", "same as option 2"),
    ("key-letter", "bank/one.toml", Some(26), "items.1.key", "not one of A, B, C, D"),
    ("evidence-not-verbatim", "bank/one.toml", Some(27), "items.1.evidence", "not a verbatim quotation"),
    ("topic-unknown", "bank/one.toml", Some(5), "topic", "not one of"),
    ("stem-type-unknown", "bank/one.toml", Some(33), "items.2.stem_type", "not one of"),
    ("skill-unknown", "bank/one.toml", Some(34), "items.2.skill", "not one of"),
    ("latin-letter", "bank/one.toml", Some(6), "title", "Latin letter i"),
    ("straight-quotes", "bank/one.toml", Some(9), "text", "write « » for quotes"),
    ("hyphen-as-dash", "bank/one.toml", Some(25), "items.1.options.1", "write a dash"),
    ("double-space", "bank/one.toml", Some(24), "items.1.stem", "two spaces"),
    ("explanation-missing", "bank/one.toml", Some(28), "items.1.explanation.ru", "is missing"),
    ("grammar-point-missing", "bank/one.toml", Some(30), "items.2.grammar_point", "is missing"),
    ("item-id", "bank/one.toml", Some(31), "items.2.id", "must be the testlet's id and a number"),
    ("id-not-a-slug", "bank/One.toml", Some(1), "id", "lower-case"),
    ("not-utf-8", "bank/one.toml", Some(25), "", "is not UTF-8"),
    ("testlet-twice", "bank/two/one.toml", Some(1), "id", "is the id of bank/one.toml too"),
    ("question-twice", "bank/two.toml", Some(19), "items.1.stem", "asks the same as one-1"),
    ("too-few-words", "bank/rdg-a2-tugan-kun.toml", Some(9), "text", "wanted 80 to 100 at A2"),
    ("recording-changed", "bank/hear.audio.toml", Some(2), "sha256", "is not the hash of hear.mp3"),
    ("recording-cut", "bank/hear.audio.toml", Some(3), "bytes", "but hear.mp3 has 7576 bytes"),
    ("recording-missing", "bank/hear.toml", None, "", "hear.mp3 is missing"),
    ("manifest-missing", "bank/hear.toml", None, "", "hear.audio.toml is missing"),
    ("recording-without-testlet", "bank/lost.mp3", None, "", "belongs to no testlet"),
    ("speaker-unknown", "bank/hear.toml", Some(20), "turns.1.speaker", "not among the speakers"),
    ("digits-in-script", "bank/hear.toml", Some(25), "turns.2.text", "write numbers in words"),
    ("listening-without-plays", "rules/plain.toml", Some(16), "sections.1.plays", "is missing"),
    ("track-too-long", "rules/plain.toml", Some(23), "sections.1.blueprint", "longest recordings takes"),
    ("track-without-answering", "rules/plain.toml", Some(16), "sections.1.answering_seconds", "is missing"),
    ("moved-to-a-day-off", "calendar/kz.toml", Some(15), "days_off.2.date", "must fall on a working day of the week"),
    ("moved-from-a-working-day", "calendar/kz.toml", Some(16), "days_off.2.moved_from", "is a thursday, not a day off"),
    ("moved-from-nothing", "calendar/kz.toml", Some(16), "days_off.2.moved_from", "is not a holiday of this file"),
    ("day-off-of-another-year", "calendar/kz.toml", Some(20), "days_off.3.date", "2027 is not among the years"),
    ("day-off-twice", "calendar/kz.toml", Some(20), "days_off.3.date", "is there already"),
    ("calendar-without-kazakh", "calendar/kz.toml", Some(2), "title.kk", "is missing"),
    ("zone-without-since", "calendar/kz.toml", Some(3), "zone.since", "is missing"),
    ("procedure-unknown", "pathway/way.toml", Some(38), "documents.1.not_for.value.1", "“express” is not one of standard"),
    ("no-standard-procedure", "pathway/way.toml", Some(15), "procedures", "exactly one must be marked"),
    ("validity-twice", "pathway/way.toml", Some(37), "documents.1.validity.value", "must have one of days, months and runs_months"),
    ("years-not-rising", "pathway/way.toml", Some(48), "funds.years.2", "1 January of a year after the one before"),
    ("span-unknown", "pathway/way.toml", Some(32), "stages.1.span", "not one of result, review"),
    ("no-dispute", "pathway/way.toml", Some(54), "disputes.1.readings", "one alone is no dispute"),
    ("pilot-ends-before-it-begins", "pathway/way.toml", Some(4), "pilot_until", "must not be before effective_from"),
    ("statement-without-basis", "pathway/way.toml", Some(26), "questions.1.reason.basis", "is missing"),
    ("texts-alike", "bank/two.toml", Some(1), "text", "stand in bank/one.toml too"),
    ("items-alike", "bank/two.toml", Some(19), "items.1", "nearly the same as one-1"),
    ("catch-all-option", "bank/one.toml", Some(25), "items.1.options.4", "answers the question by itself"),
    ("purpose-unknown", "bank/one.toml", Some(7), "purpose", "not one of practice"),
    ("review-without-agreed", "bank/one.toml", Some(41), "items.2.review.agreed", "is missing"),
    ("word-class-unknown", "words/a1.csv", Some(2), "class", "is none of noun, verb"),
    ("word-twice", "words/a1.csv", Some(3), "lemma", "a second “су”"),
    ("verb-not-infinitive", "words/a1.csv", Some(2), "lemma", "its dictionary form ends in -у"),
    ("word-list-head", "words/a1.csv", Some(1), "", "must begin with the line lemma,class,forms,en,ru"),
    ("form-on-two-lists", "words/loans.csv", Some(2), "form", "in another of the lists already"),
    ("form-without-lemma", "words/names.csv", Some(2), "lemma", "is missing"),
];

#[test]
fn each_broken_fixture_has_its_one_fault() {
    for (name, file, line, field, reason) in CASES {
        let faults = content::load(&fixture("broken").join(name)).expect_err(name);
        let [fault] = &faults[..] else {
            panic!("{name}: wanted one fault, found {faults:#?}");
        };
        assert_eq!(fault.file, Path::new(file), "{name}");
        assert_eq!(fault.line, line, "{name}: {fault}");
        assert_eq!(fault.field, field, "{name}: {fault}");
        assert!(fault.reason.contains(reason), "{name}: {fault}");
    }
}

#[test]
fn no_broken_fixture_is_forgotten() {
    let mut found: Vec<String> = std::fs::read_dir(fixture("broken"))
        .expect("the fixtures")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    found.sort();
    let mut listed: Vec<&str> = CASES
        .iter()
        .map(|case| case.0)
        .chain(["many-faults"])
        .collect();
    listed.sort_unstable();
    assert_eq!(found, listed);
}

#[test]
fn every_fault_of_every_file_is_found_at_once() {
    let faults = content::load(&fixture("broken/many-faults")).expect_err("faults");
    let found: Vec<(&str, Option<usize>, &str)> = faults
        .iter()
        .map(|fault| {
            (
                fault.file.to_str().expect("a path"),
                fault.line,
                fault.field.as_str(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("bank/one.toml", Some(13), "glossary.1.en"),
            ("bank/one.toml", Some(15), "glossary.1.uk"),
            ("bank/one.toml", Some(26), "items.1.key"),
            ("bank/one.toml", Some(34), "items.2.skill"),
            ("rules/plain.toml", Some(7), "each_section.value"),
            ("rules/plain.toml", Some(27), "bands.C1.value"),
            ("rules/plain.toml", Some(31), "retake.days.value"),
            ("rules/plain.toml", Some(32), "retake.zone.value"),
        ]
    );
}

#[test]
fn a_fault_is_written_with_file_line_and_field() {
    let faults = content::load(&fixture("broken/days-out-of-range")).expect_err("a fault");
    assert_eq!(
        faults[0].under(Path::new("content")).to_string(),
        "content/rules/plain.toml:31: retake.days.value: must be between 1 and 365"
    );
}

#[test]
fn a_missing_directory_is_a_fault() {
    let faults = content::load(&fixture("nowhere")).expect_err("faults");
    let files: Vec<&Path> = faults.iter().map(|fault| fault.file.as_path()).collect();
    assert_eq!(files, [Path::new("bank"), Path::new("rules")]);
}
