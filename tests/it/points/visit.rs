//! A browser on the points page, without scripts: it posts the form and reads the page.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use synaq::content;
use synaq::domain::id::LearnerId;

use crate::support::client::Answer;
use crate::support::html::{Piece, pieces};
use crate::support::{Client, Place, Tweak, World, own_content};

/// A world on the repository's own content, on 22 November 2026.
pub(super) async fn own(place: &Place) -> World {
    let content = content::load(&own_content()).expect("the content");
    let tweak = Tweak {
        content: Arc::new(content),
        rule: "a1-2026-02",
        ..Tweak::default()
    };
    World::tweaked(place, tweak).await
}

/// A browser: nobody's, or a guest's.
pub(super) struct Visit {
    pub(super) client: Client,
    pub(super) language: &'static str,
}

impl Visit {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            language: "en",
        }
    }

    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        more: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let cookie = format!("synaq_visit=one; synaq_language={}", self.language);
        let mut headers = vec![("cookie", cookie.as_str())];
        headers.extend_from_slice(more);
        self.client.send(method, path, &headers, body).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// Posts the form, with the page's token.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)], what_if: bool) -> Answer {
        let page = self.get("/points").await.text();
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
        let csrf = rest.split('"').next().expect("a token");
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", csrf).extend_pairs(fields);
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        if what_if {
            headers.push(("synaq-what-if", "1"));
        }
        self.send("POST", path, &headers, Body::from(body.finish()))
            .await
    }

    pub(super) async fn work_out(&self, fields: &[(&str, &str)]) -> Answer {
        self.post("/points", fields, false).await
    }
}

/// A guest with what they did so far.
pub(super) async fn guest(world: &World) -> (Visit, LearnerId) {
    let client = world.client().as_guest().await;
    let account = world.exam.whose(client.token()).await.expect("looked up");
    (Visit::new(client), account.expect("known").id)
}

/// One of everything; every number typed is one that nothing else on the page is.
pub(super) const EVERYTHING: [(&str, &str); 18] = [
    ("kazakh", "level"),
    ("kazakh-level", "A2"),
    ("russian", "points"),
    ("russian-points", "31.27"),
    ("english", "certificate"),
    ("english-certificate", "ielts"),
    ("english-score", "6.5"),
    ("age", "47"),
    ("degree", "bachelor"),
    ("education", "101.13"),
    ("years-in-kazakhstan", "1.75"),
    ("years-elsewhere", "9"),
    ("foreign-experience", "13.19"),
    ("estimate-adaptability", "yes"),
    ("relatives", "one"),
    ("health", "0.93"),
    ("rule", "a1-2026-02"),
    ("act", "work-out"),
];

/// 430 points, whatever is assumed.
pub(super) const PASSING: [(&str, &str); 5] = [
    ("demographic", "110"),
    ("education", "150"),
    ("kazakhstan-experience", "80"),
    ("foreign-experience", "80"),
    ("adaptability", "10"),
];

pub(super) fn get<'a>(attributes: &'a [(String, String)], name: &str) -> &'a str {
    let found = attributes.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// What the form holds: name and value of each control that would be sent.
fn held(html: &str) -> BTreeSet<(String, String)> {
    let mut held = BTreeSet::new();
    let mut select = String::new();
    for piece in pieces(html) {
        let Piece::Open {
            tag, attributes, ..
        } = piece
        else {
            continue;
        };
        let has = |name: &str| attributes.iter().any(|(known, _)| known == name);
        let (name, value) = (get(&attributes, "name"), get(&attributes, "value"));
        let chosen = match get(&attributes, "type") {
            "radio" | "checkbox" => has("checked"),
            _ => !value.is_empty(),
        };
        match tag.as_str() {
            "select" => name.clone_into(&mut select),
            "option" if has("selected") && !value.is_empty() => {
                held.insert((select.clone(), value.to_owned()));
            }
            "input" if chosen => {
                held.insert((name.to_owned(), value.to_owned()));
            }
            _ => {}
        }
    }
    held
}

#[track_caller]
pub(super) fn holds(html: &str, fields: &[(&str, &str)]) {
    let held = held(html);
    for (name, value) in fields.iter().filter(|(name, _)| *name != "act") {
        let pair = ((*name).to_owned(), (*value).to_owned());
        assert!(held.contains(&pair), "{name}={value} in {held:?}");
    }
}

/// The text of the element with this id.
pub(super) fn text_of(html: &str, id: &str) -> String {
    let mut depth = 0;
    let mut text = String::new();
    for piece in pieces(html) {
        match piece {
            Piece::Open {
                attributes, empty, ..
            } => {
                let inside = depth > 0 || get(&attributes, "id") == id;
                depth += usize::from(inside && !empty);
            }
            Piece::Close(_) if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            Piece::Text(piece) if depth > 0 => text += &piece,
            Piece::Close(_) | Piece::Text(_) => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
