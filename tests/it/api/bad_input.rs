//! Bad input gets a clear answer, a problem in the form of RFC 9457, and changes nothing.

use axum::body::Body;
use serde_json::{Value, json};

use super::{guest, item_ids, make_mock, step};
use crate::support::world::{GRACE_MS, minutes, ms};
use crate::support::{Place, World, on_both};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_response_that_cannot_be_taken() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let section = step(&client, &id, "listening", "start").await;
    let item = &item_ids(&section)[0];
    let path = format!("/api/v1/attempts/{id}/responses/{item}");

    for body in [
        json!({ "option": "E" }),
        json!({ "option": "a" }),
        json!({ "option": "" }),
        json!({ "option": "AB" }),
        json!({ "option": 1 }),
        json!({ "option": ["A"] }),
        json!({}),
        json!({ "option": "A", "more": 1 }),
        json!({ "option": "А" }), // the Cyrillic letter
    ] {
        client
            .put(&path, body.clone())
            .await
            .problem(422, "invalid");
    }
    for body in ["", "{", "option=A", "{\"option\": \"A\"", "\u{0}", "nul"] {
        let answer = client.send("PUT", &path, &[JSON], Body::from(body)).await;
        answer.problem(400, "malformed");
    }
    let invalid = client
        .send("PUT", &path, &[JSON], Body::from(vec![0xff, 0xfe, b'{']))
        .await;
    invalid.problem(400, "malformed");
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let headers = [("content-type", kind)];
        let answer = client
            .send("PUT", &path, &headers, Body::from("{\"option\":\"A\"}"))
            .await;
        answer.problem(415, "not-json");
    }
    let huge = format!("{{\"option\": \"{}\"}}", "A".repeat(10 << 20));
    let answer = client.send("PUT", &path, &[JSON], Body::from(huge)).await;
    answer.problem(413, "too-large");
    let other = format!("/api/v1/attempts/{id}/responses/rdg-of-another-form");
    client
        .put(&other, json!({ "option": "A" }))
        .await
        .problem(404, "no-such-item");
    let none = "/api/v1/attempts/none/responses/none";
    client
        .put(none, json!({ "option": "A" }))
        .await
        .problem(404, "not-found");

    assert!(
        place.rows("select item_id from responses").await.is_empty(),
        "nothing was saved"
    );
    world.clock.advance(minutes(2) + ms(GRACE_MS));
    client
        .put(&path, json!({ "option": "A" }))
        .await
        .problem(409, "section-closed");
}

#[tokio::test]
async fn an_item_of_a_section_that_does_not_run() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let listening = step(&client, &id, "listening", "start").await;
    let reading = {
        let mut conn = world.store.read().await.expect("read");
        let id = synaq::domain::id::AttemptId::new(&id);
        let stored = conn.attempt(&id).await.expect("loads").expect("is there");
        stored.attempt.form.sections[1].testlets[0].items[0]
            .id
            .to_string()
    };
    let path = format!("/api/v1/attempts/{id}/responses/{reading}");
    client
        .put(&path, json!({ "option": "A" }))
        .await
        .problem(409, "section-closed");
    step(&client, &id, "listening", "finish").await;
    let path = format!(
        "/api/v1/attempts/{id}/responses/{}",
        item_ids(&listening)[0]
    );
    client
        .put(&path, json!({ "option": "A" }))
        .await
        .problem(409, "section-closed");
}

#[tokio::test]
async fn an_attempt_that_cannot_be_made() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let make = async |body: Value| client.post("/api/v1/attempts", Some(body)).await;
    let practice = |member: &str, value: Value| {
        let mut wish = json!({ "kind": "practice", "section": "reading", "level": "A2" });
        wish[member] = value;
        wish
    };
    for body in [
        json!({}),
        json!([]),
        json!("mock"),
        json!({ "kind": "exam" }),
        json!({ "kind": "mock", "rule": 7 }),
        json!({ "kind": "mock", "rules": "short" }),
        json!({ "kind": "practice" }),
        practice("section", json!("writing")),
        practice("level", json!("C2")),
        practice("level", json!("a1")),
        practice("topic", json!("dragons")),
        practice("skill", json!("magic")),
        practice("items", json!(0)),
        practice("items", json!(41)),
        practice("items", json!(-1)),
        practice("items", json!(1.5)),
        practice("items", json!(99999999999i64)),
    ] {
        make(body.clone()).await.problem(422, "invalid");
    }
    make(json!({ "kind": "mock", "rule": "none" }))
        .await
        .problem(422, "unknown-rule");
    make(practice("level", json!("C1")))
        .await
        .problem(422, "nothing-fits");
    let list = client.get("/api/v1/attempts").await.expect(200);
    assert_eq!(list, json!([]), "nothing was made");
}

#[tokio::test]
async fn a_section_that_cannot_start_or_finish() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let call = async |section: &str, verb: &str| {
        let path = format!("/api/v1/attempts/{id}/sections/{section}/{verb}");
        client.post(&path, None).await
    };
    let order = call("reading", "start").await.problem(409, "section-order");
    assert_eq!(order["next"], "listening");
    call("writing", "start")
        .await
        .problem(404, "no-such-section");
    call("listening", "finish")
        .await
        .problem(409, "wrong-state");
    call("listening", "start").await.expect(200);
    call("listening", "start").await.problem(409, "wrong-state");
    call("reading", "finish")
        .await
        .problem(409, "section-closed");
    for path in ["result", "language-score"] {
        let early = client.get(&format!("/api/v1/attempts/{id}/{path}")).await;
        early.problem(409, "not-finished");
    }
}

#[tokio::test]
async fn an_account_that_cannot_be_made() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let account = |email: &str, password: &str, name: &str| {
        Some(json!({ "email": email, "password": password, "name": name }))
    };
    for (email, password, name, field) in [
        ("nobody", "long enough it is", "A", "email"),
        ("a@example.kz", "short", "A", "password"),
        ("a@example.kz", "long enough it is", "", "name"),
    ] {
        let refused = client
            .post("/api/v1/accounts", account(email, password, name))
            .await;
        assert_eq!(refused.problem(422, "invalid")["field"], field);
    }
    let good = account("a@example.kz", "long enough it is", "A");
    client
        .post("/api/v1/accounts", good.clone())
        .await
        .expect(201);
    client
        .post("/api/v1/accounts", good)
        .await
        .problem(409, "account-refused");
}

#[tokio::test]
async fn what_no_handler_answers_is_a_problem_too() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    for path in [
        "/api/v1/nothing",
        "/api/v1",
        "/api/v1/",
        "/api/v1/attempts/x/y/z",
        "/api/v1/%ff",
    ] {
        client.get(path).await.problem(404, "not-found");
    }
    for (method, path) in [
        ("DELETE", "/api/v1/attempts"),
        ("GET", "/api/v1/guests"),
        ("PATCH", "/api/v1/attempts/x"),
        ("POST", "/api/v1/rules"),
        ("POST", "/api/v1/attempts/x/responses/y"),
    ] {
        let answer = client.send(method, path, &[], Body::empty()).await;
        answer.problem(405, "method-not-allowed");
        assert!(
            !answer.header("allow").is_empty(),
            "{method} {path} says what is allowed"
        );
    }
    let outside = client.get("/nothing").await;
    assert_eq!(outside.status, 404);
    assert!(outside.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn strange_paths_harm_nothing() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    for id in [
        "%00",
        "'%20or%201=1--",
        "..%2f..%2f",
        &"x".repeat(5000),
        "%F0%9F%90%8E",
    ] {
        let answer = client.get(&format!("/api/v1/attempts/{id}")).await;
        assert!(
            answer.status == 404 || answer.status == 400,
            "{id}: {} {}",
            answer.status,
            answer.text()
        );
    }
}

#[tokio::test]
async fn a_database_that_has_gone_is_a_503_that_says_nothing_of_it() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    world.store.close().await;
    let answer = client.get("/api/v1/attempts").await;
    let problem = answer.problem(503, "store-unavailable");
    assert!(!answer.header("retry-after").is_empty());
    let page = client.get("/history").await;
    assert_eq!(page.status, 503);
    assert!(!page.header("retry-after").is_empty());
    let text = problem.to_string().to_lowercase();
    assert!(!text.contains("pool") && !text.contains("sqlite"), "{text}");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_a_problem() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    // No time at all: hashing the password takes longer.
    let client = world.client_with(|config| config.server.request_seconds = 0);
    let account = json!({ "email": "a@example.kz", "password": "long enough it is", "name": "A" });
    let answer = client.post("/api/v1/accounts", Some(account)).await;
    answer.problem(503, "busy");
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn an_id_that_can_be_none_is_not_found() {
    on_both(async |place| {
        let (_, client) = guest(place).await;
        for id in ["%00", "a%0D%0Ab", "..%2F..", "%D1%8B"] {
            let path = format!("/api/v1/attempts/{id}");
            client.get(&path).await.problem(404, "not-found");
            let start = format!("{path}/sections/listening/start");
            client.post(&start, None).await.problem(404, "not-found");
            for page in ["", "/result", "/review"] {
                let page = client.get(&format!("/attempts/{id}{page}")).await;
                assert_eq!(page.status, 404, "{}", page.request);
            }
            // The address of a form leads to the attempt's page, whatever the id.
            for form in [
                format!("/attempts/{id}/start"),
                format!("/practice/{id}/answers"),
            ] {
                let answer = client.get(&form).await;
                assert_eq!(answer.status, 303, "{form}");
                assert_eq!(answer.header("location"), format!("/attempts/{id}"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_an_address_of_the_sitting_says_is_taken_or_passed_over() {
    let place = Place::sqlite();
    let (_, client) = guest(&place).await;
    let id = make_mock(&client).await;
    step(&client, &id, "listening", "start").await;
    for query in [
        "saved=8210266876799999",
        "saved=-8334601228800000",
        "saved=9223372036854775807",
        "saved=x",
        "t=18446744073709551615",
        "t=-1",
        "t=0",
        "playing=%00",
        "t=1&t=2",
        "t=%FF",
        "saved=1&saved=2",
    ] {
        let page = client.get(&format!("/attempts/{id}?{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text());
    }
}
