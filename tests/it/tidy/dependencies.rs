//! What the program is made of besides itself: where every crate comes from, under which licence, and which crates may
//! not come in. docs/dependencies.md tells what is known of them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use super::{none, root};

/// Licences that ask for no more than to be named. (Unicode-3.0 and CDLA-Permissive-2.0 are of data: tables of
/// characters, roots of certificates.)
const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "CC0-1.0",
];

/// Crates whose licence asks for more, and why they may be used all the same.
const COPYLEFT: [(&str, &str, &str); 4] = [
    (
        "LGPL-3.0",
        "mp3lame-encoder",
        "the encoder of every recording; whoever passes the program on passes its source on too, so that it can be \
         linked with another LAME",
    ),
    (
        "LGPL-3.0",
        "mp3lame-sys",
        "LAME itself, whose source comes with it and is built with the program",
    ),
    (
        "MPL-2.0",
        "symphonia",
        "the decoders (and every crate called symphonia-…); used as they are, so that their source is where it was",
    ),
    (
        "MPL-2.0",
        "webdriver",
        "the browser of the tests; no part of the program",
    ),
];

/// Crates that may not come in, also by way of another, and why.
const DENIED: [(&str, &str); 24] = [
    ("ansi_term", "unmaintained (RUSTSEC-2021-0139)"),
    (
        "async-std",
        "discontinued (RUSTSEC-2025-0052); a second runtime",
    ),
    ("atty", "unmaintained (RUSTSEC-2024-0375)"),
    (
        "aws-lc-sys",
        "a second library of cryptography, built by cmake",
    ),
    ("bincode", "unmaintained (RUSTSEC-2025-0141)"),
    ("chrono-english", "dates are read by one format"),
    ("derivative", "unmaintained (RUSTSEC-2024-0388)"),
    ("dotenv", "unmaintained (RUSTSEC-2021-0141)"),
    ("failure", "unmaintained, unsound (RUSTSEC-2019-0036)"),
    ("fxhash", "unmaintained (RUSTSEC-2025-0057)"),
    ("instant", "unmaintained (RUSTSEC-2024-0384)"),
    ("memmap", "unmaintained (RUSTSEC-2020-0077)"),
    ("native-tls", "TLS is rustls"),
    (
        "openssl",
        "TLS is rustls; the system's OpenSSL would be one more thing to keep patched",
    ),
    ("openssl-sys", "see openssl"),
    ("paste", "unmaintained (RUSTSEC-2024-0436)"),
    ("proc-macro-error", "unmaintained (RUSTSEC-2024-0370)"),
    ("reqwest", "the program asks nobody for anything"),
    (
        "rsa",
        "leaks private keys by timing, not patched (RUSTSEC-2023-0071)",
    ),
    ("rustls-pemfile", "unmaintained (RUSTSEC-2025-0134)"),
    ("serde_yaml", "unmaintained; content is TOML"),
    ("users", "unmaintained (RUSTSEC-2023-0040)"),
    ("yaml-rust", "unmaintained (RUSTSEC-2024-0320)"),
    ("zmq", "the database is the queue"),
];

/// Crates of which two versions would mean two runtimes, two databases or two ways to check a signature.
const ONE_VERSION: [&str; 22] = [
    "argon2",
    "askama",
    "axum",
    "chrono",
    "csv",
    "hyper",
    "libsqlite3-sys",
    "mp3lame-sys",
    "multer",
    "ring",
    "rust_decimal",
    "rustls",
    "rustls-webpki",
    "serde",
    "serde_json",
    "sqlx",
    "symphonia-core",
    "tokio",
    "tower-http",
    "tracing",
    "utoipa",
    "uuid",
];

/// The packages of Cargo.lock.
fn locked() -> Vec<toml::Table> {
    let text = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let lock: toml::Table = text.parse().expect("TOML");
    let packages = lock["package"].as_array().expect("packages");
    let packages = packages
        .iter()
        .map(|package| package.as_table().expect("a package"));
    let others = packages.filter(|package| package["name"].as_str() != Some("synaq"));
    others.cloned().collect()
}

fn text<'a>(package: &'a toml::Table, member: &str) -> &'a str {
    package
        .get(member)
        .and_then(toml::Value::as_str)
        .unwrap_or_default()
}

#[test]
fn every_crate_comes_from_the_registry_as_it_was() {
    let packages = locked();
    assert!(packages.len() > 200, "{} packages", packages.len());
    let mut faults = Vec::new();
    for package in &packages {
        let name = text(package, "name");
        if text(package, "source") != "registry+https://github.com/rust-lang/crates.io-index" {
            faults.push(format!("{name} is not from crates.io"));
        }
        let sum = text(package, "checksum");
        if sum.len() != 64 || !sum.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            faults.push(format!("{name} has no checksum"));
        }
    }
    none(&faults);
}

#[test]
fn no_crate_is_one_that_may_not_come_in_and_none_that_matters_comes_twice() {
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for package in locked() {
        *versions
            .entry(text(&package, "name").to_owned())
            .or_default() += 1;
    }
    let mut faults = Vec::new();
    for (name, why) in DENIED {
        if versions.contains_key(name) {
            faults.push(format!("{name}: {why}"));
        }
    }
    for name in ONE_VERSION {
        match versions.get(name) {
            Some(1) => {}
            Some(n) => faults.push(format!("{name}: {n} versions")),
            None => faults.push(format!("{name} is not used any more: take it off the list")),
        }
    }
    none(&faults);
}

/// The crates that are built on this machine, as cargo knows them without a network: name and licence.
fn built() -> Vec<(String, String)> {
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(root())
            .output();
        let output = output.expect("cargo runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {arguments:?}: {told}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let rustc = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let rustc = String::from_utf8(rustc.stdout).expect("UTF-8");
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: "));
    // Without the filter, what only other systems need would have to be downloaded.
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        host.expect("a host"),
    ]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages
        .map(|package| {
            let member = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
            (member("name"), member("license"))
        })
        .filter(|(name, _)| name != "synaq")
        .collect()
}

/// The parts of an expression that stand between these words outside of any brackets.
fn parts<'a>(expression: &'a str, word: &str) -> Vec<&'a str> {
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (at, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && expression[at..].starts_with(word) => {
                parts.push(expression[from..at].trim());
                from = at + word.len();
            }
            _ => {}
        }
    }
    parts.push(expression[from..].trim());
    parts
}

/// Whether a licence expression (SPDX, and the older `MIT/Apache-2.0`) can be met by licences on the list.
fn allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let one_of = parts(&expression, " OR ");
    if one_of.len() > 1 {
        return one_of.into_iter().any(allowed);
    }
    let all_of = parts(&expression, " AND ");
    if all_of.len() > 1 {
        return all_of.into_iter().all(allowed);
    }
    let one = expression.trim();
    match one
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) => allowed(inner),
        None => ALLOWED.contains(&one),
    }
}

#[test]
fn every_licence_allows_what_is_done() {
    let mut faults = Vec::new();
    let mut needed = BTreeSet::new();
    for (name, licence) in built() {
        if allowed(&licence) {
            continue;
        }
        let family = name
            .split_once('-')
            .map_or(name.as_str(), |(family, _)| family);
        let known = COPYLEFT.into_iter().find(|(under, whose, _)| {
            *under == licence && (*whose == name || *whose == "symphonia" && family == "symphonia")
        });
        match known {
            Some((_, whose, _)) => _ = needed.insert(whose),
            None => faults.push(format!("{name}: “{licence}”")),
        }
    }
    for (_, whose, _) in COPYLEFT {
        if !needed.contains(whose) {
            faults.push(format!(
                "{whose} is not used any more: take it off the list"
            ));
        }
    }
    none(&faults);
}

#[test]
fn licence_expressions_are_understood() {
    for good in [
        "MIT",
        "MIT OR GPL-2.0-only",
        "GPL-3.0/Apache-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 AND ISC",
    ] {
        assert!(allowed(good), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR ISC) AND (GPL-2.0 OR AGPL-3.0)",
        "MITX",
    ] {
        assert!(!allowed(bad), "{bad}");
    }
}

/// A decoder that panics on somebody's upload is caught, and the upload refused.
#[test]
fn a_panic_can_be_caught() {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let manifest: toml::Table = text.parse().expect("TOML");
    let profiles = manifest.get("profile").and_then(toml::Value::as_table);
    for (name, profile) in profiles.into_iter().flatten() {
        let panic = profile.get("panic").and_then(toml::Value::as_str);
        assert_ne!(panic, Some("abort"), "profile {name}");
    }
}

#[test]
fn what_is_known_of_the_crates_that_matter_is_written_down() {
    let page = std::fs::read_to_string(root().join("docs/dependencies.md")).expect("the page");
    let mut faults = Vec::new();
    for (name, _) in DENIED.iter().filter(|(_, why)| why.contains("RUSTSEC")) {
        if locked()
            .iter()
            .any(|package| text(package, "name") == *name)
        {
            faults.push(format!("{name} is used although it is denied"));
        }
    }
    for name in COPYLEFT
        .iter()
        .map(|(_, name, _)| *name)
        .chain(["ring", "libsqlite3-sys"])
    {
        if !page.contains(&format!("`{name}`")) {
            faults.push(format!("docs/dependencies.md does not tell of {name}"));
        }
    }
    none(&faults);
}
