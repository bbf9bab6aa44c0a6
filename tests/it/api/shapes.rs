//! The shapes of DESIGN's contracts, call by call. Members may be added, these stay.

use chrono::DateTime;
use serde_json::{Value, json};

use super::{guest, item_ids, make_mock, step};
use crate::support::{Place, World, on_both};

/// Checks that the members are there, and that each is of its type.
#[track_caller]
fn has(value: &Value, members: &[(&str, &str)]) {
    for (name, kind) in members {
        let member = value
            .get(name)
            .unwrap_or_else(|| panic!("{name} is missing in {value}"));
        let fits = kind.split('|').any(|kind| match kind {
            "null" => member.is_null(),
            "text" => member.as_str().is_some_and(|text| !text.is_empty()),
            "int" => member.is_i64() || member.is_u64(),
            "bool" => member.is_boolean(),
            "list" => member.is_array(),
            "object" => member.is_object(),
            "time" => member
                .as_str()
                .is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok()),
            other => panic!("{other} is no kind"),
        });
        assert!(fits, "{name} is not {kind}: {member}");
    }
}

fn check_attempt(attempt: &Value) {
    has(
        attempt,
        &[
            ("id", "text"),
            ("kind", "text"),
            ("rule", "text"),
            ("state", "text"),
        ],
    );
    for section in attempt["sections"].as_array().expect("sections") {
        check_section(section);
    }
}

fn check_section(section: &Value) {
    has(
        section,
        &[
            ("name", "text"),
            ("status", "text"),
            ("deadline", "time|null"),
            ("remaining_ms", "int|null"),
            ("testlets", "list"),
        ],
    );
    for testlet in section["testlets"].as_array().expect("testlets") {
        has(
            testlet,
            &[("id", "text"), ("stimulus", "object"), ("items", "list")],
        );
        let stimulus = &testlet["stimulus"];
        has(
            stimulus,
            &[
                ("title", "text"),
                ("text", "text|null"),
                ("audio", "object|null"),
            ],
        );
        assert_ne!(
            stimulus["text"].is_null(),
            stimulus["audio"].is_null(),
            "{stimulus}"
        );
        if !stimulus["audio"].is_null() {
            has(
                &stimulus["audio"],
                &[
                    ("url", "text"),
                    ("duration_ms", "int"),
                    ("plays_left", "int|null"),
                ],
            );
        }
        for item in testlet["items"].as_array().expect("items") {
            has(
                item,
                &[
                    ("id", "text"),
                    ("position", "int"),
                    ("stem", "text"),
                    ("options", "list"),
                    ("response", "text|null"),
                ],
            );
            let options = item["options"].as_array().expect("options");
            let letters: Vec<_> = options.iter().map(|option| option["id"].clone()).collect();
            assert_eq!(letters, ["A", "B", "C", "D"]);
            options
                .iter()
                .for_each(|option| has(option, &[("text", "text")]));
        }
    }
}

#[tokio::test]
async fn a_whole_mock_over_the_api() {
    on_both(async |place| {
        let (world, client) = guest(place).await;
        let mock = json!({ "kind": "mock", "rule": "short" });
        let attempt = client
            .post("/api/v1/attempts", Some(mock))
            .await
            .expect(201);
        check_attempt(&attempt);
        assert_eq!(
            (&attempt["kind"], &attempt["state"]),
            (&json!("mock"), &json!("ready"))
        );
        let id = attempt["id"].as_str().expect("an id").to_owned();

        for section in ["listening", "reading"] {
            let started = step(&client, &id, section, "start").await;
            check_section(&started);
            assert_eq!(started["status"], "running");
            let remaining = if section == "listening" {
                120_000
            } else {
                180_000
            };
            assert_eq!(started["remaining_ms"], remaining);
            let items = item_ids(&started);
            for (n, item) in items.iter().enumerate() {
                let path = format!("/api/v1/attempts/{id}/responses/{item}");
                let receipt = client
                    .put(&path, json!({ "option": "B" }))
                    .await
                    .expect(200);
                has(&receipt, &[("saved_at", "time"), ("seq", "int")]);
                assert_eq!(receipt["option"], "B", "{receipt}");
                assert!(receipt.get("feedback").is_none(), "{receipt}");
                if n == 0 {
                    client
                        .put(&path, json!({ "option": null }))
                        .await
                        .expect(200);
                }
            }
            let now = client
                .get(&format!("/api/v1/attempts/{id}"))
                .await
                .expect(200);
            check_attempt(&now);
            let index = usize::from(section == "reading");
            let items_now = &now["sections"][index]["testlets"][0]["items"];
            assert_eq!(items_now[0]["response"], Value::Null);
            assert_eq!(items_now[1]["response"], "B");
            let time = client
                .get(&format!("/api/v1/attempts/{id}/time"))
                .await
                .expect(200);
            assert_eq!(time["remaining_ms"], remaining);
            assert_eq!(time["section"], section);
            let finished = step(&client, &id, section, "finish").await;
            assert_eq!(finished["status"], "finished");
        }

        let result = client
            .get(&format!("/api/v1/attempts/{id}/result"))
            .await
            .expect(200);
        check_result(&result, &id);
        let score = client
            .get(&format!("/api/v1/attempts/{id}/language-score"))
            .await
            .expect(200);
        has(
            &score,
            &[
                ("level", "text|null"),
                ("sections", "list"),
                ("rule", "text"),
                ("date", "text"),
                ("valid_until", "text"),
                ("kazakh_points", "int"),
            ],
        );
        assert_eq!(score["schema"], "language-score.v1");

        let list = client.get("/api/v1/attempts").await.expect(200);
        assert_eq!(list[0]["id"], id.as_str());
        assert_eq!(list[0]["state"], "finished");
        assert_eq!(world.exam.sweep().await.expect("swept"), 0);
    })
    .await;
}

fn check_result(result: &Value, id: &str) {
    assert_eq!(result["attempt"], id);
    has(
        result,
        &[
            ("rule", "text"),
            ("required_level", "text"),
            ("level", "text|null"),
            ("passed", "bool"),
        ],
    );
    assert_eq!(result["sections"].as_array().map(Vec::len), Some(2));
    for section in result["sections"].as_array().expect("sections") {
        has(
            section,
            &[
                ("name", "text"),
                ("correct", "int"),
                ("of", "int"),
                ("percent", "int"),
                ("level", "text|null"),
                ("needed", "int"),
                ("passed", "bool"),
            ],
        );
    }
    let items = result["items"].as_array().expect("items");
    assert_eq!(items.len(), 7);
    let mut correct = 0;
    for item in items {
        has(
            item,
            &[
                ("id", "text"),
                ("section", "text"),
                ("position", "int"),
                ("response", "text|null"),
                ("key", "text"),
                ("correct", "bool"),
                ("evidence", "text"),
                ("explanation", "text"),
            ],
        );
        assert_eq!(item["correct"] == true, item["response"] == item["key"]);
        correct += i64::from(item["correct"] == true);
    }
    let sections = result["sections"].as_array().expect("sections");
    let sum: i64 = sections
        .iter()
        .filter_map(|section| section["correct"].as_i64())
        .sum();
    assert_eq!(sum, correct, "the score is that of the items");
}

#[tokio::test]
async fn practice_gives_feedback_at_once() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let wish = json!({ "kind": "practice", "section": "reading", "level": "A2", "items": 3 });
    let attempt = client
        .post("/api/v1/attempts", Some(wish))
        .await
        .expect(201);
    check_attempt(&attempt);
    assert_eq!(
        (&attempt["kind"], &attempt["state"]),
        (&json!("practice"), &json!("running"))
    );
    let section = &attempt["sections"][0];
    assert_eq!(
        (&section["deadline"], &section["remaining_ms"]),
        (&Value::Null, &Value::Null)
    );
    let (id, items) = (attempt["id"].as_str().expect("an id"), item_ids(section));
    assert_eq!(items.len(), 3);
    let path = format!("/api/v1/attempts/{id}/responses/{}", items[0]);
    // The first counts, since its key is told: the others get its receipt.
    for option in ["A", "B", "C", "D"] {
        let receipt = client
            .put(&path, json!({ "option": option }))
            .await
            .expect(200);
        assert_eq!(
            (&receipt["option"], &receipt["seq"]),
            (&json!("A"), &json!(1))
        );
        let feedback = &receipt["feedback"];
        has(
            feedback,
            &[
                ("key", "text"),
                ("evidence", "text"),
                ("explanation", "text"),
            ],
        );
        assert_eq!(feedback["correct"] == true, feedback["key"] == "A");
    }
    let cleared = client
        .put(&path, json!({ "option": null }))
        .await
        .expect(200);
    assert_eq!(cleared["option"], "A", "nor can it be cleared");
    step(&client, id, "reading", "start").await;
    step(&client, id, "reading", "finish").await;
    client
        .get(&format!("/api/v1/attempts/{id}/result"))
        .await
        .expect(200);
    let score = client
        .get(&format!("/api/v1/attempts/{id}/language-score"))
        .await;
    score.problem(409, "not-a-mock");
}

#[tokio::test]
async fn explanations_come_in_the_readers_language() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    for section in ["listening", "reading"] {
        step(&client, &id, section, "start").await;
        step(&client, &id, section, "finish").await;
    }
    let path = format!("/api/v1/attempts/{id}/result");
    for (tag, language) in [
        ("ru", synaq::domain::Language::Russian),
        ("ru-KZ,en;q=0.5", synaq::domain::Language::Russian),
        ("en", synaq::domain::Language::English),
        ("de", synaq::domain::Language::English),
    ] {
        let headers = [("accept-language", tag)];
        let answer = client
            .send("GET", &path, &headers, axum::body::Body::empty())
            .await;
        for item in answer.expect(200)["items"].as_array().expect("items") {
            let in_bank = world.in_bank(item["id"].as_str().expect("an id"));
            assert_eq!(
                item["explanation"],
                in_bank.explanation.get(language),
                "{tag}"
            );
        }
    }
}

#[tokio::test]
async fn the_rules_carry_their_sources() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let list = client.get("/api/v1/rules").await.expect(200);
    let ids: Vec<_> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|rules| &rules["id"])
        .collect();
    assert_eq!(ids, ["short", "short-b1"]);
    let rules = client.get("/api/v1/rules/short").await.expect(200);
    assert_eq!(rules, list[0]);
    has(
        &rules,
        &[
            ("sections", "list"),
            ("thresholds", "list"),
            ("retake", "object"),
        ],
    );
    let mut sourced = vec![&rules["required_level"], &rules["effective_from"]];
    sourced.extend(
        rules["thresholds"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|t| &t["from_percent"]),
    );
    sourced.extend(["retakes", "days", "zone"].map(|name| &rules["retake"][name]));
    for value in sourced {
        has(value, &[("basis", "text"), ("source", "text")]);
        assert!(["published", "assumed"].contains(&value["basis"].as_str().expect("text")));
    }
    assert_eq!(rules["retake"]["zone"]["value"], "Asia/Almaty");
    client
        .get("/api/v1/rules/none")
        .await
        .problem(404, "unknown-rule");
}

#[tokio::test]
async fn the_retake_limit_and_the_mock_in_progress_say_what_to_do() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let start = async |id: &str| {
        client
            .post(
                &format!("/api/v1/attempts/{id}/sections/listening/start"),
                None,
            )
            .await
    };
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(make_mock(&client).await);
    }
    for id in &ids[..3] {
        start(id).await.expect(200);
        let held = start(&ids[3]).await.problem(409, "attempt-in-progress");
        assert_eq!(held["attempt"], id.as_str());
        step(&client, id, "listening", "finish").await;
        step(&client, id, "reading", "start").await;
        step(&client, id, "reading", "finish").await;
    }
    let limit = start(&ids[3]).await.problem(409, "retake-limit");
    assert_eq!(limit["next_allowed"], "2026-12-22");
    let mock = json!({ "kind": "mock", "rule": "short" });
    let limit = client
        .post("/api/v1/attempts", Some(mock))
        .await
        .problem(409, "retake-limit");
    assert_eq!(limit["next_allowed"], "2026-12-22");
}

#[tokio::test]
async fn plays_flags_and_pages() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let section = step(&client, &id, "listening", "start").await;
    let testlet = section["testlets"][0]["id"].as_str().expect("an id");
    let path = format!("/api/v1/attempts/{id}/plays/{testlet}");
    for (key, left) in [("one", 1), ("one", 1), ("two", 0)] {
        let headers = [("idempotency-key", key)];
        let played = client
            .send("POST", &path, &headers, axum::body::Body::empty())
            .await;
        assert_eq!(played.expect(200)["plays_left"], left);
    }
    client.post(&path, None).await.problem(409, "plays-used");
    let none = format!("/api/v1/attempts/{id}/plays/none");
    client
        .post(&none, None)
        .await
        .problem(404, "no-such-recording");

    let item = &item_ids(&section)[0];
    let flag = format!("/api/v1/attempts/{id}/flags/{item}");
    let flagged = client
        .put(&flag, json!({ "flagged": true }))
        .await
        .expect(200);
    assert_eq!(flagged["flagged"], true);
    assert!(flagged["saved_at"].is_string(), "{flagged}");
    let now = client
        .get(&format!("/api/v1/attempts/{id}"))
        .await
        .expect(200);
    assert_eq!(
        now["sections"][0]["testlets"][0]["items"][0]["flagged"],
        true
    );
}

#[tokio::test]
async fn whoever_runs_the_server_can_ask_how_it_is() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let client = world.client();
    assert_eq!(client.get("/healthz").await.status, 200);
    assert_eq!(client.get("/readyz").await.status, 200);
    world.store.close().await;
    assert_eq!(
        client.get("/healthz").await.status,
        200,
        "alive without its database"
    );
    assert_eq!(client.get("/readyz").await.status, 503);
}
