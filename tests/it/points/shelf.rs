//! Saved profiles on the points page.

use axum::body::Body;
use serde_json::json;
use synaq::domain::rules::Section::{Listening, Reading};

use super::visit::{EVERYTHING, Visit, guest, holds, own, text_of};
use crate::support::{Place, on_both};

#[tokio::test]
async fn a_profile_is_saved_opened_saved_over_and_deleted() {
    on_both(async |place| {
        let world = own(place).await;
        let nobody = Visit::new(world.client());
        // Without a name nobody becomes a guest.
        let nameless = [&EVERYTHING[..17], &[("act", "save")]].concat();
        let refused = nobody.post("/points", &nameless, false).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.header("set-cookie"), "");
        holds(&refused.text(), &nameless);
        let named = [&EVERYTHING[..17], &[("name", " Ольга "), ("act", "save")]].concat();
        let saved = nobody.post("/points", &named, false).await;
        assert_eq!(saved.status, 303);
        assert!(saved.header("set-cookie").starts_with("synaq_session="));

        let (visit, _) = guest(&world).await;
        let saved = visit.post("/points", &named, false).await;
        let location = saved.header("location").to_owned();
        let (path, _) = location.split_once("&saved=1#profiles").expect(&location);
        assert!(path.starts_with("/points?profile="));
        let opened = visit.get(path).await.text();
        holds(&opened, &EVERYTHING);
        let before = visit.work_out(&EVERYTHING).await.text();
        assert_eq!(text_of(&opened, "verdict"), text_of(&before, "verdict"));
        assert!(opened.contains("Ольга"));

        let id = path.trim_start_matches("/points?profile=");
        let mut over = named.clone();
        over.retain(|(name, _)| !["age", "name", "health"].contains(name));
        over.extend([("age", "46"), ("name", "Olga"), ("profile", id)]);
        let saved = visit.post("/points", &over, false).await;
        assert_eq!(saved.header("location"), location, "the same one");
        holds(
            &visit.get(path).await.text(),
            &[("age", "46"), ("name", "Olga")],
        );
        over.retain(|(name, _)| *name != "act");
        over.push(("act", "save-new"));
        let another = visit.post("/points", &over, false).await;
        assert_ne!(another.header("location"), location, "another one");

        let (stranger, _) = guest(&world).await;
        assert_eq!(stranger.get(path).await.status, 404);
        assert_eq!(Visit::new(world.client()).get(path).await.status, 404);
        let delete = format!("/points/profiles/{id}/delete");
        stranger.post(&delete, &[], false).await;
        assert_eq!(
            visit.get(path).await.status,
            200,
            "a stranger deletes nothing"
        );
        let forged = Body::from("csrf=0");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let forged = visit.send("POST", &delete, &kind, forged).await;
        assert_eq!(forged.status, 403);
        let deleted = visit.post(&delete, &[], false).await;
        assert_eq!(deleted.header("location"), "/points?deleted=1#profiles");
        assert_eq!(visit.get(path).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_saved_mock_is_a_signed_statement_and_the_same_mock_again() {
    let place = Place::sqlite();
    let world = own(&place).await;
    let (visit, learner) = guest(&world).await;
    let id = world.mock(&learner).await;
    world.sit(&learner, &id, Listening, 12).await;
    world.sit(&learner, &id, Reading, 24).await;
    let fields = [("kazakh", "best"), ("name", "Me"), ("act", "save")];
    let saved = visit.post("/points", &fields, false).await;
    let location = saved.header("location").to_owned();
    let (path, _) = location.split_once("&saved").expect(&location);
    let profile = path.trim_start_matches("/points?profile=");
    let kept = visit
        .client
        .get(&format!("/api/v1/profiles/{profile}"))
        .await
        .expect(200);
    let score = &kept["profile"]["languages"]["kazakh"]["language_score"];
    assert_eq!(score["attempt"], id.as_str());
    assert!(score["signature"].is_string(), "{kept}");
    let opened = visit.get(path).await.text();
    holds(&opened, &[("kazakh", "mock"), ("kazakh-mock", id.as_str())]);
    assert!(text_of(&opened, "verdict").starts_with("96 of 400"));

    // A school that keeps the statement of somebody else: it counts as long as nobody changes it.
    let (school, _) = guest(&world).await;
    let body = json!({ "name": "Student", "profile": kept["profile"] });
    let made = school.client.post("/api/v1/profiles", Some(body)).await;
    let made = made.expect(201);
    let path = format!("/points?profile={}", made["id"].as_str().expect("an id"));
    let opened = school.get(&path).await.text();
    holds(&opened, &[("kazakh", "statement")]);
    assert!(text_of(&opened, "verdict").starts_with("96 of 400"));
    let mut altered = score.clone();
    altered["kazakh_points"] = json!(120);
    let altered = altered.to_string();
    let fields = [("kazakh", "statement"), ("statement", altered.as_str())];
    assert_eq!(school.work_out(&fields).await.status, 422);
}
