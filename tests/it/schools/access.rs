//! Every page and every call about schools × every kind of person, against the table written by hand; and a route that
//! the table does not know fails.

use std::collections::BTreeSet;

use serde_json::Value;
use synaq::domain::id::AttemptId;
use synaq::domain::roster::Row;
use synaq::domain::rules::Section;
use synaq::domain::school::SchoolRole;
use synaq::service::{Account, CorrectionWish, NewAccount};
use synaq::web::urls;

use super::Visitor;
use super::calls::CALLS;
use super::table::{self, PAGES, PEOPLE, RELOADED};
use crate::support::client::Answer;
use crate::support::school::{Class, PASSWORD, account, new, reading};
use crate::support::voice::{TEXT, draft, voice};
use crate::support::{Client, Place, World};

/// What the table is about, and who looks at it.
struct Stage {
    world: World,
    class: Class,
    other_learner: Account,
    /// In the order of [`PEOPLE`].
    people: Vec<Person>,
    /// What stands in paths and bodies.
    names: Vec<(&'static str, String)>,
}

struct Person {
    page: Visitor,
    api: Client,
    account: Option<Account>,
}

async fn person(world: &World, account: Option<&Account>) -> Person {
    let Some(account) = account else {
        return Person {
            page: Visitor::new(world).await,
            api: world.client(),
            account: None,
        };
    };
    let signed_in = match &account.email {
        Some(email) => world.exam.sign_in(email, PASSWORD).await,
        None => world.exam.guest().await,
    };
    let signed_in = signed_in.expect("a session");
    Person {
        page: Visitor::with_session(world, &signed_in.token).await,
        api: world.client().with_token(&signed_in.token),
        account: Some(signed_in.account),
    }
}

async fn stage(place: &Place) -> Stage {
    let world = World::on(place).await;
    let class = Class::of(&world, "one").await;
    let other = Class::of(&world, "two").await;
    let exam = &world.exam;
    let second = exam.make_group(&class.tutor, &class.school, "Second").await;
    let second = second.expect("a group").id;
    let other_learner = account(&world, "other-learner").await;
    let code = exam
        .make_code(&class.tutor, &second, 1)
        .await
        .expect("a code");
    exam.join(&other_learner, code.code.as_str())
        .await
        .expect("joined");
    let operator = NewAccount {
        email: "operator@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        name: "Operator".to_owned(),
    };
    let operator = exam.create_operator(operator).await.expect("an operator");
    let guest = exam.guest().await.expect("a guest").account;

    let given = class.give(&world, new(reading(), 10)).await;
    let given_up = class.give(&world, new(reading(), 10)).await;
    let attempt = exam.start_assignment(&class.learner, &given.id, None).await;
    let attempt = attempt.expect("an attempt");
    world
        .sit(&class.learner.id, &attempt, Section::Reading, 2)
        .await;
    let private: AttemptId = world.whole_mock(&class.learner.id, 1, 1).await;
    let invited = [
        Row::new(1, "", "other-learner@example.org"),
        Row::new(2, "", "somebody@example.org"),
    ];
    exam.roster(&class.tutor, &class.group, invited.to_vec(), true)
        .await
        .expect("invited");
    let invited = exam.group(&class.tutor, &class.group).await;
    let invited = invited.expect("a group").invited.into_iter();
    let invited: Vec<_> = invited.map(|one| one.id).collect();
    let to_teach = exam
        .invite_tutor(&class.owner, &class.school, "other-learner@example.org")
        .await
        .expect("an invitation");
    let questions = exam.rescoring(&class.tutor, &given.id).await;
    let questions = questions.expect("its questions").questions;
    let wish = |question: usize| CorrectionWish {
        item: questions[question].about.item.clone(),
        wording: None,
        kind: "credit-all".to_owned(),
        options: Default::default(),
        reason: "Why".to_owned(),
    };
    let second = wish(1);
    let done = exam.apply_correction(&class.tutor, &given.id, &second);
    let correction = done.await.expect("corrected").correction.id.to_string();
    let done = exam.correct_everywhere(&operator, &second, true).await;
    let everywhere = done.expect("corrected").correction.id.to_string();
    let wish = wish(0);
    let withdrawn = voice(&world, &class, TEXT, b"one").await;
    exam.end_voice(&class.tutor, &class.school, &withdrawn)
        .await
        .expect("withdrawn");
    let take = voice(&world, &class, TEXT, b"two").await;
    let waiting = draft(&world, &class, TEXT, b"three").await;
    let made = async || {
        let code = exam.make_code(&class.tutor, &class.group, 1).await;
        code.expect("a code").code.as_str().to_owned()
    };
    let names = vec![
        ("{school}", class.school.to_string()),
        ("{group}", class.group.to_string()),
        ("{assignment}", given.id.to_string()),
        ("{given-up}", given_up.id.to_string()),
        ("{attempt}", attempt.to_string()),
        ("{pupil}", class.learner.id.to_string()),
        ("{other-pupil}", other_learner.id.to_string()),
        ("{private}", private.to_string()),
        ("{learner}", class.learner.id.to_string()),
        ("{code}", made().await),
        ("{open}", made().await),
        ("{tutor-id}", class.tutor.id.to_string()),
        ("{learner-id}", class.learner.id.to_string()),
        ("{invitation}", invited[0].to_string()),
        ("{invitation-waiting}", invited[1].to_string()),
        ("{invitation-to-teach}", to_teach.invitation.id.to_string()),
        ("{item}", wish.item.to_string()),
        ("{correction}", correction),
        ("{everywhere}", everywhere),
        ("{text}", TEXT.to_owned()),
        ("{withdrawn}", withdrawn.to_string()),
        ("{take}", take.to_string()),
        ("{draft}", waiting.to_string()),
    ];
    let mut people = Vec::new();
    for account in [
        None,
        Some(&guest),
        Some(&class.learner),
        Some(&other_learner),
        Some(&class.tutor),
        Some(&other.tutor),
        Some(&class.owner),
        Some(&other.owner),
        Some(&operator),
    ] {
        people.push(person(&world, account).await);
    }
    Stage {
        world,
        class,
        other_learner,
        people,
        names,
    }
}

impl Stage {
    fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.names {
            text = text.replace(name, value);
        }
        text
    }

    /// Everybody belongs where they belonged: a call before may have let them join or leave.
    async fn restore(&self) {
        let Class {
            owner,
            tutor,
            learner,
            school,
            group,
        } = &self.class;
        let now = self.world.exam.clock().now();
        let mut conn = self.world.store.write().await.expect("a connection");
        let second = conn.groups_of_school(school).await.expect("groups");
        let second = second.iter().find(|line| line.group.name == "Second");
        let second = second.expect("the second group").group.id.clone();
        for person in self
            .people
            .iter()
            .filter_map(|person| person.account.as_ref())
        {
            conn.remove_member(school, &person.id)
                .await
                .expect("removed");
        }
        for (who, role, of) in [
            (owner, SchoolRole::Owner, None),
            (tutor, SchoolRole::Tutor, None),
            (learner, SchoolRole::Learner, Some(group)),
            (&self.other_learner, SchoolRole::Learner, Some(&second)),
        ] {
            conn.add_member(school, &who.id, role, now)
                .await
                .expect("added");
            if let Some(of) = of {
                conn.add_to_group(of, &who.id, now).await.expect("added");
            }
        }
        conn.commit().await.expect("kept");
    }

    async fn ask(&self, person: &Person, api: bool, row: &table::Row) -> Answer {
        let (method, path, body, ..) = row;
        let (path, body) = (self.filled(path), self.filled(body));
        if api {
            let body = (!body.is_empty()).then(|| serde_json::from_str::<Value>(&body));
            let body = body.transpose().expect("JSON");
            return person
                .api
                .json(method, &format!("{}{path}", urls::API), body)
                .await;
        }
        let fields: Vec<(&str, &str)> = body
            .split('&')
            .filter_map(|field| field.split_once('='))
            .collect();
        let fields = (*method != "GET").then_some(fields.as_slice());
        person.page.send(method, &path, fields).await
    }
}

/// What an answer comes to, as the table's letters say it.
fn letter(answer: &Answer, success: u16) -> char {
    let text = answer.text();
    let location = answer.header("location");
    match answer.status.as_u16() {
        401 => 's',
        303 if location.starts_with("/sign-in") => 's',
        // The page of the code says what to do, and keeps the way back.
        303 if answer.request.starts_with("POST /join/") && location.starts_with("/join/") => 'a',
        403 if text.contains("account-needed") || text.contains("This needs an account") => 'a',
        403 if text.contains("not-allowed") || text.contains("Your role in this school") => 'r',
        404 if text.contains("nothing-here") || text.contains("There is nothing here for you") => {
            'h'
        }
        // The last owner may leave as far as access goes, and is told that the school needs one.
        409 if text.contains("last-owner") || text.contains("last owner") => 'x',
        status if status == success => 'o',
        _ => '?',
    }
}

async fn walk(api: bool, rows: &[table::Row]) {
    let place = Place::sqlite();
    let stage = stage(&place).await;
    let mut faults = Vec::new();
    for row in rows {
        let (method, path, _, success, expected) = row;
        assert_eq!(expected.len(), PEOPLE.len(), "{method} {path}");
        for ((person, name), expected) in stage.people.iter().zip(PEOPLE).zip(expected.chars()) {
            let answer = stage.ask(person, api, row).await;
            let found = letter(&answer, *success);
            if found != expected {
                let status = answer.status;
                faults.push(format!(
                    "{method} {path} by {name}: {found} ({status}) and not {expected}"
                ));
            }
            stage.restore().await;
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn every_page_to_everybody() {
    walk(false, &PAGES).await;
}

#[tokio::test]
async fn every_call_to_everybody() {
    walk(true, &CALLS).await;
}

#[tokio::test]
async fn what_is_hidden_looks_as_if_it_had_never_been() {
    let place = Place::sqlite();
    let stage = stage(&place).await;
    let stranger = &stage.people[5];
    let none = "01a00000-0000-7000-8000-000000000000";
    for row in CALLS.iter().filter(|row| row.4.as_bytes()[5] == b'h') {
        let there = stage.ask(stranger, true, row).await;
        let (method, path, body, ..) = row;
        let path = [
            "{school}",
            "{group}",
            "{assignment}",
            "{given-up}",
            "{invitation}",
            "{invitation-waiting}",
            "{invitation-to-teach}",
        ]
        .iter()
        .fold((*path).to_owned(), |path, name| path.replace(name, none));
        let path = format!("{}{}", urls::API, stage.filled(&path));
        let body = (!body.is_empty()).then(|| stage.filled(body));
        let body = body.map(|body| serde_json::from_str(&body).expect("JSON"));
        let nowhere = stranger.api.json(method, &path, body).await;
        assert_eq!(there.status, nowhere.status, "{path}");
        assert_eq!(there.text(), nowhere.text(), "{path}");
    }
}

/// A path with its changing parts made alike: `/groups/{}/codes/{}`.
fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "{}",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn is_ours(path: &str) -> bool {
    [
        "/schools",
        "/groups",
        "/join",
        "/assignments",
        "/invitations",
        "/operator",
        "/corrections",
        "/bank",
    ]
    .iter()
    .any(|start| path.starts_with(start))
}

#[tokio::test]
async fn no_route_is_missing_in_the_table() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let known = |rows: &[table::Row]| -> BTreeSet<String> {
        let rows = rows.iter();
        let rows = rows.map(|(method, path, ..)| format!("{method} {}", shape(path)));
        rows.collect()
    };
    let (mut pages, calls) = (known(&PAGES), known(&CALLS));
    pages.extend(RELOADED.map(|path| format!("GET {}", shape(path))));

    let document = client.get(urls::OPENAPI).await.expect(200);
    let mut listed = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let Some(path) = path.strip_prefix(urls::API).filter(|path| is_ours(path)) else {
            continue;
        };
        for method in item.as_object().expect("methods").keys() {
            listed.insert(format!("{} {}", method.to_uppercase(), shape(path)));
        }
    }
    assert_eq!(listed, calls, "the API's document and the table");

    // Every address that has a name, by every method: what is answered at all must be in the table.
    let names = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/urls.rs");
    let names = std::fs::read_to_string(names).expect("the names");
    let paths: BTreeSet<&str> = names
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub const "))
        .filter_map(|line| line.split('"').nth(1))
        .filter(|path| is_ours(path))
        .collect();
    assert!(paths.len() > 15, "the search finds addresses: {paths:?}");
    let mut answered = BTreeSet::new();
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let at = path.replace(['{', '}'], "");
            let answer = client.json(method, &at, None).await;
            let gone = answer.status == 404 && answer.text().contains("There is no such page");
            if answer.status != 405 && !gone {
                answered.insert(format!("{method} {}", shape(path)));
            }
        }
    }
    assert_eq!(answered, pages, "the pages and the table");
}
