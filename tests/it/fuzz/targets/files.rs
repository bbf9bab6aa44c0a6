//! Files of the content directory. Each goes into a scratch directory of its own, as the server would find it, and what
//! is accepted is then used.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use synaq::content::{self, Content};
use synaq::domain::assemble::{self, Exposure};
use synaq::domain::pathway::{procedure, resubmission, timeline};
use synaq::domain::points::{Potential, Profile, report::Assessed};

/// The repository: this package's directory, or the one above the package `fuzz`.
fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    match here.ends_with("fuzz") {
        true => here.parent().expect("the repository"),
        false => here,
    }
}

/// A content directory of this thread, gone when the thread ends.
struct Room(PathBuf);

impl Room {
    fn new() -> Self {
        let name = format!("synaq-fuzz-{}", uuid::Uuid::now_v7());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

thread_local! {
    static ROOM: OnceCell<Room> = const { OnceCell::new() };
}

/// Looks through a content directory that holds these files; the faults of the first, and what was accepted.
///
/// Whoever reads a file names it and a line of it, or none.
fn look(files: &[(&str, &[u8])]) -> (bool, Content) {
    ROOM.with(|room| {
        let dir = &room.get_or_init(Room::new).0;
        let _ = fs::remove_dir_all(dir);
        for (path, bytes) in files {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
            fs::write(path, bytes).expect("a file");
        }
        let (path, bytes) = files[0];
        let inspection = content::inspect(dir, None);
        let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
        let mut accepted = true;
        for fault in inspection.faults {
            assert!(!fault.reason.is_empty(), "{fault}");
            if fault.file == Path::new(path) {
                accepted = false;
                assert!(
                    fault.line.is_none_or(|line| (1..=lines).contains(&line)),
                    "{fault}, of {lines} lines"
                );
            }
        }
        (accepted, inspection.content)
    })
}

/// A file's name without its ending: ids must be the names of their files.
fn stem(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let id = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("id = \"")?.split('"').next())
        .unwrap_or_default();
    let id: String = id
        .chars()
        .filter(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || *letter == '-')
        .take(60)
        .collect();
    match id.is_empty() {
        true => "x".to_owned(),
        false => id,
    }
}

fn own(path: &str) -> Vec<u8> {
    fs::read(repository().join(path)).expect("a file of the repository")
}

/// The first and the last day of which the program is ever asked, and one between.
fn days() -> [NaiveDate; 3] {
    ["1900-01-01", "2026-11-22", "2199-12-31"].map(|day| day.parse().expect("a day"))
}

/// A rule set.
pub fn rules(bytes: &[u8]) {
    let path = format!("rules/{}.toml", stem(bytes));
    let (accepted, content) = look(&[(&path, bytes)]);
    assert_eq!(accepted, content.rules.len() == 1);
    for rules in content.rules.values() {
        // There is no bank: what matters is that it is said.
        let form = assemble::mock(&content.bank, rules, &Exposure::default(), 1);
        assert!(form.is_err(), "a form out of nothing");
        assert!(
            rules
                .bands
                .is_sorted_by_key(|band| (band.level, band.from_percent.value))
        );
        assert!(rules.retake.days.value > 0);
    }
}

/// A table of the assessment of immigration potential.
pub fn points_table(bytes: &[u8]) {
    let path = format!("points/{}.toml", stem(bytes));
    let a1 = own("content/rules/a1-2026-02.toml");
    let (accepted, content) = look(&[(&path, bytes), ("rules/a1-2026-02.toml", &a1)]);
    assert_eq!(accepted, content.points.len() == 1);
    let rules: Vec<_> = content.rules.values().cloned().collect();
    for table in content.points.values() {
        let nothing = Profile::default();
        let potential = Potential::of(nothing, table.clone(), rules[0].clone(), &rules);
        let potential = potential.expect("who brings nothing brings nothing wrong");
        let _ = Assessed::of(&potential);
    }
}

/// The working days.
pub fn calendar(bytes: &[u8]) {
    let path = format!("calendar/{}.toml", stem(bytes));
    let (accepted, content) = look(&[(&path, bytes)]);
    assert_eq!(accepted, content.calendars.len() == 1);
    for calendar in content.calendars.values() {
        for day in days() {
            let counted = calendar.add_working_days(day, 30);
            assert!(counted.day > day, "{counted:?} comes after {day}");
            let _ = calendar.doubts(day, counted.day);
        }
    }
}

/// A table of the way to a residence permit.
pub fn pathway(bytes: &[u8]) {
    let path = format!("pathway/{}.toml", stem(bytes));
    let (calendar, a1) = (
        own("content/calendar/kazakhstan.toml"),
        own("content/rules/a1-2026-02.toml"),
    );
    let (accepted, content) = look(&[
        (&path, bytes),
        ("calendar/kazakhstan.toml", &calendar),
        ("rules/a1-2026-02.toml", &a1),
    ]);
    assert_eq!(accepted, content.pathways.len() == 1);
    for table in content.pathways.values() {
        assert!(
            procedure::decide(table, &[]).is_some(),
            "a standard procedure"
        );
        for day in days() {
            let entered = timeline::Entered {
                test: Some(day),
                questionnaire: Some(day),
                notification: Some(day),
                submission: Some(day),
            };
            let (calendar, rules) = (&content.calendars["kazakhstan"], content.rules.values());
            for rules in rules {
                let _ = timeline::plan(table, calendar, rules, &entered);
            }
            let _ = resubmission::plan(table, &[]);
        }
    }
}

/// A testlet; the recording of one of the tests' own lies beside it.
pub fn testlet(bytes: &[u8]) {
    let stem = stem(bytes);
    let path = format!("bank/{stem}.toml");
    let beside = format!("tests/fixtures/short/bank/listening/{stem}");
    let mut files = vec![(path.as_str(), bytes)];
    let (sound, manifest) = (
        format!("bank/{stem}.mp3"),
        format!("bank/{stem}.audio.toml"),
    );
    let found = ["mp3", "audio.toml"].map(|ending| {
        let path = repository().join(format!("{beside}.{ending}"));
        fs::read(path).ok()
    });
    if let [Some(recording), Some(about)] = &found {
        files.push((&sound, recording));
        files.push((&manifest, about));
    }
    let (_, content) = look(&files);
    for edition in content.bank.testlets() {
        for item in &edition.testlet.items {
            assert!(usize::from(item.key) < item.options.len(), "{item:?}");
            assert!(!item.stem.trim().is_empty(), "{item:?}");
        }
    }
}

/// What lies beside a recording.
pub fn manifest(bytes: &[u8]) {
    let beside = "tests/fixtures/short/bank/listening/lst-short-nan";
    let (testlet, recording) = (
        own(&format!("{beside}.toml")),
        own(&format!("{beside}.mp3")),
    );
    let (accepted, content) = look(&[
        ("bank/lst-short-nan.audio.toml", bytes),
        ("bank/lst-short-nan.toml", &testlet),
        ("bank/lst-short-nan.mp3", &recording),
    ]);
    let editions: Vec<_> = content.bank.testlets().collect();
    assert_eq!(accepted, editions.len() == 1);
    for edition in editions {
        let recording = edition.testlet.stimulus.recording().expect("a recording");
        assert!(recording.duration_ms > 0);
        let at = content.bank.recording(&recording.sha256).expect("its file");
        assert!(
            at.ends_with("bank/lst-short-nan.mp3"),
            "nothing else is served"
        );
    }
}

/// The texts of the spoken instructions.
pub fn instructions(bytes: &[u8]) {
    let (_, content) = look(&[("audio/instructions.toml", bytes)]);
    assert!(
        content.instructions.is_empty(),
        "there is no recording of them"
    );
}

/// A list of words: the A1 list, and the bank's own lists, which have other columns.
pub fn words(bytes: &[u8]) {
    for name in [
        "words/a1.csv",
        "words/names.csv",
        "words/loans.csv",
        "words/correct.csv",
    ] {
        let (_, content) = look(&[(name, bytes)]);
        let _ = Arc::new(content).words.lexicon();
    }
}
