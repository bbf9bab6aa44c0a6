//! Guests, accounts and sessions.

use chrono::TimeDelta;
use synaq::service::{Failure, NewAccount, hash_token};

use crate::support::world::ms;
use crate::support::{World, on_both};

fn new_account(email: &str) -> NewAccount {
    NewAccount {
        email: email.to_owned(),
        password: "correct horse battery".to_owned(),
        name: "Айгүл".to_owned(),
    }
}

#[tokio::test]
async fn a_guest_who_makes_an_account_keeps_their_history() {
    on_both(async |place| {
        let world = World::on(place).await;
        let exam = &world.exam;
        let guest = exam.guest().await.expect("a guest").account;
        let id = world.whole_mock(&guest.id, 3, 4).await;
        let made = exam
            .sign_up(new_account("a@example.kz"), Some(&guest))
            .await;
        let made = made.expect("an account").account;
        assert_eq!(made.id, guest.id);
        assert_eq!(made.created_at, guest.created_at);

        let back = exam
            .sign_in(" A@Example.KZ ", "correct horse battery")
            .await;
        let back = back.expect("signed in").account;
        let history = exam.history(&back.id).await.expect("history");
        assert_eq!(history[0].overview.id, id);
        let today = exam.next_mock(&back.id, None).await.expect("an answer");
        assert_eq!(
            today.decision.expect("allowed").used,
            1,
            "the limit stays, too"
        );

        // An account is not a guest: it cannot be adopted by another.
        let other = exam.sign_up(new_account("b@example.kz"), Some(&made)).await;
        assert_ne!(other.expect("an account of its own").account.id, made.id);
        let stale = exam
            .sign_up(new_account("c@example.kz"), Some(&guest))
            .await;
        assert!(matches!(stale, Err(Failure::AccountRefused)), "{stale:?}");
    })
    .await;
}

#[tokio::test]
async fn an_address_has_one_account_whatever_its_letters() {
    on_both(async |place| {
        let world = World::on(place).await;
        let exam = &world.exam;
        exam.sign_up(new_account("a@example.kz"), None)
            .await
            .expect("made");
        for again in ["a@example.kz", "A@EXAMPLE.kz", "  a@example.kz"] {
            let refused = exam.sign_up(new_account(again), None).await;
            assert!(
                matches!(refused, Err(Failure::AccountRefused)),
                "{refused:?}"
            );
        }
        let guest = exam.guest().await.expect("a guest").account;
        let refused = exam
            .sign_up(new_account("a@example.kz"), Some(&guest))
            .await;
        assert!(
            matches!(refused, Err(Failure::AccountRefused)),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_an_account_is_made_of_is_checked() {
    let place = crate::support::Place::sqlite();
    let world = World::on(&place).await;
    let long = "x".repeat(101);
    let refusals: [(&str, &str, &str, &str, &str); 9] = [
        ("", "correct horse", "A", "email", "missing"),
        (
            "no-at-sign",
            "correct horse",
            "A",
            "email",
            "not-an-address",
        ),
        ("@host", "correct horse", "A", "email", "not-an-address"),
        ("a@", "correct horse", "A", "email", "not-an-address"),
        ("a b@host", "correct horse", "A", "email", "not-an-address"),
        ("a@b@host", "correct horse", "A", "email", "not-an-address"),
        ("a@host", "ninechars", "A", "password", "too-short"),
        ("a@host", "correct horse", "  ", "name", "missing"),
        ("a@host", "correct horse", &long, "name", "too-long"),
    ];
    for (email, password, name, field, problem) in refusals {
        let new = NewAccount {
            email: email.to_owned(),
            password: password.to_owned(),
            name: name.to_owned(),
        };
        match world.exam.sign_up(new, None).await {
            Err(Failure::Invalid {
                field: f,
                problem: p,
            }) => {
                assert_eq!((f, p), (field, problem), "{email:?} {password:?} {name:?}");
            }
            other => panic!("{email:?} {password:?} {name:?}: {other:?}"),
        }
    }
    // Ten characters are enough, counted as people count.
    let mut new = new_account("a@host");
    new.password = "құпиясөзім".to_owned();
    world.exam.sign_up(new, None).await.expect("made");
}

#[tokio::test]
async fn a_session_ends_by_itself_and_by_signing_out() {
    on_both(async |place| {
        let world = World::on(place).await;
        let exam = &world.exam;
        let known = async |token: &str| exam.whose(token).await.expect("looked up").is_some();
        let first = exam.guest().await.expect("a guest");
        let second = exam.guest().await.expect("a guest");
        assert!(known(&first.token).await && known(&second.token).await);
        assert!(
            !known(&hash_token(&first.token)).await,
            "what is stored lets nobody in"
        );
        exam.sign_out(&first.token).await.expect("signed out");
        exam.sign_out(&first.token)
            .await
            .expect("again is harmless");
        assert!(!known(&first.token).await && known(&second.token).await);
        world.clock.advance(TimeDelta::days(30) - ms(1));
        assert!(known(&second.token).await);
        world.clock.advance(ms(1));
        assert!(!known(&second.token).await);
    })
    .await;
}

#[tokio::test]
async fn no_secret_is_stored_as_it_is() {
    on_both(async |place| {
        let world = World::on(place).await;
        let made = world
            .exam
            .sign_up(new_account("a@example.kz"), None)
            .await
            .expect("made");
        let learners = place
            .rows("select password_hash, name, role from learners")
            .await;
        let sessions = place.rows("select token_hash from sessions").await;
        let all = format!("{learners:?} {sessions:?}");
        assert!(!all.contains("correct horse battery") && !all.contains(&made.token));
        assert!(all.contains("$argon2id$"), "{all}");
    })
    .await;
}
