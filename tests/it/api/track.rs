//! A paced mock through the API: its shape, and what it refuses.

use serde_json::{Value, json};

use super::{guest, step};
use crate::support::Place;

#[tokio::test]
async fn a_paced_mock_says_what_comes_when() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let wish = json!({ "kind": "mock", "rule": "short", "delivery": "paced" });
    let made = client
        .post("/api/v1/attempts", Some(wish))
        .await
        .expect(201);
    assert_eq!(made["delivery"], "paced");
    let before = made["sections"][0]["track"].clone();
    assert_eq!(before["position_ms"], Value::Null);
    assert_eq!(before["duration_ms"], 120_000);

    let id = made["id"].as_str().expect("an id");
    let started = step(&client, id, "listening", "start").await;
    let track = &started["track"];
    assert_eq!(track["position_ms"], 0);
    assert_eq!(track["url"], before["url"]);
    let url = track["url"].as_str().expect("a url");
    assert!(url.starts_with(&format!("/attempts/{id}/track/")), "{url}");
    assert_eq!(started["recordings"], json!([]));
    assert_eq!(started["testlets"][0]["stimulus"]["audio"], Value::Null);
    let testlet = started["testlets"][0]["id"].clone();
    let parts = track["parts"].as_array().expect("parts");
    let texts: Vec<&Value> = parts.iter().filter(|part| part["kind"] == "text").collect();
    assert_eq!(texts.len(), 2);
    assert_eq!(
        (&texts[1]["testlet"], &texts[1]["nth"]),
        (&testlet, &json!(2))
    );
    let ends = parts.last().map(|part| &part["end_ms"]);
    assert_eq!(ends, Some(&json!(120_000)));

    let play = format!(
        "/api/v1/attempts/{id}/plays/{}",
        testlet.as_str().expect("an id")
    );
    let refused = client.post(&play, None).await.expect(409);
    assert!(
        refused["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("/played-by-track"))
    );
    let list = client.get("/api/v1/attempts").await.expect(200);
    assert_eq!(list[0]["delivery"], "paced");
}

#[tokio::test]
async fn a_way_that_there_is_not_is_refused() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let wish = json!({ "kind": "mock", "rule": "short", "delivery": "slow" });
    let refused = client
        .post("/api/v1/attempts", Some(wish))
        .await
        .expect(422);
    assert_eq!(refused["field"], "delivery");
    let rules = client.get("/api/v1/rules/short").await.expect(200);
    assert_eq!(rules["sections"][0]["delivery"]["value"], "either");
    assert_eq!(rules["sections"][1]["delivery"], Value::Null);
}

#[tokio::test]
async fn the_track_is_given_whole_and_in_parts() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let wish = json!({ "kind": "mock", "rule": "short", "delivery": "paced" });
    let made = client
        .post("/api/v1/attempts", Some(wish))
        .await
        .expect(201);
    let url = made["sections"][0]["track"]["url"].as_str().expect("a url");
    let whole = client.get(url).await;
    assert_eq!(whole.status, 200);
    assert_eq!(whole.header("content-type"), "audio/mpeg");
    let length = whole.body.len();
    assert_eq!(whole.header("content-length"), length.to_string());
    let bearer = format!("Bearer {}", client.token());
    let with =
        |name: &'static str, value: String| [("authorization", bearer.clone()), (name, value)];
    for (asked, first, last) in [
        ("bytes=0-0".to_owned(), 0, 0),
        ("bytes=1000-300000".to_owned(), 1_000, 300_000),
        ("bytes=500000-".to_owned(), 500_000, length - 1),
        ("bytes=-10".to_owned(), length - 10, length - 1),
    ] {
        let headers = with("range", asked.clone());
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let part = client
            .send("GET", url, &headers, axum::body::Body::empty())
            .await;
        assert_eq!(part.status, 206, "{asked}");
        assert_eq!(
            part.header("content-range"),
            format!("bytes {first}-{last}/{length}")
        );
        assert_eq!(part.body, whole.body[first..=last], "{asked}");
    }
    let headers = with("if-none-match", whole.header("etag").to_owned());
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let same = client
        .send("GET", url, &headers, axum::body::Body::empty())
        .await;
    assert_eq!((same.status.as_u16(), same.body.len()), (304, 0));
    world.client().as_guest().await.get(url).await.expect(404);
}
