//! The store: statements, migrations, and what it says of rows that it cannot have written.

use synaq::domain::form::Letter;
use synaq::domain::id::{AttemptId, ItemId};
use synaq::domain::rules::Section;
use synaq::service::Failure;
use synaq::store::{ResponseWriter, Save, Sender, Store, StoreError, fresh_id};

use crate::support::world::{at, items};
use crate::support::{Engine, Place, World, on_both};

#[tokio::test]
async fn every_statement_prepares() {
    on_both(async |place| {
        let store = place.store().await;
        let prepared = store.prepare_all().await;
        assert!(
            prepared.clone().is_ok_and(|count| count > 30),
            "{prepared:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn opening_an_up_to_date_database_changes_nothing() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.whole_mock(&learner, 3, 4).await;
        let applied = "select cast(version as text) from _sqlx_migrations order by version";
        let before = place.rows(applied).await;

        let again = place.store().await;
        assert_eq!(place.rows(applied).await, before);
        let stored = again.read().await.expect("read").attempt(&id).await;
        assert!(stored.expect("loads").expect("is there").attempt.finished());
    })
    .await;
}

/// Names, addresses, signing keys: whatever the umask of whoever started it.
#[cfg(unix)]
#[tokio::test]
async fn nobody_but_its_owner_reads_a_database_or_a_copy_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = crate::support::Scratch::new("private");
    let [file, copy] = ["a.db", "copy.db"].map(|name| dir.path().join(name));
    let address = format!("sqlite://{}", file.display());
    let store = Store::open(&address).await.expect("it is made");
    synaq::store::backup::copy_sqlite(&address, &copy)
        .await
        .expect("copied");
    let files = std::fs::read_dir(dir.path()).expect("the directory");
    let mut modes: Vec<(String, u32)> = files
        .map(|file| {
            let file = file.expect("a file");
            let mode = file.metadata().expect("what it is").permissions().mode();
            (
                file.file_name().to_string_lossy().into_owned(),
                mode & 0o777,
            )
        })
        .collect();
    modes.sort();
    drop(store);
    let names: Vec<&str> = modes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a.db", "a.db-shm", "a.db-wal", "copy.db"]);
    assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
}

/// A server of the first version held these; the next one finds them as they were, and knows what counts.
#[tokio::test]
async fn a_database_of_the_first_version_is_brought_up_to_date() {
    on_both(async |place| {
        place.migrate_to(1).await;
        for row in [
            "insert into learners (id, name, email, password_hash, role, created_at, mock_starts) \
             values ('l', 'Aigul', 'a@example.org', 'hash', 'learner', 1000, 1)",
            "insert into attempts (id, learner_id, kind, rule_id, rule_digest, sections, created_at, counted_at, state, \
             ended_at, last_seq, version) \
             values ('mock', 'l', 'mock', 'short', 'd', 'listening,reading', 1000, 2000, 'finished', 3000, 1, 2), \
             ('practice', 'l', 'practice', 'short', 'd', 'reading', 1000, null, 'finished', 3000, 0, 2)",
            "insert into responses (attempt_id, seq, item_id, chosen, saved_at, late) \
             values ('mock', 1, 'i', 'B', 2500, false)",
            "insert into events (id, at, actor, kind, attempt_id, learner_id, detail) \
             values ('e', 2000, 'l', 'section-started', 'mock', 'l', '{}')",
        ] {
            place.execute(row).await;
        }
        let store = place.store().await;
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            place
                .rows("select id, case when counts then 'counts' else 'not' end from attempts order by id")
                .await,
            [
                vec![text("mock"), text("counts")],
                vec![text("practice"), text("not")],
            ]
        );
        assert_eq!(
            place.rows("select chosen from responses").await,
            [vec![text("B")]]
        );
        assert_eq!(
            place.rows("select kind, school_id from events").await,
            [vec![text("section-started"), None]]
        );
        let mut conn = store.read().await.expect("read");
        let learner = synaq::domain::id::LearnerId::new("l");
        let starts = conn.counted_starts(&learner).await.expect("read");
        assert_eq!(starts.len(), 1);
        assert_eq!(conn.profiles_of(&learner).await.expect("read").len(), 0);
    })
    .await;
}

#[tokio::test]
async fn two_servers_may_bring_the_same_database_up_to_date_at_once() {
    let place = Place::on(Engine::Postgres).await;
    let (one, other) = tokio::join!(Store::open(&place.address), Store::open(&place.address));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
}

/// What no program wrote, and the words of the error that must name its place.
const CORRUPT: [(&str, &str, &str); 11] = [
    ("state = 'asleep'", "attempts.state", "unknown state"),
    ("kind = 'rehearsal'", "attempts.kind", "unknown kind"),
    ("section_index = null", "attempts.section_index", "missing"),
    (
        "section_index = 7",
        "attempts.section_index",
        "not in the form",
    ),
    (
        "section_index = -1",
        "attempts.section_index",
        "not in the form",
    ),
    ("since = null", "attempts.since", "missing"),
    ("state = 'break', until = null", "attempts.until", "missing"),
    ("state = 'finished'", "attempts.ended_at", "missing"),
    ("state = 'expired'", "attempts.ended_at", "missing"),
    ("state = 'voided'", "attempts.ended_at", "missing"),
    (
        "state = 'voided', ended_at = 1",
        "attempts.void_reason",
        "missing",
    ),
];

#[tokio::test]
async fn a_corrupt_attempt_is_named_by_table_column_and_row() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let columns = "kind, state, section_index, since, until, ended_at, void_reason";
        for (change, column, reason) in CORRUPT {
            let id = world.mock(&learner).await;
            world.start(&learner, &id, Section::Listening).await;
            place
                .execute(&format!("update attempts set {change} where id = '{id}'"))
                .await;
            let message = fault(&world, &id).await;
            for part in [column, id.as_str(), reason] {
                assert!(message.contains(part), "{change}: {message} lacks {part}");
            }
            // Out of the way of the next one, which would find a mock in progress.
            place
                .execute(&format!(
                    "update attempts set ({columns}) = \
                     ('mock', 'voided', null, null, null, 1, 'test'), counted_at = null \
                     where id = '{id}'"
                ))
                .await;
        }
    })
    .await;
}

async fn fault(world: &World, id: &AttemptId) -> String {
    let mut conn = world.store.read().await.expect("read");
    match conn.attempt(id).await {
        Err(error @ StoreError::Corrupt { .. }) => error.to_string(),
        other => panic!("corrupt data was taken: {other:?}"),
    }
}

#[tokio::test]
async fn other_corrupt_rows_are_named_too() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.whole_mock(&learner, 3, 4).await;
        let mut conn = world.store.read().await.expect("read");

        place
            .execute("update section_results set ended_by = 'thunder' where section = 'reading'")
            .await;
        let message = fault(&world, &id).await;
        assert!(message.contains("section_results.ended_by"), "{message}");

        place
            .execute("update responses set chosen = 'E' where seq = 2")
            .await;
        let error = conn.marking_of(&id).await.expect_err("refused").to_string();
        assert!(
            error.contains("responses.chosen") && error.contains(id.as_str()),
            "{error}"
        );

        place.execute("update forms set form = '{}'").await;
        let message = fault(&world, &id).await;
        assert!(message.contains("attempts.form"), "{message}");

        let token = world.exam.guest().await.expect("a guest").token;
        place.execute("update learners set role = 'king'").await;
        let error = world
            .exam
            .whose(&token)
            .await
            .expect_err("refused")
            .to_string();
        assert!(error.contains("learners.role"), "{error}");

        place
            .execute("update testlet_editions set content = 'x'")
            .await;
        let digests = place.rows("select digest from testlet_editions").await;
        let digest = digests[0][0].as_deref().expect("a digest");
        let error = conn.edition(digest).await.expect_err("refused").to_string();
        assert!(
            error.contains("testlet_editions.content") && error.contains(digest),
            "{error}"
        );
        let error = conn.edition("none").await.expect_err("refused").to_string();
        assert!(error.contains("missing"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    for address in ["mysql://host/db", "exam.db", ""] {
        let refused = Store::open(address).await;
        assert!(
            matches!(refused, Err(StoreError::Address(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn ids_made_one_after_the_other_sort_one_after_the_other() {
    let now = at("2026-11-22T09:00:00+05:00");
    let made: Vec<String> = (0..1000).map(|_| fresh_id(now)).collect();
    let mut sorted = made.clone();
    sorted.sort();
    assert_eq!(made, sorted);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_changes_nothing() {
    on_both(async |place| {
        let store = place.store().await;
        let now = at("2026-11-22T09:00:00+05:00");
        let mut conn = store.write().await.expect("write");
        conn.beat("node", now).await.expect("written");
        drop(conn);
        let mut conn = store.read().await.expect("read");
        assert_eq!(conn.last_beat().await.expect("read"), None);
    })
    .await;
}

/// A request may be over in the middle of anything: its client has gone, or it took too long.
#[tokio::test]
async fn what_is_given_up_half_way_harms_nobody_after_it() {
    on_both(async |place| {
        let store = place.store().await;
        let now = at("2026-11-22T09:00:00+05:00");
        let given_up = async |work: &dyn Fn() -> Work| {
            // Begun, and given up the first time that it has to wait.
            let _ = tokio::time::timeout(std::time::Duration::ZERO, work()).await;
        };
        let writes = || -> Work {
            let store = store.clone();
            Box::pin(async move {
                let mut conn = store.write().await.expect("write");
                conn.beat("gone", now).await.expect("written");
                conn.commit().await.expect("committed");
            })
        };
        let reads = || -> Work {
            let store = store.clone();
            Box::pin(async move { store.ping().await.expect("an answer") })
        };
        for round in 0..40 {
            given_up(&writes).await;
            given_up(&reads).await;
            let mut conn = store.write().await.expect("write");
            conn.beat("here", now + chrono::Duration::seconds(round))
                .await
                .expect("written");
            // With the connection at hand, so that it is given up inside the transaction and not before it.
            match round % 2 {
                0 => {
                    let beat = conn.beat("gone", now);
                    let _ = tokio::time::timeout(std::time::Duration::ZERO, beat).await;
                }
                _ => conn.commit().await.expect("committed"),
            }
            store.ping().await.expect("an answer");
        }
        let mut conn = store.read().await.expect("read");
        let last = conn.last_beat().await.expect("read");
        assert_eq!(last, Some(now + chrono::Duration::seconds(39)));
    })
    .await;
}

type Work = std::pin::Pin<Box<dyn Future<Output = ()>>>;

/// Makes every transaction that saves a response fail at its commit, and not before.
async fn break_commits(place: &Place) {
    place
        .execute("create table parents (id text primary key)")
        .await;
    place
        .execute(
            "create table children (parent text references parents (id) deferrable initially deferred)",
        )
        .await;
    let orphan = "insert into children values ('none');";
    match place.engine {
        Engine::Sqlite => {
            let trigger =
                format!("create trigger spoil after insert on responses begin {orphan} end");
            place.execute(&trigger).await;
        }
        Engine::Postgres => {
            let function = format!(
                "create function spoil() returns trigger language plpgsql as \
                 $$ begin {orphan} return null; end $$"
            );
            place.execute(&function).await;
            let trigger = "create trigger spoil after insert on responses \
                           for each row execute function spoil()";
            place.execute(trigger).await;
        }
    }
}

#[tokio::test]
async fn an_answer_is_acknowledged_only_after_its_commit() {
    on_both(async |place| {
        let world = World::on(place).await;
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let paper = world.start(&learner, &id, Section::Listening).await;
        let item = &items(&paper).next().expect("an item").id;
        let respond = async || {
            world
                .exam
                .respond(&learner, &id, item, Some(Letter::A), None)
                .await
        };
        respond().await.expect("saved");
        break_commits(place).await;
        let unsaved = respond().await;
        assert!(matches!(unsaved, Err(Failure::Store(_))), "{unsaved:?}");
        assert_eq!(place.rows("select item_id from responses").await.len(), 1);
        // The writer lives on.
        place.execute("drop table children").await;
        place.execute("create table children (parent text)").await;
        assert_eq!(respond().await.expect("saved").receipt.seq, 2);
    })
    .await;
}

/// Makes the database refuse one item's responses.
async fn refuse_item(place: &Place, item: &ItemId) {
    match place.engine {
        Engine::Sqlite => {
            let trigger = format!(
                "create trigger refuse before insert on responses when new.item_id = '{item}' \
                 begin select raise(abort, 'refused'); end"
            );
            place.execute(&trigger).await;
        }
        Engine::Postgres => {
            let check = format!("alter table responses add check (item_id <> '{item}')");
            place.execute(&check).await;
        }
    }
}

#[tokio::test]
async fn an_answer_that_the_database_refuses_takes_no_other_with_it() {
    on_both(async |place| {
        let world = World::on(place).await;
        let mut saves = Vec::new();
        for _ in 0..5 {
            let learner = world.learner().await;
            let id = world.mock(&learner).await;
            let paper = world.start(&learner, &id, Section::Listening).await;
            let at = world.exam.clock().now();
            saves.extend(items(&paper).map(|item| Save {
                attempt: id.clone(),
                sender: Sender::Learner(learner.clone()),
                section_index: 0,
                item: item.id.clone(),
                chosen: Some(Letter::A),
                at,
                deadline_after: at,
                page: None,
                order: None,
                most: i64::MAX,
            }));
        }
        let bad = ItemId::new("not-to-be-saved");
        refuse_item(place, &bad).await;
        saves[7].item = bad;
        // All of them wait before the writer looks: one batch.
        let writer = ResponseWriter::start(world.store.clone());
        let waiting: Vec<_> = saves
            .iter()
            .map(|save| {
                tokio::spawn({
                    let (writer, save) = (writer.clone(), save.clone());
                    async move { writer.save(save).await }
                })
            })
            .collect();
        for (n, answer) in waiting.into_iter().enumerate() {
            let answer = answer.await.expect("no panic");
            assert_eq!(answer.is_ok(), n != 7, "{n}: {answer:?}");
        }
        let saved = place.rows("select item_id from responses").await;
        assert_eq!(saved.len(), saves.len() - 1);
    })
    .await;
}
