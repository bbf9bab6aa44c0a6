//! What whoever runs the server relies on: what is measured, what happens when there is too much to do, and the files
//! of `deploy/`.

mod guides;
mod measures;
mod performance;
mod pressure;
mod proxies;

use serde_json::{Value, json};

use crate::support::Client;

/// Makes a mock and starts its first section; the attempt's id and the items' ids.
async fn begin(client: &Client) -> (String, Vec<String>) {
    let mock = json!({ "kind": "mock", "rule": "short" });
    let made = client
        .post("/api/v1/attempts", Some(mock))
        .await
        .expect(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    let start = format!("/api/v1/attempts/{id}/sections/listening/start");
    let section = client.post(&start, None).await.expect(200);
    let items = |testlet: &Value| testlet["items"].as_array().expect("items").clone();
    let testlets = section["testlets"].as_array().expect("testlets");
    let ids = testlets.iter().flat_map(items).map(|item| {
        let id = item["id"].as_str().expect("an id");
        id.to_owned()
    });
    (id, ids.collect())
}
