//! What is written of measured figures is what the figures say, and can be read where they are few.

use std::path::Path;

use serde_json::{Value, json};

use docs::{Documents, Run};

/// The harness's own writer.
#[allow(dead_code)] // only the harness writes files
#[path = "../../../benches/sitting/docs/mod.rs"]
mod docs;

const README: &str = "# A\n<!-- performance -->\nold\n<!-- /performance -->\nafter\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_documents_of_performance_are_what_the_measured_figures_make() {
    let documents = Documents::of(root()).expect("figures and a README");
    for (file, made) in [
        ("README.md", Some(documents.readme)),
        ("docs/performance.md", Some(documents.page)),
        ("docs/performance/curve.svg", documents.curve),
    ] {
        let there = std::fs::read_to_string(root().join(file)).ok();
        let (there, made) = (there.unwrap_or_default(), made.unwrap_or_default());
        let other = there.lines().zip(made.lines()).find(|(a, b)| a != b);
        assert_eq!(
            other, None,
            "{file}: run `cargo bench --bench sitting -- --write-docs`"
        );
        assert_eq!(
            there.len(),
            made.len(),
            "{file} ends as the figures make it"
        );
    }
}

fn run(file: &str, engine: &str, nodes: u32, rounds: Value) -> Run {
    let figures = json!({
        "date": "2026-11-22", "build": "release", "wrong": 0,
        "machine": { "cpu": "A <processor>", "cores": 2, "memory_bytes": 24_000_000_000_u64, "kernel": "6.1" },
        "site": { "engine": engine, "nodes": nodes }, "rounds": rounds,
    });
    Run {
        file: file.to_owned(),
        figures,
    }
}

fn runs() -> Vec<Run> {
    let saves = json!({
        "connections": 64, "saves": { "per_s": 6543.2, "server_cpu_us": 210.4, "load_cpu_us": 20.0 },
        "bare": { "per_s": 10_000.0, "server_cpu_us": 40.0, "load_cpu_us": 18.0 }, "ratio": 0.654, "cpu_ratio": 5.26,
        "p99_ms": 21.0, "pgbench_per_s": null, "pgbench_ratio": null, "half_p50_ms": 3.21, "half_p99_ms": 9.87,
        "wrong": 0,
    });
    let points = [100, 1000, 10_000].map(|learners| {
        json!({ "learners": learners, "come_cpu_ms": 8.0, "sit_cpu_ms": 20.0, "idle_cpu_ms": 0.5 })
    });
    let killed = json!({
        "learners": 1000, "responses": 60_000, "wrong": 0, "start_within_s": 10.0,
        "calls": {
            "finish": { "count": 0, "errors": 12 },
            "save": { "count": 60_000, "p50_ms": 1.0, "p95_ms": 2.0, "p99_ms": 3.0, "max_ms": 900.0 },
            "start": {
                "count": 1000, "errors": 3, "p50_ms": 1.0, "p95_ms": 2.0, "p99_ms": 3.0, "max_ms": 4.0, "bytes": 20_123.4,
            },
        },
        "killed": { "after_s": 10.0, "failed": 512, "repeated": 500, "learners_touched": 490, "longest_wait_ms": 345.6 },
    });
    vec![
        run(
            "a.json",
            "SQLite 3.50",
            1,
            json!({ "saves": saves, "curve": { "points": points } }),
        ),
        run("b.json", "PostgreSQL 15.1", 2, json!({ "exam": killed })),
    ]
}

#[test]
fn a_table_says_what_was_measured_and_leaves_out_what_was_not() {
    let made = Documents::made(&runs(), README).expect("a README with its block");
    assert!(
        made.readme.starts_with(
            "# A\n<!-- performance -->\nMeasured 2026-11-22 on 2 cores of A <processor>"
        )
    );
    assert!(
        made.readme.ends_with("<!-- /performance -->\nafter\n"),
        "the rest stays"
    );
    assert!(!made.readme.contains("old"));
    for line in [
        "| what | SQLite 3.50 | PostgreSQL 15.1, 2 nodes |",
        "| durable saves a second | 6,543 on 64 connections, 65 % of a bare handler | – |",
        "| a save at half of saturation, 99 of 100 | 9.9 ms | – |",
        "| one node killed in the middle | – | 1,000 learners, 60,000 acknowledged responses: nothing lost, no error; 512 requests \
         failed, the longest wait 346 ms |",
    ] {
        assert!(made.readme.contains(line), "{line}\n{}", made.readme);
    }
    assert!(
        !made.readme.contains("attempts in progress"),
        "nothing measured it"
    );
    assert!(!made.page.contains("## Attempts in progress"));
    assert!(made.page.contains("## A node killed in the middle"));
    assert!(made.page.contains(
        "| SQLite 3.50 | 64 | 6,543 | 10,000 | 65 % | – | – | 21 ms | 3.2 ms | 9.9 ms |"
    ));
}

#[test]
fn what_older_figures_do_not_tell_of_a_call_is_left_open() {
    let made = Documents::made(&runs(), README).expect("a README with its block");
    for line in [
        "| PostgreSQL 15.1, 2 nodes | finish | 0 | 12 | – | – | – | – | – |",
        "| PostgreSQL 15.1, 2 nodes | save | 60,000 | – | 1.0 ms | 2.0 ms | 3.0 ms | 900 ms | – |",
        "| PostgreSQL 15.1, 2 nodes | start | 1,000 | 3 | 1.0 ms | 2.0 ms | 3.0 ms | 4.0 ms | 20,123 |",
    ] {
        assert!(made.page.contains(line), "{line}\n{}", made.page);
    }
}

#[test]
fn a_fault_is_not_hidden() {
    let mut runs = runs();
    runs[1].figures["rounds"]["exam"]["wrong"] = json!(3);
    let made = Documents::made(&runs, README).expect("a README with its block");
    assert!(made.readme.contains("**3 faults**"));
    assert!(!made.readme.contains("nothing lost"));
}

#[test]
fn the_curve_can_be_read_without_colours_and_without_eyes() {
    let made = Documents::made(&runs(), README).expect("a README with its block");
    let svg = made.curve.expect("a curve was measured");
    for part in [
        "role=\"img\"",
        "<title id=\"title\">",
        "SQLite 3.50: 100 learners 28.0 ms, 1,000 learners 28.0 ms, 10,000 learners 28.0 ms.",
        ">learners</text>",
        "prefers-color-scheme:dark",
    ] {
        assert!(svg.contains(part), "{part}");
    }
    assert_eq!(svg.matches("<circle").count(), 3);
    let flat: Vec<&str> = svg
        .split(" cy=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(
        flat.windows(2).all(|two| two[0] == two[1]),
        "equal costs are level: {flat:?}"
    );
    let none = Documents::made(&runs()[1..], README).expect("a README with its block");
    assert_eq!(none.curve, None);
}

#[test]
fn a_readme_without_its_block_is_said_to_be_so() {
    let fault = Documents::made(&[], "# A\n").expect_err("no place");
    assert!(fault.contains("<!-- performance -->"), "{fault}");
}
