//! How a group did, as its tutor sees it on pages: sorted and filtered by links, and what is said to a learner.

use synaq::domain::assignment::FeedbackPolicy;
use synaq::service::Account;
use synaq::web::urls;

use super::Visitor;
use crate::support::school::{Class, PASSWORD, account, new, sit, start, training};
use crate::support::{Place, World};

async fn visitor(world: &World, who: &Account) -> Visitor {
    let email = who.email.as_deref().expect("an address");
    let signed_in = world
        .exam
        .sign_in(email, PASSWORD)
        .await
        .expect("signed in");
    Visitor::with_session(world, &signed_in.token).await
}

/// The places of some words in a page, in the order in which they are asked for.
#[track_caller]
fn places<const N: usize>(html: &str, words: [&str; N]) -> [usize; N] {
    words.map(|word| html.find(word).unwrap_or_else(|| panic!("{word}: {html}")))
}

#[tokio::test]
async fn tables_are_sorted_and_filtered_by_links() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let given = class
        .give(&world, new(training(FeedbackPolicy::AtOnce), 1))
        .await;
    for (name, right) in [("Aida", 1), ("Bolat", 3), ("Chen", 2)] {
        let who = account(&world, name).await;
        class.admit(&world, &who).await;
        let id = start(&world, &who, &given).await.expect("starts");
        sit(&world, &who, &id, right, right).await;
    }
    let tutor = visitor(&world, &class.tutor).await;
    let results = urls::assignment(&given.id);
    let names = [">Aida<", ">Bolat<", ">Chen<"];
    for (asked, order) in [
        ("", [0, 1, 2]),
        ("?sort=name&dir=desc", [2, 1, 0]),
        ("?sort=reading&dir=desc", [1, 2, 0]),
        ("?sort=listening&dir=asc", [0, 2, 1]),
        ("?sort=%3Cscript%3E&dir=desc", [0, 1, 2]),
    ] {
        let html = tutor.page(&format!("{results}{asked}")).await;
        let sorted = places(&html, order.map(|at| names[at]));
        assert!(sorted.is_sorted(), "{asked}: {sorted:?}");
        assert!(!html.contains("<script>"), "{asked}");
    }
    let html = tutor.page(&format!("{results}?show=not-started")).await;
    assert!(html.contains("one-learner") && !html.contains(">Aida<"));
    let html = tutor.page(&results).await;
    assert!(html.contains("aria-sort=\"ascending\"") && html.contains("needed 30 %"));
    assert!(
        html.contains("Median 66 %"),
        "of 33, 66 and 100 in listening"
    );

    for (path, asked, order) in [
        (
            urls::assignment_items(&given.id),
            "?sort=score&dir=desc",
            [1, 2, 0],
        ),
        (
            urls::assignment_skills(&given.id),
            "?sort=score&dir=asc",
            [0, 2, 1],
        ),
    ] {
        let html = tutor.page(&format!("{path}{asked}")).await;
        assert!(
            places(&html, order.map(|at| names[at])).is_sorted(),
            "{path}"
        );
    }
    let html = tutor.page(&urls::assignment_items(&given.id)).await;
    assert!(html.contains("<td class=\"y\">✓</td>"));
    assert!(html.contains("Too few learners") || html.contains("different questions"));
}

#[tokio::test]
async fn what_is_said_to_a_learner_is_text_and_nothing_else() {
    const SAID: &str = "<script>alert(1)</script> \"Жақсы\" & т. б.\nЕкінші жол";
    const SHOWN: &str =
        "&#60;script&#62;alert(1)&#60;/script&#62; &#34;Жақсы&#34; &#38; т. б.\nЕкінші жол";
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let given = class
        .give(&world, new(training(FeedbackPolicy::Released), 1))
        .await;
    let id = start(&world, &class.learner, &given).await.expect("starts");
    sit(&world, &class.learner, &id, 1, 1).await;
    let seen = world
        .exam
        .assigned_result(&class.tutor, &given.id, &id)
        .await;
    let item = seen.expect("a result").result.testlets[0].items[0]
        .id
        .to_string();
    let tutor = visitor(&world, &class.tutor).await;
    let learner = visitor(&world, &class.learner).await;
    let page = urls::assignment_attempt(&given.id, &id);
    let form = urls::assignment_comments(&given.id, &id);
    let result = urls::attempt_result(&id);

    // What cannot be taken is shown again, with the way to its field.
    let long = "қ".repeat(2001);
    let fields = [("item", item.as_str()), ("comment", long.as_str())];
    let refused = tutor.send("POST", &form, Some(&fields)).await;
    assert_eq!(refused.status, 422);
    let html = refused.text();
    assert!(html.contains(&format!("href=\"#comment-{item}\"")) && html.contains(&long));
    assert!(html.contains("at most 2000 characters"));

    let to = tutor
        .submit(&form, &[("item", &item), ("comment", SAID)])
        .await;
    assert_eq!(to, format!("{page}#item-{item}"));
    assert!(
        !learner
            .page("/history")
            .await
            .contains("your tutor commented")
    );
    assert!(!learner.page(&result).await.contains("Жақсы"));
    let to = tutor.submit(&form, &[("comment", SAID)]).await;
    assert_eq!(to, format!("{page}#comment"));
    for html in [tutor.page(&page).await, learner.page(&result).await] {
        assert!(
            html.contains(SHOWN) && !html.contains("<script>alert"),
            "{html}"
        );
        assert!(html.contains("one-tutor"));
    }
    assert!(
        learner
            .page("/history")
            .await
            .contains("your tutor commented")
    );
    tutor.submit(&form, &[("act", "erase")]).await;
    assert!(!learner.page(&result).await.contains("Жақсы"));
    world
        .exam
        .release(&class.tutor, &given.id)
        .await
        .expect("released");
    assert!(learner.page(&result).await.contains(SHOWN));
}
