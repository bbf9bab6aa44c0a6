//! What changes while a group sits, as a tutor's page hears it.

use axum::body::Body;
use serde_json::Value;
use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::id::AttemptId;
use synaq::domain::rules::Section::Listening;
use synaq::service::Account;

use crate::support::client::Stream;
use crate::support::school::{Class, PASSWORD, account, new, start, training};
use crate::support::world::{items, ms};
use crate::support::{Place, World};

struct Hall {
    world: World,
    class: Class,
    events: String,
    id: AttemptId,
    _place: Place,
}

impl Hall {
    async fn open() -> Self {
        let place = Place::sqlite();
        let world = World::on(&place).await;
        let class = Class::of(&world, "one").await;
        class.admit(&world, &account(&world, "Second").await).await;
        let work = training(FeedbackPolicy::AtOnce);
        let given = class.give(&world, new(work, 1)).await;
        let id = start(&world, &class.learner, &given).await.expect("starts");
        world.start(&class.learner.id, &id, Listening).await;
        Self {
            events: format!("/assignments/{}/live/events", given.id),
            world,
            class,
            id,
            _place: place,
        }
    }

    async fn token(&self, who: &Account) -> String {
        let email = who.email.as_deref().expect("an address");
        let signed_in = self.world.exam.sign_in(email, PASSWORD).await;
        signed_in.expect("a session").token
    }

    async fn listen(&self, token: &str) -> Stream {
        let client = self.world.client().with_token(token);
        let gzip = [("accept-encoding", "gzip")];
        let stream = client.open("GET", &self.events, &gzip, Body::empty()).await;
        assert_eq!(stream.status, 200);
        stream
    }

    /// Time passes, and the server looks.
    async fn look(&self, after_ms: i64) {
        self.world.clock.advance(ms(after_ms));
        self.world.exam.look_around().await;
    }
}

/// The name and the data of an event.
fn parsed(text: &str) -> (String, Value) {
    let line = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    let data = serde_json::from_str(&line("data:")).unwrap_or_default();
    (line("event:"), data)
}

fn learners(data: &Value) -> Vec<&str> {
    let rows = data["rows"].as_array().expect("rows").iter();
    rows.map(|row| row["name"].as_str().expect("a name"))
        .collect()
}

#[tokio::test]
async fn first_everybody_is_told_and_then_who_changed() {
    let hall = Hall::open().await;
    let token = hall.token(&hall.class.tutor).await;
    let mut stream = hall.listen(&token).await;
    assert_eq!(stream.header("content-type"), "text/event-stream");
    assert_eq!(
        stream.header("content-encoding"),
        "",
        "it must not be gathered"
    );
    let (kind, all) = parsed(&stream.next().await.expect("an event"));
    assert_eq!(kind, "rows");
    assert_eq!(learners(&all).len(), 2);
    let row = all["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["state"] == "running");
    let row = row.expect("one sits");
    assert_eq!(
        (&row["section"], &row["answered"], &row["of"]),
        (&"listening".into(), &0.into(), &3.into())
    );
    assert_eq!(row["remaining_ms"], 120_000);

    let who = &hall.class.learner.id;
    let exam = &hall.world.exam;
    let paper = exam.paper(who, &hall.id).await.expect("a paper");
    let item = items(&paper).next().expect("an item");
    exam.respond(who, &hall.id, &item.id, Some(hall.world.key(item)), None)
        .await
        .expect("saved");
    hall.look(2000).await;
    let (_, changed) = parsed(&stream.next().await.expect("an event"));
    assert_eq!(learners(&changed), ["one-learner"]);
    assert_eq!(changed["rows"][0]["answered"], 1);
    assert_eq!(changed["rows"][0]["remaining_ms"], 118_000);

    // Nothing changes: after a while a comment keeps the connection.
    hall.look(15_000).await;
    let silent = stream.next().await.expect("a sign of life");
    assert!(silent.starts_with(':'), "{silent}");
    // It is over when the server stops.
    exam.end_watching();
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn it_ends_with_the_session_and_with_the_right() {
    let hall = Hall::open().await;
    let exam = &hall.world.exam;
    let tutor = hall.token(&hall.class.tutor).await;
    let owner = hall.token(&hall.class.owner).await;
    let mut stays = hall.listen(&owner).await;
    let mut signs_out = hall.listen(&owner).await;
    let mut leaves = hall.listen(&tutor).await;
    for stream in [&mut stays, &mut signs_out, &mut leaves] {
        stream.next().await.expect("everybody");
    }
    drop(signs_out);
    exam.leave_school(&hall.class.tutor, &hall.class.school)
        .await
        .expect("left");
    hall.look(30_000).await;
    let (kind, _) = parsed(&leaves.next().await.expect("an event"));
    assert_eq!(kind, "end");
    assert_eq!(leaves.next().await, None);
    let comment = stays.next().await.expect("a sign of life");
    assert!(comment.starts_with(':'), "{comment}");
    exam.sign_out(&owner).await.expect("signed out");
    hall.look(30_000).await;
    let (kind, _) = parsed(&stays.next().await.expect("an event"));
    assert_eq!(kind, "end");
    drop((stays, leaves));
    assert_eq!(exam.look_around().await, 0, "nobody is left");
    // Whoever may not is not let in, whatever the kind of answer.
    let client = hall.world.client().with_token(&tutor);
    let hidden = client.get(&hall.events).await;
    assert_eq!(hidden.status, 404);
}
