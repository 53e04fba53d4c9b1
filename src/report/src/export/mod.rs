//! The log in other formats: one file a format.

mod error;
mod model_vs_human;

use gestalt_protocol::Row;
use gestalt_tables::Rows;

pub use error::ExportError;

/// A format to export to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line: every row, every field.
    Ndjson,
    /// One table: every row, every field.
    Csv,
    /// modelvshuman's raw data, one file an observer and session: test trials that count.
    ModelVsHuman,
}

impl std::str::FromStr for Format {
    type Err = ExportError;
    fn from_str(text: &str) -> Result<Self, ExportError> {
        match text {
            "ndjson" => Ok(Self::Ndjson),
            "csv" => Ok(Self::Csv),
            "modelvshuman" => Ok(Self::ModelVsHuman),
            other => Err(ExportError::Format(other.to_owned())),
        }
    }
}

/// The files of an export: path relative to the output folder (`/` between its parts), and content.
///
/// # Errors
/// When the format needs scored rows and one is not.
pub fn export(rows: &[Row], format: Format) -> Result<Vec<(String, String)>, ExportError> {
    match format {
        Format::Ndjson => Ok(vec![("rows.ndjson".into(), Rows::to_ndjson(rows)?)]),
        Format::Csv => Ok(vec![("rows.csv".into(), Rows::to_csv(rows)?)]),
        Format::ModelVsHuman => model_vs_human::files(rows),
    }
}
