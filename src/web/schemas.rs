//! JSON Schemas (2020-12) made of the types that the API answers with, so that the two cannot differ.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Where OpenAPI keeps the schemas that others refer to, and where a JSON Schema does.
const COMPONENTS: &str = "#/components/schemas/";
const DEFINITIONS: &str = "#/$defs/";

/// The schema of a type as a document of its own at this path.
///
/// # Panics
/// Never: utoipa's schemas are plain JSON.
pub fn document<T: ToSchema>(path: &str, title: &str) -> Value {
    let value = |schema| serde_json::to_value(schema).expect("a schema is plain JSON");
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let mut definitions: Map<String, Value> = parts
        .into_iter()
        .map(|(name, schema)| (name, value(schema)))
        .collect();
    let mut root = value(T::schema());
    refer_to_definitions(&mut root);
    definitions.values_mut().for_each(refer_to_definitions);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["$id"] = json!(path);
    root["title"] = json!(title);
    root["$defs"] = Value::Object(definitions);
    root
}

/// Lets each reference lead to `$defs`.
fn refer_to_definitions(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => {
                        if let Some(of) = target.strip_prefix(COMPONENTS) {
                            *target = format!("{DEFINITIONS}{of}");
                        }
                    }
                    member => refer_to_definitions(member),
                }
            }
        }
        Value::Array(schemas) => schemas.iter_mut().for_each(refer_to_definitions),
        _ => {}
    }
}
