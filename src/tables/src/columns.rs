//! The columns of a row's table: each field under its own name, nested fields too, arrays a column a place.
//!
//! They come from the schema of the row, in the order of its type, so that writer and reader cannot drift from it.

use std::sync::LazyLock;

use gestalt_protocol::Row;
use serde_json::{Map, Value};

/// Names of the places of arrays; those of others are numbered.
const PLACES: [(&str, [&str; 3]); 2] = [
    ("shown", ["shown_1", "shown_2", "shown_3"]),
    ("distances", ["distance_1_2", "distance_1_3", "distance_2_3"]),
];

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Integer,
    Boolean,
    /// A list of any length, or an object, written as JSON.
    Json,
}

/// A column, and where its value stands in the row.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The object that holds the field, where it is not the row itself.
    pub(crate) parent: Option<String>,
    pub(crate) field: String,
    /// The place in the field's array.
    pub(crate) place: Option<usize>,
    pub(crate) kind: Kind,
    /// Whether a row must have it.
    pub(crate) is_required: bool,
}

/// All columns, in order.
pub(crate) static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let schema = schemars::schema_for!(Row).to_value();
    let mut columns = Vec::new();
    let mut nested = Vec::new();
    for (field, of_field) in properties(&schema) {
        let resolved = resolved(of_field, &schema);
        if resolved.get("properties").is_some() {
            nested.push((field, resolved));
        } else {
            let is_required = names(&schema, "required").any(|name| name == field);
            add(&mut columns, None, field, resolved, &schema, is_required);
        }
    }
    for (parent, object) in nested {
        for (field, of_field) in properties(object) {
            add(&mut columns, Some(parent), field, resolved(of_field, &schema), &schema, false);
        }
    }
    columns
});

fn add(
    columns: &mut Vec<Column>,
    parent: Option<&String>,
    field: &str,
    of_field: &Value,
    root: &Value,
    is_required: bool,
) {
    let parent = parent.cloned();
    let column = |name: String, place, kind| Column {
        name,
        parent: parent.clone(),
        field: field.to_owned(),
        place,
        kind,
        is_required,
    };
    match (of_field.get("items"), of_field.get("maxItems").and_then(Value::as_u64)) {
        (Some(items), Some(places)) => {
            let kind = kind(resolved(items, root));
            let named = PLACES.iter().find(|(name, _)| *name == field).map(|(_, names)| names);
            for place in 0..places as usize {
                let name = named.and_then(|names| names.get(place)).map(|name| (*name).to_owned());
                columns.push(column(
                    name.unwrap_or_else(|| format!("{field}_{}", place + 1)),
                    Some(place),
                    kind,
                ));
            }
        }
        _ => columns.push(column(field.to_owned(), None, kind(of_field))),
    }
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn names<'a>(schema: &'a Value, list: &str) -> impl Iterator<Item = &'a str> {
    schema.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Follows a reference, and of an optional type takes what it is when it is there.
fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return root.get("$defs").and_then(|defs| defs.get(name)).map_or(schema, |def| resolved(def, root));
    }
    let choices = schema.get("anyOf").and_then(Value::as_array);
    let present = choices.and_then(|all| all.iter().find(|one| one.get("type") != Some(&"null".into())));
    present.map_or(schema, |present| resolved(present, root))
}

fn kind(schema: &Value) -> Kind {
    let stated = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().find(|one| **one != "null"),
        other => other,
    };
    match stated.and_then(Value::as_str) {
        Some("number") => Kind::Number,
        Some("integer") => Kind::Integer,
        Some("boolean") => Kind::Boolean,
        Some("array" | "object") => Kind::Json,
        _ => Kind::Text,
    }
}

impl Column {
    /// The column's value in a row.
    pub(crate) fn value<'a>(&self, row: &'a Map<String, Value>) -> Option<&'a Value> {
        let holder = match &self.parent {
            Some(parent) => row.get(parent)?.as_object()?,
            None => row,
        };
        let value = holder.get(&self.field)?;
        self.place.map_or(Some(value), |place| value.get(place))
    }

    /// Puts a cell's value into a row; an empty cell is null.
    pub(crate) fn put(&self, row: &mut Map<String, Value>, cell: &str, has_decimal_comma: bool) {
        let value = self.parsed(cell, has_decimal_comma);
        let holder = match &self.parent {
            Some(parent) => {
                if value.is_null() && !row.contains_key(parent) {
                    return;
                }
                let object = row.entry(parent.clone()).or_insert_with(|| Value::Object(Map::new()));
                match object {
                    Value::Object(object) => object,
                    _ => return,
                }
            }
            None => row,
        };
        match self.place {
            None => drop(holder.insert(self.field.clone(), value)),
            Some(place) => {
                let array = holder.entry(self.field.clone()).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(array) = array {
                    array.resize(array.len().max(place + 1), Value::Null);
                    array[place] = value;
                }
            }
        }
    }

    /// A cell that is not of the column's kind stays text, so that the row's own check names the field.
    fn parsed(&self, cell: &str, has_decimal_comma: bool) -> Value {
        if cell.is_empty() {
            return Value::Null;
        }
        let trimmed = cell.trim();
        let point = if has_decimal_comma { trimmed.replace(',', ".") } else { trimmed.to_owned() };
        let parsed = match self.kind {
            Kind::Text => None,
            Kind::Json => serde_json::from_str(trimmed).ok(),
            Kind::Number => point.parse::<f64>().ok().map(Value::from),
            // Spreadsheets may write 3 as 3.0.
            Kind::Integer => trimmed.parse::<u64>().map(Value::from).ok().or_else(|| {
                let whole =
                    point.parse::<f64>().ok().filter(|number| number.fract() == 0.0 && *number >= 0.0);
                whole.map(|number| Value::from(number as u64))
            }),
            Kind::Boolean => match trimmed.to_ascii_lowercase().as_str() {
                "true" => Some(true.into()),
                "false" => Some(false.into()),
                _ => None,
            },
        };
        parsed.unwrap_or_else(|| cell.into())
    }
}
