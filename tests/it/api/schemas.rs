//! The published JSON Schemas: what the server says fits them, and what it would never say does not.

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Value, json};
use synaq::domain::accommodation::Accommodation;
use synaq::domain::language_score::KeySet;

use super::language_score::{granted, with_points};
use crate::support::{Client, Place, World, on_both};

const LANGUAGE_SCORE: &str = "/schemas/language-score.v1.json";
const ASSESSMENT: &str = "/schemas/assessment.v1.json";

/// A published schema, ready to judge.
struct Judge {
    document: Value,
    schemas: Schemas,
    index: SchemaIndex,
}

impl Judge {
    async fn of(client: &Client, path: &str) -> Self {
        let document = client.get(path).await.expect(200);
        let url = format!("http://synaq.test{path}");
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler
            .add_resource(&url, document.clone())
            .expect("a document");
        let index = compiler
            .compile(&url, &mut schemas)
            .unwrap_or_else(|error| panic!("{path} is no schema: {error:#}"));
        Self {
            document,
            schemas,
            index,
        }
    }

    fn fits(&self, value: &Value) -> bool {
        self.schemas.validate(value, self.index).is_ok()
    }

    #[track_caller]
    fn expect(&self, value: &Value) {
        if let Err(error) = self.schemas.validate(value, self.index) {
            panic!("{error:#}\n{value:#}");
        }
    }

    /// Nothing that the server says is missing in the schema.
    #[track_caller]
    fn describes_all_of(&self, value: &Value) {
        for member in value.as_object().expect("an object").keys() {
            let described = &self.document["properties"][member];
            assert!(described.is_object(), "{member} is not described");
        }
    }

    /// Without one of these members it fits no longer.
    #[track_caller]
    fn demands<'a>(&self, value: &Value, members: impl IntoIterator<Item = &'a str>) {
        for member in members {
            let mut without = value.clone();
            if let Some(members) = without.as_object_mut() {
                members.remove(member);
            }
            assert!(!self.fits(&without), "it fits without {member}");
        }
    }

    /// With one value changed it fits no longer.
    #[track_caller]
    fn refuses(&self, value: &Value, pointer: &str, other: Value) {
        let mut changed = value.clone();
        *changed.pointer_mut(pointer).expect(pointer) = other.clone();
        assert!(!self.fits(&changed), "{pointer} = {other}");
    }
}

/// The statement of a mock with so many right answers.
async fn score(world: &World, listening: usize, reading: usize) -> Value {
    let client = world.client().as_guest().await;
    let account = world.exam.whose(client.token()).await;
    let learner = account.expect("looked up").expect("known").id;
    let id = world.whole_mock(&learner, listening, reading).await;
    let path = format!("/api/v1/attempts/{id}/language-score");
    client.get(&path).await.expect(200)
}

#[tokio::test]
async fn language_scores_fit_their_schema() {
    on_both(async |place| {
        let world = World::on(place).await;
        let judge = Judge::of(&world.client(), LANGUAGE_SCORE).await;
        // Without a level, with two different ones, with everything right.
        for (listening, reading) in [(0, 0), (2, 2), (3, 4)] {
            let score = score(&world, listening, reading).await;
            judge.expect(&score);
            judge.describes_all_of(&score);
            let members = score.as_object().expect("an object").keys();
            judge.demands(&score, members.map(String::as_str));
            for (pointer, other) in [
                ("/schema", json!("language-score.v2")),
                ("/language", json!("russian")),
                ("/level", json!("C2")),
                ("/required_level", json!(null)),
                ("/passed", json!("yes")),
                ("/date", json!("22.11.2026")),
                ("/valid_until", json!(null)),
                ("/kazakh_points", json!(-1)),
                ("/kazakh_points", json!(1.5)),
                ("/kazakh_points_basis", json!("guessed")),
                ("/signature", json!(null)),
                ("/signature", json!("a.b.c")),
                ("/sections", json!({})),
                ("/sections/0", json!("listening")),
                ("/sections/0/name", json!("speaking")),
                ("/sections/0/percent", json!(101)),
                ("/sections/1/correct", json!("2")),
                ("/sections/1/level", json!("A0")),
            ] {
                judge.refuses(&score, pointer, other);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_language_score_with_conditions_fits_its_schema() {
    let place = Place::sqlite();
    let world = World::on(&place).await;
    let judge = Judge::of(&world.client(), LANGUAGE_SCORE).await;
    let terms = Accommodation {
        extra_minutes: 10,
        ..Accommodation::default()
    };
    let score = granted(&world, terms).await;
    judge.expect(&score);
    judge.describes_all_of(&score);
    for (pointer, other) in [
        ("/conditions", json!(null)),
        ("/conditions", json!("more time")),
        ("/conditions/extra_percent", json!(-1)),
        ("/conditions/extra_minutes", json!(null)),
        ("/conditions/extra_plays", json!("1")),
    ] {
        judge.refuses(&score, pointer, other);
    }
}

#[tokio::test]
async fn assessments_fit_their_schema() {
    on_both(async |place| {
        let world = with_points(place, KeySet::default()).await;
        let client = world.client();
        let judge = Judge::of(&client, ASSESSMENT).await;
        let score = score(&world, 3, 4).await;
        for profile in [
            json!({}),
            json!({ "criteria": { "demographic": "33.333", "additional": 200 }, "health": 0.5 }),
            json!({ "languages": { "kazakh": { "level": "C1" }, "english": { "points": 60 } } }),
            json!({ "languages": { "kazakh": { "language_score": score } }, "rule": "short" }),
        ] {
            let assessed = client
                .post("/api/v1/potential", Some(profile))
                .await
                .expect(200);
            judge.expect(&assessed);
            judge.describes_all_of(&assessed);
            let members = ["total", "threshold", "passed", "missing", "steps"];
            judge.demands(&assessed, members);
            for (pointer, other) in [
                ("/total", json!(225.12)),
                ("/threshold", json!(null)),
                ("/passed", json!("false")),
                ("/missing", json!({})),
                ("/steps", json!({})),
                ("/steps/0", json!("demographic")),
                ("/steps/0/points", json!(1)),
            ] {
                judge.refuses(&assessed, pointer, other);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_schemas_stand_for_themselves_and_are_for_everybody() {
    let place = Place::sqlite();
    let client = World::on(&place).await.client();
    for (path, title) in [
        (LANGUAGE_SCORE, "language-score.v1"),
        (ASSESSMENT, "assessment.v1"),
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.header("content-type"), "application/schema+json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "public, max-age=3600");
        assert_eq!(answer.header("set-cookie"), "", "a cache may keep it");
        let document = answer.expect(200);
        assert_eq!(
            document["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        assert_eq!(document["$id"], path);
        assert_eq!(document["title"], title);
        let text = document.to_string();
        assert!(text.contains("\"#/$defs/"), "{text}");
        assert!(!text.contains("#/components"), "{text}");
    }
}
