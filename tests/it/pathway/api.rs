//! The way to a residence permit over the API: the table with its sources, plans, and what bad input gets.

use serde_json::{Value, json};

use super::page::{own, without_data};
use crate::support::{Client, Place};

const PLAN: &str = "/api/v1/pathway/plan";

async fn plan(client: &Client, body: Value) -> Value {
    client.post(PLAN, Some(body)).await.expect(200)
}

/// Every object with a basis, wherever it stands.
fn stated<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("basis") {
                found.push(value);
            }
            members.values().for_each(|member| stated(member, found));
        }
        Value::Array(values) => values.iter().for_each(|value| stated(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_table_says_where_each_value_comes_from() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    let table = client.get("/api/v1/pathway").await.expect(200);
    let mut found = Vec::new();
    stated(&table, &mut found);
    assert!(found.len() > 100, "{}", found.len());
    for value in found {
        let basis = value["basis"].as_str();
        assert!(matches!(basis, Some("published" | "assumed")), "{value}");
        let source = value["source"].as_str().unwrap_or_default();
        assert!(!source.is_empty(), "{value}");
        let since = value["since"].as_str().unwrap_or_default();
        assert!(since.parse::<chrono::NaiveDate>().is_ok(), "{value}");
    }
    assert_eq!(table["pilot_until"]["value"], "2026-12-31");
    assert_eq!(table["spans"]["review_working_days"]["value"], 20);
    assert_eq!(table["calendar"]["zone"]["value"], "Asia/Almaty");
    let accepting: Vec<&Value> = table["regions"]["value"]
        .as_array()
        .expect("regions")
        .iter()
        .filter(|region| region["accepts"] == true)
        .collect();
    assert_eq!(accepting.len(), 7);
}

#[tokio::test]
async fn a_plan_answers_what_was_asked() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    let planned = plan(
        &client,
        json!({
            "circumstances": ["minor"],
            "region": "almaty-city",
            "test": "2026-11-23",
            "submission": "2026-12-28",
            "documents": { "medical": "2026-09-27" },
            "refusals": [{ "refused": "2026-01-31" }, { "submitted": "2026-02-27", "refused": "2026-05-31" }],
            "tests": ["2026-11-01", "2026-11-05", "2026-11-10"],
        }),
    )
    .await;
    assert_eq!(planned["today"], "2026-11-22");
    assert_eq!(planned["procedure"]["id"], "standard");
    assert_eq!(planned["procedure"]["certificate"]["value"], false);
    assert_eq!(planned["procedure"]["region"]["accepts"], false);
    let step = |name: &str| {
        let steps = planned["timeline"].as_array().expect("steps");
        steps
            .iter()
            .find(|step| step["step"] == name)
            .cloned()
            .expect("the step")
    };
    assert_eq!(step("result-by")["day"], "2026-11-26");
    assert_eq!(step("result-by")["basis"], "published");
    assert_eq!(step("test")["basis"], Value::Null);
    assert_eq!(step("notification")["origin"], "earliest");
    assert_eq!(step("notification")["basis"], "assumed");
    assert_eq!(step("decision-by")["flags"], json!(["after-pilot"]));
    let document = |id: &str| {
        let documents = planned["documents"].as_array().expect("documents");
        let found = documents.iter().find(|document| document["id"] == id);
        found.cloned().expect("the document")
    };
    assert_eq!(document("medical")["state"], "will-have-expired");
    assert_eq!(document("medical")["earliest"], "2026-09-28");
    assert_eq!(document("certificate")["required"], false);
    let next = &planned["resubmission"][0];
    assert_eq!(next["number"], 2);
    assert_eq!(next["opens"], "2026-08-31");
    assert_eq!(next["other_reading"], "2026-04-30");
    assert_eq!(next["from"]["basis"], "assumed");
    assert_eq!(planned["submitted_early"], json!([2]));
    assert_eq!(planned["retake"]["next_allowed"], "2026-12-01");
    assert_eq!(planned["funds"]["tenge"], 5_709_000);

    let empty = plan(&client, json!({})).await;
    assert_eq!(empty["timeline"], json!([]));
    assert_eq!(empty["retake"], Value::Null);
    assert_eq!(empty["procedure"]["test"]["value"], true);
}

#[tokio::test]
async fn what_calendars_do_not_know_is_told() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    let planned = plan(&client, json!({ "test": "2027-12-29" })).await;
    let doubts = &planned["timeline"][1]["doubts"];
    assert_eq!(doubts[0]["year"], 2027);
    assert_eq!(doubts[0]["day"]["en"], "Kurban Ait");
    assert_eq!(doubts[1], json!({ "year": 2028, "day": null }));
}

#[tokio::test]
async fn what_cannot_be_planned() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    for (body, field) in [
        (json!({ "test": "31.02.2026" }), "test"),
        (json!({ "submission": "2026-02-29" }), "submission"),
        (json!({ "notification": "99999-01-01" }), "notification"),
        (json!({ "circumstances": ["rich"] }), "circumstances"),
        (json!({ "region": "atlantis" }), "region"),
        (
            json!({ "documents": { "diploma": "2026-01-01" } }),
            "documents",
        ),
        (
            json!({ "documents": { "police": "soon" } }),
            "documents.police",
        ),
        (
            json!({ "refusals": [{ "refused": "" }] }),
            "refusals.1.refused",
        ),
        (
            json!({ "refusals": [{ "submitted": "2026-02-02", "refused": "2026-02-01" }] }),
            "refusals.1",
        ),
        (
            json!({ "refusals": [{ "refused": "2026-02-02" }, { "refused": "2026-02-01" }] }),
            "refusals.2",
        ),
        (json!({ "tests": vec!["2026-01-01"; 51] }), "tests"),
        (json!({ "tests": ["2026-01-01", "never"] }), "tests.2"),
    ] {
        let problem = client.post(PLAN, Some(body)).await.problem(422, "invalid");
        assert_eq!(problem["field"], field, "{problem}");
    }
    for body in [
        json!({ "wish": 1 }),
        json!({ "test": 5 }),
        json!({ "refusals": [{}] }),
        json!([]),
    ] {
        client.post(PLAN, Some(body)).await.problem(422, "invalid");
    }
    let text = axum::body::Body::from("{");
    let json = [("content-type", "application/json")];
    let answer = client.send("POST", PLAN, &json, text).await;
    answer.problem(400, "malformed");
}

#[tokio::test]
async fn a_server_without_the_data() {
    let place = Place::sqlite();
    let client = without_data(&place).await.client();
    let get = client.get("/api/v1/pathway").await;
    get.problem(503, "no-pathway");
    let post = client.post(PLAN, Some(json!({}))).await;
    post.problem(503, "no-pathway");
}
