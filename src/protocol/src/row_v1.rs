//! A row of version 1 as one of version 2. Version 1 kept what was shown and what was read in objects of
//! their own, chose by slot numbers, and knew one task.

use serde_json::{Map, Value, json};

/// Fields that have another name now.
const RENAMED: [(&str, &str); 3] = [
    ("shown_frames", "displayed_frames"),
    ("dropped_frames", "lost_frames"),
    ("known_answer_passed", "reference_output_reproduced"),
];

/// Turns version 1 into version 2. What is no sound row of version 1 becomes no sound row of version 2,
/// whose reader says why.
pub(crate) fn convert(value: &mut Value) {
    let Value::Object(row) = value else { return };
    for part in ["showing", "reading"] {
        match row.remove(part) {
            // Nested in a log, side by side in a table.
            Some(Value::Object(fields)) => row.extend(fields),
            Some(Value::Null) | None => {}
            Some(other) => drop(row.insert(part.to_owned(), other)),
        }
    }
    for (old, new) in RENAMED {
        if let Some(value) = row.remove(old) {
            row.insert(new.to_owned(), value);
        }
    }
    for (old, new) in [("intact_slot", "target"), ("chosen_slot", "chosen")] {
        if let Some(slot) = row.remove(old) {
            let choice = slot.as_u64().map_or(slot, |slot| slot.to_string().into());
            row.insert(new.to_owned(), choice);
        }
    }
    presses(row);
    if row.get("observer_kind") == Some(&json!("human"))
        && row.get("input_device") == Some(&json!("simulated"))
    {
        row.insert("observer_kind".to_owned(), json!("simulated"));
    }
    row.insert("row_version".to_owned(), json!(2));
    row.insert("task".to_owned(), json!("odd_one_out"));
    row.insert("choices".to_owned(), json!(["1", "2", "3"]));
}

/// The list of presses becomes a list of times for each kind.
fn presses(row: &mut Map<String, Value>) {
    let Some(Value::Array(presses)) = row.remove("other_presses") else { return };
    let mut choices = Vec::new();
    for press in &presses {
        let kind = press.get("kind").and_then(Value::as_str).unwrap_or("of_unknown_kind");
        let times = row.entry(format!("presses_{kind}_ms")).or_insert_with(|| json!([]));
        if let Value::Array(times) = times {
            times.push(press.get("at_ms").cloned().unwrap_or_default());
        }
        choices.push(press.get("slot").map_or(Value::Null, |slot| slot.to_string().into()));
    }
    if !choices.is_empty() {
        row.insert("other_press_choices".to_owned(), choices.into());
    }
}
