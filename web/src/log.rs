//! Hands the log over as a file.

use gestalt_protocol::Row;
use gestalt_tables::Rows;

use crate::browser::{download, error_text};
use crate::i18n::texts;

/// A format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One row a line, JSON: the canonical form.
    Ndjson,
    /// A table.
    Csv,
}

/// Offers the rows as a file of this name (its ending is added).
pub fn offer(name: &str, format: Format, rows: &[Row]) -> Result<(), String> {
    let (ending, media_type, text) = match format {
        Format::Ndjson => ("ndjson", "application/x-ndjson", Rows::to_ndjson(rows)),
        Format::Csv => ("csv", "text/csv", Rows::to_csv(rows)),
    };
    let text = text.map_err(|error| format!("a row could not be written: {error}"))?;
    download(&format!("{name}.{ending}"), media_type, &text)
        .map_err(|error| (texts().site.file_not_offered)(&error_text(&error)))
}
