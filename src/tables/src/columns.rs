//! The columns of a row's table: each field under its own name, arrays of a fixed length a column a place.
//!
//! They come from the schema of the row, in the order of its type, so that writer and reader cannot drift
//! from it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use gestalt_protocol::Row;
use serde_json::{Map, Value};

/// Names of the places of arrays; those of others are numbered.
const PLACES: [(&str, [&str; 3]); 2] = [
    ("choices", ["choice_1", "choice_2", "choice_3"]),
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
    pub(crate) field: String,
    /// The place in the field's array.
    pub(crate) place: Option<usize>,
    /// The array may have fewer places than there are columns.
    is_open: bool,
    pub(crate) kind: Kind,
    /// Whether a row must have it.
    pub(crate) is_required: bool,
}

/// All columns, in order.
pub(crate) static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let schema = schemars::schema_for!(Row).to_value();
    let mut columns = Vec::new();
    for (field, of_field) in properties(&schema) {
        let is_required = names(&schema, "required").any(|name| name == field);
        add(&mut columns, field, resolved(of_field, &schema), &schema, is_required);
    }
    columns
});

/// Columns of rows of version 1 that have another name or kind now; `Row::from_value` converts them.
pub(crate) static EARLIER: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let column = |(name, kind): (&str, Kind)| {
        let name = name.to_owned();
        Column { field: name.clone(), name, place: None, is_open: false, kind, is_required: false }
    };
    let earlier = [
        ("intact_slot", Kind::Integer),
        ("chosen_slot", Kind::Integer),
        ("shown_frames", Kind::Integer),
        ("dropped_frames", Kind::Integer),
        ("other_presses", Kind::Json),
        ("known_answer_passed", Kind::Boolean),
    ];
    earlier.map(column).into()
});

fn add(columns: &mut Vec<Column>, field: &str, of_field: &Value, root: &Value, is_required: bool) {
    let is_open = of_field.get("minItems") != of_field.get("maxItems");
    let column = |name: String, place, kind| Column {
        name,
        field: field.to_owned(),
        place,
        is_open,
        kind,
        // The last pictures and choices may not be there.
        is_required: is_required && place.is_none_or(|place| place == 0),
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

/// What each field is, in one line, by its name.
pub(crate) fn descriptions(schema: &Value) -> BTreeMap<String, String> {
    let text = |of_field: &Value| Some(of_field.get("description")?.as_str()?.replace('\n', " "));
    properties(schema).filter_map(|(field, of_field)| Some((field.clone(), text(of_field)?))).collect()
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
        let value = row.get(&self.field)?;
        self.place.map_or(Some(value), |place| value.get(place))
    }

    /// Puts a cell's value into a row; an empty cell is null.
    pub(crate) fn put(&self, row: &mut Map<String, Value>, cell: &str, has_decimal_comma: bool) {
        let value = self.parsed(cell, has_decimal_comma);
        let Some(place) = self.place else {
            row.insert(self.field.clone(), value);
            return;
        };
        if self.is_open && value.is_null() {
            return;
        }
        let array = row.entry(self.field.clone()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(array) = array {
            array.resize(array.len().max(place + 1), Value::Null);
            array[place] = value;
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
