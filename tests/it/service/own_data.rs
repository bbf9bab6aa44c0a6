//! A learner's own data on both engines: all of it and nothing about others, erased with everything that leads to them, and
//! kept no longer than is promised.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::rules::Section;
use synaq::domain::school::SchoolRole;
use synaq::service::{Account, Consent, Failure, NewAssignment, Retention, SignedIn};

use crate::support::school::{Class, PASSWORD, account, new, sit, start, table, training};
use crate::support::world::{Tweak, ms};
use crate::support::{Place, World, on_both};

fn password() -> Consent {
    Consent::Password(PASSWORD.to_owned())
}

/// Everything in the database as one text: where a name or an address is left, it is found.
async fn everything(place: &Place) -> String {
    let mut all = String::new();
    for (table, columns) in [
        ("learners", "id, name, email, password_hash, role"),
        ("sessions", "token_hash, learner_id"),
        ("profiles", "id, name, body"),
        ("invitations", "id, email, name"),
        ("events", "kind, actor, learner_id, detail"),
        ("members", "learner_id, role"),
        ("group_members", "learner_id, group_id"),
        ("attempts", "id, void_reason, live_page"),
        ("schools", "id, name"),
    ] {
        for row in place.rows(&format!("select {columns} from {table}")).await {
            all.push_str(&format!("{table}: {row:?}\n"));
        }
    }
    all
}

async fn save_profile(world: &World, who: &Account, name: &str) {
    let body = json!({ "criteria": { "demographic": { "age": 47 } } });
    world
        .exam
        .save_profile(&who.id, None, name, &body)
        .await
        .expect("saved");
}

#[tokio::test]
async fn ones_own_data_is_all_there_and_nothing_of_others() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let who = &class.learner;
        let mock = world.whole_mock(&who.id, 2, 3).await;
        let given = class
            .give(&world, new(training(FeedbackPolicy::Released), 1))
            .await;
        let withheld = start(&world, who, &given).await.expect("starts");
        sit(&world, who, &withheld, 1, 1).await;
        let theirs = NewAssignment {
            learners: Some(vec![who.id.clone()]),
            ..new(training(FeedbackPolicy::Released), 1)
        };
        let alone = class.give(&world, theirs).await;
        let watched = start(&world, who, &alone).await.expect("starts");
        world.start(&who.id, &watched, Section::Listening).await;
        exam.time_left(&who.id, &watched).await.expect("the time");
        exam.write_presence().await.expect("written");
        exam.void(&who.id, &watched, "server", "a test")
            .await
            .expect("void");
        save_profile(&world, who, "My way").await;
        exam.invite_tutor(&class.owner, &class.school, "one-learner@example.org")
            .await
            .expect("invited");
        let document = exam.own_data(who).await.expect("a document");
        assert_eq!(document["account"]["email"], "one-learner@example.org");
        assert_eq!(
            document["profiles"][0]["body"]["criteria"]["demographic"]["age"],
            47
        );
        assert_eq!(document["schools"][0]["role"], "learner");
        assert_eq!(document["groups"][0]["name"], "one-group");
        assert_eq!(document["invitations"].as_array().map(Vec::len), Some(1));
        let attempts = document["attempts"].as_array().expect("attempts");
        assert_eq!(attempts.len(), 3);
        let watched = attempts.iter().find(|one| one["id"] == watched.as_str());
        let watched = watched.expect("the one at which a school looks");
        assert!(watched["seen_at"].is_string(), "{watched}");
        assert_eq!(watched["delivery"], "free");
        assert_eq!(document["given"][0]["assignment"], alone.title);
        assert_eq!(document["given"].as_array().map(Vec::len), Some(1));
        let first = attempts.iter().find(|one| one["id"] == mock.as_str());
        let first = first.expect("the mock");
        assert_eq!(first["responses"].as_array().map(Vec::len), Some(7));
        assert_eq!(first["form"][0]["items"].as_array().map(Vec::len), Some(3));
        assert_eq!(first["result"]["sections"][1]["correct"], 3);
        let at = first["ended_at"]
            .as_str()
            .expect("an instant that people read");
        assert!(at.starts_with("2026-11-22T"), "{at}");

        // No key, no seed from which one could be told, no score of a section before its time; nobody else.
        let text = document.to_string();
        for secret in [
            "\"key\"",
            "\"seed\"",
            "\"order\"",
            "password",
            "token",
            class.tutor.id.as_str(),
            class.owner.id.as_str(),
            "one-tutor",
            "one-owner",
        ] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        let running = world.mock(&who.id).await;
        world.start(&who.id, &running, Section::Listening).await;
        world.finish(&who.id, &running, Section::Listening).await;
        let document = exam.own_data(who).await.expect("a document");
        let attempts = document["attempts"].as_array().expect("attempts");
        let running = attempts.iter().find(|one| one["id"] == running.as_str());
        let running = running.expect("the running one");
        assert_eq!(running["result"], Value::Null);
        assert_eq!(running["form"], Value::Null, "what comes is not told");
        assert!(!running.to_string().contains("correct"), "{running}");
        let guest = exam.guest().await.expect("a guest").account;
        let document = exam.own_data(&guest).await.expect("a document");
        assert_eq!(document["attempts"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn whoever_is_erased_leaves_results_without_a_name() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let who = &class.learner;
        let SignedIn { token, .. } = exam
            .sign_in("one-learner@example.org", PASSWORD)
            .await
            .expect("a session");
        let given = class
            .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
            .await;
        let attempt = start(&world, who, &given).await.expect("starts");
        sit(&world, who, &attempt, 2, 3).await;
        let voided = world.whole_mock(&who.id, 1, 1).await;
        exam.void(&who.id, &voided, "server", "one-learner cheated")
            .await
            .expect("void");
        save_profile(&world, who, "One-learner's way").await;
        exam.invite_tutor(&class.owner, &class.school, "one-learner@example.org")
            .await
            .expect("invited");
        let before = place.rows("select item_id from responses").await.len();

        for wrong in [
            Consent::Password("wrong password".to_owned()),
            Consent::Guest(true),
        ] {
            let refused = exam.erase_self(who, wrong).await;
            assert!(matches!(
                refused,
                Err(Failure::Invalid {
                    field: "password",
                    ..
                })
            ));
        }
        assert!(everything(place).await.contains("one-learner"));
        exam.erase_self(who, password()).await.expect("erased");

        let left = everything(place).await.to_lowercase();
        assert!(!left.contains("one-learner"), "{left}");
        assert!(exam.whose(&token).await.expect("an answer").is_none());
        let again = exam.sign_in("one-learner@example.org", PASSWORD).await;
        assert!(matches!(again, Err(Failure::WrongCredentials)));
        let table = table(&world, &class, &given).await;
        let row = &table.rows[0];
        assert!(row.name.is_empty() && !row.in_group);
        let grade = row.last.as_ref().expect("the result stays");
        assert_eq!(grade.sections[1].score.correct, 3);
        assert_eq!(
            place.rows("select item_id from responses").await.len(),
            before
        );
        let view = exam
            .group(&class.tutor, &class.group)
            .await
            .expect("a view");
        assert!(view.learners.is_empty());
        // The address is free again, and whoever takes it is somebody else.
        let next = account(&world, "one-learner").await;
        assert_ne!(next.id, who.id);
        assert!(
            exam.invitations(&next)
                .await
                .expect("invitations")
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_is_erased_in_the_middle_of_a_mock_or_as_the_last_owner() {
    on_both(async |place| {
        let world = World::on(place).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let mock = world.mock(&class.learner.id).await;
        world
            .start(&class.learner.id, &mock, Section::Listening)
            .await;
        let refused = exam.erase_self(&class.learner, password()).await;
        assert!(matches!(refused, Err(Failure::AttemptInProgress(id)) if id == mock));
        let refused = exam.erase_self(&class.owner, password()).await;
        assert!(matches!(refused, Err(Failure::LastOwner)), "{refused:?}");
        assert!(everything(place).await.contains("one-owner@example.org"));
        exam.change_role(
            &class.owner,
            &class.school,
            &class.tutor.id,
            Some(SchoolRole::Owner),
        )
        .await
        .expect("another owner");
        exam.erase_account("One-Owner@example.org", "server")
            .await
            .expect("erased");
        assert!(!everything(place).await.contains("one-owner"));
        let unknown = exam.erase_account("one-owner@example.org", "server").await;
        assert!(matches!(
            unknown,
            Err(Failure::Invalid {
                problem: "unknown",
                ..
            })
        ));

        // Somebody whom a school only invited has no account, and asks to be forgotten all the same.
        exam.invite_tutor(&class.tutor, &class.school, "only-asked@example.org")
            .await
            .expect("invited");
        assert!(everything(place).await.contains("only-asked"));
        exam.erase_account("Only-Asked@example.org", "server")
            .await
            .expect("erased");
        assert!(!everything(place).await.contains("only-asked"));

        // A school of one goes with its owner's name.
        let alone = account(&world, "alone").await;
        exam.make_school(&alone, "Alone the teacher", "Asia/Almaty")
            .await
            .expect("a school");
        exam.erase_self(&alone, password()).await.expect("erased");
        assert!(!everything(place).await.to_lowercase().contains("alone"));
        // A guest says so.
        let guest = exam.guest().await.expect("a guest").account;
        save_profile(&world, &guest, "Secret").await;
        let unsure = exam.erase_self(&guest, Consent::Guest(false)).await;
        assert!(matches!(
            unsure,
            Err(Failure::Invalid { field: "sure", .. })
        ));
        exam.erase_self(&guest, Consent::Guest(true))
            .await
            .expect("erased");
        assert!(!everything(place).await.contains("Secret"));
    })
    .await;
}

/// A table with a column for people is one that a download and erasing must know of.
#[tokio::test]
async fn every_table_about_people_is_known_to_erasing() {
    let place = Place::sqlite();
    World::on(&place).await;
    let tables = place
        .rows(
            "select m.name from sqlite_master m, pragma_table_info(m.name) c \
             where m.type = 'table' and (c.name like '%learner_id' or c.name like '%\\_by' escape '\\') \
             group by m.name order by m.name",
        )
        .await;
    let found: BTreeSet<String> = tables.into_iter().flatten().flatten().collect();
    let known: BTreeSet<String> = [
        // Deleted with the learner.
        "sessions",
        "profiles",
        "members",
        "group_members",
        // Of an anonymous learner afterwards: ids, numbers and letters of options.
        "attempts",
        "attempt_testlets",
        "assignment_attempts",
        "assignment_learners",
        "assignment_exceptions",
        "accommodations",
        "section_results",
        // Who made it, by id; an invitation to them is deleted by its address.
        "join_codes",
        "assignments",
        "corrections",
        "invitations",
        // Who made it, by id; drafts and names are deleted.
        "recordings",
        // The record: ids; particulars about the erased are deleted.
        "events",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(found, known);
}

#[tokio::test]
async fn what_is_older_than_promised_is_deleted() {
    on_both(async |place| {
        let tweak = Tweak {
            retention: Retention {
                guests_days: 30,
                responses_days: 60,
                invitations_days: 90,
            },
            ..Tweak::default()
        };
        let world = World::tweaked(place, tweak).await;
        let class = Class::of(&world, "one").await;
        let exam = &world.exam;
        let guest = exam.guest().await.expect("a guest").account;
        save_profile(&world, &guest, "Secret").await;
        let mock = world.whole_mock(&class.learner.id, 2, 3).await;
        exam.invite_tutor(&class.owner, &class.school, "never@example.org")
            .await
            .expect("invited");
        let profiles = async || place.rows("select name from profiles").await.len();
        let responses = async || place.rows("select item_id from responses").await.len();
        let invitations = async || place.rows("select email from invitations").await.len();

        world.clock.advance(TimeDelta::days(30) - ms(1));
        let gone = exam.retain().await.expect("a pass");
        assert_eq!((gone.guests, gone.attempts, gone.invitations), (0, 0, 0));
        assert_eq!(profiles().await, 1);
        world.clock.advance(ms(1));
        let gone = exam.retain().await.expect("a pass");
        assert_eq!(gone.guests, 1);
        assert_eq!(profiles().await, 0);
        assert_eq!(exam.retain().await.expect("again").guests, 0, "once");

        world.clock.advance(TimeDelta::days(30));
        assert_eq!(exam.retain().await.expect("a pass").attempts, 1);
        assert_eq!(responses().await, 0);
        let result = exam
            .result(&class.learner.id, &mock)
            .await
            .expect("the result stays");
        assert_eq!(result.sections[1].correct, 3);
        // The tutor's was accepted on the first day; the other one waited for 30 days.
        assert_eq!(invitations().await, 2);
        world.clock.advance(TimeDelta::days(30));
        assert_eq!(exam.retain().await.expect("a pass").invitations, 1);
        world.clock.advance(TimeDelta::days(30));
        assert_eq!(exam.retain().await.expect("a pass").invitations, 1);
        let passes = "select detail from events where kind = 'retention-applied'";
        assert_eq!(
            place.rows(passes).await.len(),
            4,
            "a pass that deletes nothing is no event"
        );
        // An account is nobody's guest.
        exam.sign_in("one-learner@example.org", PASSWORD)
            .await
            .expect("still there");
    })
    .await;
}

#[tokio::test]
async fn without_a_promise_everything_is_kept() {
    on_both(async |place| {
        let world = World::on(place).await;
        let guest = world.exam.guest().await.expect("a guest").account;
        save_profile(&world, &guest, "Kept").await;
        world.whole_mock(&guest.id, 1, 1).await;
        world.clock.advance(TimeDelta::days(3650));
        let gone = world.exam.retain().await.expect("a pass");
        assert_eq!((gone.guests, gone.attempts, gone.invitations), (0, 0, 0));
        assert!(everything(place).await.contains("Kept"));
        assert!(!place.rows("select item_id from responses").await.is_empty());
    })
    .await;
}
