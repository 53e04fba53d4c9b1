//! The log: rows read from NDJSON, and written as NDJSON, as CSV and as a schema.

use crate::csv;
use crate::row::Row;
use gestalt_types::FieldError;

/// A log that was read: what is sound, and what was refused with its line.
#[derive(Debug, Default)]
pub struct Rows {
    /// The sound rows, in order.
    pub rows: Vec<Row>,
    /// Lines (from 1) that are no rows, and why.
    pub refused: Vec<(usize, FieldError)>,
}

impl Rows {
    /// Reads NDJSON. A bad line is refused, the others are kept.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut log = Self::default();
        for (place, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match Row::parse(line) {
                Ok(row) => log.rows.push(row),
                Err(error) => log.refused.push((place + 1, error)),
            }
        }
        log
    }

    /// The rows as NDJSON.
    ///
    /// # Errors
    /// As [`Row::to_json`].
    pub fn to_ndjson(rows: &[Row]) -> serde_json::Result<String> {
        rows.iter().map(|row| Ok(row.to_json()? + "\n")).collect()
    }

    /// The rows as CSV (RFC 4180): one column a field, `shown` and `distances` three each, unknown is empty.
    ///
    /// # Errors
    /// As [`Row::to_json`].
    pub fn to_csv(rows: &[Row]) -> serde_json::Result<String> {
        csv::table(rows)
    }
}

/// The JSON Schema of a row (draft 2020-12).
///
/// # Errors
/// Only where the schema could not be written as JSON.
pub fn row_schema() -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&schemars::schema_for!(Row))? + "\n")
}
