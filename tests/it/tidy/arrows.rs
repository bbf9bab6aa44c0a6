//! Who may enter which room (DESIGN).

use super::{code, none, sources};

/// A room and the rooms it may use. `cli` may use all and is left out; `main.rs` and `lib.rs` are no room.
const ARROWS: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("clock", &["domain"]),
    ("config", &["domain"]),
    ("content", &["domain"]),
    ("audio", &["domain"]),
    ("measures", &["clock"]),
    // Of the clock `from_ms` only, which reads no clock: see below.
    ("store", &["domain", "clock", "measures"]),
    (
        "service",
        &["domain", "content", "audio", "store", "clock", "measures"],
    ),
    ("web", &["domain", "service", "config", "measures"]),
    ("demo", &["domain", "service", "clock"]),
];

/// `src/store/mod.rs` → `store`, `src/clock.rs` → `clock`.
fn room(path: &str) -> &str {
    let path = path.strip_prefix("src/").expect("below src");
    path.split('/')
        .next()
        .unwrap_or_default()
        .trim_end_matches(".rs")
}

/// The rooms that a line names: `use crate::domain::…`, `crate::store::Event` and `crate::{clock::…, domain}`.
fn named(line: &str) -> Vec<String> {
    line.match_indices("crate::")
        .filter(|(at, _)| !line[..*at].ends_with('$'))
        .flat_map(|(at, found)| {
            let rest = &line[at + found.len()..];
            let first = |text: &str| -> String {
                let text = text.trim_start();
                text.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect()
            };
            match rest.strip_prefix('{') {
                Some(list) => list.split(',').map(first).collect::<Vec<_>>(),
                None => vec![first(rest)],
            }
        })
        .filter(|room| !room.is_empty())
        .collect()
}

#[test]
fn every_import_follows_an_arrow() {
    let mut faults = Vec::new();
    let mut looked_at = 0;
    for source in sources("src", ".rs") {
        let room = room(&source.path);
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
            assert!(
                ["cli", "main", "lib"].contains(&room),
                "{room} has no arrow in this test"
            );
            continue;
        };
        for (n, line) in code(&source.text) {
            for named in named(line) {
                looked_at += 1;
                let is_room = ARROWS.iter().any(|(name, _)| *name == named) || named == "cli";
                if is_room && named != room && !allowed.contains(&named.as_str()) {
                    faults.push(format!("{}:{n}: {room} may not use {named}", source.path));
                }
            }
        }
    }
    none(&faults);
    assert!(looked_at > 100, "the search finds imports");
}

#[test]
fn the_store_takes_a_conversion_from_the_clock_and_nothing_else() {
    for source in sources("src/store", ".rs") {
        for (n, line) in code(&source.text).filter(|(_, line)| line.contains("crate::clock")) {
            assert_eq!(
                line.trim(),
                "use crate::clock::from_ms;",
                "{}:{n}",
                source.path
            );
        }
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    assert_eq!(named("use crate::store::{Event, Conn};"), ["store"]);
    assert_eq!(
        named("use crate::{clock::from_ms, domain, store::Event};"),
        ["clock", "domain", "store"]
    );
    assert_eq!(named("    crate::web::problem::Problem::csrf()"), ["web"]);
    assert_eq!(
        named("            $crate::store::Engine::Sqlite($db) => $body,"),
        Vec::<String>::new()
    );
}
