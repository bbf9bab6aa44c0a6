//! Every parser of bytes that somebody else wrote, on thousands of inputs that nobody would write: none panics, takes
//! long or much memory, and what is accepted holds what the program counts on.
//!
//! Bounded and the same each time; `SYNAQ_FUZZ_TIMES=100` looks longer, and the package `fuzz` looks with a fuzzer that
//! sees which branches are taken. What was found once lies in tests/fixtures/fuzz.

mod bodies;
mod driver;
mod memory;
mod mutate;
mod targets;

use std::path::{Path, PathBuf};

use driver::{files, fuzz, read};
use targets::TARGETS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of directories of the repository with this ending, but for these others.
fn with_ending(dirs: &[&str], ending: &str, but: &str) -> Vec<Vec<u8>> {
    let named = |path: &PathBuf| path.to_string_lossy().into_owned();
    let found = dirs.iter().flat_map(|dir| files(&root().join(dir)));
    let found = found.filter(|path| {
        named(path).ends_with(ending) && (but.is_empty() || !named(path).ends_with(but))
    });
    // Of a directory of hundreds a few are enough.
    let found: Vec<Vec<u8>> = found.map(|path| read(&path)).collect();
    let step = found.len().div_ceil(12).max(1);
    found.into_iter().step_by(step).collect()
}

/// Fuzzes a parser by name, on seeds of its own.
#[track_caller]
fn parser(name: &str, seeds: Vec<Vec<u8>>, inputs: usize) {
    let (_, target) = TARGETS
        .into_iter()
        .find(|(known, _)| *known == name)
        .expect(name);
    fuzz(name, target, seeds, inputs);
}

#[test]
fn rule_files() {
    let seeds = with_ending(
        &["content/rules", "tests/fixtures/short/rules"],
        ".toml",
        "",
    );
    parser("rules", seeds, 600);
}

#[test]
fn points_tables() {
    parser(
        "points_table",
        with_ending(&["content/points"], ".toml", ""),
        250,
    );
}

#[test]
fn calendars() {
    parser(
        "calendar",
        with_ending(&["content/calendar"], ".toml", ""),
        400,
    );
}

#[test]
fn pathways() {
    parser(
        "pathway",
        with_ending(&["content/pathway"], ".toml", ""),
        100,
    );
}

#[test]
fn testlets() {
    let dirs = [
        "tests/fixtures/short/bank/reading",
        "tests/fixtures/short/bank/listening",
        "content/bank/reading",
        "content/bank/listening",
    ];
    parser("testlet", with_ending(&dirs, ".toml", ".audio.toml"), 400);
}

#[test]
fn manifests() {
    let dirs = [
        "tests/fixtures/short/bank/listening",
        "content/bank/listening",
    ];
    parser("manifest", with_ending(&dirs, ".audio.toml", ""), 300);
}

#[test]
fn instructions() {
    parser(
        "instructions",
        with_ending(&["content/audio"], "instructions.toml", ""),
        400,
    );
}

#[test]
fn word_lists() {
    parser("words", with_ending(&["content/words"], ".csv", ""), 60);
}

#[test]
fn rosters() {
    parser("roster", Vec::new(), 4000);
}

#[test]
fn keys() {
    parser("keys", Vec::new(), 3000);
}

#[test]
fn small_texts() {
    parser("small", Vec::new(), 3000);
}

#[test]
fn language_scores() {
    parser("language_score", Vec::new(), 4000);
}

#[test]
fn profiles() {
    // Those of the worked cases.
    let files = files(&root().join("tests/golden/points"));
    let files = files
        .iter()
        .map(|path| String::from_utf8(read(path)).expect("UTF-8"));
    let files = files.map(|text| toml::from_str::<serde_json::Value>(&text).expect("TOML"));
    let seeds = files.flat_map(|file| file["case"].as_array().cloned().unwrap_or_default());
    let seeds: Vec<_> = seeds
        .filter_map(|case| Some(case.get("profile")?.to_string().into_bytes()))
        .collect();
    assert!(seeds.len() > 30, "{} worked cases", seeds.len());
    parser("potential", seeds, 2000);
}

/// Every format that people upload, and what breaks decoders.
fn sounds() -> Vec<Vec<u8>> {
    let dirs = ["tests/fixtures/audio", "tests/fixtures/fuzz/sound"];
    let paths = dirs.iter().flat_map(|dir| files(&root().join(dir)));
    // An hour takes its time, whatever is broken in it.
    let paths = paths.filter(|path| !path.ends_with("hour.flac"));
    paths.map(|path| read(&path)).collect()
}

#[test]
fn recordings_of_the_bank() {
    parser("probe", sounds(), 500);
}

#[test]
fn uploads() {
    parser("normalise", sounds(), 300);
}

#[test]
fn every_parser_has_its_test_and_its_fuzz_target() {
    let here = std::fs::read_to_string(root().join("tests/it/fuzz/mod.rs")).expect("this file");
    for (name, _) in TARGETS {
        assert!(
            here.contains(&format!("\"{name}\"")),
            "{name} is not fuzzed"
        );
        let target = root().join(format!("fuzz/fuzz_targets/{name}.rs"));
        assert!(target.is_file(), "{} is missing", target.display());
    }
}
