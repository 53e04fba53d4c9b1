//! What the columns of a row's table mean, with their units: taken from the descriptions of the row's
//! fields, so that they cannot drift.

use std::collections::BTreeMap;

use gestalt_protocol::Row;

use crate::columns::{COLUMNS, Kind, descriptions};

/// Units by the end of a field's name; the first that fits counts.
const UNITS: [(&str, &str); 10] = [
    ("_css_px", "CSS px"),
    ("_device_px", "device px"),
    ("px_per_deg", "CSS px per degree of visual angle"),
    ("_px", "px of the image"),
    ("_ms", "ms"),
    ("_mm", "mm"),
    ("_hz", "Hz"),
    ("_frames", "refreshes of the display"),
    ("_hash", "SHA-256"),
    ("received_at", "UTC"),
];

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// Its name in the table.
    pub column: String,
    /// Its unit, or the kind of its values.
    pub unit: String,
    /// What it says, and of what it is null.
    pub meaning: String,
}

/// Every column of [`crate::Rows::to_csv`], in its order.
pub fn of_rows() -> Vec<Meaning> {
    let meanings: BTreeMap<String, String> = descriptions(&schemars::schema_for!(Row).to_value());
    let meaning = |column: &crate::columns::Column| Meaning {
        column: column.name.clone(),
        unit: unit(&column.field, column.kind),
        meaning: meanings.get(&column.field).cloned().unwrap_or_default(),
    };
    COLUMNS.iter().map(meaning).collect()
}

fn unit(field: &str, kind: Kind) -> String {
    let of_name = UNITS.iter().find(|(end, _)| field.ends_with(end)).map(|(_, unit)| *unit);
    let of_kind = match kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Integer => "count",
        Kind::Boolean => "true or false",
        Kind::Json => "list, as JSON",
    };
    of_name.unwrap_or(of_kind).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_explained() {
        let all = of_rows();
        let without: Vec<_> =
            all.iter().filter(|one| one.meaning.is_empty() || one.unit.is_empty()).collect();
        assert!(without.is_empty(), "{without:?}");
        let unit = |name: &str| all.iter().find(|one| one.column == name).map(|one| one.unit.as_str());
        assert_eq!(unit("reaction_time_ms"), Some("ms"));
        assert_eq!(unit("picture_css_px"), Some("CSS px"));
        assert_eq!(unit("correct"), Some("true or false"));
        assert_eq!(unit("shown_2"), Some("text"));
    }
}
