//! The JSON bodies of the API, through the whole router and down to the database: whatever is sent, the answer is one
//! that the OpenAPI document tells, and never the server's own fault.

use std::collections::BTreeSet;

use axum::body::Body;
use serde_json::{Value, json};
use synaq::domain::rules::Section;

use super::driver::kept;
use super::mutate::Mutator;
use crate::support::client::Answer;
use crate::support::school::{Class, PASSWORD, new, reading, training};
use crate::support::voice::{TEXT, draft};
use crate::support::world::items;
use crate::support::{Client, Place, World};

/// Inputs for each call.
const INPUTS: usize = 30;

/// A call that takes a body: who makes it, and a body that is accepted.
struct Call {
    method: &'static str,
    route: &'static str,
    who: Client,
    path: String,
    good: Value,
}

/// A school in the middle of its work, and every call with a body.
async fn calls(world: &World) -> Vec<Call> {
    let class = Class::of(world, "one").await;
    let session = async |email: &str| {
        let session = world.exam.sign_in(email, PASSWORD).await;
        world
            .client()
            .with_token(&session.expect("a session").token)
    };
    let owner = session("one-owner@example.org").await;
    let guest = world.client().as_guest().await;
    let operator = synaq::service::NewAccount {
        email: "operator@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        name: "Operator".to_owned(),
    };
    world
        .exam
        .create_operator(operator)
        .await
        .expect("an operator");
    let operator = session("operator@example.org").await;

    let given = class.give(world, new(reading(), 10)).await;
    let sat = world
        .exam
        .start_assignment(&class.learner, &given.id, None)
        .await;
    let sat = sat.expect("an attempt");
    let paper = world
        .exam
        .paper(&class.learner.id, &sat)
        .await
        .expect("a paper");
    let asked: Vec<_> = items(&paper).map(|item| item.id.to_string()).collect();
    world
        .finish(&class.learner.id, &sat, Section::Reading)
        .await;
    let feedback = synaq::domain::assignment::FeedbackPolicy::AtOnce;
    let exam_day = class.give(world, new(training(feedback), 10)).await;
    let going = world
        .exam
        .start_assignment(&class.learner, &exam_day.id, None)
        .await;
    let going = going.expect("an attempt");
    world
        .start(&class.learner.id, &going, Section::Listening)
        .await;
    let recording = draft(world, &class, TEXT, b"one").await;
    let pupil = session("one-learner@example.org").await;
    let invited = world
        .exam
        .invite_tutor(&class.owner, &class.school, "one-learner@example.org")
        .await;
    let invited = invited.expect("an invitation").invitation.id;

    let mock = guest
        .post("/api/v1/attempts", Some(json!({ "kind": "mock" })))
        .await;
    let own = mock.expect(201)["id"].as_str().expect("an id").to_owned();
    let start = format!("/api/v1/attempts/{own}/sections/listening/start");
    let shape = guest.post(&start, None).await.expect(200);
    let item = shape["testlets"][0]["items"][0]["id"].as_str();
    let item = item.expect("an item").to_owned();
    let profile = json!({ "name": "one", "profile": { "criteria": { "education": 30.5 } } });
    let saved = guest
        .post("/api/v1/profiles", Some(profile.clone()))
        .await
        .expect(201);
    let saved = saved["id"].as_str().expect("an id").to_owned();

    let (school, group, learner) = (&class.school, &class.group, &class.learner.id);
    let set = json!({ "kind": "practice", "section": "reading", "level": "A2", "items": 4, "minutes": 20 });
    let due = "2026-11-27";
    let correction =
        json!({ "item": asked[0], "kind": "accept", "options": ["A", "B"], "reason": "why" });
    let score: Value = serde_json::from_str(super::targets::SCORE).expect("JSON");
    let potential = json!({
        "criteria": { "demographic": "20.5", "education": 30 }, "facts": { "age": 30, "degree": "master" }, "health": 1,
        "languages": { "kazakh": { "language_score": score }, "english": { "certificate": { "name": "ielts", "score": 7.5 } } },
    });
    let call = |method, route, who: &Client, path: String, good| Call {
        method,
        route,
        who: who.clone(),
        path: format!("/api/v1{path}"),
        good,
    };
    let nobody = world.client();
    let given_path = format!("/assignments/{}", given.id);
    let comments = format!("{given_path}/attempts/{sat}/comments");
    vec![
        call(
            "POST",
            "/accounts",
            &nobody,
            "/accounts".into(),
            json!({ "email": "a@example.org", "password": PASSWORD, "name": "A" }),
        ),
        // With its own body it would succeed once and erase; the password is another.
        call(
            "DELETE",
            "/accounts/me",
            &owner,
            "/accounts/me".into(),
            json!({ "password": "another one", "sure": true }),
        ),
        call(
            "POST",
            "/sessions",
            &nobody,
            "/sessions".into(),
            json!({ "email": "one-owner@example.org", "password": PASSWORD }),
        ),
        call("POST", "/attempts", &guest, "/attempts".into(), set.clone()),
        call(
            "PUT",
            "/attempts/{id}/responses/{item}",
            &guest,
            format!("/attempts/{own}/responses/{item}"),
            json!({ "option": "B" }),
        ),
        call(
            "PUT",
            "/attempts/{id}/flags/{item}",
            &guest,
            format!("/attempts/{own}/flags/{item}"),
            json!({ "flagged": true }),
        ),
        call(
            "POST",
            "/potential",
            &nobody,
            "/potential".into(),
            potential.clone(),
        ),
        call(
            "POST",
            "/profiles",
            &guest,
            "/profiles".into(),
            json!({ "name": "two", "profile": potential }),
        ),
        call(
            "PUT",
            "/profiles/{id}",
            &guest,
            format!("/profiles/{saved}"),
            profile,
        ),
        call(
            "POST",
            "/pathway/plan",
            &nobody,
            "/pathway/plan".into(),
            json!({
                "circumstances": ["spouse"], "region": "almaty", "test": "2026-11-30", "submission": "2027-01-10",
                "documents": { "medical": "2026-12-01" }, "refusals": ["2026-10-01"], "tests": ["2026-09-01"],
            }),
        ),
        call(
            "POST",
            "/schools",
            &owner,
            "/schools".into(),
            json!({ "name": "Another", "zone": "Asia/Almaty" }),
        ),
        call(
            "PUT",
            "/schools/{id}",
            &owner,
            format!("/schools/{school}"),
            json!({ "name": "Renamed" }),
        ),
        call(
            "POST",
            "/schools/{id}/tutors",
            &owner,
            format!("/schools/{school}/tutors"),
            json!({ "email": "t@example.org" }),
        ),
        call(
            "POST",
            "/schools/{id}/groups",
            &owner,
            format!("/schools/{school}/groups"),
            json!({ "name": "Second" }),
        ),
        call(
            "PUT",
            "/schools/{id}/members/{learner}",
            &owner,
            format!("/schools/{school}/members/{}", class.tutor.id),
            json!({ "role": "tutor" }),
        ),
        call(
            "PUT",
            "/schools/{id}/learners/{learner}/accommodation",
            &owner,
            format!("/schools/{school}/learners/{learner}/accommodation"),
            json!({
                "conditions": { "extra_percent": 25, "extra_plays": 1 }, "reason": "why",
            }),
        ),
        call(
            "POST",
            "/groups/{id}/codes",
            &owner,
            format!("/groups/{group}/codes"),
            json!({ "days": 3 }),
        ),
        call(
            "PUT",
            "/groups/{id}",
            &owner,
            format!("/groups/{group}"),
            json!({ "name": "Renamed" }),
        ),
        call(
            "POST",
            "/groups/{id}/roster",
            &owner,
            format!("/groups/{group}/roster"),
            json!({
                "rows": [{ "name": "Анна", "email": "anna@example.org" }, { "email": "b@example.org" }], "confirm": true,
            }),
        ),
        call(
            "POST",
            "/groups/{id}/assignments",
            &owner,
            format!("/groups/{group}/assignments"),
            json!({
                "title": "Week 2", "work": { "kind": "mock", "rule": "short", "delivery": "free" }, "counts": false,
                "feedback": "released", "results": "at-once", "opens": "2026-11-23", "due": due, "attempts": 2, "learners": [learner],
            }),
        ),
        call(
            "POST",
            "/groups/{id}/assignments/preview",
            &owner,
            format!("/groups/{group}/assignments/preview"),
            json!({ "work": set.clone() }),
        ),
        call(
            "PATCH",
            "/assignments/{id}",
            &owner,
            given_path.clone(),
            json!({ "title": "Week 1", "due": due, "attempts": 10, "feedback": "after-due" }),
        ),
        call(
            "PUT",
            "/assignments/{id}/exceptions/{learner}",
            &owner,
            format!("{given_path}/exceptions/{learner}"),
            json!({ "due": "2026-11-30", "extra_attempts": 2 }),
        ),
        call(
            "POST",
            "/assignments/{id}/time",
            &owner,
            format!("/assignments/{}/time", exam_day.id),
            json!({ "minutes": 5, "attempt": going, "reason": "why" }),
        ),
        call(
            "POST",
            "/assignments/{id}/attempts/{attempt}/void",
            &owner,
            format!("{given_path}/attempts/{sat}/void"),
            json!({ "reason": " " }),
        ),
        call(
            "POST",
            "/assignments/{id}/corrections",
            &owner,
            format!("{given_path}/corrections"),
            correction.clone(),
        ),
        call(
            "POST",
            "/corrections",
            &operator,
            "/corrections".into(),
            correction,
        ),
        call(
            "PUT",
            "/assignments/{id}/attempts/{attempt}/comments",
            &owner,
            comments.clone(),
            json!({ "text": "Жақсы" }),
        ),
        call(
            "PUT",
            "/assignments/{id}/attempts/{attempt}/comments/{item}",
            &owner,
            format!("{comments}/{}", asked[0]),
            json!({ "text": "good" }),
        ),
        call(
            "PUT",
            "/schools/{id}/recordings/{testlet}/{recording}",
            &owner,
            format!("/schools/{school}/recordings/{TEXT}/{recording}"),
            json!({
                "credit": "Somebody", "consent": false,
            }),
        ),
        // With its own code it would succeed once; this is another's.
        call(
            "POST",
            "/invitations/{id}/accept",
            &pupil,
            format!("/invitations/{invited}/accept"),
            json!({ "code": "ABCD-EFGH-JKMN" }),
        ),
    ]
}

/// Whether the document tells an answer of this status for a call.
fn told(document: &Value, call: &Call, answer: &Answer) -> bool {
    let operation =
        &document["paths"][format!("/api/v1{}", call.route)][call.method.to_lowercase()];
    let response = &operation["responses"][answer.status.as_str()];
    let kind = answer.header("content-type");
    match response["content"].as_object() {
        Some(content) => content.contains_key(kind),
        None => response.is_object() && answer.body.is_empty(),
    }
}

#[tokio::test]
async fn every_answer_to_any_body_is_one_that_the_document_tells() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let calls = calls(&world).await;
    let client = world.client();
    let document = client.get("/api/v1/openapi.json").await.expect(200);
    let json_body =
        |operation: &Value| !operation["requestBody"]["content"]["application/json"].is_null();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            if json_body(operation) {
                described.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    let sent: BTreeSet<_> = calls
        .iter()
        .map(|call| format!("{} /api/v1{}", call.method, call.route))
        .collect();
    assert_eq!(described, sent, "every call with a body is here");

    // Each is what it seems: the good body passes what the parser refuses.
    for call in &calls {
        let answer = call
            .who
            .json(call.method, &call.path, Some(call.good.clone()))
            .await;
        let refused = [400, 404, 405, 413, 415].contains(&answer.status.as_u16());
        assert!(
            !refused && told(&document, call, &answer),
            "{}: {} {}",
            answer.request,
            answer.status,
            answer.text()
        );
    }
    let goods: Vec<Vec<u8>> = calls
        .iter()
        .map(|call| call.good.to_string().into_bytes())
        .collect();
    let json = [("content-type", "application/json")];
    for (n, call) in calls.iter().enumerate() {
        // Mostly parts of its own body, sometimes of another's.
        let mut seeds = vec![goods[n].clone(); 4];
        seeds.push(goods[(n + 1) % goods.len()].clone());
        let mut mutator = Mutator::new(n as u64, &seeds);
        let once = if n == 0 { kept("bodies") } else { Vec::new() };
        for body in once.into_iter().chain((0..INPUTS).map(|_| mutator.next())) {
            let answer = call
                .who
                .send(call.method, &call.path, &json, Body::from(body.clone()))
                .await;
            assert!(
                answer.status.as_u16() < 500 && told(&document, call, &answer),
                "{} {}: {}\non {}",
                answer.request,
                answer.status,
                answer.text(),
                String::from_utf8_lossy(&body)
            );
        }
    }
}

#[tokio::test]
async fn no_header_is_the_servers_fault() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let client = world.client().as_guest().await;
    let sound = world.exam.content().bank.testlets().find_map(|edition| {
        let recording = edition.testlet.stimulus.recording()?;
        Some(format!("/audio/{}.mp3", recording.sha256))
    });
    let sound = sound.expect("a recording");
    let headers: [(&str, &str, &[u8]); 8] = [
        ("range", &sound, b"bytes=0-99"),
        ("range", &sound, b"bytes=-500, 7-"),
        ("if-range", &sound, b"\"abc\""),
        ("if-none-match", &sound, b"W/\"abc\", *"),
        ("accept-language", "/", b"kk-KZ,ru;q=0.8,en;q=0.5,*;q=0.1"),
        ("cookie", "/", b"synaq_session=abc; synaq_visit=def; synaq_language=kk; synaq_display=dark.large.system"),
        ("authorization", "/api/v1/attempts", b"Bearer abc"),
        ("x-forwarded-for", "/api/v1/attempts", b"10.0.0.1, ::1, 192.0.2.1"),
    ];
    let mut sent = 0;
    for (n, (name, path, good)) in headers.iter().enumerate() {
        let seeds = [good.to_vec()];
        let mut mutator = Mutator::new(n as u64, &seeds);
        for _ in 0..60 {
            let value = mutator.next();
            // What is no header at all is refused before the router.
            let Some(value) = std::str::from_utf8(&value).ok().filter(|value| {
                value.len() < 8000 && value.bytes().all(|byte| byte >= b' ' && byte != 127)
            }) else {
                continue;
            };
            sent += 1;
            let answer = client
                .send("GET", path, &[(name, value)], Body::empty())
                .await;
            assert!(
                answer.status.as_u16() < 500,
                "{path} {name}: {value}: {}",
                answer.text()
            );
            if *path == sound && answer.status == 206 {
                let range = answer.header("content-range");
                assert!(
                    range.starts_with("bytes ") && !answer.body.is_empty(),
                    "{value}: {range}"
                );
            }
        }
    }
    assert!(sent > 150, "{sent} were headers");
}
