//! The bank's spelling: what hunspell's Kazakh dictionary does not know was looked at form by form.
//!
//! The dictionary is old and refuses about one correct form in ten, so it does not judge: it chooses what is to be read.
//! A form that it does not know must stand in `content/words/{correct,names,loans}.csv`.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use synaq::content::{self, words};

use crate::support::own_content;

/// Those of the words that the dictionary does not know.
fn unknown(of: &BTreeSet<String>) -> BTreeSet<String> {
    let mut hunspell = Command::new("hunspell")
        .args(["-i", "utf-8", "-d", "kk_KZ", "-l"])
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs hunspell and its Kazakh dictionary: run tests/run");
    let mut input = hunspell.stdin.take().expect("standard input");
    let words: Vec<&str> = of.iter().map(String::as_str).collect();
    let words = words.join("\n") + "\n";
    let writer = std::thread::spawn(move || input.write_all(words.as_bytes()));
    let output = hunspell.wait_with_output().expect("hunspell's answer");
    writer
        .join()
        .expect("the writer")
        .expect("hunspell reads all");
    assert!(output.status.success(), "{output:?}");
    let answer = String::from_utf8(output.stdout).expect("UTF-8");
    answer.lines().map(str::to_owned).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[test]
fn every_form_that_the_dictionary_does_not_know_was_looked_at() {
    let content = content::load(&own_content()).expect("the content");
    let forms = words::forms(&content.bank);
    // Names stand in the dictionary with a capital letter only.
    let refused = unknown(&forms);
    let refused = unknown(&refused.iter().map(|word| capitalised(word)).collect());
    let refused: BTreeSet<String> = refused.iter().map(|word| word.to_lowercase()).collect();
    assert!(!refused.is_empty(), "a dictionary that knows all is none");
    let reviewed = &content.words.reviewed;
    let unseen: Vec<&String> = refused
        .iter()
        .filter(|form| !reviewed.contains_key(*form))
        .collect();
    assert_eq!(
        unseen,
        Vec::<&String>::new(),
        "{} forms to be read",
        unseen.len()
    );
}

#[test]
fn the_a1_list_is_as_long_as_the_level_and_covers_the_reserve() {
    let content = content::load(&own_content()).expect("the content");
    let vocabulary = content::vocabulary::measure(&content);
    // A1 is about 800 to 1,000 words (the overview of the rules).
    assert!(
        (800..=1000).contains(&vocabulary.a1_words),
        "{}",
        vocabulary.a1_words
    );
    assert!(
        vocabulary.reserve_share >= 0.95,
        "{:?}",
        vocabulary.unlisted
    );
}
