//! The page as HTML: every value has its source, in every language; what was typed is kept; it works without scripts.

use std::collections::BTreeSet;
use std::sync::Arc;

use synaq::content;
use synaq::domain::rules::Section::{Listening, Reading};

use crate::support::html::{Piece, pieces};
use crate::support::provenance;
use crate::support::{Client, Place, Tweak, World, own_content, short_content};

/// A world on the repository's own content, on 22 November 2026.
pub async fn own(place: &Place) -> World {
    let content = content::load(&own_content()).expect("the content");
    let tweak = Tweak {
        content: Arc::new(content),
        rule: "a1-2026-02",
        ..Tweak::default()
    };
    World::tweaked(place, tweak).await
}

/// A world whose content has neither calendar nor table.
pub async fn without_data(place: &Place) -> World {
    let mut content = content::load(&short_content()).expect("the content");
    content.calendars.clear();
    content.pathways.clear();
    let tweak = Tweak {
        content: Arc::new(content),
        ..Tweak::default()
    };
    World::tweaked(place, tweak).await
}

/// Queries that together show every part of the page.
pub const QUERIES: [&str; 6] = [
    "",
    "?test=2026-12-08&region=akmola&is=minor",
    "?test=2025-06-02&questionnaire=2025-06-10&notification=2026-02-27&submission=2027-02-28&region=astana\
     &doc-funds=2026-06-04&doc-lease=2027-05-31&is=in-demand&is=digital-nomad",
    "?submission=2028-02-29&refused-1=2026-03-10&submitted-2=2026-04-10&refused-2=2026-05-31&submitted-3=2026-08-31\
     &refused-3=2026-10-15",
    "?refused-1=2026-01-31&refused-2=2026-02-01&refused-3=2026-03-01&taken-1=2026-11-01&taken-2=2026-11-05\
     &taken-3=2026-11-10",
    "?test=31.02.2026&doc-police=soon&refused-2=2026-01-01&taken-1=x",
];

async fn page(client: &Client, language: &str, query: &str) -> crate::support::client::Answer {
    let cookie = format!("synaq_language={language}");
    client
        .send(
            "GET",
            &format!("/pathway{query}"),
            &[("cookie", &cookie)],
            axum::body::Body::empty(),
        )
        .await
}

#[tokio::test]
async fn no_value_stands_without_its_source() {
    let place = Place::sqlite();
    let world = own(&place).await;
    let nobody = world.client();
    let learner = nobody.as_guest().await;
    let account = world.exam.whose(learner.token()).await.expect("looked up");
    let account = account.expect("known").id;
    let id = world.mock(&account).await;
    world.sit(&account, &id, Listening, 12).await;
    world.sit(&account, &id, Reading, 20).await;

    let mut faults = Vec::new();
    for language in ["en", "ru", "kk"] {
        for query in QUERIES {
            for client in [&nobody, &learner] {
                let answer = page(client, language, query).await;
                let found = provenance::check(&answer.text());
                faults.extend(
                    found
                        .faults
                        .iter()
                        .map(|fault| format!("{language} {query}: {fault}")),
                );
                assert!(found.values > 80 && found.notes > 15, "{found:?}");
                assert!(found.computed > 0, "{query}");
                let entered = ["test=20", "submission=20"];
                let entered = entered.iter().any(|field| query.contains(field));
                assert_eq!(found.entered > 0, entered, "{query}");
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[tokio::test]
async fn no_word_is_missing_and_nothing_is_shown_as_a_key() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    for language in ["en", "ru", "kk"] {
        for query in QUERIES {
            let text = page(&client, language, query).await.text();
            for piece in pieces(&text) {
                if let Piece::Text(text) = piece {
                    assert!(!text.contains("pathway-"), "{language} {query}: {text}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_kept() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    let answer = page(
        &client,
        "en",
        "?test=31.02.2026&submission=2026-12-01&doc-police=soon&refused-2=2026-01-01&taken-1=%3Cb%3E",
    )
    .await;
    assert_eq!(answer.status, 422);
    let text = answer.text();
    let mut kept = BTreeSet::new();
    let mut linked = BTreeSet::new();
    for piece in pieces(&text) {
        let Piece::Open {
            tag, attributes, ..
        } = piece
        else {
            continue;
        };
        let get = |name: &str| {
            let found = attributes.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        if tag == "input" && get("aria-invalid") == "true" {
            // A field for days would throw away what is no day.
            assert_eq!(get("type"), "text");
            assert_eq!(get("aria-describedby"), format!("{}-error", get("id")));
            kept.insert((get("name"), get("value")));
        }
        if tag == "a" {
            linked.insert(get("href"));
        }
    }
    let expected = [
        ("test", "31.02.2026"),
        ("doc-police", "soon"),
        ("refused-2", "2026-01-01"),
        ("taken-1", "<b>"),
    ];
    for (name, value) in expected {
        assert!(
            kept.contains(&(name.to_owned(), value.to_owned())),
            "{name}: {kept:?}"
        );
        assert!(
            linked.contains(&format!("#{name}")),
            "{name} in the summary"
        );
    }
    assert_eq!(kept.len(), expected.len());
    assert!(text.contains("Second application, Day of the refusal: Enter the application before"));
    // What could be read is planned all the same.
    assert!(text.contains("04.06.2026"), "180 days before 1 December");
}

#[tokio::test]
async fn the_plan_is_a_link_that_every_form_control_takes_part_in() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    let query = "?test=2026-11-23&region=abai&is=investor&doc-medical=2026-09-30&refused-1=2026-01-31&taken-1=2026-11-01";
    let text = page(&client, "en", query).await.text();
    let mut values = BTreeSet::new();
    let mut buttons = 0;
    for piece in pieces(&text) {
        let Piece::Open {
            tag, attributes, ..
        } = piece
        else {
            continue;
        };
        let get = |name: &str| {
            let found = attributes.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let chosen = attributes
            .iter()
            .any(|(name, _)| name == "checked" || name == "selected");
        if tag == "option" && chosen {
            values.insert(format!("region={}", get("value")));
        }
        if tag == "input" && (chosen || get("type") == "date") && !get("value").is_empty() {
            values.insert(format!("{}={}", get("name"), get("value")));
        }
        if get("hreflang") == "kk" {
            // The language switch keeps the plan.
            assert_eq!(get("href"), format!("?lang=kk&{}", &query[1..]));
        }
        buttons += usize::from(tag == "button" && get("formaction").starts_with("/pathway#"));
    }
    let asked: BTreeSet<String> = query[1..].split('&').map(str::to_owned).collect();
    assert_eq!(values, asked);
    assert_eq!(buttons, 5, "a button in each section, without scripts");
    let switched = client
        .get(&format!("/pathway?lang=kk&{}", &query[1..]))
        .await;
    assert_eq!(switched.header("location"), format!("/pathway{query}"));
}

#[tokio::test]
async fn the_verdict_stands_first() {
    let place = Place::sqlite();
    let client = own(&place).await.client();
    let headings = |text: &str| -> Vec<String> {
        let mut headings = Vec::new();
        let mut inside = false;
        for piece in pieces(text) {
            match piece {
                Piece::Open { tag, .. } => inside |= tag == "h2",
                Piece::Close(tag) => inside &= tag != "h2",
                Piece::Text(text) if inside => headings.push(text),
                Piece::Text(_) => {}
            }
        }
        headings
    };
    let needed = page(&client, "en", "").await.text();
    assert_eq!(headings(&needed)[0], "You need the Kazakh test");
    let not = page(&client, "en", "?is=minor").await.text();
    assert_eq!(headings(&not)[0], "You do not need the Kazakh test");
    assert!(not.contains("Synaq is independent"));
}

#[tokio::test]
async fn a_server_without_the_data_says_so() {
    let place = Place::sqlite();
    let client = without_data(&place).await.client();
    for path in ["/pathway", "/pathway.ics?test=2026-11-23"] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert!(answer.text().contains("no data on residence permits"));
    }
}

#[tokio::test]
async fn the_days_are_an_icalendar_file() {
    let place = Place::sqlite();
    let world = own(&place).await;
    let client = world.client();
    let answer = client
        .get("/pathway.ics?test=2026-11-23&refused-1=2026-11-30")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        "text/calendar; charset=utf-8"
    );
    let text = answer.text();
    for line in text.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains('\n'), "{line}");
    }
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.split("\r\n").collect();
    let expected = [
        ("result-by", "20261126", "Result of the test by"),
        ("review-by", "20261225", "Review of the questionnaire by"),
        ("resubmission-1", "20261230", "Open: First re-submission"),
    ];
    for (kind, day, summary) in expected {
        let at = lines
            .iter()
            .position(|line| *line == format!("UID:{kind}-{day}@pathway.synaq"))
            .unwrap_or_else(|| panic!("{kind} in {unfolded}"));
        // By the service's clock, 22 November 2026, 09:00 in Almaty.
        assert_eq!(lines[at + 1], "DTSTAMP:20261122T040000Z");
        assert_eq!(lines[at + 2], format!("DTSTART;VALUE=DATE:{day}"));
        assert_eq!(lines[at + 4], format!("SUMMARY:{summary}"));
        assert!(lines[at + 5].contains("Source: "), "{}", lines[at + 5]);
    }
    let begun = lines.iter().filter(|line| **line == "BEGIN:VEVENT").count();
    let uids: BTreeSet<&&str> = lines
        .iter()
        .filter(|line| line.starts_with("UID:"))
        .collect();
    assert_eq!(uids.len(), begun, "each event once");

    // In the page's language; and where there is nothing to take along, the page says what to do.
    let cookie = [("cookie", "synaq_language=ru")];
    let russian = client
        .send(
            "GET",
            "/pathway.ics?test=2026-11-23",
            &cookie,
            axum::body::Body::empty(),
        )
        .await;
    assert!(russian.text().contains("SUMMARY:Экзамен\r\n"));
    for query in ["", "?test=soon", "?is=minor"] {
        let answer = client.get(&format!("/pathway.ics{query}")).await;
        assert_eq!(answer.status, 303, "{query}");
        assert!(answer.header("location").starts_with("/pathway?"));
    }
}
