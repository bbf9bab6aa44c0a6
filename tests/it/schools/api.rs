//! The same way by the API: what a client gets at each step, and what bad input gets.

use serde_json::{Value, json};

use crate::support::school::PASSWORD;
use crate::support::{Client, Place, World};

async fn account(client: &Client, name: &str) -> Client {
    let body = json!({
        "email": format!("{name}@example.org"),
        "password": PASSWORD,
        "name": name,
    });
    let made = client
        .post("/api/v1/accounts", Some(body))
        .await
        .expect(201);
    client.with_token(made["token"].as_str().expect("a token"))
}

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

/// A mock as training whose keys a tutor shows.
fn training() -> Value {
    json!({
        "title": "Week 1",
        "work": { "kind": "mock", "rule": "short" },
        "counts": false,
        "feedback": "released",
        "opens": "2026-11-22",
        "due": "2026-11-27",
    })
}

/// Sits a section by the API, every answer A.
async fn sit(client: &Client, attempt: &str, section: &str) {
    let path = format!("/api/v1/attempts/{attempt}/sections/{section}");
    client
        .post(&format!("{path}/start"), None)
        .await
        .expect(200);
    client
        .post(&format!("{path}/finish"), None)
        .await
        .expect(200);
}

#[tokio::test]
async fn from_a_school_to_its_table() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let tutor = account(&client, "tutor").await;
    let learner = account(&client, "learner").await;
    let post = async |who: &Client, path: &str, body: Value| {
        who.post(&format!("/api/v1/{path}"), Some(body))
            .await
            .expect(201)
    };
    let school = post(&tutor, "schools", json!({ "name": "Тіл әлемі" })).await;
    assert_eq!(school["zone"], "Asia/Almaty");
    assert_eq!(school["role"], "owner");
    let group = format!("schools/{}/groups", id(&school));
    let group = post(&tutor, &group, json!({ "name": "Evening" })).await;
    let code = post(&tutor, &format!("groups/{}/codes", id(&group)), json!({})).await;
    assert_eq!(code["expires_at"], "2026-12-06T04:00:00.000Z", "14 days");

    let join = format!("/api/v1/join/{}", code["code"].as_str().expect("a code"));
    let invitation = client.get(&join).await.expect(200);
    assert_eq!(
        (&invitation["school"], &invitation["group"]),
        (&json!("Тіл әлемі"), &json!("Evening"))
    );
    let joined = learner.post(&join, None).await.expect(200);
    assert_eq!(joined["group"], group["id"]);

    let give = format!("groups/{}/assignments", id(&group));
    let given = post(&tutor, &give, training()).await;
    assert_eq!(
        given["due_at"], "2026-11-27T19:00:00.000Z",
        "the whole day in Almaty"
    );
    assert_eq!(
        (&given["state"], &given["counts"], &given["shows_keys"]),
        (&json!("open"), &json!(false), &json!(false))
    );
    let due = learner.get("/api/v1/assignments").await.expect(200);
    assert_eq!(
        (due.as_array().map(Vec::len), &due[0]["id"]),
        (Some(1), &given["id"])
    );
    assert_eq!(due[0]["attempts_left"], 1);
    assert_eq!(
        tutor.get("/api/v1/assignments").await.expect(200),
        json!([])
    );

    let path = format!("/api/v1/assignments/{}", id(&given));
    let started = learner
        .post(&format!("{path}/attempts"), None)
        .await
        .expect(200);
    let attempt = started["attempt"].as_str().expect("an attempt").to_owned();
    let paper = learner
        .get(&format!("/api/v1/attempts/{attempt}"))
        .await
        .expect(200);
    assert_eq!(
        (&paper["state"], &paper["counts"]),
        (&json!("ready"), &json!(false))
    );
    for section in ["listening", "reading"] {
        sit(&learner, &attempt, section).await;
    }
    let own = format!("/api/v1/attempts/{attempt}/result");
    let result = learner.get(&own).await.expect(200);
    assert_eq!(
        (&result["items"], &result["items_later"]),
        (&json!([]), &json!(true))
    );
    let theirs = format!("{path}/attempts/{attempt}/result");
    let seen = tutor.get(&theirs).await.expect(200);
    assert_eq!(seen["items"].as_array().map(Vec::len), Some(7));

    let table = tutor.get(&format!("{path}/gradebook")).await.expect(200);
    assert_eq!(table["sections"], json!(["listening", "reading"]));
    let row = &table["rows"][0];
    assert_eq!(
        (&row["name"], &row["state"]),
        (&json!("learner"), &json!("finished"))
    );
    assert_eq!(
        (&row["passed"], &row["sections"][1]["of"]),
        (&json!(false), &json!(4))
    );

    let released = tutor.post(&format!("{path}/release"), None).await;
    assert_eq!(released.status, 204);
    let result = learner.get(&own).await.expect(200);
    assert_eq!(result["items"].as_array().map(Vec::len), Some(7));
    let again = learner.post(&format!("{path}/attempts"), None).await;
    again.problem(409, "no-attempts-left");
}

#[tokio::test]
async fn an_invitation_to_teach_is_accepted_with_its_code() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let owner = account(&client, "owner").await;
    let school = owner
        .post("/api/v1/schools", Some(json!({ "name": "School" })))
        .await
        .expect(201);
    let path = format!("/api/v1/schools/{}", id(&school));
    let invite = async |name: &str| {
        let body = json!({ "email": format!("{name}@example.org") });
        let made = owner.post(&format!("{path}/tutors"), Some(body)).await;
        made.expect(201)
    };
    let (made, other) = (invite("colleague").await, invite("other").await);
    let code = made["code"].as_str().expect("a code");
    let seen = owner.get(&path).await.expect(200);
    assert_eq!(seen["invited"][0], made);

    let somebody = account(&client, "colleague").await;
    let waiting = somebody.get("/api/v1/invitations").await.expect(200);
    assert_eq!(waiting[0]["id"], made["id"]);
    assert!(!waiting.to_string().contains(code));
    let accept = format!("/api/v1/invitations/{}/accept", id(&made));
    for body in [
        None,
        Some(json!(null)),
        Some(json!({})),
        Some(json!({ "code": null })),
        Some(json!({ "code": "ABCD-EFGH-JKMN" })),
        Some(json!({ "code": other["code"] })),
    ] {
        let answer = somebody.post(&accept, body.clone()).await;
        let problem = answer.problem(422, "invalid");
        assert_eq!(problem["field"], "code", "{body:?}: {problem}");
    }
    let unknown = json!({ "code": code, "more": 1 });
    let answer = somebody.post(&accept, Some(unknown)).await;
    answer.problem(422, "invalid");
    somebody.get(&path).await.problem(404, "nothing-here");

    let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
    let accepted = somebody.post(&accept, Some(json!({ "code": typed }))).await;
    assert_eq!(accepted.expect(200)["school"], school["id"]);
    let seen = somebody.get(&path).await.expect(200);
    assert_eq!(
        (&seen["role"], &seen["invited"]),
        (&json!("tutor"), &json!([])),
        "a tutor does not invite tutors"
    );
}

#[tokio::test]
async fn what_cannot_be_given_is_named_by_its_field() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let tutor = account(&client, "tutor").await;
    let school = json!({ "name": "School", "zone": "Asia/Tashkent" });
    let school = tutor
        .post("/api/v1/schools", Some(school))
        .await
        .expect(201);
    let groups = format!("/api/v1/schools/{}/groups", id(&school));
    let group = tutor
        .post(&groups, Some(json!({ "name": "Group" })))
        .await
        .expect(201);
    let give = format!("/api/v1/groups/{}/assignments", id(&group));
    let practice = json!({ "kind": "practice", "section": "reading", "level": "A2" });
    for (field, value, blamed) in [
        ("title", json!(""), "title"),
        ("due", json!("tomorrow"), "due"),
        ("due", json!("2026-11-21"), "due"),
        ("due", json!("2028-11-27"), "due"),
        ("opens", json!("2026-11-28"), "opens"),
        ("attempts", json!(0), "attempts"),
        ("feedback", json!("never"), "feedback"),
        (
            "work",
            json!({ "kind": "practice", "section": "writing", "level": "A2" }),
            "section",
        ),
        (
            "work",
            json!({ "kind": "practice", "section": "reading", "level": "A2", "testlets": ["none"] }),
            "testlets",
        ),
        (
            "work",
            json!({ "kind": "practice", "section": "reading", "level": "A2", "minutes": 241 }),
            "minutes",
        ),
        ("results", json!("never"), "results"),
    ] {
        let mut body = training();
        body[field] = value.clone();
        let problem = tutor.post(&give, Some(body)).await.problem(422, "invalid");
        assert_eq!(problem["field"], blamed, "{field} {value}: {problem}");
    }
    // The result of a practice set comes at once.
    let mut body = training();
    (body["work"], body["results"]) = (practice, json!("working-days-3"));
    let problem = tutor.post(&give, Some(body)).await.problem(422, "invalid");
    assert_eq!(problem["field"], "results");
    let mut body = training();
    body["work"]["rule"] = json!("none");
    tutor
        .post(&give, Some(body))
        .await
        .problem(422, "unknown-rule");
    let mut body = training();
    body["more"] = json!(1);
    tutor.post(&give, Some(body)).await.problem(422, "invalid");

    let nowhere = json!({ "name": "School", "zone": "Asia/Nowhere" });
    let problem = tutor.post("/api/v1/schools", Some(nowhere)).await;
    assert_eq!(problem.problem(422, "invalid")["field"], "zone");
    let problem = tutor.post(&groups, Some(json!({ "name": " " }))).await;
    assert_eq!(problem.problem(422, "invalid")["field"], "name");
    let codes = format!("/api/v1/groups/{}/codes", id(&group));
    let problem = tutor.post(&codes, Some(json!({ "days": 91 }))).await;
    assert_eq!(problem.problem(422, "invalid")["field"], "days");
}
