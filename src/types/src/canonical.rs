//! One spelling of a JSON value, so that a hash of it means its content and not its layout.

use serde_json::Value;

/// The value as compact JSON with the keys of every object sorted; `skip` names a top-level key that is left
/// out.
pub fn bytes_without(value: &Value, skip: &str) -> Vec<u8> {
    let mut out = String::new();
    write(value, Some(skip), &mut out);
    out.into_bytes()
}

fn write(value: &Value, skip: Option<&str>, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().filter(|key| Some(key.as_str()) != skip).collect();
            keys.sort();
            out.push('{');
            for (place, key) in keys.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(&map[key.as_str()], None, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, None, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
