//! What a school withholds: every byte that its learner is sent before, in whatever attempt, searched for a key; and of a
//! result that comes later, for anything that tells what was reached.

use std::collections::BTreeSet;

use axum::body::Body;
use serde_json::Value;
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::bank::Stimulus;
use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, TestletId};
use synaq::domain::level::Level;
use synaq::domain::practice::Wish;
use synaq::domain::rules::Section::{Listening, Reading};

use super::walk::{MEMBERS, members, plain, secrets};
use crate::support::client::Answer;
use crate::support::giving::{bank, delayed, picked};
use crate::support::school::{Class, PASSWORD, new, set, sit, start};
use crate::support::world::items;
use crate::support::{Client, Place, World};

/// The learner's pages and calls about an attempt and its assignment.
const PATHS: [&str; 15] = [
    "/attempts/{id}",
    "/attempts/{id}?t=1",
    "/attempts/{id}?t=2",
    "/attempts/{id}/review",
    "/attempts/{id}/result",
    "/assignments/{given}",
    "/history",
    "/",
    "/points",
    "/api/v1/attempts/{id}",
    "/api/v1/attempts/{id}/result",
    "/api/v1/attempts/{id}/language-score",
    "/api/v1/attempts",
    "/schools/{school}/learners/{me}",
    "/api/v1/schools/{school}/learners/{me}",
];

async fn signed_in(world: &World, class: &Class) -> Client {
    let email = class.learner.email.as_deref().expect("an address");
    let session = world
        .exam
        .sign_in(email, PASSWORD)
        .await
        .expect("a session");
    world.client().with_token(&session.token)
}

/// Asks for all of it, as a browser and as the API's client.
async fn look(client: &Client, class: &Class, given: &str, id: &str) -> Vec<Answer> {
    let cookie = format!("synaq_session={}", client.token());
    let mut seen = Vec::new();
    for path in PATHS {
        let path = path.replace("{id}", id).replace("{given}", given);
        let path = path.replace("{school}", class.school.as_str());
        let path = path.replace("{me}", class.learner.id.as_str());
        let answer = match path.starts_with("/api") {
            true => client.get(&path).await,
            false => {
                let headers = [("cookie", cookie.as_str()), ("accept-language", "en")];
                client.send("GET", &path, &headers, Body::empty()).await
            }
        };
        seen.push(answer);
    }
    seen
}

/// What tells a key of the testlets: of a text, its words are on the page by right.
fn told(world: &World, of: &BTreeSet<TestletId>) -> Vec<String> {
    let mut told = Vec::new();
    for id in of {
        let testlet = &world
            .exam
            .content()
            .bank
            .get(id)
            .expect("a testlet")
            .testlet;
        if let Stimulus::Recording(recording) = &testlet.stimulus {
            told.extend(recording.turns.iter().map(|turn| turn.text.clone()));
        }
        for item in &testlet.items {
            told.extend([item.explanation.en.clone(), item.explanation.ru.clone()]);
        }
    }
    told
}

#[track_caller]
fn holds_none(seen: &[Answer], secrets: &[String]) {
    assert!(!secrets.is_empty());
    for answer in seen {
        let text = plain(answer);
        for secret in secrets {
            assert!(
                !text.contains(secret.as_str()),
                "{} holds {secret:?}",
                answer.request
            );
        }
    }
}

#[tokio::test]
async fn a_set_whose_keys_come_later_sends_none() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let client = signed_in(&world, &class).await;
    for section in [Reading, Listening] {
        let testlets = bank(&world, section);
        let wish = Wish {
            section,
            ..picked(testlets.clone())
        };
        let given = class
            .give(&world, new(set(wish, FeedbackPolicy::Released), 1))
            .await;
        let id = start(&world, &class.learner, &given).await.expect("starts");
        let secrets = told(&world, &testlets.into_iter().collect());
        let look = async || look(&client, &class, given.id.as_str(), id.as_str()).await;
        holds_none(&look().await, &secrets);
        let paper = world
            .exam
            .paper(&class.learner.id, &id)
            .await
            .expect("a paper");
        for item in items(&paper) {
            let path = format!("/api/v1/attempts/{id}/responses/{}", item.id);
            let mut receipts = BTreeSet::new();
            for letter in Letter::ALL {
                let answer = client
                    .put(&path, serde_json::json!({ "option": letter.as_str() }))
                    .await;
                let mut receipt = answer.expect(200);
                holds_none(&[answer], &secrets);
                receipt["seq"] = Value::Null;
                assert_eq!(receipt["option"].take(), letter.as_str());
                let mut found = BTreeSet::new();
                members(&receipt, &mut found);
                assert!(MEMBERS.iter().all(|member| !found.contains(*member)));
                receipts.insert(receipt.to_string());
            }
            assert_eq!(
                receipts.len(),
                1,
                "a right answer looks as a wrong one does"
            );
        }
        holds_none(&look().await, &secrets);
        world.finish(&class.learner.id, &id, section).await;
        holds_none(&look().await, &secrets);
        world
            .exam
            .release(&class.tutor, &given.id)
            .await
            .expect("released");
        let after = look().await;
        let found = after.iter().any(|answer| {
            secrets
                .iter()
                .any(|one| plain(answer).contains(one.as_str()))
        });
        assert!(found, "the search finds what is there");
    }
}

#[tokio::test]
async fn a_set_made_before_tells_no_key_of_a_mock_that_a_school_withholds() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let client = signed_in(&world, &class).await;
    let who = &class.learner.id;
    let wish = Wish::new(Reading, Level::A2, 40);
    let before = world.exam.create_practice(who, &wish).await.expect("a set");
    for item in items(&before) {
        let saved = world
            .exam
            .respond(who, &before.id, &item.id, Some(Letter::A), None);
        saved.await.expect("saved");
    }
    let work = crate::support::school::training(FeedbackPolicy::Released);
    let given = class.give(&world, new(work, 1)).await;
    let mock = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &mock, 1, 1).await;
    let form = format!("select testlet_id from attempt_testlets where attempt_id = '{mock}'");
    let form = place.rows(&form).await.into_iter().flatten().flatten();
    let form: BTreeSet<TestletId> = form.map(TestletId::new).collect();
    let secrets = told(&world, &form);
    let look = async |id: &AttemptId| look(&client, &class, given.id.as_str(), id.as_str()).await;
    holds_none(&look(&before.id).await, &secrets);
    holds_none(&look(&mock).await, &secrets);
    world.finish(who, &before.id, Reading).await;
    holds_none(&look(&before.id).await, &secrets);
}

#[tokio::test]
async fn a_result_that_comes_later_sends_nothing_of_it() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let client = signed_in(&world, &class).await;
    let given = class.give(&world, new(delayed(), 2)).await;
    // All right and all wrong: but for ids and instants the same bytes.
    let mut told = Vec::new();
    let mut attempts = Vec::new();
    for (listening, reading) in [(3, 4), (0, 0)] {
        let id = start(&world, &class.learner, &given).await.expect("starts");
        sit(&world, &class.learner, &id, listening, reading).await;
        attempts.push(id);
    }
    let keys = secrets(&world);
    for id in &attempts {
        let seen = look(&client, &class, given.id.as_str(), id.as_str()).await;
        holds_none(&seen, &keys);
        for answer in &seen {
            if let Ok(value) = serde_json::from_slice::<Value>(&answer.body) {
                let mut found = BTreeSet::new();
                members(&value, &mut found);
                let telling = ["correct", "percent", "needed", "key"];
                assert!(
                    telling.iter().all(|member| !found.contains(*member)),
                    "{}",
                    answer.request
                );
            }
        }
        let texts: Vec<String> = seen
            .iter()
            .filter(|answer| answer.request.contains(id.as_str()))
            .map(|answer| answer.text().replace(id.as_str(), ""))
            .collect();
        told.push(texts);
    }
    assert_eq!(told[0], told[1]);
}
