//! Correcting a question on pages and by the API: seen before it is done, shown to the learner, undone.

use serde_json::json;
use synaq::service::{CorrectionWish, NewAccount};

use super::Visitor;
use crate::support::school::{Class, PASSWORD, mock, new, sit, start};
use crate::support::{Place, World};

async fn visitor(world: &World, who: &synaq::service::Account) -> Visitor {
    let email = who.email.as_deref().expect("an address");
    let signed_in = world
        .exam
        .sign_in(email, PASSWORD)
        .await
        .expect("a session");
    Visitor::with_session(world, &signed_in.token).await
}

#[tokio::test]
async fn on_pages() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let given = class.give(&world, new(mock(), 1)).await;
    let tutor = visitor(&world, &class.tutor).await;
    let list = format!("/assignments/{}/rescore", given.id);
    assert!(tutor.page(&list).await.contains("Nobody has finished yet"));
    let id = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &id, 2, 4).await;

    let seen = world.exam.rescoring(&class.tutor, &given.id).await;
    let question = seen.expect("questions").questions.remove(0);
    let item = &question.about.item;
    let page = tutor.page(&list).await;
    let link = format!("{list}?item={item}&#38;wording={}", question.about.digest);
    let plain = link.replace("&#38;", "&amp;");
    assert!(
        page.contains(&link) || page.contains(&plain),
        "a link to each"
    );

    // Without a reason nothing is seen, and what was ticked is there again.
    let faulty = format!("{list}?item={item}&kind=leave-out&see=1&reason=&option-2=on");
    let answer = tutor.get(&faulty).await;
    assert_eq!(answer.status, 422);
    let text = answer.text();
    assert!(text.contains("Write the reason"));
    assert!(text.contains("name=\"option-2\" value=\"on\" checked"));
    assert!(!text.contains("id=\"apply\""));

    let look = format!("{list}?item={item}&kind=leave-out&see=1&reason=Two+are+right");
    let page = tutor.page(&look).await;
    assert!(page.contains("Of 1 attempts with this question, 1 change."));
    assert!(page.contains("of 3, ") && page.contains("→") && page.contains("id=\"apply\""));
    let result = format!("/attempts/{id}/result");
    let learner = visitor(&world, &class.learner).await;
    assert!(!learner.page(&result).await.contains("Two are right"));

    let fields = [
        ("item", item.as_str()),
        ("kind", "leave-out"),
        ("reason", "Two are right"),
    ];
    assert_eq!(tutor.submit(&list, &fields).await, list);
    let page = tutor.page(&list).await;
    assert!(page.contains("Two are right") && page.contains("The question does not count."));
    let note = "Corrected on 22.11.2026";
    let page = learner.page(&result).await;
    assert!(page.contains(note) && page.contains("Two are right"));
    assert!(page.contains("does not count"));
    let seen = format!("/assignments/{}/attempts/{id}", given.id);
    assert!(tutor.page(&seen).await.contains(note), "to the tutor too");

    // Another ruling for it is refused, with what was typed.
    let other = [
        ("item", item.as_str()),
        ("kind", "credit-all"),
        ("reason", "Or so"),
    ];
    let answer = tutor.send("POST", &list, Some(&other)).await;
    assert_eq!(answer.status, 422);
    let text = answer.text();
    assert!(text.contains("Undo that correction first") && text.contains("value=\"Or so\""));

    let made = world.exam.rescoring(&class.tutor, &given.id).await;
    let made = made.expect("corrections").corrections.remove(0).id;
    let undo = format!("{list}/undo");
    let fields = [("correction", made.as_str())];
    assert_eq!(tutor.submit(&undo, &fields).await, list);
    assert!(tutor.page(&list).await.contains("undone on"));
    assert!(!learner.page(&result).await.contains(note));
}

#[tokio::test]
async fn by_the_api() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let given = class.give(&world, new(mock(), 1)).await;
    let id = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &id, 3, 4).await;
    let token = async |who: &synaq::service::Account| {
        let email = who.email.as_deref().expect("an address");
        let signed_in = world.exam.sign_in(email, PASSWORD).await;
        world
            .client()
            .with_token(&signed_in.expect("a session").token)
    };
    let (tutor, learner) = (token(&class.tutor).await, token(&class.learner).await);
    let seen = world.exam.rescoring(&class.tutor, &given.id).await;
    let question = seen.expect("questions").questions.remove(0);
    let other = (question.key + 1) % 4;
    let path = format!("/api/v1/assignments/{}/corrections", given.id);
    let body = |apply: bool| {
        json!({
            "item": question.about.item,
            "kind": "rekey",
            "options": [other],
            "reason": "The text says so",
            "apply": apply,
        })
    };
    let preview = tutor.post(&path, Some(body(false))).await.expect(200);
    assert_eq!(preview["applied"], false);
    let change = &preview["changes"][0];
    assert_eq!(change["before"]["correct"], 3);
    assert_eq!(
        (&change["after"]["correct"], &change["after"]["of"]),
        (&json!(2), &json!(3))
    );
    let listed = tutor.get(&path).await.expect(200);
    assert_eq!(listed, json!([]), "a look leaves nothing");

    let applied = tutor.post(&path, Some(body(true))).await.expect(200);
    assert_eq!(
        (&applied["applied"], &applied["changed"]),
        (&json!(true), &json!(1))
    );
    let result = format!("/api/v1/attempts/{id}/result");
    let told = learner.get(&result).await.expect(200);
    let items = told["items"].as_array().expect("items");
    let item = items
        .iter()
        .find(|one| one["id"] == json!(question.about.item));
    let item = item.expect("the item");
    assert_eq!(
        (&item["correct"], &item["counts"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(item["keys"], json!([item["key"]]));
    assert_ne!(
        item["key"], item["response"],
        "the learner chose the old key"
    );
    assert_eq!(item["correction"]["reason"], "The text says so");

    let correction = applied["correction"]["id"].as_str().expect("an id");
    let undone = tutor
        .json("DELETE", &format!("{path}/{correction}"), None)
        .await;
    assert_eq!(undone.expect(200)["changed"], 1);
    let told = learner.get(&result).await.expect(200);
    assert_eq!(told["sections"][0]["correct"], 3);
    let listed = tutor.get(&path).await.expect(200);
    assert!(listed[0]["undone_at"].is_string());
}

#[tokio::test]
async fn whoever_runs_the_server_reads_no_score_in_a_record() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let given = class.give(&world, new(mock(), 1)).await;
    let id = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &id, 2, 4).await;
    let seen = world.exam.rescoring(&class.tutor, &given.id).await;
    let question = seen.expect("questions").questions.remove(0);
    let wish = CorrectionWish {
        item: question.about.item,
        wording: None,
        kind: "leave-out".to_owned(),
        options: Default::default(),
        reason: "Two are right".to_owned(),
    };
    let new = NewAccount {
        email: "operator@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        name: "Operator".to_owned(),
    };
    let operator = world.exam.create_operator(new).await.expect("an operator");
    // One correction by each of them.
    let everywhere = world.exam.correct_everywhere(&operator, &wish, true).await;
    let everywhere = everywhere.expect("applied").correction.id;
    let undone = world.exam.undo_everywhere(&operator, &everywhere).await;
    undone.expect("undone");
    let applied = world
        .exam
        .apply_correction(&class.tutor, &given.id, &wish)
        .await;
    applied.expect("applied");

    let of_school = format!("/schools/{}/audit", class.school);
    let (owner, runs) = (
        visitor(&world, &class.owner).await,
        visitor(&world, &operator).await,
    );
    let page = owner.page(&of_school).await;
    assert!(page.contains("<span>Attempt marked again: one-learner"));
    assert!(page.contains("value=\"rescored\""), "it can be chosen");
    for path in ["/operator/audit", of_school.as_str()] {
        let page = runs.page(path).await;
        assert!(page.contains("<span>Question corrected"), "{path}");
        assert!(!page.contains("Attempt marked again"), "{path}");
        assert!(!page.contains("rescored"), "{path}");
        let asked = runs.page(&format!("{path}?kind=rescored")).await;
        assert!(
            asked.contains("Nothing of this kind has happened"),
            "{path}"
        );
    }

    let client = async |email: &str| {
        let session = world.exam.sign_in(email, PASSWORD).await;
        let token = session.expect("a session").token;
        world.client().with_token(&token)
    };
    let owner = client("one-owner@example.org").await;
    let runs = client("operator@example.org").await;
    let of_school = format!("/api/v1{of_school}");
    let told = owner.get(&format!("{of_school}?kind=rescored")).await;
    let told = told.expect(200)["events"].clone();
    assert_eq!(told.as_array().map(Vec::len), Some(3));
    assert_eq!(told[0]["whom"]["name"], "one-learner");
    assert_eq!(told[0]["detail"]["after"][0]["of"], 2);
    for path in ["/api/v1/operator/audit", of_school.as_str()] {
        let told = runs.get(path).await.expect(200).to_string();
        assert!(told.contains("item-corrected"), "{told}");
        assert!(!told.contains("rescored") && !told.contains("\"correct\":"));
        let asked = runs.get(&format!("{path}?kind=rescored")).await.expect(200);
        assert_eq!(asked["events"], json!([]));
    }
}
