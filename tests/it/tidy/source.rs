//! What may stand in a source file, and where.

use super::{code, none, root, sources};

/// The most lines of a file; a longer one needs its reason here.
const MOST_LINES: usize = 500;
const LONGER: [(&str, usize, &str); 0] = [];

#[test]
fn no_file_is_too_long() {
    let mut faults = Vec::new();
    for source in sources("src", ".rs")
        .into_iter()
        .chain(sources("tests", ".rs"))
    {
        let lines = source.text.lines().count();
        let longer = LONGER.iter().find(|(path, _, _)| *path == source.path);
        let most = longer.map_or(MOST_LINES, |(_, lines, _)| *lines);
        if lines > most {
            faults.push(format!("{}: {lines} lines, at most {most}", source.path));
        }
    }
    none(&faults);
    let main = std::fs::read_to_string(root().join("src/main.rs")).expect("main.rs");
    assert!(main.lines().count() < 60);
}

#[test]
fn only_the_clock_reads_the_time() {
    let readers = [
        "SystemTime::now",
        "Instant::now",
        "Utc::now",
        "Local::now",
        ".elapsed()",
    ];
    let mut faults = Vec::new();
    let mut found_in_clock = 0;
    for source in sources("src", ".rs")
        .into_iter()
        .chain(sources("tests", ".rs"))
    {
        if source.path.ends_with("tests/it/tidy/source.rs") {
            continue;
        }
        for (n, line) in code(&source.text) {
            if !readers.iter().any(|reader| line.contains(reader)) {
                continue;
            }
            match source.path.as_str() {
                "src/clock.rs" => found_in_clock += 1,
                path => faults.push(format!("{path}:{n}: {}", line.trim())),
            }
        }
    }
    none(&faults);
    assert!(found_in_clock >= 2, "the search finds what it looks for");
}

#[test]
fn only_the_service_and_the_command_line_take_chance_from_the_system() {
    let mut faults = Vec::new();
    for room in ["src/domain", "src/store", "src/content"] {
        for source in sources(room, ".rs") {
            for (n, line) in code(&source.text).filter(|(_, line)| line.contains("rand::rng()")) {
                faults.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
    }
    none(&faults);
}

/// Whether a line holds SQL in a string: a statement's first words just after the quotation mark.
fn is_sql(line: &str) -> bool {
    let starts = [
        "select ",
        "insert into ",
        "update ",
        "delete from ",
        "create table ",
        "alter table ",
        "drop table ",
        "begin immediate",
        "pragma ",
        "with recursive ",
    ];
    line.match_indices('"').any(|(at, _)| {
        let rest = line[at + 1..].trim_start().to_lowercase();
        starts.iter().any(|start| {
            rest.starts_with(start)
                && (*start != "select " || rest.contains(" from ") || rest.contains("count("))
                && (*start != "update " || rest.contains(" set "))
        })
    })
}

#[test]
fn only_the_store_holds_sql() {
    let mut faults = Vec::new();
    let mut found_in_store = 0;
    for source in sources("src", ".rs") {
        let in_store = source.path.starts_with("src/store/");
        for (n, line) in code(&source.text) {
            if !in_store && (line.contains("sqlx") || is_sql(line)) {
                faults.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
            found_in_store += usize::from(in_store && is_sql(line));
        }
    }
    none(&faults);
    assert!(
        found_in_store > 20,
        "the search finds what it looks for: {found_in_store}"
    );
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let words = [
        "TO|DO",
        "FIX|ME",
        "XX|X",
        "to|do!(",
        "unim|plemented!(",
        "db|g!(",
    ]
    .map(|word| word.replace('|', ""));
    let mut faults = Vec::new();
    let mut files = sources("src", ".rs");
    files.extend(sources("tests", ".rs"));
    files.extend(sources("templates", ".html"));
    files.extend(sources("static", ".js"));
    files.extend(sources("static", ".css"));
    files.extend(sources("migrations", ".sql"));
    files.extend(sources("content/locales", ".ftl"));
    for source in files {
        for (n, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word.as_str())) {
                faults.push(format!("{}:{}: {}", source.path, n + 1, line.trim()));
            }
        }
    }
    none(&faults);
}

#[test]
fn no_test_is_left_out_and_none_sleeps() {
    let words = ["#[ign|ore", "thread::sl|eep", "time::sl|eep"].map(|word| word.replace('|', ""));
    let mut faults = Vec::new();
    for source in sources("tests/it", ".rs")
        .into_iter()
        .chain(sources("src", ".rs"))
    {
        for (n, line) in code(&source.text) {
            let in_browser = source.path.starts_with("tests/it/browser");
            if !in_browser && words.iter().any(|word| line.contains(word.as_str())) {
                faults.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
    }
    none(&faults);
}

#[test]
fn pages_hold_nothing_inline_and_ask_nobody_else() {
    let mut faults = Vec::new();
    for source in sources("templates", ".html") {
        for (n, line) in source.text.lines().enumerate() {
            let inline = line.contains(" style=\"")
                || line.contains("<style")
                || line.contains("javascript:")
                || line
                    .split('<')
                    .any(|tag| tag.contains(" onclick=") || tag.contains(" onsubmit="))
                || (line.contains("<script")
                    && !line.contains("src=")
                    && !line.contains("application/json"));
            let foreign = [
                "src=\"http",
                "src=\"//",
                "@import",
                "rel=\"stylesheet\" href=\"http",
            ]
            .iter()
            .any(|start| line.contains(start));
            if inline || foreign {
                faults.push(format!("{}:{}: {}", source.path, n + 1, line.trim()));
            }
        }
    }
    none(&faults);
}
