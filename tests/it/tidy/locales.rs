//! Every word of the interface is there in every language, and none is left over.

use std::collections::{BTreeMap, BTreeSet};

use synaq::domain::Language;
use synaq::web::locale::Locales;

use super::{Source, code, none, sources};

fn locales() -> Locales {
    Locales::load(&crate::support::own_content()).expect("the locales")
}

/// The text literals of a source: what stands between quotation marks on one line.
fn literals(source: &Source) -> Vec<(usize, String)> {
    let lines: Vec<(usize, &str)> = match source.path.ends_with(".rs") {
        true => code(&source.text).collect(),
        false => source
            .text
            .lines()
            .enumerate()
            .map(|(n, line)| (n + 1, line))
            .collect(),
    };
    let mut found = Vec::new();
    for (n, line) in lines {
        let parts: Vec<&str> = line.split('"').collect();
        found.extend(parts.iter().map(|part| (n, (*part).to_owned())));
        // Templates put expressions into attributes that have marks of their own, and scripts use single ones.
        found.extend(line.split(['\'', '`']).map(|part| (n, part.to_owned())));
    }
    found
}

/// Literals handed to `say`, `say1`, `say2` and so on: `(path:line, key)`.
fn said(source: &Source) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (n, line) in source.text.lines().enumerate() {
        for (at, _) in line.match_indices(".say") {
            let rest = &line[at + 4..];
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            if let Some(key) = rest
                .strip_prefix("(\"")
                .and_then(|rest| rest.split('"').next())
            {
                found.push((format!("{}:{}", source.path, n + 1), key.to_owned()));
            }
        }
    }
    found
}

fn users() -> Vec<Source> {
    let mut users = sources("templates", ".html");
    users.extend(sources("src/web", ".rs"));
    users.extend(sources("static", ".js"));
    users
}

#[test]
fn every_language_has_the_same_keys() {
    let locales = locales();
    let mut faults = Vec::new();
    let all: BTreeSet<&String> = Language::ALL
        .iter()
        .flat_map(|language| locales.keys(*language))
        .collect();
    assert!(all.len() > 50);
    for language in Language::ALL {
        for key in &all {
            if !locales.keys(language).contains(*key) {
                faults.push(format!("{key} is missing in {}", language.code()));
            }
        }
    }
    none(&faults);
}

#[test]
fn every_key_that_is_said_exists() {
    let locales = locales();
    let keys = locales.keys(Language::English);
    let mut faults = Vec::new();
    let mut count = 0;
    for source in users() {
        for (place, key) in said(&source) {
            count += 1;
            if !keys.contains(&key) {
                faults.push(format!("{place}: {key} is in no file of words"));
            }
        }
    }
    none(&faults);
    assert!(count > 30, "the search finds keys: {count}");
}

/// The start of keys that are made of a prefix and a value's name: `say_of("skill-", …)`, `format!("fault-{field}")`.
fn prefix(literal: &str) -> Option<&str> {
    let start = literal.split('{').next().unwrap_or_default();
    let word = |c: char| c.is_ascii_lowercase() || c == '-';
    (start.len() >= 3 && start.ends_with('-') && start.chars().all(word)).then_some(start)
}

#[test]
fn every_key_is_used() {
    let mut used = BTreeSet::new();
    for source in users() {
        used.extend(literals(&source).into_iter().map(|(_, text)| text));
    }
    let prefixes: BTreeSet<&str> = used.iter().filter_map(|literal| prefix(literal)).collect();
    let mut faults = Vec::new();
    for key in locales().keys(Language::English) {
        if !used.contains(key) && !prefixes.iter().any(|prefix| key.starts_with(prefix)) {
            faults.push(format!("{key} is used nowhere"));
        }
    }
    none(&faults);
}

#[test]
fn every_problem_has_its_words() {
    let locales = locales();
    let keys = locales.keys(Language::English);
    let mut faults = Vec::new();
    let mut count = 0;
    for source in sources("src/web", ".rs") {
        // `simple(S::CONFLICT, "retake-limit", …)` and `plain(…, "no-page")`; `S::` may stand on the line before.
        let lines: Vec<&str> = source.text.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let call = ["simple(", "Problem::new(", "plain("]
                .iter()
                .any(|call| line.contains(call));
            if !call || !source.path.ends_with("problem.rs") && !source.path.ends_with("errors.rs")
            {
                continue;
            }
            let slug = lines[n..lines.len().min(n + 4)]
                .join(" ")
                .split('"')
                .nth(1)
                .filter(|slug| slug.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
                .map(str::to_owned);
            let Some(slug) = slug else { continue };
            // Of the API alone: a page cannot bring them about.
            let api_only = [
                "unauthenticated",
                "not-json",
                "method-not-allowed",
                "refused",
                "internal",
            ];
            if api_only.contains(&slug.as_str()) || slug == "unknown" {
                continue;
            }
            count += 1;
            for key in [format!("problem-{slug}"), format!("problem-{slug}-text")] {
                if !keys.contains(&key) {
                    faults.push(format!("{}:{}: {key} is missing", source.path, n + 1));
                }
            }
        }
    }
    none(&faults);
    assert!(count > 15, "the search finds problems: {count}");
}

/// The values that a message shows: `{ $n }`. One that only chooses a plural, `{ $n ->`, is the language's own affair.
fn values(text: &str) -> BTreeSet<String> {
    text.split('$')
        .skip(1)
        .filter(|rest| {
            !rest
                .split('}')
                .next()
                .is_some_and(|value| value.contains("->"))
        })
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn a_message_asks_for_the_same_values_in_every_language() {
    let mut by_key: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for source in sources("content/locales", ".ftl") {
        let language = source
            .path
            .rsplit('.')
            .nth(1)
            .expect("a language")
            .to_owned();
        let mut key = String::new();
        for line in source.text.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                key = line.split('=').next().unwrap_or_default().trim().to_owned();
            }
            let of_key = by_key.entry(key.clone()).or_default();
            of_key
                .entry(language.clone())
                .or_default()
                .extend(values(line));
        }
    }
    let mut faults = Vec::new();
    for (key, languages) in by_key {
        let wanted: BTreeSet<_> = languages.values().collect();
        if wanted.len() > 1 {
            faults.push(format!("{key}: {languages:?}"));
        }
    }
    none(&faults);
}
