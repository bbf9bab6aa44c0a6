//! The API as a client sees it: shapes that are a contract, and what bad input gets.

mod access;
mod bad_input;
mod direct;
mod document;
mod language_score;
mod limits;
mod own_data;
mod potential;
mod profiles;
mod schemas;
mod shapes;
mod track;

use serde_json::{Value, json};

use crate::support::{Client, Place, World};

/// An exam on SQLite and a guest's client of it.
async fn guest(place: &Place) -> (World, Client) {
    let world = World::on(place).await;
    let client = world.client().as_guest().await;
    (world, client)
}

/// Makes a mock; its id.
async fn make_mock(client: &Client) -> String {
    let mock = json!({ "kind": "mock", "rule": "short" });
    let made = client
        .post("/api/v1/attempts", Some(mock))
        .await
        .expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

/// Starts or finishes a section.
async fn step(client: &Client, id: &str, section: &str, verb: &str) -> Value {
    let path = format!("/api/v1/attempts/{id}/sections/{section}/{verb}");
    client.post(&path, None).await.expect(200)
}

/// The ids of a section's items.
fn item_ids(section: &Value) -> Vec<String> {
    let testlets = section["testlets"].as_array().expect("testlets");
    testlets
        .iter()
        .flat_map(|testlet| testlet["items"].as_array().expect("items"))
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}
