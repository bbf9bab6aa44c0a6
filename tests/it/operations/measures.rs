//! What is measured: all of it is documented and shown, its numbers are right, and no label tells of anybody.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use synaq::measures::{self, Kind, MEASURES};

use super::begin;
use crate::support::world::{GRACE_MS, minutes, ms};
use crate::support::{Place, World};

const GUIDE: &str = include_str!("../../../docs/operations.md");
const DASHBOARD: &str = include_str!("../../../deploy/grafana.json");

/// The values of a series whose line starts like this.
#[track_caller]
fn value(shown: &str, series: &str) -> f64 {
    let line = shown
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("{series} is not in\n{shown}"));
    line.parse().expect("a number")
}

/// The labels of a line, name and value.
fn labels(line: &str) -> Vec<(&str, &str)> {
    let Some((_, rest)) = line.split_once('{') else {
        return Vec::new();
    };
    let (labels, _) = rest.rsplit_once('}').expect("the end of the labels");
    let labels = labels.trim_end_matches('"').split("\",");
    labels
        .map(|label| label.split_once("=\"").expect("a label"))
        .collect()
}

#[tokio::test]
async fn what_is_documented_is_shown_and_what_is_shown_tells_of_nobody() {
    let recorder = measures::recorder();
    let _here = metrics::set_default_local_recorder(&recorder);
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let client = world.client_measured(recorder.handle()).as_guest().await;

    let (id, items) = begin(&client).await;
    let path = |item: &str| format!("/api/v1/attempts/{id}/responses/{item}");
    let answer = json!({ "option": "A" });
    for item in &items[..2] {
        client.put(&path(item), answer.clone()).await.expect(200);
    }
    let none = client.put(&path("of-no-form"), answer.clone()).await;
    none.problem(404, "no-such-item");
    client.get("/nowhere/secret-path").await;
    let odd = axum::body::Body::empty();
    client.send("BREW", "/", &[], odd).await;
    assert_eq!(world.exam.beat("node").await.expect("a beat"), 1);
    world.clock.advance(minutes(2) + ms(GRACE_MS - 1));
    client.put(&path(&items[0]), answer).await.expect(200);
    world.clock.advance(ms(2001));
    assert_eq!(world.exam.sweep().await.expect("swept"), 1);

    let metrics = client.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    let shown = metrics.text();
    for (series, expected) in [
        ("synaq_responses_saved_total", 3.0),
        ("synaq_responses_late_total", 1.0),
        ("synaq_responses_refused_total{reason=\"no-item\"}", 1.0),
        ("synaq_responses_refused_total{reason=\"busy\"}", 0.0),
        ("synaq_responses_waiting", 0.0),
        ("synaq_response_batch_size_count", 3.0),
        ("synaq_response_commit_seconds_count", 3.0),
        ("synaq_response_write_seconds_count", 3.0),
        ("synaq_attempts_timed", 1.0),
        // Two seconds after the deadline and the grace, less what was left of the grace.
        ("synaq_section_end_lag_seconds_sum", 2.0),
        ("synaq_requests_shed_total", 0.0),
        ("synaq_database_connections_most{pool=\"writer\"}", 1.0),
        (
            "synaq_request_seconds_count{method=\"PUT\",route=\"/api/v1/attempts/{id}/responses/{item}\",status=\"2xx\"}",
            3.0,
        ),
        (
            "synaq_request_seconds_count{method=\"GET\",route=\"none\",status=\"4xx\"}",
            1.0,
        ),
        (
            "synaq_request_seconds_count{method=\"other\",route=\"/\",status=\"4xx\"}",
            1.0,
        ),
    ] {
        assert_eq!(value(&shown, series), expected, "{series}");
    }

    for measure in MEASURES {
        let kind = match measure.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let typed = format!("# TYPE {} {kind}", measure.name);
        assert!(shown.contains(&typed), "{typed} is not in\n{shown}");
        let row = format!(
            "| `{}` | {kind} | {} |",
            measure.name,
            match measure.labels {
                [] => "–".to_owned(),
                labels => labels
                    .iter()
                    .map(|label| format!("`{label}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
            }
        );
        assert!(GUIDE.contains(&row), "docs/operations.md lacks {row}");
    }
    let series = shown.lines().filter(|line| !line.starts_with('#'));
    for line in series.filter(|line| !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        let of = |end: &str| name.strip_suffix(end).unwrap_or(name);
        let known = MEASURES.iter().find(|measure| {
            let names = [name, of("_bucket"), of("_sum"), of("_count")];
            names.contains(&measure.name)
        });
        let known = known.unwrap_or_else(|| panic!("{name} is not among what is measured"));
        for (label, _) in labels(line).iter().filter(|(label, _)| *label != "le") {
            assert!(known.labels.contains(label), "{line}");
        }
    }
    for secret in [&id, &items[0], client.token(), "secret-path", "BREW"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

/// The names of metrics that a query asks for.
fn asked(query: &str) -> BTreeSet<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    query
        .split(word)
        .filter(|word| word.starts_with("synaq_"))
        .map(|word| {
            let end = ["_bucket", "_sum", "_count"];
            let end = end.iter().find_map(|end| word.strip_suffix(end));
            end.unwrap_or(word).to_owned()
        })
        .collect()
}

/// Every member with this name, however deep.
fn members<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if key == name {
                    found.push(inner);
                }
                members(inner, name, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| members(inner, name, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_asks_for_what_is_measured_and_shows_all_of_it() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let measured: BTreeSet<String> = MEASURES.iter().map(|one| one.name.to_owned()).collect();
    let mut queries = Vec::new();
    members(&dashboard, "expr", &mut queries);
    let asked: BTreeSet<String> = queries
        .iter()
        .flat_map(|query| asked(query.as_str().expect("a query")))
        .collect();
    let unknown: Vec<_> = asked.difference(&measured).collect();
    assert!(unknown.is_empty(), "not measured: {unknown:?}");
    let unseen: Vec<_> = measured.difference(&asked).collect();
    assert!(unseen.is_empty(), "on no panel: {unseen:?}");

    let panels = dashboard["panels"].as_array().expect("panels");
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64()).collect();
    assert_eq!(ids.len(), panels.len(), "a panel's id is its own");
    for panel in panels {
        let title = panel["title"].as_str().unwrap_or_default();
        assert!(!title.is_empty(), "{panel}");
        let place = &panel["gridPos"];
        let edge = place["x"].as_u64().zip(place["w"].as_u64());
        assert!(edge.is_some_and(|(x, w)| x + w <= 24), "{title}: {place}");
    }
}

#[test]
fn nobody_else_names_a_metric() {
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src"
    ))];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a source");
            let named = ["counter!(", "gauge!(", "histogram!(", "\"synaq_response"];
            if named.iter().any(|name| source.contains(name)) {
                found.push(path);
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("src/measures.rs"), "{found:?}");
}
