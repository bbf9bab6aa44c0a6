//! The OpenAPI document: valid, and about every route there is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Place, World};
use crate::tidy::sources;

#[tokio::test]
async fn the_document_lists_every_route() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let document = client.get("/api/v1/openapi.json").await.expect(200);
    let version = document["openapi"].as_str().expect("a version");
    assert!(version.starts_with("3.1"), "{version}");
    let mut listed = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, call) in item.as_object().expect("methods") {
            listed.insert(format!("{} {path}", method.to_uppercase()));
            let answers = call["responses"].as_object();
            for (status, answer) in answers.expect("answers") {
                let said = answer["description"].as_str();
                assert!(
                    said.is_some_and(|said| !said.is_empty()),
                    "{method} {path} {status}"
                );
            }
        }
    }
    let promised = [
        "POST /guests",
        "POST /accounts",
        "POST /sessions",
        "DELETE /sessions",
        "GET /rules",
        "GET /rules/{id}",
        "POST /attempts",
        "GET /attempts",
        "GET /attempts/{id}",
        "GET /attempts/{id}/time",
        "POST /attempts/{id}/sections/{section}/start",
        "POST /attempts/{id}/sections/{section}/finish",
        "PUT /attempts/{id}/responses/{item}",
        "PUT /attempts/{id}/flags/{item}",
        "POST /attempts/{id}/plays/{testlet}",
        "GET /attempts/{id}/result",
        "GET /attempts/{id}/language-score",
        "GET /points",
        "POST /potential",
        "GET /profiles",
        "POST /profiles",
        "GET /profiles/{id}",
        "PUT /profiles/{id}",
        "DELETE /profiles/{id}",
        "GET /pathway",
        "POST /pathway/plan",
        "GET /schools",
        "POST /schools",
        "GET /schools/{id}",
        "POST /schools/{id}/groups",
        "GET /groups/{id}",
        "POST /groups/{id}/codes",
        "POST /groups/{id}/assignments",
        "GET /join/{code}",
        "POST /join/{code}",
        "GET /assignments",
        "GET /assignments/{id}",
        "POST /assignments/{id}/attempts",
        "GET /assignments/{id}/gradebook",
    ];
    for route in promised {
        let (method, path) = route.split_once(' ').expect("a method");
        let full = format!("{method} /api/v1{path}");
        assert!(listed.contains(&full), "{full} is not in the document");
    }
    // And what is listed is there: no 404 of the router, no 405.
    for route in &listed {
        let (method, path) = route.split_once(' ').expect("a method");
        let path = path.replace(['{', '}'], "");
        let answer = client
            .send(method, &path, &[], axum::body::Body::empty())
            .await;
        let text = answer.text();
        assert_ne!(answer.status, 405, "{route}");
        assert!(!text.contains("There is nothing here"), "{route}: {text}");
    }
}

#[tokio::test]
async fn every_reference_in_the_document_leads_somewhere() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    let document = client.get("/api/v1/openapi.json").await.expect(200);
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 10, "{references:?}");
    for reference in references {
        let pointer = reference
            .strip_prefix('#')
            .expect("a reference into the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let is_error = status.starts_with(['4', '5']);
                let problem = !response["content"]["application/problem+json"].is_null();
                assert_eq!(is_error, problem, "{method} {path} {status}");
            }
        }
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                references.insert(reference.to_owned());
            }
            members
                .values()
                .for_each(|member| collect(member, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

/// Of two types with one name the document keeps one, and answers with the other would not be what it tells.
#[test]
fn no_two_types_of_the_document_have_one_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources("src", ".rs") {
        let mut lines = source.text.lines();
        while let Some(line) = lines.next() {
            if !line.trim_start().starts_with("#[derive(") || !line.contains("ToSchema") {
                continue;
            }
            let mut renamed = None;
            let declared = lines.by_ref().find_map(|line| {
                let name = line.split_once("schema(as = ").map(|(_, rest)| rest);
                renamed = renamed.or(name);
                let words = line
                    .trim_start_matches("pub(super) ")
                    .trim_start_matches("pub ");
                words
                    .strip_prefix("struct ")
                    .or_else(|| words.strip_prefix("enum "))
            });
            let name = renamed.or(declared).expect("a type after its derive");
            let end = |letter: char| !letter.is_alphanumeric() && letter != '_';
            let name = name.split(end).next().unwrap_or_default().to_owned();
            places.entry(name).or_default().push(source.path.clone());
        }
    }
    assert!(places.len() > 150, "{} types", places.len());
    let twice: Vec<_> = places.iter().filter(|(_, paths)| paths.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}
