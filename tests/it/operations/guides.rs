//! What the guides name is there: a test that shows something, a file that does it.

use std::path::{Path, PathBuf};

const GUIDES: [(&str, &str); 2] = [
    (
        "docs/operations.md",
        include_str!("../../../docs/operations.md"),
    ),
    (
        "docs/threat-model.md",
        include_str!("../../../docs/threat-model.md"),
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands between backticks, outside of blocks.
fn names(guide: &str) -> Vec<&str> {
    guide
        .split("```")
        .step_by(2)
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .collect()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Every source of the integration tests, one after the other.
fn all_tests() -> String {
    let mut folders: Vec<PathBuf> = vec![root().join("tests/it")];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false => text += &std::fs::read_to_string(path).expect("a source"),
            }
        }
    }
    text
}

#[test]
fn every_test_and_every_file_that_a_guide_names_exists() {
    let tests = all_tests();
    let is_there = |path: &str| root().join(path).exists();
    let (mut faults, mut looked_at) = (Vec::new(), 0);
    for (guide, text) in GUIDES {
        let names = names(text);
        for name in names.into_iter().filter(|name| !name.contains('…')) {
            let parts: Vec<&str> = name.split("::").collect();
            let found = match parts.as_slice() {
                [room, file, rest @ ..] if parts.iter().all(|part| is_word(part)) => {
                    let file = [
                        format!("tests/it/{room}/{file}.rs"),
                        format!("src/{room}/{file}.rs"),
                    ]
                    .into_iter()
                    .find(|path| is_there(path));
                    file.is_some_and(|file| {
                        let source = std::fs::read_to_string(root().join(file));
                        let source = source.expect("a source");
                        rest.iter()
                            .all(|test| source.contains(&format!("fn {test}(")))
                    })
                }
                [test] if is_word(test) && test.matches('_').count() > 3 => {
                    test.starts_with("synaq_") || tests.contains(&format!("fn {test}("))
                }
                [path]
                    if ["src/", "deploy/", "tests/", "content/"]
                        .iter()
                        .any(|start| path.starts_with(start)) =>
                {
                    is_there(path)
                }
                _ => continue,
            };
            looked_at += 1;
            if !found {
                faults.push(format!("{guide}: {name}"));
            }
        }
    }
    assert!(faults.is_empty(), "not there: {faults:#?}");
    assert!(looked_at > 60, "the search finds names: {looked_at}");
}
