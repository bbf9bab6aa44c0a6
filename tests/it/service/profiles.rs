//! Saved profiles: a learner's own, at most so many, and really gone once deleted.

use serde_json::{Value, json};
use synaq::domain::id::{LearnerId, ProfileId};
use synaq::service::{
    Failure, NewAccount, PROFILE_BYTES_MAX, PROFILE_NAME_MAX, PROFILES_MAX, SavedProfile,
};

use crate::support::world::minutes;
use crate::support::{Engine, Place, World, on_both};

async fn save(world: &World, learner: &LearnerId, name: &str, body: &Value) -> SavedProfile {
    let saved = world.exam.save_profile(learner, None, name, body).await;
    saved.unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

async fn names(world: &World, learner: &LearnerId) -> Vec<String> {
    let profiles = world.exam.profiles(learner).await.expect("profiles");
    profiles.into_iter().map(|profile| profile.name).collect()
}

fn new_account(email: &str) -> NewAccount {
    NewAccount {
        email: email.to_owned(),
        password: "correct horse battery".to_owned(),
        name: "Айгүл".to_owned(),
    }
}

#[tokio::test]
async fn a_profile_is_kept_changed_and_deleted() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        assert_eq!(names(&world, &learner).await, Vec::<String>::new());
        let body = json!({ "criteria": { "education": "79.99" }, "health": null });
        let made = save(&world, &learner, "  Мен, 2026  ", &body).await;
        assert_eq!(made.overview.name, "Мен, 2026");
        assert_eq!(made.body, body);
        assert_eq!(made.overview.created_at, world.exam.clock().now());
        world.clock.advance(minutes(1));
        save(&world, &learner, "second", &json!({})).await;
        assert_eq!(names(&world, &learner).await, ["second", "Мен, 2026"]);

        world.clock.advance(minutes(1));
        let id = &made.overview.id;
        let changed = world
            .exam
            .save_profile(&learner, Some(id), "first", &json!({ "health": 1 }))
            .await
            .expect("saved");
        assert_eq!(changed.overview.created_at, made.overview.created_at);
        assert_eq!(changed.overview.updated_at, world.exam.clock().now());
        let read = world.exam.profile(&learner, id).await.expect("is there");
        assert_eq!(read, changed);
        assert_eq!(names(&world, &learner).await, ["first", "second"]);

        world
            .exam
            .delete_profile(&learner, id)
            .await
            .expect("deleted");
        assert_eq!(names(&world, &learner).await, ["second"]);
        let rows = place.rows("select name from profiles").await;
        assert_eq!(rows, [[Some("second".to_owned())]], "the row is gone");
        for again in [
            world.exam.delete_profile(&learner, id).await,
            world.exam.profile(&learner, id).await.map(drop),
            world
                .exam
                .save_profile(&learner, Some(id), "first", &json!({}))
                .await
                .map(drop),
        ] {
            assert!(matches!(again, Err(Failure::NoSuchProfile)), "{again:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_events_tell_that_and_not_what() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let body = json!({ "criteria": { "education": 123 } });
        let id = save(&world, &learner, "Private name", &body).await.overview.id;
        world.exam.delete_profile(&learner, &id).await.expect("deleted");
        let events = place
            .rows("select kind, actor, learner_id, detail from events where kind like 'profile-%' order by id")
            .await;
        let kinds: Vec<_> = events.iter().map(|event| event[0].as_deref()).collect();
        assert_eq!(kinds, [Some("profile-saved"), Some("profile-deleted")]);
        for event in &events {
            assert_eq!(event[1].as_deref(), Some(learner.as_str()));
            assert_eq!(event[2].as_deref(), Some(learner.as_str()));
            let detail = event[3].as_deref().expect("a detail");
            assert_eq!(detail, json!({ "profile": id.as_str() }).to_string());
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_elses_profile_does_not_exist() {
    on_both(async |place| {
        let world = World::on(place).await;
        let (owner, stranger) = (world.learner().await, world.learner().await);
        let body = json!({ "health": 1 });
        let id = save(&world, &owner, "mine", &body).await.overview.id;
        let none = ProfileId::new("none");
        for id in [&id, &none] {
            let theirs = world.exam.profile(&stranger, id).await.map(drop);
            assert!(matches!(theirs, Err(Failure::NoSuchProfile)), "{theirs:?}");
            let theirs = world.exam.delete_profile(&stranger, id).await;
            assert!(matches!(theirs, Err(Failure::NoSuchProfile)), "{theirs:?}");
            let theirs = world
                .exam
                .save_profile(&stranger, Some(id), "theirs", &json!({}))
                .await;
            assert!(matches!(theirs, Err(Failure::NoSuchProfile)), "{theirs:?}");
        }
        assert!(names(&world, &stranger).await.is_empty());
        let kept = world.exam.profile(&owner, &id).await.expect("is there");
        assert_eq!((kept.overview.name.as_str(), kept.body), ("mine", body));
    })
    .await;
}

#[tokio::test]
async fn only_so_many_are_kept() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let mut last = None;
        for n in 1..PROFILES_MAX {
            last = Some(save(&world, &learner, &n.to_string(), &json!({})).await);
        }
        let body = json!({});
        let more = |name| world.exam.save_profile(&learner, None, name, &body);
        more("a").await.expect("the last one");
        let refused = more("e").await;
        assert!(
            matches!(refused, Err(Failure::TooManyProfiles)),
            "{refused:?}"
        );
        assert_eq!(names(&world, &learner).await.len(), PROFILES_MAX);
        // One that is there can still be changed, and a place becomes free.
        let id = last.expect("saved").overview.id;
        let changed = world
            .exam
            .save_profile(&learner, Some(&id), "x", &body)
            .await;
        changed.expect("changed");
        world
            .exam
            .delete_profile(&learner, &id)
            .await
            .expect("deleted");
        more("f").await.expect("there is room again");
        // Another learner has places of their own.
        let other = world.learner().await;
        save(&world, &other, "mine", &body).await;
    })
    .await;
}

#[tokio::test]
async fn the_last_place_is_given_once() {
    // On SQLite there is one writer; here another transaction has taken the last place and is not over.
    let place = Place::on(Engine::Postgres).await;
    let world = World::on(&place).await;
    let learner = world.learner().await;
    for n in 1..PROFILES_MAX {
        save(&world, &learner, &n.to_string(), &json!({})).await;
    }
    let mut first = world.store.write().await.expect("write");
    let kept = first.lock_and_count_profiles(&learner).await;
    assert_eq!(kept.expect("counted"), 19);
    let (id, now) = (ProfileId::new("first"), world.exam.clock().now());
    first
        .insert_profile(&learner, &id, "first", "{}", now)
        .await
        .expect("written");
    let second = tokio::spawn({
        let (world, learner) = (world.clone(), learner.clone());
        async move {
            let body = json!({});
            world
                .exam
                .save_profile(&learner, None, "second", &body)
                .await
        }
    });
    let waits = "select 'waits' from pg_stat_activity \
                 where datname = current_database() and wait_event_type = 'Lock'";
    while !second.is_finished() && place.rows(waits).await.is_empty() {}
    first.commit().await.expect("committed");
    let refused = second.await.expect("no panic");
    assert!(
        matches!(refused, Err(Failure::TooManyProfiles)),
        "{refused:?}"
    );
    assert_eq!(names(&world, &learner).await.len(), PROFILES_MAX);
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let longest = "ә".repeat(PROFILE_NAME_MAX);
        save(&world, &learner, &longest, &json!({})).await;
        // {"a":"…"} around it is eight bytes.
        let largest = json!({ "a": "x".repeat(PROFILE_BYTES_MAX - 8) });
        save(&world, &learner, "large", &largest).await;
        let larger = json!({ "a": "x".repeat(PROFILE_BYTES_MAX - 7) });
        for (name, body, wrong, what) in [
            ("", &json!({}), "name", "missing"),
            (" \t ", &json!({}), "name", "missing"),
            (&(longest + "ә"), &json!({}), "name", "too-long"),
            ("two\nlines", &json!({}), "name", "not-a-line"),
            ("nul\0", &json!({}), "name", "not-a-line"),
            ("large", &larger, "profile", "too-long"),
        ] {
            let refused = world.exam.save_profile(&learner, None, name, body).await;
            match refused {
                Err(Failure::Invalid { field, problem }) => {
                    assert_eq!((field, problem), (wrong, what), "{name:?}");
                }
                other => panic!("{name:?}: {other:?}"),
            }
        }
        assert_eq!(names(&world, &learner).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_guests_profiles_move_into_the_account_that_the_guest_makes() {
    on_both(async |place| {
        let world = World::on(place).await;
        let exam = &world.exam;
        let guest = exam.guest().await.expect("a guest").account;
        save(&world, &guest.id, "as a guest", &json!({})).await;
        let made = exam
            .sign_up(new_account("a@example.kz"), Some(&guest))
            .await
            .expect("an account");
        assert_eq!(names(&world, &made.account.id).await, ["as a guest"]);
        let back = exam.sign_in("a@example.kz", "correct horse battery").await;
        let back = back.expect("signed in").account;
        assert_eq!(names(&world, &back.id).await, ["as a guest"]);

        // Whoever signs in to an account that is there leaves the guest behind, profiles and attempts alike.
        let guest = exam.guest().await.expect("a guest").account;
        save(&world, &guest.id, "another guest's", &json!({})).await;
        let back = exam.sign_in("a@example.kz", "correct horse battery").await;
        let back = back.expect("signed in").account;
        assert_eq!(names(&world, &back.id).await, ["as a guest"]);
        assert_eq!(names(&world, &guest.id).await, ["another guest's"]);
    })
    .await;
}

#[tokio::test]
async fn a_corrupt_profile_is_named() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = save(&world, &learner, "mine", &json!({})).await.overview.id;
        place.execute("update profiles set body = '{'").await;
        let error = world
            .exam
            .profile(&learner, &id)
            .await
            .expect_err("refused");
        let message = error.to_string();
        assert!(
            message.contains("profiles.body") && message.contains(id.as_str()),
            "{message}"
        );
    })
    .await;
}
