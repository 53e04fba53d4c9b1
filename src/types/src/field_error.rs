//! What is wrong with a field of something that came in: every refusal names the field and the reason.

/// A field that is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// The field's path in the row.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

impl FieldError {
    /// The field and the reason.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }

    /// From serde's error; a missing or unknown field is named itself, not its parent.
    pub fn from_json(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let reason = error.inner().to_string();
        let path = error.path().to_string();
        // A missing or unknown field is reported at its parent: name the field itself.
        let named = reason.split('`').nth(1).filter(|_| reason.contains("field `"));
        let field = match (path.as_str(), named) {
            (".", Some(name)) => name.to_owned(),
            (parent, Some(name)) if !parent.ends_with(name) => format!("{parent}.{name}"),
            _ => path,
        };
        Self { field, reason }
    }
}
