//! What a tutor does on pages: one click makes a practice set for those who need it, a form names for whom something is,
//! a letter is printed.

use synaq::domain::assignment::FeedbackPolicy;
use synaq::service::Account;
use synaq::web::urls;

use super::Visitor;
use crate::support::html::{Piece, pieces};
use crate::support::school::{Class, PASSWORD, account, mock, new, sit, start, training};
use crate::support::{Place, World};

async fn visitor(world: &World, who: &Account) -> Visitor {
    let email = who.email.as_deref().expect("an address");
    let signed_in = world.exam.sign_in(email, PASSWORD).await;
    Visitor::with_session(world, &signed_in.expect("a session").token).await
}

/// The hidden fields of the first form that goes to this address, but for the token.
fn hidden_fields(html: &str, action: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut inside = false;
    for piece in pieces(html) {
        let Piece::Open {
            tag, attributes, ..
        } = piece
        else {
            continue;
        };
        let get = |name: &str| {
            let mut known = attributes.iter();
            let found = known.find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        match tag.as_str() {
            "form" if inside => break,
            "form" => inside = get("action") == action,
            "input" if inside && get("name") != "csrf" => fields.push((get("name"), get("value"))),
            _ => {}
        }
    }
    fields
}

#[tokio::test]
async fn one_click_gives_practice_to_those_who_need_it() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let strong = account(&world, "Strong").await;
    class.admit(&world, &strong).await;
    let given = class
        .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
        .await;
    for (who, right) in [(&class.learner, (0, 0)), (&strong, (3, 4))] {
        let id = start(&world, who, &given).await.expect("starts");
        sit(&world, who, &id, right.0, right.1).await;
    }
    let tutor = visitor(&world, &class.tutor).await;
    let page = tutor.page(&urls::assignment_needs(&given.id)).await;
    assert!(page.contains("Missing for 1 of 2"), "{page}");
    let action = urls::group_needs(&class.group);
    let fields = hidden_fields(&page, &action);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert!(fields.len() >= 4, "{fields:?}");
    let made = tutor.submit(&action, &fields).await;
    assert!(made.starts_with("/assignments/"), "{made}");
    let page = tutor.page(&made).await;
    assert!(
        page.contains("Practice: Detail") && page.contains("29.11.2026"),
        "{page}"
    );
    assert!(
        page.contains("one-learner") && !page.contains("Strong"),
        "{page}"
    );
    // It is there for the one who needs it, and can be begun.
    let learner = visitor(&world, &class.learner).await;
    let begun = learner.submit(&format!("{made}/start"), &[("x", "")]).await;
    assert!(begun.starts_with("/attempts/"), "{begun}");
    let other = visitor(&world, &strong).await;
    assert_eq!(other.get(&made).await.status, 404);

    // What no button of the page sends gives nothing.
    for odd in [
        vec![("section", "reading"), ("level", "A2"), ("skill", "detail")],
        vec![
            ("section", "reading"),
            ("level", "A2"),
            ("skill", "<b>"),
            fields[3],
        ],
        vec![
            ("section", "x"),
            ("level", "A2"),
            ("skill", "detail"),
            fields[3],
        ],
    ] {
        let answer = tutor.send("POST", &action, Some(&odd)).await;
        let shown_again = answer.status == 303 && answer.header("location") == action;
        assert!(shown_again || answer.status == 404, "{odd:?}");
    }
    let group = world.exam.group(&class.tutor, &class.group).await;
    assert_eq!(group.expect("the group").assignments.len(), 2);
}

#[tokio::test]
async fn a_form_names_for_whom_something_is() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let second = account(&world, "Second").await;
    class.admit(&world, &second).await;
    let tutor = visitor(&world, &class.tutor).await;
    let group = class.group.to_string();
    let tick = format!("for-{}", second.id);
    let fields = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![
            ("group", group.as_str()),
            ("kind", "practice"),
            ("title", "Only for one"),
            ("section", "reading"),
            ("level", "A2"),
            ("due", "2026-11-27"),
            ("attempts", "1"),
        ];
        fields.extend(more.iter().copied());
        fields
    };
    let nobody = fields(&[("audience", "some")]);
    let again = tutor.send("POST", "/assignments/new", Some(&nobody)).await;
    assert_eq!(again.status, 422);
    let page = again.text();
    assert!(
        page.contains("href=\"#learners\"") && page.contains("Only for one"),
        "{page}"
    );
    assert!(page.contains("Choose at least one learner"), "{page}");
    let mut one = fields(&[("audience", "some")]);
    one.push((&tick, "on"));
    let made = tutor.submit("/assignments/new", &one).await;
    let (first, second) = (
        visitor(&world, &class.learner).await,
        visitor(&world, &second).await,
    );
    assert_eq!(first.get(&made).await.status, 404);
    assert_eq!(second.get(&made).await.status, 200);
    assert!(
        !first
            .page(&urls::group(&class.group))
            .await
            .contains("Only for one")
    );
    assert!(
        second
            .page(&urls::group(&class.group))
            .await
            .contains("Only for one")
    );
}

#[tokio::test]
async fn a_letter_says_what_was_reached_and_that_it_is_no_certificate() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let given = class.give(&world, new(mock(), 1)).await;
    let id = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &id, 3, 2).await;
    let tutor = visitor(&world, &class.tutor).await;
    let attempt = tutor.page(&urls::assignment_attempt(&given.id, &id)).await;
    let letter = urls::assignment_letter(&given.id, &id);
    assert!(attempt.contains(&letter), "the way there");
    let page = tutor.page(&letter).await;
    for words in [
        "one-school",
        "one-learner",
        "22.11.2026",
        "Short sample: level A1",
        "50 %",
        "3 of 3",
        "2 minutes",
        "up to 2 times",
        "It is not a certificate",
        "Signature",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    for testlet in world.exam.content().bank.testlets() {
        for item in &testlet.testlet.items {
            assert!(!page.contains(&item.stem), "no question: {}", item.id);
        }
    }
}

#[tokio::test]
async fn a_learner_s_page_shows_the_source_of_the_points() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let given = class.give(&world, new(mock(), 1)).await;
    let id = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &id, 3, 2).await;
    let private = world.whole_mock(&class.learner.id, 0, 0).await;
    let path = urls::school_learner(&class.school, &class.learner.id);
    for (who, own) in [(&class.tutor, false), (&class.learner, true)] {
        let who = visitor(&world, who).await;
        let group = who.page(&urls::group(&class.group)).await;
        assert!(group.contains(&path), "the way there");
        let page = who.page(&path).await;
        assert!(
            page.contains("data-basis=\"assumed\"") && page.contains("id=\"s-1\""),
            "{page}"
        );
        assert!(
            page.contains("would bring") && page.contains("72"),
            "{page}"
        );
        assert!(!page.contains(private.as_str()), "what is private stays so");
        assert_eq!(page.contains(&urls::attempt_result(&id)), own);
        let needed = page.matches("needed 30").count();
        assert!(needed >= 1, "the pass line");
    }
}
