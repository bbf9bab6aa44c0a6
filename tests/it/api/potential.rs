//! The points calculator over the API: its shape, its bounds, and a mock's statement that feeds it.

use std::sync::Arc;

use serde_json::{Value, json};
use synaq::content;
use synaq::domain::rules::Section::{Listening, Reading};

use crate::support::{Client, Place, Tweak, World, own_content};

async fn own(place: &Place) -> World {
    let content = content::load(&own_content()).expect("the content");
    let tweak = Tweak {
        content: Arc::new(content),
        rule: "a1-2026-02",
        ..Tweak::default()
    };
    World::tweaked(place, tweak).await
}

async fn assess(client: &Client, profile: Value) -> Value {
    client
        .post("/api/v1/potential", Some(profile))
        .await
        .expect(200)
}

/// 300 points of criteria.
fn criteria() -> Value {
    json!({ "demographic": 100, "education": 150, "kazakhstan_experience": 50 })
}

#[tokio::test]
async fn an_assessment_has_its_shape_and_its_sum() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    let profile = json!({
        "criteria": criteria(),
        "health": 0.5,
        "languages": { "kazakh": { "level": "C1" }, "russian": { "points": "30.25" } },
    });
    let assessed = assess(&client, profile).await;
    // (300 + 120 + 30.25) × 0.5 = 225.125, shown rounded down; what is missing is rounded up.
    assert_eq!(assessed["total"], "225.12");
    assert_eq!(assessed["threshold"], "400.00");
    assert_eq!(assessed["passed"], false);
    assert_eq!(assessed["missing"], "174.88");
    let steps = assessed["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 9);
    for step in steps {
        for member in ["criterion", "points", "min", "max", "basis", "source"] {
            assert!(step[member].is_string(), "{member} in {step}");
        }
        for decimal in ["points", "min", "max"] {
            let (_, digits) = step[decimal]
                .as_str()
                .and_then(|text| text.split_once('.'))
                .expect("digits");
            assert_eq!(digits.len(), 2, "{step}");
        }
    }
    let empty = assess(&client, json!({})).await;
    assert_eq!(
        (&empty["total"], &empty["missing"]),
        (&json!("0.00"), &json!("400.00"))
    );
}

#[tokio::test]
async fn exactly_the_threshold_passes_and_a_hundredth_less_does_not() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    for (adaptability, total, passed) in [
        ("80", "400.00", true),
        ("79.99", "399.99", false),
        ("79.999", "399.99", false),
    ] {
        let mut profile = json!({ "criteria": criteria() });
        profile["criteria"]["adaptability"] = json!(adaptability);
        profile["languages"] = json!({ "kazakh": { "points": 20 } });
        let assessed = assess(&client, profile).await;
        assert_eq!(
            (&assessed["total"], &assessed["passed"]),
            (&json!(total), &json!(passed))
        );
    }
}

#[tokio::test]
async fn a_finished_mock_feeds_the_calculator() {
    let place = Place::sqlite();
    let world = own(&place).await;
    let client = world.client().as_guest().await;
    let account = world
        .exam
        .whose(client.token())
        .await
        .expect("looked up")
        .expect("known");
    let id = world.mock(&account.id).await;
    world.sit(&account.id, &id, Listening, 12).await;
    world.sit(&account.id, &id, Reading, 40).await;
    let score = client
        .get(&format!("/api/v1/attempts/{id}/language-score"))
        .await
        .expect(200);
    assert_eq!(score["level"], "B2", "12 of 20 are exactly B2");

    let profile =
        |claim: Value| json!({ "criteria": criteria(), "languages": { "kazakh": claim } });
    let by_score = assess(&client, profile(json!({ "language_score": score }))).await;
    let by_level = assess(&client, profile(json!({ "level": "B2" }))).await;
    assert_eq!(by_score["total"], by_level["total"]);
    let points = score["kazakh_points"].as_u64().expect("points");
    assert_eq!(by_score["total"], format!("{}.00", 300 + points));
}

#[tokio::test]
async fn a_profile_that_cannot_be_assessed() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    for profile in [
        json!({ "criteria": { "demographic": 111 } }),
        json!({ "criteria": { "demographic": -1 } }),
        json!({ "criteria": { "demographic": "many" } }),
        json!({ "criteria": { "charm": 5 } }),
        json!({ "health": 1.01 }),
        json!({ "health": -0.1 }),
        json!({ "languages": { "kazakh": { "level": "C2" } } }),
        json!({ "languages": { "kazakh": { "level": "B1", "points": 3 } } }),
        json!({ "languages": { "kazakh": { "points": 121 } } }),
        json!({ "languages": { "klingon": { "points": 1 } } }),
    ] {
        let refused = client
            .post("/api/v1/potential", Some(profile.clone()))
            .await;
        refused.problem(422, "invalid");
    }
}

#[tokio::test]
async fn the_table_says_what_a_profile_may_say_and_every_value_has_its_source() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    let table = client.get("/api/v1/points").await.expect(200);
    assert_eq!(table["threshold"]["value"], 400);
    let criteria = table["criteria"].as_array().expect("criteria");
    assert_eq!(criteria.len(), 9);
    let sum: u64 = criteria
        .iter()
        .map(|criterion| criterion["max"]["value"].as_u64().expect("a maximum"))
        .sum();
    assert_eq!(sum, 940);
    for criterion in criteria {
        // What is estimated is never published, what bounds it is.
        assert_eq!(criterion["max"]["basis"], "published", "{criterion}");
        for assumed in ["estimate", "months_a_step"] {
            if let Some(value) = criterion.get(assumed) {
                assert_eq!(value["basis"], "assumed", "{criterion}");
            }
        }
    }
    // A profile made from the table's own names is understood.
    let degree = &criteria[1]["estimate"]["value"]["options"][3]["id"];
    let profile = json!({ "facts": { "degree": degree, "age": 33 } });
    assert_eq!(assess(&client, profile).await["total"], "173.33");
}
