//! The row as a line of a table: nested fields get columns of their own, under their own names.

use serde_json::{Map, Value};

use crate::row::{Reading, Row};
use crate::showing::Showing;

/// Arrays become one column a place.
const ARRAYS: [(&str, [&str; 3]); 2] = [
    ("shown", ["shown_1", "shown_2", "shown_3"]),
    ("distances", ["distance_1_2", "distance_1_3", "distance_2_3"]),
];

/// Header and rows, comma separated, lines ended by CR LF.
pub(crate) fn table(rows: &[Row]) -> serde_json::Result<String> {
    let columns = columns();
    let mut out = columns.join(",") + "\r\n";
    for row in rows {
        let cells = cells(row)?;
        let line: Vec<String> =
            columns.iter().map(|column| cells.get(column).map(cell).unwrap_or_default()).collect();
        out += &(line.join(",") + "\r\n");
    }
    Ok(out)
}

/// The schema lists the fields in the order of the type: the header follows it and cannot drift from it.
fn columns() -> Vec<String> {
    let mut columns = Vec::new();
    for field in fields(&schemars::schema_for!(Row)) {
        match field.as_str() {
            "showing" => columns.extend(fields(&schemars::schema_for!(Showing))),
            "reading" => columns.extend(fields(&schemars::schema_for!(Reading))),
            _ => columns.push(field),
        }
    }
    columns
        .into_iter()
        .flat_map(|column| match ARRAYS.iter().find(|(name, _)| *name == column) {
            Some((_, places)) => places.iter().map(|place| (*place).to_owned()).collect(),
            None => vec![column],
        })
        .collect()
}

fn fields(schema: &schemars::Schema) -> Vec<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.map(|map| map.keys().cloned().collect()).unwrap_or_default()
}

fn cells(row: &Row) -> serde_json::Result<Map<String, Value>> {
    let mut cells = Map::new();
    flatten(serde_json::to_value(row)?, &mut cells);
    Ok(cells)
}

fn flatten(value: Value, cells: &mut Map<String, Value>) {
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        match (value, ARRAYS.iter().find(|(name, _)| *name == key)) {
            (Value::Array(items), Some((_, places))) => {
                cells.extend(places.iter().map(|place| (*place).to_owned()).zip(items));
            }
            (nested @ Value::Object(_), _) => flatten(nested, cells),
            (plain, _) => {
                cells.insert(key, plain);
            }
        }
    }
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
