//! A client that sends the same save twice, out of order or late: an answer is one answer however often it arrives, an
//! older one never comes over a newer one, and what comes after the end is refused and changes nothing.

use futures_util::future::join_all;
use serde_json::{Value, json};
use synaq::domain::Timestamp;

use crate::support::client::Answer;
use crate::support::world::{GRACE_MS, at, ms};
use crate::support::{Client, Place, World, on_both};

/// A learner whose listening runs.
struct Sitting {
    world: World,
    client: Client,
    path: String,
    items: Vec<String>,
    deadline: Timestamp,
}

impl Sitting {
    async fn on(place: &Place) -> Self {
        let world = World::on(place).await;
        let client = world.client().as_guest().await;
        let mock = json!({ "kind": "mock", "rule": "short" });
        let made = client
            .post("/api/v1/attempts", Some(mock))
            .await
            .expect(201);
        let path = format!("/api/v1/attempts/{}", made["id"].as_str().expect("an id"));
        let start = format!("{path}/sections/listening/start");
        let section = client.post(&start, None).await.expect(200);
        let items = section["testlets"][0]["items"].as_array().expect("items");
        Self {
            items: items
                .iter()
                .map(|item| item["id"].as_str().expect("an id").to_owned())
                .collect(),
            deadline: at(section["deadline"].as_str().expect("a deadline")),
            world,
            client,
            path,
        }
    }

    async fn send(&self, item: usize, option: &str, order: i64) -> Answer {
        let path = format!("{}/responses/{}", self.path, self.items[item]);
        let body = json!({ "option": option, "order": order });
        self.client.put(&path, body).await
    }

    async fn shown(&self, item: usize) -> Value {
        let attempt = self.client.get(&self.path).await.expect(200);
        attempt["sections"][0]["testlets"][0]["items"][item]["response"].clone()
    }
}

/// Number, option and lateness of each response that is stored.
async fn stored(place: &Place) -> Vec<(String, String, bool)> {
    let sql = "select cast(seq as text), chosen, case when late then 'late' else '' end from responses order by seq";
    let rows = place.rows(sql).await.into_iter();
    let text = |cell: &Option<String>| cell.clone().expect("a value");
    rows.map(|row| (text(&row[0]), text(&row[1]), text(&row[2]) == "late"))
        .collect()
}

fn one(seq: &str, option: &str, late: bool) -> (String, String, bool) {
    (seq.to_owned(), option.to_owned(), late)
}

#[tokio::test]
async fn the_same_save_twice_is_one_answer_with_one_receipt() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        // At once, as two connections bring it, and again later, as a page that never saw the receipt sends it.
        let answers = join_all((0..5).map(|_| sitting.send(0, "B", 1))).await;
        let first = answers[0].expect(200);
        for answer in &answers {
            let receipt = answer.expect(200);
            assert_eq!(receipt["seq"], first["seq"]);
            assert_eq!(receipt["saved_at"], first["saved_at"]);
        }
        sitting.world.clock.advance(ms(15_000));
        let again = sitting.send(0, "B", 1).await.expect(200);
        assert_eq!(again["seq"], first["seq"]);
        assert_eq!(again["saved_at"], first["saved_at"], "when it was saved");
        assert_eq!(stored(place).await, [one("1", "B", false)]);
    })
    .await;
}

#[tokio::test]
async fn an_older_save_that_arrives_after_a_newer_one_changes_nothing() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        let newer = sitting.send(0, "C", 7).await.expect(200);
        for older in [6, 1, 7] {
            let answered = sitting.send(0, "A", older).await.expect(200);
            assert_eq!(
                answered["seq"], newer["seq"],
                "the receipt of what is saved"
            );
        }
        // Another item has a history of its own.
        sitting.send(1, "D", 5).await.expect(200);
        assert_eq!(
            (sitting.shown(0).await, sitting.shown(1).await),
            (json!("C"), json!("D"))
        );
        assert_eq!(
            stored(place).await,
            [one("1", "C", false), one("2", "D", false)]
        );
    })
    .await;
}

#[tokio::test]
async fn a_late_save_counts_within_the_grace_and_is_refused_after_it() {
    on_both(async |place| {
        let sitting = Sitting::on(place).await;
        sitting.send(0, "A", 1).await.expect(200);
        sitting.world.clock.set(sitting.deadline + ms(GRACE_MS - 1));
        let in_flight = sitting.send(1, "B", 2).await.expect(200);
        assert_eq!(in_flight["remaining_ms"], 0);
        let kept = [one("1", "A", false), one("2", "B", true)];
        assert_eq!(stored(place).await, kept);

        sitting.world.clock.advance(ms(1));
        sitting.send(2, "C", 3).await.problem(409, "section-closed");
        sitting.send(0, "D", 4).await.problem(409, "section-closed");
        sitting.world.exam.sweep().await.expect("swept");
        sitting.send(2, "C", 3).await.problem(409, "section-closed");
        assert_eq!(stored(place).await, kept);
    })
    .await;
}
