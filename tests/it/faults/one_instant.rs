//! Ten thousand sections whose time is up at one instant: each ends as of its deadline with its score, in transactions so
//! short that whoever answers meanwhile is saved.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use synaq::clock::Stopwatch;
use synaq::domain::id::AttemptId;
use synaq::domain::rules::Section::Listening;

use crate::support::world::{GRACE_MS, items, minutes, ms, running};
use crate::support::{Place, World, on_both};

const ATTEMPTS: usize = 10_000;
/// Saves of somebody else that must get in between: a sweep that keeps the writer lets through one or none.
const SAVES_BETWEEN: usize = 20;
/// A debug build on a machine with much to do; a release build takes seconds.
const MOST: Duration = Duration::from_secs(120);

/// Copies an attempt, with all that hangs on it, to learners of their own, until there are so many.
async fn copy(place: &Place, id: &AttemptId, copies: usize) {
    let numbers = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {copies})"
    );
    let of = "'-' || cast(n.i as text)";
    for (table, columns, values) in [
        (
            "learners",
            "id, role, created_at, mock_starts",
            format!("t.id || {of}, t.role, t.created_at, t.mock_starts"),
        ),
        (
            "attempts",
            "id, learner_id, kind, rule_id, rule_digest, sections, created_at, counted_at, state, section_index, since, \
             until, due_at, version, counts, item_counts, delivery",
            format!(
                "t.id || {of}, t.learner_id || {of}, t.kind, t.rule_id, t.rule_digest, t.sections, t.created_at, \
                 t.counted_at, t.state, t.section_index, t.since, t.until, t.due_at, t.version, t.counts, \
                 t.item_counts, t.delivery"
            ),
        ),
        (
            "forms",
            "attempt_id, form",
            format!("t.attempt_id || {of}, t.form"),
        ),
        (
            "attempt_testlets",
            "attempt_id, testlet_id, learner_id",
            format!("t.attempt_id || {of}, t.testlet_id, t.learner_id || {of}"),
        ),
        (
            "responses",
            "attempt_id, seq, item_id, chosen, saved_at, late, sent_order, top_order",
            format!(
                "t.attempt_id || {of}, t.seq, t.item_id, t.chosen, t.saved_at, t.late, t.sent_order, t.top_order"
            ),
        ),
    ] {
        let (key, whose) = match table {
            "learners" => (
                "id",
                format!("(select learner_id from attempts where id = '{id}')"),
            ),
            "attempts" => ("id", format!("'{id}'")),
            _ => ("attempt_id", format!("'{id}'")),
        };
        let sql = format!(
            "{numbers} insert into {table} ({columns}) select {values} from {table} t cross join n \
             where t.{key} = {whose}"
        );
        place.execute(&sql).await;
    }
}

async fn number(place: &Place, what: &str) -> usize {
    let rows = place
        .rows(&format!("select cast(count(*) as text) from {what}"))
        .await;
    let number = rows[0][0].as_deref().expect("a number");
    number.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_sections_end_at_once_and_others_go_on_saving() {
    on_both(async |place| {
        let world = World::on(place).await;
        let begun = world.exam.clock().now();
        let learner = world.learner().await;
        let id = world.mock(&learner).await;
        let paper = world.start(&learner, &id, Listening).await;
        // Two of three right.
        for (n, item) in items(&paper).enumerate() {
            let key = world.key(item);
            let letter = if n < 2 { key } else { crate::support::world::other_than(key) };
            let saved = world.exam.respond(&learner, &id, &item.id, Some(letter), None);
            saved.await.expect("saved");
        }
        copy(place, &id, ATTEMPTS - 1).await;
        let deadline = running(&paper).deadline.expect("a deadline");
        // Somebody else began later and goes on.
        world.clock.advance(minutes(1));
        let other = world.learner().await;
        let others = world.mock(&other).await;
        let paper = world.start(&other, &others, Listening).await;
        let item = items(&paper).next().expect("an item").clone();
        let key = world.key(&item);

        world.clock.set(deadline + ms(GRACE_MS - 1));
        assert_eq!(world.exam.sweep().await.expect("swept"), 0, "not a moment early");
        world.clock.advance(ms(1));
        let over = AtomicBool::new(false);
        let from = Stopwatch::start();
        let sweep = async {
            let swept = world.exam.sweep().await.expect("swept");
            over.store(true, Ordering::SeqCst);
            swept
        };
        let save = async {
            // As fast as a quick learner's page, and not as fast as it goes.
            let mut pace = tokio::time::interval(Duration::from_millis(50));
            let mut saves = 0;
            while !over.load(Ordering::SeqCst) {
                let saved = world.exam.respond(&other, &others, &item.id, Some(key), None);
                saved.await.expect("saved while others end");
                saves += 1;
                pace.tick().await;
            }
            saves
        };
        let (swept, saves) = tokio::join!(sweep, save);
        let took = from.passed();
        eprintln!("{ATTEMPTS} sections in {took:?}, {saves} saves in between");
        assert_eq!(swept, ATTEMPTS);
        assert!(saves >= SAVES_BETWEEN, "{saves} saves in {took:?}");
        assert!(took < MOST, "{took:?}");

        // Every one ended, once, as of its deadline and not of the sweep; the other goes on.
        let (begun, ended) = (begun.timestamp_millis(), deadline.timestamp_millis());
        let results = format!(
            "section_results where started_at = {begun} and ended_at = {ended} and ended_by = 'deadline' \
             and correct = 2 and of_items = 3"
        );
        assert_eq!(number(place, &results).await, ATTEMPTS);
        assert_eq!(number(place, "section_results").await, ATTEMPTS);
        let until = ended + 60_000;
        let breaks = format!("attempts where state = 'break' and until = {until} and due_at = {until}");
        assert_eq!(number(place, &breaks).await, ATTEMPTS);
        assert_eq!(number(place, "attempts where state = 'running'").await, 1);
        assert_eq!(number(place, "events where kind = 'section-finished'").await, ATTEMPTS);
        assert_eq!(world.exam.sweep().await.expect("swept"), 0, "nothing is left");
    })
    .await;
}
