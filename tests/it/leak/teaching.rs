//! Anybody can make a school: its rooms must not be the way to the keys of one's own mock.

use serde_json::{Value, json};
use synaq::domain::rules::Section::{Listening, Reading};

use super::walk::secrets;
use crate::support::client::Answer;
use crate::support::giving::{bank, picked, work_through};
use crate::support::school::{Class, PASSWORD, account, new, set, start};
use crate::support::{Client, Place, World};
use synaq::domain::assignment::FeedbackPolicy;
use synaq::service::{Failure, Shown};

/// Everything in the rooms of a school of one's own that tells keys or scripts.
async fn look(
    client: &Client,
    school: &str,
    group: &str,
    texts: &[(String, Value)],
) -> Vec<Answer> {
    let mut seen = Vec::new();
    for (id, section) in texts {
        let work = json!({
            "kind": "practice", "section": section, "level": "A2", "testlets": [id],
        });
        let preview = format!("/api/v1/groups/{group}/assignments/preview");
        seen.push(client.post(&preview, Some(json!({ "work": work }))).await);
        if section == "listening" {
            let desk = format!("/api/v1/schools/{school}/recordings/{id}");
            seen.push(client.get(&desk).await);
        }
    }
    seen
}

#[tokio::test]
async fn ones_own_school_tells_no_key_of_ones_own_mock() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let who = account(&world, "both").await;
    let email = who.email.as_deref().expect("an address");
    let session = world
        .exam
        .sign_in(email, PASSWORD)
        .await
        .expect("a session");
    let client = world.client().with_token(&session.token);
    let made = world.exam.make_school(&who, "Mine", "Asia/Almaty").await;
    let school = made.expect("a school").id;
    let group = world
        .exam
        .make_group(&who, &school, "Me")
        .await
        .expect("a group")
        .id;

    let mock = world.mock(&who.id).await;
    let form = format!("select testlet_id from attempt_testlets where attempt_id = '{mock}'");
    let ids: Vec<String> = place
        .rows(&form)
        .await
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    let bank = &world.exam.content().bank;
    let texts: Vec<(String, Value)> = ids
        .into_iter()
        .map(|id| {
            let edition = bank.get(&synaq::domain::id::TestletId::new(id.as_str()));
            let section = edition.expect("in the bank").testlet.section;
            (id, json!(section.as_str()))
        })
        .collect();
    let look = async || look(&client, school.as_str(), group.as_str(), &texts).await;
    let tells = |seen: &[Answer]| {
        let secrets = secrets(&world);
        let mut texts = seen.iter().map(Answer::text);
        texts.any(|text| secrets.iter().any(|secret| text.contains(secret.as_str())))
    };

    // It is ready: its recordings are known, and so which texts they are.
    let seen = look().await;
    assert!(!tells(&seen));
    for answer in &seen {
        answer.problem(409, "kept-back");
    }
    for section in [Listening, Reading] {
        world.start(&who.id, &mock, section).await;
        let seen = look().await;
        assert!(!tells(&seen));
        for answer in &seen {
            answer.problem(409, "attempt-in-progress");
        }
        world.finish(&who.id, &mock, section).await;
    }
    let seen = look().await;
    assert!(seen.iter().all(|answer| answer.status == 200));
    assert!(tells(&seen), "the search finds what is there");
}

#[tokio::test]
async fn what_a_group_answered_tells_no_key_of_ones_own_mock() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    // Whatever a mock's reading asks is in it.
    let work = set(picked(bank(&world, Reading)), FeedbackPolicy::AtOnce);
    let given = class.give(&world, new(work, 1)).await;
    let id = start(&world, &class.learner, &given).await.expect("starts");
    work_through(&world, &class.learner.id, &id).await;

    let (exam, tutor) = (&world.exam, &class.tutor);
    let told = async || {
        let sheet = exam.assignment_export(tutor, &given.id, Shown::Last).await;
        let page = exam.rescoring(tutor, &given.id).await;
        [
            sheet.map(|sheet| sheet.answers.len()),
            page.map(|page| page.questions.len()),
        ]
    };
    assert!(told().await.iter().all(|told| matches!(told, Ok(1..))));
    let mock = world.mock(&tutor.id).await;
    for told in told().await {
        assert!(matches!(told, Err(Failure::KeptBack)), "{told:?}");
    }
    world.start(&tutor.id, &mock, Listening).await;
    for told in told().await {
        let Err(Failure::AttemptInProgress(of)) = told else {
            panic!("{told:?}");
        };
        assert_eq!(of, mock);
    }
    // Whoever teaches beside them sees both.
    let sheet = exam.assignment_export(&class.owner, &given.id, Shown::Last);
    assert_eq!(sheet.await.expect("an export").answers.len(), 1);
}
