//! The whole story on pages, without scripts: an owner makes a school, a tutor a group and a mock, a learner joins by a
//! link and sits it, the tutor reads the table and lets the answers be seen.

use synaq::domain::id::{AttemptId, LearnerId};
use synaq::domain::rules::Section;

use super::{Visitor, between};
use crate::support::{Place, World};

#[tokio::test]
async fn from_a_school_to_its_table() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let (mut owner, mut tutor) = (Visitor::new(&world).await, Visitor::new(&world).await);
    assert_eq!(tutor.sign_up("tutor", "/").await, "/history");
    owner.sign_up("owner", "/schools").await;
    assert!(owner.page("/").await.contains("href=\"/schools\""));

    // A school, and a tutor in it.
    let form = [("name", "Тіл әлемі"), ("zone", "Asia/Almaty")];
    let school = owner.submit("/schools", &form).await;
    let wrong = [("email", "tutor at example")];
    let refused = owner
        .send("POST", &format!("{school}/tutors"), Some(&wrong))
        .await;
    assert_eq!(refused.status, 422);
    let html = refused.text();
    assert!(html.contains("Write an email address such as"));
    assert!(
        html.contains("value=\"tutor at example\""),
        "what was typed is kept"
    );
    assert!(
        html.contains("href=\"#email\""),
        "the summary leads to the field"
    );
    let tutors = format!("{school}/tutors");
    owner
        .submit(&tutors, &[("email", "tutor@example.org")])
        .await;

    // The owner tells the tutor the code.
    let html = owner.page(&school).await;
    let (_, invited) = html.split_once("id=\"invited\"").expect("the invited");
    let code = between(invited, "<b class=\"num\">", "</b>");
    let html = tutor.page("/schools").await;
    let accept = between(&html, "action=\"/invitations/", "\"");
    let there = tutor
        .submit(&format!("/invitations/{accept}"), &[("code", code)])
        .await;
    assert_eq!(there, school);

    // A group and a link to it.
    assert!(tutor.page("/schools").await.contains("Тіл әлемі"));
    let group = tutor
        .submit(&format!("{school}/groups"), &[("group", "Evening A2")])
        .await;
    let codes = format!("{group}/codes");
    let refused = tutor.send("POST", &codes, Some(&[("days", "91")])).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("value=\"91\""));
    tutor.submit(&codes, &[("days", "7")]).await;
    let html = tutor.page(&group).await;
    let link = between(&html, "http://exam.example", "\"").to_owned();
    assert!(link.starts_with("/join/"), "{link}");

    // Somebody without an account follows it, and comes back to it after signing up.
    let mut learner = Visitor::new(&world).await;
    let html = learner.page(&link).await;
    assert!(html.contains("Тіл әлемі") && html.contains("Evening A2"));
    assert!(html.contains(&format!("/sign-up?next={link}")));
    assert_eq!(learner.sign_up("learner", &link).await, link);
    let lower = link.to_lowercase();
    assert_eq!(learner.submit(&lower, &[]).await, group, "in either case");
    assert!(
        !learner.page(&group).await.contains("/join/"),
        "codes are for those who teach"
    );

    give_and_sit(&world, &tutor, &learner, &group).await;
}

async fn give_and_sit(world: &World, tutor: &Visitor, learner: &Visitor, group: &str) {
    let id = group.rsplit('/').next().expect("an id");
    let html = tutor
        .page(&format!("/assignments/new?group={id}&kind=mock"))
        .await;
    assert!(html.contains("type=\"date\""));
    let mut form = vec![
        ("group", id),
        ("kind", "mock"),
        ("title", "Week 1 <b>"),
        ("rule", "short"),
        ("limit", "training"),
        ("feedback", "released"),
        ("opens", ""),
        ("due", "2026-11-21"),
        ("attempts", "1"),
    ];
    let refused = tutor.send("POST", "/assignments/new", Some(&form)).await;
    assert_eq!(refused.status, 422);
    let html = refused.text();
    assert!(html.contains("The last day is over") && html.contains("Week 1 &#60;b&#62;"));
    assert!(
        html.contains("value=\"training\" checked") && html.contains("value=\"released\" checked")
    );
    form[7].1 = "2026-11-27";
    let given = tutor.submit("/assignments/new", &form).await;

    // The learner finds it on the start page, and is told that it does not count before they start.
    let html = learner.page("/").await;
    assert!(html.contains(&given) && html.contains("last day 27.11.2026"));
    let html = learner.page(&given).await;
    assert!(html.contains("It does not count against the retake limit"));
    assert!(!html.contains("id=\"gradebook\""));
    let attempt = learner.submit(&format!("{given}/start"), &[]).await;
    assert!(
        learner
            .page(&attempt)
            .await
            .contains("this exam does not count against the limit")
    );
    let attempt_id = AttemptId::new(attempt.rsplit('/').next().expect("an id"));
    let who = learner_of(world, &attempt_id).await;
    for (section, right) in [(Section::Listening, 2), (Section::Reading, 3)] {
        world.sit(&who, &attempt_id, section, right).await;
    }
    let result = format!("{attempt}/result");
    let html = learner.page(&result).await;
    assert!(html.contains("Your school shows the right answers later"));
    assert!(html.contains("This was training") && !html.contains("blockquote"));

    let html = tutor.page(&given).await;
    let row = between(&html, "<tr><th scope=\"row\"><a ", "</tr>");
    assert!(row.contains(">learner</a>"), "{row}");
    for cell in ["2 of 3, 66 %, B2", "3 of 4, 75 %, B2", "passed"] {
        assert!(
            row.to_lowercase().contains(&cell.to_lowercase()),
            "{cell}: {row}"
        );
    }
    let seen = between(row, "href=\"", "\"");
    let html = tutor.page(seen).await;
    assert!(html.contains("blockquote") && html.contains("<h1>learner</h1>"));
    tutor.submit(&format!("{given}/release"), &[]).await;
    assert!(learner.page(&result).await.contains("blockquote"));

    // Once is what was allowed.
    let again = learner
        .send("POST", &format!("{given}/start"), Some(&[]))
        .await;
    assert_eq!(again.status, 409);
    assert!(again.text().contains("You have no attempts left for this"));
    tutor.submit(&format!("{given}/withdraw"), &[]).await;
    assert!(!learner.page("/").await.contains(&given));
    assert!(learner.page(&given).await.contains("withdrawn"));
}

async fn learner_of(world: &World, attempt: &AttemptId) -> LearnerId {
    let mut conn = world.store.read().await.expect("a connection");
    let stored = conn.attempt(attempt).await.expect("loads");
    stored.expect("is there").attempt.learner
}
