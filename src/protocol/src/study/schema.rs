//! The JSON Schema of study files, for editors that complete and check TOML by it.

use serde_json::Value;

use super::Study;

/// The schema as a text, with a line break at its end.
pub fn study_schema() -> String {
    let mut schema = schemars::schema_for!(Study).to_value();
    // What the files beside the study say is no key of the study file.
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.remove("texts");
    }
    schema["title"] = "A study of Gestalt Lab, version 2".into();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
