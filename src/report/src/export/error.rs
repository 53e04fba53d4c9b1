//! Why an export cannot be made.

use gestalt_types::Name;

/// Why an export cannot be made, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No such format.
    #[error("unknown export format `{0}`; try ndjson, csv or modelvshuman")]
    Format(String),
    /// The rows are not scored.
    #[error("trial `{0}` is not scored: score the log against its trial set first")]
    Unscored(Name),
    /// A row could not be written.
    #[error("a row could not be written: {0}")]
    Row(#[from] serde_json::Error),
}
