//! Saved profiles over the API.

use serde_json::{Value, json};

use super::guest;
use crate::support::client::Answer;
use crate::support::{Client, Place, World, on_both};

const PATH: &str = "/api/v1/profiles";

fn profile() -> Value {
    json!({
        "criteria": { "education": 120, "adaptability": "79.99" },
        "health": 0.5,
        "languages": { "kazakh": { "level": "B1" }, "russian": { "points": 30 } },
    })
}

async fn make(client: &Client, name: &str) -> Value {
    let body = json!({ "name": name, "profile": profile() });
    client.post(PATH, Some(body)).await.expect(201)
}

fn path(saved: &Value) -> String {
    format!("{PATH}/{}", saved["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_profile_is_saved_listed_changed_and_deleted() {
    on_both(async |place| {
        let (_world, client) = guest(place).await;
        assert_eq!(client.get(PATH).await.expect(200), json!([]));
        let made = make(&client, " Me ").await;
        assert_eq!(made["name"], "Me");
        assert_eq!(made["profile"], profile(), "as it was sent");
        for member in ["created_at", "updated_at"] {
            let time = made[member].as_str().unwrap_or_default();
            assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{made}");
        }
        assert_eq!(client.get(&path(&made)).await.expect(200), made);
        let list = client.get(PATH).await.expect(200);
        let line = &list[0];
        assert_eq!((&line["id"], &line["name"]), (&made["id"], &json!("Me")));
        assert!(line.get("profile").is_none(), "{line}");

        let body = json!({ "name": "You", "profile": {} });
        let changed = client.put(&path(&made), body).await.expect(200);
        assert_eq!(changed["id"], made["id"]);
        assert_eq!(changed["profile"], json!({}));
        assert_eq!(client.get(&path(&made)).await.expect(200), changed);

        let gone = client.json("DELETE", &path(&made), None).await;
        assert_eq!((gone.status.as_u16(), gone.text().as_str()), (204, ""));
        assert_eq!(client.get(PATH).await.expect(200), json!([]));
        assert!(place.rows("select id from profiles").await.is_empty());
        client
            .get(&path(&made))
            .await
            .problem(404, "no-such-profile");
    })
    .await;
}

/// Every call on a profile.
async fn calls(client: &Client, path: &str) -> [Answer; 3] {
    let body = json!({ "name": "theirs", "profile": {} });
    [
        client.get(path).await,
        client.put(path, body).await,
        client.json("DELETE", path, None).await,
    ]
}

#[tokio::test]
async fn a_profile_is_its_learners_alone() {
    on_both(async |place| {
        let (world, client) = guest(place).await;
        let made = make(&client, "mine").await;
        let stranger = world.client().as_guest().await;
        let none = format!("{PATH}/01a00000-0000-7000-8000-000000000000");
        let theirs = calls(&stranger, &path(&made)).await;
        for (theirs, nothing) in theirs.iter().zip(calls(&stranger, &none).await) {
            theirs.problem(404, "no-such-profile");
            assert_eq!(theirs.text(), nothing.text());
        }
        assert_eq!(stranger.get(PATH).await.expect(200), json!([]));
        for nobody in [world.client(), world.client().with_token("wrong")] {
            let body = json!({ "name": "mine", "profile": {} });
            let mut answers = calls(&nobody, &path(&made)).await.to_vec();
            answers.push(nobody.get(PATH).await);
            answers.push(nobody.post(PATH, Some(body)).await);
            for answer in answers {
                answer.problem(401, "unauthenticated");
            }
        }
        let kept = client.get(&path(&made)).await.expect(200);
        assert_eq!(kept, made, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn a_change_by_cookie_needs_the_pages_token() {
    let place = Place::sqlite();
    let (world, client) = guest(&place).await;
    let made = make(&client, "mine").await;
    let cookie = format!("synaq_session={}", client.token());
    let headers = [
        ("content-type", "application/json"),
        ("cookie", cookie.as_str()),
    ];
    let body = json!({ "name": "mine", "profile": {} }).to_string();
    let path = path(&made);
    for (method, path) in [("POST", PATH), ("PUT", &path), ("DELETE", &path)] {
        let answer = world
            .client()
            .send(method, path, &headers, body.clone().into())
            .await;
        answer.problem(403, "csrf");
    }
    assert_eq!(client.get(&path).await.expect(200), made);
}

#[tokio::test]
async fn what_is_no_profile_is_refused_with_the_field() {
    on_both(async |place| {
        let (_world, client) = guest(place).await;
        let made = make(&client, "mine").await;
        let long = "x".repeat(81);
        let large = "x".repeat(16 * 1024);
        for (body, field) in [
            (json!({ "name": "", "profile": {} }), "name"),
            (json!({ "name": "\u{0}", "profile": {} }), "name"),
            (json!({ "name": long, "profile": {} }), "name"),
            (json!({ "name": "a", "profile": null }), "profile"),
            (json!({ "name": "a", "profile": [] }), "profile"),
            (json!({ "name": "a", "profile": { "age": 30 } }), "profile"),
            (
                json!({ "name": "a", "profile": { "criteria": { "charm": 1 } } }),
                "profile",
            ),
            (
                json!({ "name": "a", "profile": { "rule": large } }),
                "profile",
            ),
        ] {
            for answer in [
                client.post(PATH, Some(body.clone())).await,
                client.put(&path(&made), body.clone()).await,
            ] {
                let problem = answer.problem(422, "invalid");
                assert_eq!(problem["field"], field, "{problem}");
            }
        }
        for body in [json!({}), json!({ "name": "a" }), json!({ "profile": {} })] {
            let answer = client.post(PATH, Some(body)).await;
            answer.problem(422, "invalid");
        }
        for id in ["%00", "%20", "none", &"x".repeat(5000)] {
            for answer in calls(&client, &format!("{PATH}/{id}")).await {
                answer.problem(404, "no-such-profile");
            }
        }
        let kept = client.get(PATH).await.expect(200);
        assert_eq!(kept.as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn the_twenty_first_is_refused_and_says_what_to_do() {
    let place = Place::sqlite();
    let (_world, client) = guest(&place).await;
    for n in 1..=20 {
        make(&client, &n.to_string()).await;
    }
    let body = json!({ "name": "21", "profile": {} });
    let refused = client.post(PATH, Some(body)).await;
    let problem = refused.problem(409, "too-many-profiles");
    assert_eq!(problem["most"], 20);
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains("delete one"), "{detail}");
}

#[tokio::test]
async fn a_guest_who_makes_an_account_keeps_their_profiles() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let client = world.client().as_guest().await;
    let made = make(&client, "mine").await;
    let account = json!({ "email": "a@example.kz", "password": "long enough it is", "name": "A" });
    let session = client
        .post("/api/v1/accounts", Some(account))
        .await
        .expect(201);
    let account = client.with_token(session["token"].as_str().expect("a token"));
    assert_eq!(account.get(&path(&made)).await.expect(200), made);
}
