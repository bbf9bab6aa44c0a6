//! People on pages, without scripts: an invitation is seen and accepted, a roster is checked, mended and imported, from
//! the field or from a file.

use axum::body::Body;

use super::{Visitor, between};
use synaq::service::NewAccount;

use crate::support::client::Answer;
use crate::support::school::{Class, PASSWORD};
use crate::support::{Place, World};

async fn signed_in(world: &World, email: &str) -> Visitor {
    let session = world
        .exam
        .sign_in(email, PASSWORD)
        .await
        .expect("a session");
    Visitor::with_session(world, &session.token).await
}

impl Visitor {
    /// Sends a form with a file, as a browser does.
    async fn upload(&self, path: &str, csrf: &str, step: &str, file: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in [("csrf", csrf), ("roster", ""), ("step", step)] {
            let part = format!(
                "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.into_bytes());
        }
        body.extend(
            b"--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
              content-type: text/csv\r\n\r\n",
        );
        body.extend(file);
        body.extend(b"\r\n--edge--\r\n");
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("accept-language", "en"),
            ("content-type", "multipart/form-data; boundary=edge"),
        ];
        self.router
            .send("POST", path, &headers, Body::from(body))
            .await
    }
}

#[tokio::test]
async fn from_a_roster_to_a_learner_in_the_group() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let tutor = signed_in(&world, "one-tutor@example.org").await;
    let group = format!("/groups/{}", class.group);
    let roster = format!("{group}/roster");
    assert!(
        tutor
            .page(&group)
            .await
            .contains(&format!("href=\"{roster}\""))
    );

    // What is wrong is told by line, nothing is imported, and the text stays to be mended.
    let text = "name,email\nAnna <b>,anna@example.org\nNobody,nobody";
    for step in ["check", "import"] {
        let form = [("roster", text), ("step", step)];
        let answer = tutor.send("POST", &roster, Some(&form)).await;
        assert_eq!(answer.status, 422);
        let html = answer.text();
        assert!(html.contains("href=\"#line-3\">Line 3: the address is not like"));
        assert!(html.contains("Nobody was invited"));
        assert!(html.contains("Anna &#60;b&#62;,anna@example.org\nNobody,nobody</textarea>"));
        assert!(!html.contains("id=\"import\""));
    }
    assert!(!tutor.page(&group).await.contains("anna@example.org"));

    let text = text.replace("Nobody,nobody", "Learner,one-learner@example.org");
    let form = [("roster", text.as_str()), ("step", "check")];
    let answer = tutor.send("POST", &roster, Some(&form)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let html = answer.text();
    for words in [
        "1 learner will be invited",
        "in the group already",
        "id=\"import\"",
    ] {
        assert!(html.contains(words), "{words}");
    }
    let form = [("roster", text.as_str()), ("step", "import")];
    assert_eq!(
        tutor.submit(&roster, &form).await,
        format!("{group}#invited")
    );
    let html = tutor.page(&group).await;
    assert!(html.contains("anna@example.org") && html.contains("1 invitation waits"));
    let again = [("roster", text.as_str()), ("step", "check")];
    let html = tutor.send("POST", &roster, Some(&again)).await.text();
    assert!(html.contains("there is nobody new") && !html.contains("id=\"import\""));

    // Anna makes an account, is told on the start page, and accepts on the page of her schools.
    let mut anna = Visitor::new(&world).await;
    anna.sign_up("anna", "/").await;
    assert!(anna.page("/").await.contains("1 invitation waits for you"));
    let html = anna.page("/schools").await;
    let (_, rest) = html.split_once("action=\"/invitations/").expect("a form");
    let id = rest.split('/').next().expect("an id");
    assert_eq!(
        anna.submit(&format!("/invitations/{id}/accept"), &[]).await,
        group
    );
    assert!(!anna.page("/").await.contains("id=\"invited\""));
    let html = tutor.page(&group).await;
    assert!(html.contains(">anna</a>") && !html.contains("anna@example.org"));
}

#[tokio::test]
async fn an_invitation_to_teach_asks_for_its_code() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let owner = signed_in(&world, "one-owner@example.org").await;
    let school = format!("/schools/{}", class.school);
    let address = [("email", "colleague@example.org")];
    owner.submit(&format!("{school}/tutors"), &address).await;
    let html = owner.page(&school).await;
    let (_, invited) = html.split_once("id=\"invited\"").expect("the invited");
    let code = between(invited, "<b class=\"num\">", "</b>").to_owned();
    assert_eq!(code.len(), "ABCD-EFGH-JKMN".len(), "{code}");
    for other in ["one-tutor@example.org", "one-learner@example.org"] {
        let html = signed_in(&world, other).await.page(&school).await;
        assert!(!html.contains(&code), "{other} may not invite");
    }

    // Whoever made the account with the address is shown the invitation, and not its code.
    let mut somebody = Visitor::new(&world).await;
    somebody.sign_up("colleague", "/").await;
    let html = somebody.page("/schools").await;
    assert!(html.contains("Code of the invitation") && !html.contains(&code));
    let accept = between(&html, "action=\"/invitations/", "\"");
    let accept = format!("/invitations/{accept}");
    let id = between(&html, "action=\"/invitations/", "/");
    assert!(html.contains(&format!("<label for=\"code-{id}\">")));
    for (typed, words) in [
        ("", "Type the code of the invitation"),
        ("abcd efgh jkmn", "This is not the code of this invitation"),
    ] {
        let answer = somebody
            .send("POST", &accept, Some(&[("code", typed)]))
            .await;
        assert_eq!(answer.status, 422);
        let html = answer.text();
        assert!(html.contains(words) && !html.contains(&code), "{html}");
        for part in [
            "href=\"#code\"",
            "<label for=\"code\">",
            "aria-describedby=\"code-hint code-error\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(html.contains(&format!("value=\"{typed}\"")));
    }
    assert_eq!(somebody.get(&school).await.status, 404);

    let typed = code.to_lowercase().replace('-', " ");
    let there = somebody.submit(&accept, &[("code", typed.as_str())]).await;
    assert_eq!(there, school);
    assert!(!owner.page(&school).await.contains(&code));
}

#[tokio::test]
async fn a_file_is_taken_as_spreadsheets_write_it() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let tutor = signed_in(&world, "one-tutor@example.org").await;
    let roster = format!("/groups/{}/roster", class.group);
    let utf16: Vec<u8> = "\u{feff}Имя;Почта\r\nӘлия;aliya@example.org\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let answer = tutor.upload(&roster, &tutor.csrf, "check", &utf16).await;
    let html = answer.text();
    assert_eq!(answer.status, 200, "{html}");
    assert!(
        html.contains("Әлия;aliya@example.org"),
        "what stood in the file can be mended"
    );
    assert!(html.contains("1 learner will be invited"));

    // An old code page, an empty list, too much of it: told on the form.
    let (old, large) = (vec![0xc0, 0xed, 0xed], vec![b'a'; 300 * 1024]);
    for (file, words) in [(&old, "CSV UTF-8"), (&large, "larger than 256 KB")] {
        let answer = tutor.upload(&roster, &tutor.csrf, "import", file).await;
        assert_eq!(answer.status, 422);
        let html = answer.text();
        assert!(
            html.contains(words) && html.contains("href=\"#roster\""),
            "{words}"
        );
    }
    let huge = vec![b'a'; 2 * 1024 * 1024];
    let answer = tutor.upload(&roster, &tutor.csrf, "import", &huge).await;
    assert_eq!(answer.status, 413);
    // A form of another site has no token of ours.
    let answer = tutor.upload(&roster, "forged", "import", &utf16).await;
    assert_eq!(answer.status, 403);
    let rows = place.rows("select email from invitations where group_id is not null");
    assert!(rows.await.is_empty(), "nothing was imported");
}

#[tokio::test]
async fn an_owner_changes_who_teaches() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let owner = signed_in(&world, "one-owner@example.org").await;
    let school = format!("/schools/{}", class.school);
    let roles = format!("{school}/roles");
    let id = class.tutor.id.as_str();
    let page = owner.page(&school).await;
    assert!(page.contains("Make owner<span class=\"hush\"> one-tutor"));
    owner
        .submit(&roles, &[("learner", id), ("role", "owner")])
        .await;
    assert!(
        owner
            .page(&school)
            .await
            .contains("Make tutor<span class=\"hush\"> one-tutor")
    );
    owner
        .submit(&roles, &[("learner", id), ("role", "none")])
        .await;
    assert!(!owner.page(&school).await.contains("one-tutor"));
    let own = [("learner", class.owner.id.as_str()), ("role", "tutor")];
    let last = owner.send("POST", &roles, Some(&own)).await;
    assert_eq!(last.status, 409);
    assert!(last.text().contains("You are the last owner"));
}
#[tokio::test]
async fn somebody_erases_themselves_and_the_operator_somebody_else() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let class = Class::of(&world, "one").await;
    let learner = signed_in(&world, "one-learner@example.org").await;
    assert!(
        learner
            .page("/settings")
            .await
            .contains("href=\"/settings/erase\"")
    );
    let wrong = [("password", "wrong password")];
    let refused = learner.send("POST", "/settings/erase", Some(&wrong)).await;
    assert_eq!(refused.status, 422);
    let html = refused.text();
    assert!(html.contains("href=\"#password\"") && html.contains("not the password"));
    let right = [("password", PASSWORD)];
    let done = learner.send("POST", "/settings/erase", Some(&right)).await;
    assert_eq!(done.status, 200);
    assert!(done.text().contains("Your data is erased"));
    assert!(done.header("set-cookie").starts_with("synaq_session=;"));
    assert_eq!(
        learner.get("/schools").await.status,
        303,
        "nobody is signed in"
    );

    let new = NewAccount {
        email: "operator@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        name: "Operator".to_owned(),
    };
    world.exam.create_operator(new).await.expect("an operator");
    let operator = signed_in(&world, "operator@example.org").await;
    assert!(
        operator
            .page("/schools")
            .await
            .contains("href=\"/operator\"")
    );
    assert!(operator.page("/operator").await.contains("one-school"));
    for (email, sure, words) in [
        ("one-tutor@example.org", "", "Tick the box"),
        (
            "one-learner@example.org",
            "yes",
            "No account has this address",
        ),
        ("nobody", "yes", "Write an email address"),
    ] {
        let form = [("email", email), ("sure", sure)];
        let refused = operator.send("POST", "/operator/erase", Some(&form)).await;
        assert_eq!(refused.status, 422);
        let html = refused.text();
        assert!(html.contains(words) && html.contains(&format!("value=\"{email}\"")));
    }
    let form = [("email", "one-tutor@example.org"), ("sure", "yes")];
    let to = operator.submit("/operator/erase", &form).await;
    assert!(
        operator
            .page(to.split('#').next().expect("a path"))
            .await
            .contains("Erased.")
    );
    let record = operator.page("/operator/audit").await;
    assert!(record.contains("Somebody erased") && record.contains("erased learner"));
    let owner = signed_in(&world, "one-owner@example.org").await;
    let audit = format!("/schools/{}/audit", class.school);
    let html = owner.page(&audit).await;
    assert!(html.contains("Became a tutor") && !html.contains("one-tutor"));
    let wrong = owner.get(&format!("{audit}?from=yesterday")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("value=\"yesterday\""));
    let one = owner.page(&format!("{audit}?kind=group-made")).await;
    assert!(one.contains("<span>Group made</span>") && !one.contains("<span>Became a tutor"));
}
