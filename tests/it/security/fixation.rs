//! Whoever plants a session in somebody's browser before they sign in has nothing of it afterwards.

use axum::body::Body;
use serde_json::json;

use crate::support::client::Answer;
use crate::support::school::PASSWORD;
use crate::support::{Client, Place, World};

/// The session that an answer gives, if it gives one.
fn session_of(answer: &Answer) -> Option<String> {
    answer
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok())
        .find_map(|cookie| {
            let value = cookie.strip_prefix("synaq_session=")?;
            Some(value.split(';').next().unwrap_or_default().to_owned())
        })
}

async fn get(client: &Client, path: &str, session: &str) -> Answer {
    let cookie = format!("synaq_session={session}; synaq_visit=0123");
    client
        .send("GET", path, &[("cookie", &cookie)], Body::empty())
        .await
}

/// Sends a form as the browser with this session does, with the token of its own page.
async fn submit(client: &Client, path: &str, session: &str, fields: &str) -> Answer {
    let page = get(client, path, session).await.text();
    let (_, rest) = page
        .split_once("name=\"csrf\" value=\"")
        .expect("a form with a token");
    let csrf = rest.split('"').next().unwrap_or_default();
    let cookie = format!("synaq_session={session}; synaq_visit=0123");
    let headers = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = Body::from(format!("csrf={csrf}&{fields}"));
    client.send("POST", path, &headers, body).await
}

fn fields(email: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("name", "Aigul")
        .append_pair("email", email)
        .append_pair("password", PASSWORD)
        .append_pair("next", "/history");
    form.finish()
}

#[tokio::test]
async fn a_planted_guest_does_not_become_the_account() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let planted = client.as_guest().await;
    let signed_up = submit(
        &client,
        "/sign-up",
        planted.token(),
        &fields("a@example.kz"),
    )
    .await;
    assert_eq!(signed_up.status, 303, "{}", signed_up.text());
    let own = session_of(&signed_up).expect("a session of their own");
    assert_ne!(own, planted.token());
    assert_eq!(get(&client, "/schools", &own).await.status, 200);
    // The planted one is nobody's now, by cookie and by bearer token.
    let elsewhere = get(&client, "/schools", planted.token()).await;
    assert!(elsewhere.header("location").starts_with("/sign-in"));
    let theirs = planted.get("/api/v1/attempts").await;
    theirs.problem(401, "unauthenticated");
}

#[tokio::test]
async fn signing_in_gives_a_new_session_whatever_was_there() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let account = json!({ "email": "a@example.kz", "password": PASSWORD, "name": "Aigul" });
    let account = client.post("/api/v1/accounts", Some(account)).await;
    let first = account.expect(201)["token"].as_str().map(str::to_owned);
    let guest = client.as_guest().await;
    let made_up = "0".repeat(64);
    for planted in [
        guest.token(),
        made_up.as_str(),
        first.as_deref().unwrap_or(""),
    ] {
        let signed_in = submit(&client, "/sign-in", planted, &fields("a@example.kz")).await;
        assert_eq!(signed_in.status, 303, "{}", signed_in.text());
        let own = session_of(&signed_in).expect("a session");
        assert_ne!(own, planted);
        assert_eq!(own.len(), 64);
        let cookies = signed_in.headers.get_all("set-cookie").iter();
        let cookie = cookies
            .filter_map(|cookie| cookie.to_str().ok())
            .find(|cookie| cookie.starts_with("synaq_session="))
            .expect("the cookie");
        for word in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(word), "{cookie}");
        }
    }
    client
        .with_token(&made_up)
        .get("/api/v1/attempts")
        .await
        .problem(401, "unauthenticated");
    // The guest stays a guest: what the account does is not seen with it.
    let settings = get(&client, "/settings", guest.token()).await.text();
    assert!(!settings.contains("a@example.kz"));
}

#[tokio::test]
async fn behind_tls_cookies_travel_by_tls_alone() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let client = world.client_with(|config| config.server.behind_tls = true);
    let page = client.get("/sign-in").await;
    let made = submit(&client, "/sign-up", "", &fields("a@example.kz")).await;
    assert_eq!(made.status, 303, "{}", made.text());
    for cookie in [&page, &made].map(|answer| answer.headers.get_all("set-cookie")) {
        let cookies: Vec<_> = cookie
            .iter()
            .filter_map(|cookie| cookie.to_str().ok())
            .collect();
        assert!(!cookies.is_empty());
        for cookie in cookies {
            assert!(cookie.contains("Secure"), "{cookie}");
        }
    }
}
