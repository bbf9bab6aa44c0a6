//! Giving on pages, without scripts: picking texts, the preview, the settings, an exception, a set whose keys come later.

use synaq::domain::assignment::FeedbackPolicy;
use synaq::domain::rules::Section::Reading;

use super::{Visitor, between};
use crate::support::giving::{bank, delayed};
use crate::support::school::{Class, PASSWORD, new, sit, start};
use crate::support::{Place, World};

async fn visitor(world: &World, email: Option<&str>) -> Visitor {
    let email = email.expect("an address");
    let session = world.exam.sign_in(email, PASSWORD).await;
    Visitor::with_session(world, &session.expect("a session").token).await
}

/// The hidden fields of a page's first form that has them: name and value.
fn hidden(html: &str) -> Vec<(String, String)> {
    let inputs = html.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |input: &str| {
        let (name, rest) = input.split_once('"').expect("a name");
        let value = between(rest, "value=\"", "\"");
        (name.to_owned(), value.replace("&#38;", "&"))
    };
    inputs
        .map(field)
        .filter(|(name, _)| name != "csrf")
        .collect()
}

fn query(fields: &[(String, String)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields);
    query.finish()
}

#[tokio::test]
async fn texts_are_picked_looked_at_and_given() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let tutor = visitor(&world, class.tutor.email.as_deref()).await;
    let mut form = vec![
        ("group", class.group.as_str()),
        ("kind", "practice"),
        ("title", "Texts & more"),
        ("section", "reading"),
        ("level", "A2"),
        ("items", "5"),
        ("minutes", "15"),
        ("feedback", "released"),
        ("due", "2026-11-27"),
        ("attempts", "1"),
        ("act", "pick"),
    ];
    let list = tutor.submit("/assignments/new", &form).await;
    let html = tutor.page(&list).await;
    let texts = bank(&world, Reading);
    for id in &texts {
        assert!(html.contains(&format!("name=\"tick-{id}\"")));
    }
    // The second is ticked, then a filter hides it; then the first is ticked too.
    let mut fields = hidden(&html);
    fields.push(("section".to_owned(), "reading".to_owned()));
    let mut ticked = fields.clone();
    ticked.push((format!("tick-{}", texts[1]), "1".to_owned()));
    ticked.push(("show-level".to_owned(), "C1".to_owned()));
    let html = tutor
        .page(&format!("/assignments/pick?{}", query(&ticked)))
        .await;
    assert!(html.contains("Nothing in the bank fits this filter") && html.contains("Chosen: 1"));
    let mut fields = hidden(&html);
    fields.push(("section".to_owned(), "reading".to_owned()));
    let html = tutor
        .page(&format!("/assignments/pick?{}", query(&fields)))
        .await;
    assert!(html.contains(&format!("name=\"tick-{}\" value=\"1\" checked", texts[1])));
    let mut fields = hidden(&html);
    fields.push(("section".to_owned(), "reading".to_owned()));
    fields.extend(
        texts
            .iter()
            .map(|id| (format!("tick-{id}"), "1".to_owned())),
    );
    let html = tutor
        .page(&format!("/assignments/new?{}", query(&fields)))
        .await;
    assert!(html.contains("value=\"Texts &#38; more\"") && html.contains("value=\"15\""));
    let order = format!("name=\"testlets\" value=\"{},{}\"", texts[1], texts[0]);
    assert!(html.contains(&order), "in the order of the ticks");

    let picked = format!("{},{}", texts[1], texts[0]);
    form.push(("testlets", &picked));
    form[10].1 = "preview";
    let look = tutor.send("POST", "/assignments/new", Some(&form)).await;
    assert_eq!(look.status, 200);
    let html = look.text();
    assert!(html.contains("id=\"preview\"") && html.contains("Every learner gets these"));
    assert!(html.contains("right-one") && html.contains("value=\"Texts &#38; more\""));
    assert!(
        world
            .exam
            .due(&class.learner)
            .await
            .expect("a list")
            .is_empty(),
        "nothing is given"
    );
    form[10].1 = "give";
    let given = tutor.submit("/assignments/new", &form).await;

    let learner = visitor(&world, class.learner.email.as_deref()).await;
    let html = learner.page("/").await;
    assert!(html.contains("15 min") && html.contains("answers when the tutor shows them"));
    let html = learner.page(&given).await;
    assert!(html.contains("15 min, the clock starts with the set"));
    let attempt = learner.submit(&format!("{given}/start"), &[]).await;
    let html = learner.page(&attempt).await;
    assert!(html.contains("data-remaining-ms=\"900000\"") && html.contains("id=\"time-left\""));
    assert!(html.contains("Your school shows the right answers later"));
    // An answer is kept, shown as chosen, can be changed, and nothing is told of it.
    let action = between(&html, "action=\"/practice/", "\"");
    let action = format!("/practice/{action}");
    let name = between(&html, "type=\"radio\" name=\"", "\"").to_owned();
    for letter in ["A", "B"] {
        let fields = [("t", "1"), (name.as_str(), letter), ("go", "save")];
        let to = learner.submit(&action, &fields).await;
        let html = learner.page(&to).await;
        let item = between(&html, &format!("name=\"{name}\" id="), "</fieldset>");
        let chosen = format!("value=\"{letter}\" checked");
        assert!(
            item.contains(&chosen) && item.contains("Your answer is kept"),
            "{item}"
        );
        assert!(!html.contains("is-key") && !html.contains("blockquote"));
    }
    // At the deadline the set is over, and the result says so.
    world.clock.advance(crate::support::world::minutes(16));
    let late = learner.submit(&action, &[("t", "1"), ("go", "save")]).await;
    let over = learner.get(&late).await;
    let html = learner.page(over.header("location")).await;
    assert!(
        html.contains("The time ran out")
            && html.contains("Your school shows the right answers later")
    );
}

#[tokio::test]
async fn settings_are_changed_and_an_exception_granted() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let tutor = visitor(&world, class.tutor.email.as_deref()).await;
    let learner = visitor(&world, class.learner.email.as_deref()).await;
    let given = class.give(&world, new(delayed(), 1)).await;
    let page = format!("/assignments/{}", given.id);
    let edit = format!("{page}/edit");
    let html = tutor.page(&edit).await;
    assert!(
        html.contains("value=\"short\" checked")
            && html.contains("value=\"working-days-3\" checked")
    );
    let id = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &id, 3, 4).await;
    // The result says when it comes, and the page of the assignment too.
    let html = learner.page(&format!("/attempts/{id}/result")).await;
    assert!(html.contains("26.11.2026 00:00") && !html.contains("3 of 3"));
    assert!(
        learner
            .page(&page)
            .await
            .contains("result from 26.11.2026 00:00")
    );
    assert!(
        learner
            .page("/history")
            .await
            .contains("result from 26.11.2026")
    );

    let html = tutor.page(&edit).await;
    assert!(html.contains("Somebody has started") && !html.contains("name=\"rule\""));
    let mut form = vec![
        ("title", "Week 2"),
        ("due", "2026-11-20"),
        ("attempts", "2"),
        ("feedback", FeedbackPolicy::Released.as_str()),
        ("results", "working-days-3"),
    ];
    let refused = tutor.send("POST", &edit, Some(&form)).await;
    assert_eq!(refused.status, 422);
    let html = refused.text();
    assert!(html.contains("The last day is over") && html.contains("value=\"Week 2\""));
    form[1].1 = "2026-11-25";
    let saved = tutor.submit(&edit, &form).await;
    assert!(tutor.page(&saved).await.contains("Saved."));
    assert!(learner.page(&page).await.contains("25.11.2026"));

    let exceptions = format!("{page}/exceptions");
    let mut grant = vec![
        ("learner", class.learner.id.as_str()),
        ("until", "2026-11-24"),
        ("extra", "1"),
    ];
    let refused = tutor.send("POST", &exceptions, Some(&grant)).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text()
            .contains("Choose a day later than the last day of the group")
    );
    grant[1].1 = "2026-11-29";
    tutor.submit(&exceptions, &grant).await;
    let html = learner.page(&page).await;
    assert!(
        html.contains("Your tutor has granted you other conditions") && html.contains("29.11.2026")
    );
    assert!(html.contains("2 attempts left to you"));
    let html = tutor.page(&edit).await;
    assert!(html.contains("29.11.2026") && html.contains("Take back"));
    tutor
        .submit(&exceptions, &[("learner", class.learner.id.as_str())])
        .await;
    assert!(!learner.page(&page).await.contains("other conditions"));

    // A release brings the result forward, with the keys.
    tutor.submit(&format!("{page}/release"), &[]).await;
    let html = learner.page(&format!("/attempts/{id}/result")).await;
    assert!(html.contains("3 of 3") && html.contains("blockquote"));
}
