//! Information for participants, before they consent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FileKind, StepKind};

/// A text to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Information {
    /// Markdown file beside the study file.
    pub text: String,
}

impl StepKind for Information {
    fn files(&self) -> Vec<(&'static str, &str, FileKind)> {
        vec![("text", &self.text, FileKind::Text)]
    }
}
