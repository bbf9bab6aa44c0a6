//! Saving a response passes none of the layers that every other call passes: nobody can tell from its answers. Flagging
//! an item is the same kind of call through all layers, and is what it is compared with.

use axum::body::Body;
use axum::http::HeaderMap;
use serde_json::Value;

use super::{guest, item_ids, make_mock, step};
use crate::support::client::Answer;
use crate::support::{Place, client::Client};

const JSON: (&str, &str) = ("content-type", "application/json");
/// Headers whose values are another each time.
const VARYING: [&str; 3] = ["x-request-id", "content-length", "date"];

/// Names and values, in order; of those that vary, whether there is a value.
fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut shown: Vec<_> = headers
        .iter()
        .map(|(name, value)| {
            let value = value.to_str().expect("text");
            let value = match VARYING.contains(&name.as_str()) {
                true => (!value.is_empty()).to_string(),
                false => value.to_owned(),
            };
            (name.to_string(), value)
        })
        .filter(|(name, value)| !(name == "vary" && value.starts_with("accept-encoding")))
        .collect();
    shown.sort();
    shown
}

/// A way to send something, to the path of a response or of a flag.
struct Case<'a> {
    method: &'a str,
    id: &'a str,
    item: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    /// What a response and a flag would be.
    bodies: (String, String),
    status: u16,
}

impl Case<'_> {
    async fn both(&self, client: &Client) -> (Answer, Answer) {
        let send = async |what: &str, body: &str| {
            let path = format!("/api/v1/attempts/{}/{what}/{}", self.id, self.item);
            let body = Body::from(body.to_owned());
            client.send(self.method, &path, &self.headers, body).await
        };
        let (response, flag) = &self.bodies;
        (send("responses", response).await, send("flags", flag).await)
    }
}

#[tokio::test]
async fn its_answers_look_like_those_of_any_call() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let section = step(&client, &id, "listening", "start").await;
    let item = &item_ids(&section)[0];
    let same = |body: &str| (body.to_owned(), body.to_owned());
    let good = || {
        let (response, flag) = (r#"{"option":"A"}"#, r#"{"flagged":true}"#);
        (response.to_owned(), flag.to_owned())
    };
    let none = "01a00000-0000-7000-8000-000000000000";
    let case = |method, id, item, headers, bodies, status| Case {
        method,
        id,
        item,
        headers,
        bodies,
        status,
    };
    let given = ("x-request-id", "mine");
    let signed_in = [
        case("PUT", &id, item, vec![JSON], good(), 200),
        case("PUT", &id, item, vec![JSON, given], good(), 200),
        case("PUT", none, item, vec![JSON], good(), 404),
        case("PUT", "%FF", item, vec![JSON], good(), 400),
        case("PUT", &id, "no-such-item", vec![JSON], good(), 404),
        case("PUT", &id, item, vec![JSON], same("{"), 400),
        case("PUT", &id, item, vec![JSON], same(r#"{"else":1}"#), 422),
        case("PUT", &id, item, vec![], good(), 415),
        case(
            "PUT",
            &id,
            item,
            vec![JSON],
            same(&"1".repeat(3 << 20)),
            413,
        ),
        case("POST", &id, item, vec![JSON], good(), 405),
        case("GET", &id, item, vec![], same(""), 405),
    ];
    for case in signed_in {
        alike(&case, &client).await;
    }
    let nobody = world.client();
    alike(&case("PUT", &id, item, vec![JSON], good(), 401), &nobody).await;
    let answer = case("PUT", &id, item, vec![JSON, given], good(), 200);
    let (answer, _) = answer.both(&client).await;
    assert_eq!(answer.header("x-request-id"), "mine");
}

async fn alike(case: &Case<'_>, client: &Client) {
    let (response, flag) = case.both(client).await;
    assert_eq!(response.status, case.status, "{}", response.request);
    assert_eq!(flag.status, case.status, "{}", flag.request);
    assert_eq!(
        shown(&response.headers),
        shown(&flag.headers),
        "{}",
        response.request
    );
    if case.status != 200 {
        let kind = |answer: &Answer| -> Value { answer.value()["type"].clone() };
        assert!(kind(&response).is_string(), "{}", response.text());
        assert_eq!(kind(&response), kind(&flag), "{}", response.request);
    }
}
