//! The points page as HTML: its sources, what was typed, mocks, and the answers to the page's script.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use synaq::domain::rules::Section::{Listening, Reading};

use super::visit::{EVERYTHING, PASSING, Visit, get, guest, holds, own, text_of};
use crate::support::html::{Piece, pieces};
use crate::support::world::at;
use crate::support::{Place, Tweak, World, on_both, provenance};

#[tokio::test]
async fn no_value_stands_without_its_source_and_no_word_is_missing() {
    let place = Place::sqlite();
    let world = own(&place).await;
    let (mut visit, learner) = guest(&world).await;
    let id = world.mock(&learner).await;
    world.sit(&learner, &id, Listening, 12).await;
    world.sit(&learner, &id, Reading, 20).await;
    let mut faults = Vec::new();
    for language in ["en", "ru", "kk"] {
        visit.language = language;
        let saved = visit
            .post(
                "/points",
                &[&EVERYTHING[..], &[("name", "2 people"), ("act", "save")]].concat(),
                false,
            )
            .await;
        let profile = saved.header("location").to_owned();
        let mock = [("kazakh", "best"), ("rule", "b1-2026-04")];
        for (name, answer) in [
            ("empty", visit.get("/points").await),
            ("everything", visit.work_out(&EVERYTHING).await),
            ("passing", visit.work_out(&PASSING).await),
            ("mock", visit.work_out(&mock).await),
            ("profile", visit.get(&profile).await),
        ] {
            assert_eq!(answer.status, 200, "{name}");
            let text = answer.text();
            let found = provenance::check(&text);
            let told = |fault: &String| format!("{language} {name}: {fault}");
            faults.extend(found.faults.iter().map(told));
            assert!(found.values > 10 && found.notes > 5, "{name}: {found:?}");
            assert_eq!(found.computed > 10, name != "empty", "{name}: {found:?}");
            for piece in pieces(&text) {
                if let Piece::Text(text) = piece {
                    assert!(!text.contains("points-"), "{language} {name}: {text}");
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[tokio::test]
async fn nothing_typed_is_marked_as_a_rule() {
    let place = Place::sqlite();
    let visit = Visit::new(own(&place).await.client());
    let html = visit.work_out(&EVERYTHING).await.text();
    let mut stack: Vec<Vec<(String, String)>> = Vec::new();
    let mut shown = BTreeSet::new();
    for piece in pieces(&html) {
        match piece {
            Piece::Open {
                attributes, empty, ..
            } => {
                if !empty {
                    stack.push(attributes);
                }
            }
            Piece::Close(_) => drop(stack.pop()),
            Piece::Text(text) => {
                for typed in ["31.27", "101.13", "13.19", "0.93", "47 years", "1.75 years"] {
                    if !text.contains(typed) {
                        continue;
                    }
                    let marked = |name: &str, value: &str| {
                        stack
                            .iter()
                            .flatten()
                            .any(|(known, is)| known == name && (value.is_empty() || is == value))
                    };
                    // In the workings of an estimate it stands among what is assumed.
                    let own = marked("data-entered", "") || marked("data-computed", "");
                    let rule = marked("data-basis", "published");
                    assert!(own && !rule, "{typed} in {text}");
                    shown.insert(typed);
                }
            }
        }
    }
    assert_eq!(shown.len(), 6, "{shown:?}");
    assert!(html.contains("you entered"));
}

#[tokio::test]
async fn points_that_are_entered_go_before_an_estimate() {
    let place = Place::sqlite();
    let visit = Visit::new(own(&place).await.client());
    // (110 × (63 − 30) ÷ 45 = 80.66) by the age alone.
    let estimated = visit.work_out(&[("age", "30")]).await.text();
    assert!(
        text_of(&estimated, "verdict").starts_with("80.66 of 400"),
        "{}",
        text_of(&estimated, "verdict")
    );
    let entered = visit
        .work_out(&[("age", "30"), ("demographic", "12")])
        .await;
    assert!(text_of(&entered.text(), "verdict").starts_with("12 of 400"));
    let passing = visit.work_out(&PASSING).await.text();
    assert_eq!(text_of(&passing, "verdict"), "430 of 400 points: enough");
    assert!(!passing.contains("id=\"gap\""), "there is no gap");
}

#[tokio::test]
async fn what_is_wrong_is_told_all_at_once_and_nothing_typed_is_lost() {
    let place = Place::sqlite();
    let visit = Visit::new(own(&place).await.client());
    let typed = [
        ("kazakh", "level"),
        ("russian", "points"),
        ("russian-points", "61"),
        ("english", "certificate"),
        ("english-certificate", "ielts"),
        ("english-score", "9.5"),
        ("age", "many"),
        ("demographic", "<b>110,5</b>"),
        ("years-in-kazakhstan", "3"),
        ("kazakhstan-experience", "-1"),
        ("relatives", "one"),
        ("health", "1.5"),
        ("rule", "b1-2026-04"),
    ];
    let answer = visit.work_out(&typed).await;
    assert_eq!(answer.status, 422);
    let html = answer.text();
    holds(&html, &typed);
    let mut linked = Vec::new();
    let mut invalid = BTreeSet::new();
    for piece in pieces(&html) {
        let Piece::Open {
            tag, attributes, ..
        } = piece
        else {
            continue;
        };
        let href = get(&attributes, "href");
        if tag == "a" && !href.starts_with("#s-") && href.starts_with('#') {
            linked.push(href[1..].to_owned());
        }
        if get(&attributes, "aria-invalid") == "true" {
            let id = get(&attributes, "id");
            let described = get(&attributes, "aria-describedby");
            assert!(described.contains(&format!("{id}-error")), "{id}");
            invalid.insert(id.to_owned());
        }
    }
    let expected = [
        "kazakh-level",
        "russian-points",
        "english-score",
        "age",
        "demographic",
        "kazakhstan-experience",
        "health",
    ];
    let summary: Vec<&String> = linked.iter().filter(|id| *id != "main").collect();
    assert_eq!(summary, expected, "in the order of the page");
    assert_eq!(invalid, expected.map(str::to_owned).into());
    assert!(html.contains("Write a number from 0 to 60"));

    let nothing = visit.work_out(&[("kazakh", "none"), ("health", "1")]).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.text().contains("href=\"#age\""));
    let rule = visit.work_out(&[("age", "30"), ("rule", "c9")]).await;
    assert_eq!(rule.status, 422);
    let relatives = visit.work_out(&[("relatives", "one")]).await;
    assert!(
        relatives
            .text()
            .contains("the points for relatives depend on it")
    );
}

#[tokio::test]
async fn the_best_mock_that_counts_is_there_already() {
    on_both(async |place| {
        let world = own(place).await;
        let (visit, learner) = guest(&world).await;
        let mut ids = Vec::new();
        for (listening, reading) in [(8, 16), (12, 24), (12, 30)] {
            let id = world.mock(&learner).await;
            world.sit(&learner, &id, Listening, listening).await;
            world.sit(&learner, &id, Reading, reading).await;
            ids.push(id.to_string());
        }
        let mocks = world.exam.mock_scores(&learner).await.expect("mocks");
        let order: Vec<&str> = mocks.valid.iter().map(|of| of.attempt.as_str()).collect();
        // B2 with more right answers, B2, A2.
        assert_eq!(order, [&ids[2], &ids[1], &ids[0]]);

        let html = visit.get("/points").await.text();
        holds(&html, &[("kazakh", "best")]);
        assert!(html.contains("22.11.2026, level B2, 96 points"), "{html}");
        let best = visit.work_out(&[("kazakh", "best")]).await.text();
        assert!(text_of(&best, "verdict").starts_with("96 of 400"));
        let chosen = [("kazakh", "mock"), ("kazakh-mock", ids[0].as_str())];
        let other = visit.work_out(&chosen).await.text();
        assert!(text_of(&other, "verdict").starts_with("48 of 400"));
        let asked = visit.get(&format!("/points?attempt={}", ids[0])).await;
        holds(&asked.text(), &chosen);
        let result = visit.get(&format!("/attempts/{}/result", ids[0])).await;
        let link = format!("/points?attempt={}", ids[0]);
        assert!(result.text().contains(&link), "the result leads here");

        // Somebody else's mock is none, whatever the form says.
        let (stranger, _) = guest(&world).await;
        assert_eq!(stranger.work_out(&chosen).await.status, 422);
        let asked = stranger.get(&link).await;
        assert_eq!(asked.status, 200);
        holds(&asked.text(), &[("kazakh", "none")]);
    })
    .await;
}

#[tokio::test]
async fn a_mock_that_no_longer_counts_is_named_and_not_used() {
    let place = Place::sqlite();
    let world = own(&place).await;
    let account = json!({ "email": "a@example.org", "password": "ақ бота көк тау", "name": "A" });
    let nobody = world.client();
    let made = nobody.post("/api/v1/accounts", Some(account.clone())).await;
    let token = made.expect(201)["token"].clone();
    let whose = world.exam.whose(token.as_str().expect("a token")).await;
    let learner = whose.expect("looked up").expect("known").id;
    let id = world.mock(&learner).await;
    world.sit(&learner, &id, Listening, 12).await;
    world.sit(&learner, &id, Reading, 24).await;
    for (day, valid) in [
        ("2028-11-22T23:59:00+05:00", true),
        ("2028-11-23T00:00:00+05:00", false),
    ] {
        world.clock.set(at(day));
        let who = json!({ "email": account["email"], "password": account["password"] });
        let session = nobody.post("/api/v1/sessions", Some(who)).await;
        let session = session.expect(201);
        let token = session["token"].as_str().expect("a token");
        let visit = Visit::new(world.client().with_token(token));
        let html = visit.get("/points").await.text();
        let way = match valid {
            true => "best",
            false => "none",
        };
        holds(&html, &[("kazakh", way)]);
        let told = html.contains("it was valid until 22.11.2028");
        assert_eq!(told, !valid, "{day}");
        let worked_out = visit.work_out(&[("kazakh", "best")]).await.status;
        assert_eq!(worked_out == 200, valid, "{day}");
    }
}

#[tokio::test]
async fn the_pages_script_gets_the_parts_that_change_or_the_faults() {
    let place = Place::sqlite();
    let visit = Visit::new(own(&place).await.client());
    let answer = visit.post("/points", &EVERYTHING, true).await;
    assert_eq!(answer.status, 200);
    let whole = visit.work_out(&EVERYTHING).await.text();
    // One truth: what the script swaps in is what the page shows without it.
    let parts = answer.text();
    for part in parts.split("<section class=\"points-sources\"") {
        assert!(whole.contains(part.trim()), "{part}");
    }
    assert!(!parts.contains("<form") && !parts.contains("<html"));
    assert!(parts.contains("id=\"parts\"") && parts.contains("id=\"sources\""));

    let wrong = [("age", "150"), ("health", "2")];
    let faults = visit.post("/points", &wrong, true).await.expect(422);
    let fields: Vec<&Value> = faults
        .as_array()
        .into_iter()
        .flatten()
        .map(|fault| &fault["field"])
        .collect();
    assert_eq!(fields, ["age", "health"]);
    let empty = visit.post("/points", &[("health", "1")], true).await;
    assert_eq!(empty.status, 200);
    assert!(empty.text().contains("id=\"formula\""), "the explanation");
}

#[tokio::test]
async fn nothing_that_is_typed_stands_in_an_address() {
    let place = Place::sqlite();
    let visit = Visit::new(own(&place).await.client());
    let html = visit.work_out(&EVERYTHING).await.text();
    for piece in pieces(&html) {
        if let Piece::Open {
            tag, attributes, ..
        } = piece
        {
            if tag == "form" {
                assert_eq!(get(&attributes, "method"), "post", "{attributes:?}");
            }
            let href = get(&attributes, "href");
            assert!(
                !href.contains("age=") && !href.contains("health="),
                "{href}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_without_a_table_says_so() {
    let place = Place::sqlite();
    let mut content = (*Tweak::default().content).clone();
    content.points.clear();
    let tweak = Tweak {
        content: Arc::new(content),
        ..Tweak::default()
    };
    let visit = Visit::new(World::tweaked(&place, tweak).await.client());
    let answer = visit.get("/points").await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("There is no table of points"));
}
