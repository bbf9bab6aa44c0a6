//! Who may do what: refusal is the default, and a stranger learns nothing.

use axum::body::Body;
use serde_json::json;

use super::{guest, item_ids, make_mock, step};
use crate::support::{Client, Place, World};

/// Every call on one's own things: method, path, body.
fn calls(id: &str, item: &str, testlet: &str) -> Vec<(&'static str, String, serde_json::Value)> {
    let of = |rest: &str| format!("/api/v1/attempts/{id}{rest}");
    vec![
        ("GET", of(""), json!(null)),
        ("GET", of("/time"), json!(null)),
        ("GET", of("/result"), json!(null)),
        ("GET", of("/language-score"), json!(null)),
        ("POST", of("/sections/listening/start"), json!(null)),
        ("POST", of("/sections/listening/finish"), json!(null)),
        (
            "PUT",
            of(&format!("/responses/{item}")),
            json!({ "option": "A" }),
        ),
        (
            "PUT",
            of(&format!("/flags/{item}")),
            json!({ "flagged": true }),
        ),
        ("POST", of(&format!("/plays/{testlet}")), json!(null)),
    ]
}

async fn call(
    client: &Client,
    method: &str,
    path: &str,
    body: &serde_json::Value,
) -> crate::support::client::Answer {
    let body = Some(body.clone()).filter(|body| !body.is_null());
    client.json(method, path, body).await
}

#[tokio::test]
async fn somebody_elses_attempt_does_not_exist() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let section = step(&client, &id, "listening", "start").await;
    let item = item_ids(&section)[0].clone();
    let testlet = section["testlets"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let stranger = world.client().as_guest().await;
    let none = "01a00000-0000-7000-8000-000000000000";
    for ((method, path, body), (_, missing, _)) in calls(&id, &item, &testlet)
        .iter()
        .zip(calls(none, &item, &testlet))
    {
        let theirs = call(&stranger, method, path, body).await;
        theirs.problem(404, "not-found");
        // The answer is the same as for an attempt that never was.
        let nothing = call(&stranger, method, &missing, body).await;
        assert_eq!(theirs.text(), nothing.text());
    }
    let list = stranger.get("/api/v1/attempts").await.expect(200);
    assert_eq!(list, json!([]));
    let mine = client
        .get(&format!("/api/v1/attempts/{id}"))
        .await
        .expect(200);
    assert_eq!(
        mine["sections"][0]["status"], "running",
        "nothing was changed"
    );
}

#[tokio::test]
async fn nobody_gets_nothing() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let nobody = world.client();
    let mut all = calls(&id, "item", "testlet");
    all.push(("GET", "/api/v1/attempts".to_owned(), json!(null)));
    all.push((
        "POST",
        "/api/v1/attempts".to_owned(),
        json!({ "kind": "mock" }),
    ));
    all.push(("DELETE", "/api/v1/sessions".to_owned(), json!(null)));
    for client in [
        nobody.clone(),
        nobody.with_token("wrong"),
        nobody.with_token(""),
    ] {
        for (method, path, body) in &all {
            let answer = call(&client, method, path, body).await;
            answer.problem(401, "unauthenticated");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
}

#[tokio::test]
async fn a_change_by_cookie_needs_the_pages_token() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let browser = world.client();
    let cookie = format!("synaq_session={}", client.token());
    let section = step(&client, &id, "listening", "start").await;
    let path = format!("/api/v1/attempts/{id}/responses/{}", item_ids(&section)[0]);
    let put = async |more: &[(&str, &str)]| {
        let mut headers = vec![
            ("content-type", "application/json"),
            ("cookie", cookie.as_str()),
        ];
        headers.extend(more);
        let body = Body::from(json!({ "option": "A" }).to_string());
        browser.send("PUT", &path, &headers, body).await
    };
    // Looking needs no token, changing does.
    let look = [("cookie", cookie.as_str())];
    let seen = browser
        .send(
            "GET",
            &format!("/api/v1/attempts/{id}"),
            &look,
            Body::empty(),
        )
        .await;
    assert_eq!(seen.status, 200);
    put(&[]).await.problem(403, "csrf");
    put(&[("synaq-csrf", "")]).await.problem(403, "csrf");
    put(&[("synaq-csrf", "0123456789abcdef0123456789abcdef")])
        .await
        .problem(403, "csrf");
    // Another visitor's token is not this one's.
    let page = browser.get("/sign-in").await;
    put(&[("synaq-csrf", &csrf_of(&page.text()))])
        .await
        .problem(403, "csrf");
    let own = browser.send("GET", "/settings", &look, Body::empty()).await;
    let token = csrf_of(&own.text());
    put(&[("synaq-csrf", &token)]).await.expect(200);
    // A guest's account by cookie is a change as well.
    let account = json!({ "email": "a@example.kz", "password": "long enough it is", "name": "A" });
    let headers = [
        ("content-type", "application/json"),
        ("cookie", cookie.as_str()),
    ];
    let body = Body::from(account.to_string());
    let made = browser
        .send("POST", "/api/v1/accounts", &headers, body)
        .await;
    made.problem(403, "csrf");
}

/// The token in a page's first form.
fn csrf_of(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"csrf\" value=\"").expect("a form");
    rest.split('"').next().expect("a value").to_owned()
}

#[tokio::test]
async fn a_bearer_token_outweighs_a_cookie() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let other = world.client().as_guest().await;
    let id = make_mock(&client).await;
    let cookie = format!("synaq_session={}", other.token());
    let path = format!("/api/v1/attempts/{id}");
    let seen = client
        .send("GET", &path, &[("cookie", &cookie)], Body::empty())
        .await;
    assert_eq!(seen.status, 200);
}

#[tokio::test]
async fn signing_in_says_the_same_of_an_unknown_address_and_a_wrong_password() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let account = json!({ "email": "a@example.kz", "password": "long enough it is", "name": "A" });
    client
        .post("/api/v1/accounts", Some(account))
        .await
        .expect(201);
    let sign_in = async |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        client.post("/api/v1/sessions", Some(body)).await
    };
    let wrong = sign_in("a@example.kz", "long enough it was").await;
    wrong.problem(401, "wrong-credentials");
    for (email, password) in [
        ("b@example.kz", "long enough it is"),
        ("not an address", "long enough it is"),
        ("a@example.kz", ""),
    ] {
        let unknown = sign_in(email, password).await;
        assert_eq!(unknown.status, wrong.status);
        assert_eq!(unknown.text(), wrong.text());
        let names = |answer: &crate::support::client::Answer| {
            answer
                .headers
                .keys()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&unknown), names(&wrong));
    }
    let right = sign_in("A@example.kz", "long enough it is")
        .await
        .expect(201);
    assert_eq!(right["learner"]["guest"], false);
    assert_eq!(right["token"].as_str().map(str::len), Some(64));
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let gone = client.json("DELETE", "/api/v1/sessions", None).await;
    assert_eq!(gone.status, 204);
    client
        .get("/api/v1/attempts")
        .await
        .problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_guest_becomes_an_account_over_the_api() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    let id = make_mock(&client).await;
    let account = json!({ "email": "a@example.kz", "password": "long enough it is", "name": "A" });
    let made = client
        .post("/api/v1/accounts", Some(account))
        .await
        .expect(201);
    let account = client.with_token(made["token"].as_str().expect("a token"));
    let list = account.get("/api/v1/attempts").await.expect(200);
    assert_eq!(list[0]["id"], id.as_str());
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_safety() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    for path in [
        "/",
        "/sign-in",
        "/nothing",
        "/api/v1/attempts",
        "/api/v1/nothing",
        "/healthz",
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn in_another_language_a_page_stays_what_it_was_asked_for() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    for path in ["/?rule=short", "/sign-in?next=%2Fhistory&a=%22"] {
        let html = client.get(path).await.text();
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let link = format!("href=\"?lang=kk&{query}\"").replace('&', "&#38;");
        assert!(
            html.replace("&amp;", "&#38;").contains(&link),
            "{link}: {html}"
        );
    }
    // A form cannot be asked for again.
    let form = client.post("/settings?a=b", None).await.text();
    assert!(!form.contains("a=b"), "{form}");
}

#[tokio::test]
async fn signing_in_leads_to_no_other_host() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let kept = async |next: &str| {
        let page = client.get(&format!("/sign-in?next={next}")).await;
        assert_eq!(page.status, 200);
        let html = page.text();
        let (_, after) = html.split_once("name=\"next\" value=\"").expect("a field");
        after.split('"').next().unwrap_or_default().to_owned()
    };
    assert_eq!(kept("/history").await, "/history");
    for elsewhere in [
        "//evil.example",
        "https://evil.example",
        "/%5Cevil.example",
        // A browser takes tabs and line ends out of an address before it reads it.
        "/%09/evil.example",
        "/%0A/evil.example",
        "/%0D/evil.example",
        "%09//evil.example",
    ] {
        assert_eq!(kept(elsewhere).await, "/", "{elsewhere}");
    }
    for path in ["//evil.example/", "/\\evil.example/"] {
        let answer = client.get(&format!("{path}?lang=ru")).await;
        assert_eq!(answer.header("location"), "/evil.example/", "{path}");
    }
}
