//! A language score as another tool gets it and sends it back: signed, and refused with the reason when it is not what
//! this server, or one that it trusts, has signed.

use serde_json::{Value, json};
use synaq::domain::accommodation::Accommodation;
use synaq::domain::language_score::{KeySet, TrustedKeys, verify};

use crate::support::school::{Class, PASSWORD, mock, new, sit, start};
use crate::support::world::at;
use crate::support::{Client, Place, Tweak, World, on_both};

/// The statement of a mock with everything right, as the server gives it.
async fn score(world: &World) -> Value {
    let client = world.client().as_guest().await;
    let account = world.exam.whose(client.token()).await;
    let learner = account.expect("looked up").expect("known").id;
    let id = world.whole_mock(&learner, 3, 4).await;
    let path = format!("/api/v1/attempts/{id}/language-score");
    client.get(&path).await.expect(200)
}

/// The same of a mock that a school gave under these conditions.
pub async fn granted(world: &World, terms: Accommodation) -> Value {
    let class = Class::of(world, "one").await;
    let exam = &world.exam;
    exam.accommodate(&class.tutor, &class.school, &class.learner.id, terms, "")
        .await
        .expect("granted");
    let given = class.give(world, new(mock(), 1)).await;
    let id = start(world, &class.learner, &given).await.expect("starts");
    sit(world, &class.learner, &id, 3, 4).await;
    let session = exam.sign_in("one-learner@example.org", PASSWORD).await;
    let token = session.expect("a session").token;
    let path = format!("/api/v1/attempts/{id}/language-score");
    let client = world.client().with_token(&token);
    client.get(&path).await.expect(200)
}

fn profile(score: Value) -> Value {
    json!({ "languages": { "kazakh": { "language_score": score } } })
}

/// Sends it to the calculator, which must refuse it with this code; the reason.
#[track_caller]
fn reason(answer: &crate::support::client::Answer, code: &str) -> String {
    let problem = answer.problem(422, "invalid");
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["field"], "languages.kazakh.language_score");
    let reason = problem["reason"].as_str().expect("a reason").to_owned();
    let detail = problem["detail"].as_str().expect("a detail");
    assert_eq!(detail, format!("languages.kazakh.language_score: {reason}"));
    reason
}

async fn refused(client: &Client, score: Value, code: &str) -> String {
    let answer = client.post("/api/v1/potential", Some(profile(score))).await;
    reason(&answer, code)
}

/// The keys that a server publishes.
async fn published(client: &Client) -> String {
    let answer = client.get("/.well-known/jwks.json").await;
    answer.expect(200);
    answer.text()
}

#[tokio::test]
async fn what_the_server_signed_counts_and_nothing_else() {
    on_both(async |place| {
        // The calculator needs the short content's points, which it has not: its own content has them.
        let world = with_points(place, KeySet::default()).await;
        let client = world.client();
        let score = score(&world).await;
        let assessed = client
            .post("/api/v1/potential", Some(profile(score.clone())))
            .await
            .expect(200);
        assert_eq!(assessed["total"], "120.00");

        let mut unsigned = score.clone();
        unsigned["signature"] = json!(null);
        let reason = refused(&client, unsigned.clone(), "unsigned").await;
        assert!(reason.contains("not signed"), "{reason}");
        if let Some(members) = unsigned.as_object_mut() {
            members.remove("signature");
        }
        refused(&client, unsigned, "unsigned").await;

        for (member, value) in [
            ("kazakh_points", json!(119)),
            ("valid_until", json!("2099-11-22")),
            ("holder", json!("Somebody Else")),
        ] {
            let mut altered = score.clone();
            altered[member] = value;
            let reason = refused(&client, altered, "altered").await;
            assert!(reason.contains("altered"), "{reason}");
        }
        let mut cut = score.clone();
        let signature = score["signature"].as_str().expect("a signature");
        cut["signature"] = json!(signature.replace("..", "."));
        refused(&client, cut, "malformed-signature").await;
        let mut none = score.clone();
        none["signature"] = json!("eyJhbGciOiJub25lIn0..");
        refused(&client, none, "wrong-algorithm").await;
        let mut other = score.clone();
        other["language"] = json!("russian");
        refused(&client, other, "not-kazakh").await;
        refused(&client, json!({}), "not-a-language-score").await;
        refused(&client, json!("B1"), "not-a-language-score").await;

        // The mock was sat on 22 November 2026; its statement counts for two years.
        world.clock.set(at("2026-11-21T23:59:00+05:00"));
        let reason = refused(&client, score.clone(), "not-yet-valid").await;
        assert!(reason.contains("2026-11-22"), "{reason}");
        world.clock.set(at("2028-11-22T23:59:00+05:00"));
        let last_day = client.post("/api/v1/potential", Some(profile(score.clone())));
        last_day.await.expect(200);
        world.clock.set(at("2028-11-23T00:00:00+05:00"));
        let reason = refused(&client, score, "expired").await;
        assert!(reason.contains("2028-11-22"), "{reason}");
    })
    .await;
}

#[tokio::test]
async fn the_conditions_of_a_mock_are_told_and_signed() {
    on_both(async |place| {
        let world = with_points(place, KeySet::default()).await;
        let terms = Accommodation {
            extra_percent: 50,
            extra_plays: 1,
            break_minutes: 5,
            larger_text: true,
            ..Accommodation::default()
        };
        let score = granted(&world, terms).await;
        assert_eq!(
            score["conditions"],
            json!({ "extra_percent": 50, "extra_minutes": 0, "extra_plays": 1 })
        );
        let client = world.client();
        let counts = client.post("/api/v1/potential", Some(profile(score.clone())));
        assert_eq!(counts.await.expect(200)["total"], "120.00");
        // Whoever hands it on can neither leave them out nor make them less.
        let mut silent = score.clone();
        if let Some(members) = silent.as_object_mut() {
            members.remove("conditions");
        }
        refused(&client, silent, "altered").await;
        let mut less = score;
        less["conditions"]["extra_percent"] = json!(0);
        refused(&client, less, "altered").await;
    })
    .await;
}

#[tokio::test]
async fn what_gives_neither_time_nor_plays_is_not_told() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let terms = Accommodation {
        break_minutes: 5,
        larger_text: true,
        ..Accommodation::default()
    };
    let given = granted(&world, terms).await;
    assert!(given.get("conditions").is_none(), "{given}");
    // The members are those of a mock that nobody gave.
    let private = score(&world).await;
    let members = |score: &Value| -> Vec<String> {
        let members = score.as_object().expect("an object");
        members.keys().cloned().collect()
    };
    assert_eq!(members(&given), members(&private));
}

/// The short content with the table of points of the repository's own.
pub async fn with_points(place: &Place, keys: KeySet) -> World {
    let mut content = (*Tweak::default().content).clone();
    let own = synaq::content::load(&crate::support::own_content()).expect("the content");
    content.points = own.points;
    let tweak = Tweak {
        content: std::sync::Arc::new(content),
        keys,
        ..Tweak::default()
    };
    World::tweaked(place, tweak).await
}

#[tokio::test]
async fn another_server_is_believed_when_its_keys_are_trusted() {
    let (here, there) = (Place::sqlite(), Place::sqlite());
    let elsewhere = World::on(&there).await;
    let score = score(&elsewhere).await;
    let stranger = with_points(&here, KeySet::default()).await;
    let reason = refused(&stranger.client(), score.clone(), "unknown-key").await;
    assert!(reason.contains("not trusted"), "{reason}");

    let jwks = published(&elsewhere.client()).await;
    let keys = KeySet {
        trusted: TrustedKeys::from_jwks(&jwks).expect("keys"),
        ..KeySet::default()
    };
    let friend = with_points(&here, keys).await;
    let assessed = friend
        .client()
        .post("/api/v1/potential", Some(profile(score)))
        .await
        .expect(200);
    assert_eq!(assessed["total"], "120.00");
    // What it trusts is not what it publishes as its own.
    assert_eq!(
        published(&friend.client()).await,
        published(&stranger.client()).await
    );
}

#[tokio::test]
async fn anybody_can_check_a_score_by_the_published_keys() {
    on_both(async |place| {
        let world = World::on(place).await;
        let score = score(&world).await;
        let keys = TrustedKeys::from_jwks(&published(&world.client()).await).expect("keys");
        let today = "2026-11-22".parse().expect("a day");
        let believed = verify(&score, &keys, today).expect("believed");
        assert_eq!(believed.kazakh_points, 120);
        // The same statement each time, from each server of this database.
        let second = World::on(place).await;
        assert_eq!(
            published(&second.client()).await,
            published(&world.client()).await
        );
    })
    .await;
}

#[tokio::test]
async fn the_keys_are_for_everybody_and_for_caches() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let answer = client.get("/.well-known/jwks.json").await;
    assert_eq!(answer.header("content-type"), "application/jwk-set+json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    assert_eq!(answer.header("set-cookie"), "", "a cache may keep it");
    let keys = answer.expect(200)["keys"].clone();
    let key = &keys[0];
    for (member, value) in [
        ("kty", "OKP"),
        ("crv", "Ed25519"),
        ("alg", "EdDSA"),
        ("use", "sig"),
    ] {
        assert_eq!(key[member], value, "{key}");
    }
    assert_eq!(key["kid"].as_str().map(str::len), Some(43), "{key}");
    assert!(key.get("d").is_none(), "{key}");
    // Nothing else may be read by other sites.
    for path in ["/", "/api/v1/rules", "/api/v1/openapi.json"] {
        let answer = client.get(path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}
