//! The key that signs: one for all servers of a database, and what happens when it is replaced.

use std::sync::Arc;

use synaq::content::Content;
use synaq::domain::language_score::{KeySet, PublicKey, SigningKey, verify};
use synaq::service::KeySource;

use crate::support::school::Class;
use crate::support::{Engine, Place, Tweak, World, on_both};

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32]).expect("a key")
}

async fn with(place: &Place, keys: KeySet) -> World {
    let tweak = Tweak {
        keys,
        ..Tweak::default()
    };
    World::tweaked(place, tweak).await
}

fn kid(world: &World) -> String {
    world.exam.keys().signing.public().kid()
}

fn published(world: &World) -> Vec<String> {
    let keys = &world.exam.keys().published;
    keys.iter().map(PublicKey::kid).collect()
}

#[tokio::test]
async fn the_first_server_makes_a_key_and_the_others_find_it() {
    on_both(async |place| {
        let first = World::on(place).await;
        let second = World::on(place).await;
        assert_eq!(kid(&first), kid(&second));
        assert_eq!(first.exam.keys().source, KeySource::Database);
        assert_eq!(published(&first), [kid(&first)]);
        let made = place
            .rows("select detail from events where kind = 'signing-key-made'")
            .await;
        let told = made[0][0].as_deref().expect("a detail");
        assert_eq!(made.len(), 1);
        assert!(told.contains(&kid(&first)), "{told}");
        let seeds = place.rows("select seed from signing_keys").await;
        assert_eq!(seeds.len(), 2, "to sign, and for the codes of invitations");
        for seed in seeds.iter().flatten() {
            let seed = seed.as_deref().expect("a seed");
            assert!(!told.contains(seed), "the key itself is told nowhere");
            assert!(!format!("{:?}", first.exam).contains(seed));
        }
    })
    .await;
}

#[tokio::test]
async fn another_database_has_another_key() {
    let (one, other) = (Place::sqlite(), Place::sqlite());
    assert_ne!(kid(&World::on(&one).await), kid(&World::on(&other).await));
}

#[tokio::test]
async fn servers_that_start_at_once_agree_on_a_key() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let place = Place::on(engine).await;
        // The tables are there; the key is not.
        place.store().await.close().await;
        let start = || {
            // Without a bank, whose wordings would make them wait for each other.
            let tweak = Tweak {
                content: Arc::new(Content::default()),
                ..Tweak::default()
            };
            World::tweaked(&place, tweak)
        };
        let worlds = tokio::join!(start(), start(), start(), start());
        let kids = [&worlds.0, &worlds.1, &worlds.2, &worlds.3].map(kid);
        assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
        let made = place
            .rows("select kind from events where kind = 'signing-key-made'")
            .await;
        assert_eq!(made.len(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn a_key_that_was_replaced_still_counts() {
    on_both(async |place| {
        let by_itself = World::on(place).await;
        let kept = kid(&by_itself);
        let learner = by_itself.learner().await;
        let id = by_itself.whole_mock(&learner, 3, 4).await;
        let score = async |world: &World| {
            let statement = world.exam.language_score(&learner, &id).await;
            serde_json::to_value(statement.expect("a statement")).expect("JSON")
        };
        let today = "2026-11-22".parse().expect("a day");
        let first = score(&by_itself).await;

        let keys = KeySet {
            signing: Some(key(1)),
            ..KeySet::default()
        };
        let configured = with(place, keys).await;
        assert_eq!(configured.exam.keys().source, KeySource::File);
        assert_eq!(
            published(&configured),
            [key(1).public().kid(), kept.clone()]
        );
        let second = score(&configured).await;
        assert_ne!(first["signature"], second["signature"]);

        let keys = KeySet {
            signing: Some(key(2)),
            former: vec![key(1).public().clone()],
            ..KeySet::default()
        };
        let rotated = with(place, keys).await;
        let names = [2, 1].map(|n| key(n).public().kid());
        assert_eq!(published(&rotated)[..2], names);
        assert_eq!(published(&rotated)[2], kept);
        for statement in [&first, &second, &score(&rotated).await] {
            let trusted = &rotated.exam.keys().trusted;
            assert!(verify(statement, trusted, today).is_ok(), "{statement}");
        }
        // A key that is no longer named is no longer believed.
        let trusted = &World::on(place).await.exam.keys().trusted.clone();
        assert!(verify(&first, trusted, today).is_ok());
        assert!(verify(&second, trusted, today).is_err());
    })
    .await;
}

#[tokio::test]
async fn a_configured_key_leaves_none_in_the_database() {
    let place = Place::sqlite();
    let keys = KeySet {
        signing: Some(key(1)),
        ..KeySet::default()
    };
    let world = with(&place, keys).await;
    assert_eq!(published(&world), [key(1).public().kid()]);
    let signing = "select seed from signing_keys where purpose = 'language-score'";
    assert!(place.rows(signing).await.is_empty());
}

#[tokio::test]
async fn the_code_of_an_invitation_is_the_same_on_every_server_and_with_every_key() {
    on_both(async |place| {
        let first = World::on(place).await;
        let class = Class::of(&first, "one").await;
        // Again is the same invitation.
        let code = async |world: &World| {
            let email = "colleague@example.org";
            let exam = &world.exam;
            let made = exam.invite_tutor(&class.owner, &class.school, email).await;
            made.expect("an invitation").code
        };
        let told = code(&first).await;
        assert_eq!(code(&World::on(place).await).await, told);
        let keys = KeySet {
            signing: Some(key(1)),
            ..KeySet::default()
        };
        assert_eq!(code(&with(place, keys).await).await, told);
    })
    .await;
}
