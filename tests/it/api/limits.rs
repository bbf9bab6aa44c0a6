//! Rate limits: turned on, they answer 429; each address has its own. And a full attempt, as its page without scripts tells.

use axum::body::Body;
use serde_json::json;
use synaq::config::{Config, Switch};

use synaq::domain::form::Letter::{A, D};
use synaq::domain::rules::Section::Listening;

use crate::schools::Visitor;
use crate::support::school::{Class, PASSWORD};
use crate::support::world::{Tweak, items};
use crate::support::{Client, Place, World};

fn strict(config: &mut Config) {
    config.rate_limits = Switch::On;
    config.limits.guests_per_minute = 3;
    config.limits.sign_in_per_minute = 2;
    config.limits.sign_up_per_minute = 1;
}

#[tokio::test]
async fn what_costs_much_is_limited() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client_with(strict);
    for (path, body, allowed) in [
        ("/api/v1/guests", json!(null), 3),
        (
            "/api/v1/sessions",
            json!({ "email": "a@example.kz", "password": "x" }),
            2,
        ),
        (
            "/api/v1/accounts",
            json!({ "email": "a@example.kz", "password": "short", "name": "A" }),
            1,
        ),
    ] {
        for n in 0..allowed {
            let answer = client.post(path, Some(body.clone())).await;
            assert_ne!(answer.status, 429, "{path} {n}");
        }
        let too_many = client.post(path, Some(body)).await;
        too_many.problem(429, "too-many-requests");
        assert_eq!(
            too_many.header("retry-after"),
            "60",
            "what is allowed in a minute"
        );
    }
    client.get("/api/v1/rules").await.expect(200);
}

#[tokio::test]
async fn guessing_codes_and_addresses_is_limited() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let client = world.client_with(|config| {
        config.rate_limits = Switch::On;
        config.limits.codes_per_minute = 3;
        config.limits.tutors_per_minute = 2;
    });
    for n in 0..3 {
        let guess = client.get(&format!("/api/v1/join/ABCDEFG{}", n + 2)).await;
        guess.problem(404, "no-such-code");
    }
    let right = world.exam.make_code(&class.tutor, &class.group, 1).await;
    let right = right.expect("a code").code;
    let too_many = client
        .get(&format!("/api/v1/join/{}", right.as_str()))
        .await;
    too_many.problem(429, "too-many-requests");
    // Pages and API count together.
    let page = client.get(&format!("/join/{}", right.as_str())).await;
    assert_eq!(page.status, 429);

    let email = class.owner.email.as_deref().expect("an address");
    let owner = world
        .exam
        .sign_in(email, PASSWORD)
        .await
        .expect("a session");
    let owner = client.with_token(&owner.token);
    let path = format!("/api/v1/schools/{}/tutors", class.school);
    let body = |n: u32| Some(json!({ "email": format!("nobody-{n}@example.org") }));
    for n in 0..2 {
        owner.post(&path, body(n)).await.expect(201);
    }
    let too_many = owner.post(&path, body(2)).await;
    too_many.problem(429, "too-many-requests");
}

#[tokio::test]
async fn guessing_the_code_of_an_invitation_is_limited() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let email = class.learner.email.as_deref().expect("an address");
    let exam = &world.exam;
    let invited = exam.invite_tutor(&class.owner, &class.school, email).await;
    let invited = invited.expect("an invitation");
    let session = exam.sign_in(email, PASSWORD).await.expect("a session");
    let client = world.client_with(|config| {
        config.rate_limits = Switch::On;
        config.limits.codes_per_minute = 3;
    });
    let learner = client.with_token(&session.token);
    let path = format!("/api/v1/invitations/{}/accept", invited.invitation.id);
    let guess = |code: &str| Some(json!({ "code": code }));
    for _ in 0..3 {
        let answer = learner.post(&path, guess("ABCD-EFGH-JKMN")).await;
        answer.problem(422, "invalid");
    }
    let right = learner.post(&path, guess(&invited.code.to_string())).await;
    right.problem(429, "too-many-requests");
    // Pages and API count together, and together with the codes of groups.
    let page = client.get("/join/ABCDEFGH").await;
    assert_eq!(page.status, 429);
    // Who types no code guesses nothing.
    learner.post(&path, None).await.problem(422, "invalid");
}

#[tokio::test]
async fn each_address_has_its_own_limit_but_only_a_proxy_can_say_which() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let guest = async |client: &Client, forwarded: &str| {
        let headers = [("x-forwarded-for", forwarded)];
        let answer = client
            .send("POST", "/api/v1/guests", &headers, Body::empty())
            .await;
        answer.status.as_u16()
    };
    let behind = world.client_with(|config| {
        strict(config);
        config.server.behind_proxy = true;
    });
    for _ in 0..3 {
        assert_eq!(guest(&behind, "198.51.100.1").await, 201);
    }
    assert_eq!(guest(&behind, "198.51.100.1").await, 429);
    assert_eq!(guest(&behind, "198.51.100.2").await, 201);
    assert_eq!(
        guest(&behind, "198.51.100.9, 198.51.100.1").await,
        429,
        "the last entry counts"
    );

    let direct = world.client_with(strict);
    for n in 0..3 {
        assert_eq!(guest(&direct, &format!("198.51.100.{n}")).await, 201);
    }
    assert_eq!(
        guest(&direct, "198.51.100.77").await,
        429,
        "the header is not believed"
    );
}

#[tokio::test]
async fn switched_off_nothing_is_limited() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client_with(|config| {
        strict(config);
        config.rate_limits = Switch::Off;
    });
    for _ in 0..10 {
        client.post("/api/v1/guests", None).await.expect(201);
    }
}

async fn guest_from(client: &Client, forwarded: &[&str]) -> u16 {
    let headers: Vec<_> = forwarded
        .iter()
        .map(|value| ("x-forwarded-for", *value))
        .collect();
    let answer = client
        .send("POST", "/api/v1/guests", &headers, Body::empty())
        .await;
    answer.status.as_u16()
}

#[tokio::test]
async fn a_header_of_the_client_before_the_proxys_own_is_not_believed() {
    let place = Place::sqlite();
    let behind = World::on(&place).await.client_with(|config| {
        strict(config);
        config.server.behind_proxy = true;
    });
    // Some proxies add a line of their own and leave the client's where it was.
    for n in 0..3 {
        let invented = format!("203.0.113.{n}");
        assert_eq!(guest_from(&behind, &[&invented, "198.51.100.1"]).await, 201);
    }
    assert_eq!(
        guest_from(&behind, &["203.0.113.9", "198.51.100.1"]).await,
        429
    );
}

#[tokio::test]
async fn a_network_of_ipv6_has_one_limit() {
    let place = Place::sqlite();
    let behind = World::on(&place).await.client_with(|config| {
        strict(config);
        config.server.behind_proxy = true;
    });
    for n in 0..3 {
        let address = format!("2001:db8:1:1::{n}");
        assert_eq!(guest_from(&behind, &[&address]).await, 201);
    }
    assert_eq!(
        guest_from(&behind, &["2001:db8:1:1:ffff::7"]).await,
        429,
        "whoever has one address of a /64 has all of them"
    );
    assert_eq!(guest_from(&behind, &["2001:db8:1:2::1"]).await, 201);
    // An IPv4 address that is written as IPv6 is itself, and not a part of one network with all others.
    for n in 0..3 {
        let mapped = format!("::ffff:198.51.100.{n}");
        assert_eq!(guest_from(&behind, &[&mapped]).await, 201);
    }
    assert_eq!(guest_from(&behind, &["::ffff:198.51.100.7"]).await, 201);
}

#[tokio::test]
async fn attempts_made_by_one_learner_are_limited() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client_with(|config| {
        strict(config);
        config.limits.attempts_per_minute = 2;
    });
    let (first, second) = (client.as_guest().await, client.as_guest().await);
    let practice = json!({ "kind": "practice", "section": "reading", "level": "A2", "items": 1 });
    let mock = json!({ "kind": "mock" });
    for body in [&practice, &mock] {
        let made = first.post("/api/v1/attempts", Some(body.clone())).await;
        made.expect(201);
    }
    for body in [practice, mock] {
        let too_many = first.post("/api/v1/attempts", Some(body.clone())).await;
        too_many.problem(429, "too-many-requests");
        second
            .post("/api/v1/attempts", Some(body))
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn without_scripts_a_full_attempt_shows_what_is_saved_and_can_be_finished() {
    let place = Place::sqlite();
    let tweak = Tweak {
        responses: 1,
        ..Tweak::default()
    };
    let world = World::tweaked(&place, tweak).await;
    let guest = world.exam.guest().await.expect("a guest");
    let (who, session) = (&guest.account.id, &guest.token);
    let visitor = Visitor::with_session(&world, session).await;
    let id = world.mock(who).await;
    let paper = world.start(who, &id, Listening).await;
    let item = items(&paper).next().expect("an item").id.clone();
    let saved = world.exam.respond(who, &id, &item, Some(A), None).await;
    saved.expect("saved");

    let path = format!("/attempts/{id}/answers");
    let section = paper.running().expect("it runs");
    let testlet = section.testlets[0].id.to_string();
    let answer = format!("answer-{item}");
    let form = async |letter: &str, go: &str| {
        let fields = [
            ("section", "listening"),
            ("testlet", testlet.as_str()),
            (answer.as_str(), letter),
            ("go", go),
        ];
        visitor.send("POST", &path, Some(&fields)).await
    };
    let refused = form(D.as_str(), "review").await;
    assert_eq!(refused.status, 409);
    let page = refused.text();
    let shown = |letter: &str| format!("name=\"{answer}\" value=\"{letter}\" checked");
    assert!(page.contains(&shown("A")), "what is saved: {page}");
    assert!(!page.contains(&shown("D")), "and not what was refused");
    assert!(page.contains("no more are taken"), "{page}");
    // The same form, as it is shown now, goes on.
    let on = form(A.as_str(), "review").await;
    assert_eq!(on.status, 303);
    assert_eq!(on.header("location"), format!("/attempts/{id}/review"));
}
