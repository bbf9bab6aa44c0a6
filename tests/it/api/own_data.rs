//! One's own data by pages and API: downloaded, and erased by whoever knows the password.

use serde_json::json;

use crate::support::school::{PASSWORD, account};
use crate::support::{Place, World};

#[tokio::test]
async fn a_download_and_an_end() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    account(&world, "anna").await;
    let session = world.exam.sign_in("anna@example.org", PASSWORD).await;
    let client = world
        .client()
        .with_token(&session.expect("a session").token);
    let data = client.get("/settings/data.json").await;
    assert_eq!(data.expect(200)["account"]["email"], "anna@example.org");
    assert!(data.header("content-disposition").starts_with("attachment"));
    let same = client.get("/api/v1/accounts/me/data").await.expect(200);
    assert_eq!(same["account"], data.value()["account"]);
    let nobody = world.client();
    nobody
        .get("/api/v1/accounts/me/data")
        .await
        .problem(401, "unauthenticated");
    assert_eq!(nobody.get("/settings/data.json").await.status, 303);

    let erase = async |body| {
        client
            .json("DELETE", "/api/v1/accounts/me", Some(body))
            .await
    };
    for wrong in [
        json!({}),
        json!({ "sure": true }),
        json!({ "password": "wrong password" }),
    ] {
        let refused = erase(wrong).await.problem(422, "invalid");
        assert_eq!(refused["field"], "password");
    }
    let done = erase(json!({ "password": PASSWORD })).await;
    assert_eq!(done.status, 204, "{}", done.text());
    client
        .get("/api/v1/accounts/me/data")
        .await
        .problem(401, "unauthenticated");
    assert!(
        place
            .rows("select email from learners where email is not null")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn passwords_are_not_tried_here_more_often_than_when_signing_in() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    account(&world, "anna").await;
    let session = world.exam.sign_in("anna@example.org", PASSWORD).await;
    let client = world.client_with(|config| {
        config.rate_limits = synaq::config::Switch::On;
        config.limits.sign_in_to_account_per_minute = 2;
    });
    let client = client.with_token(&session.expect("a session").token);
    let wrong = || Some(json!({ "password": "wrong password" }));
    for _ in 0..2 {
        let refused = client.json("DELETE", "/api/v1/accounts/me", wrong()).await;
        refused.problem(422, "invalid");
    }
    let refused = client.json("DELETE", "/api/v1/accounts/me", wrong()).await;
    refused.problem(429, "too-many-requests");
}
