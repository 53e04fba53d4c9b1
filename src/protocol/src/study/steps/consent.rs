//! Consent: recorded with its time and the hash of the text. Whoever says no gets the code for that and
//! leaves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FileKind, StepKind};

/// A text to agree to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Consent {
    /// Markdown file beside the study file; null for the standard text.
    pub text: Option<String>,
}

impl StepKind for Consent {
    fn files(&self) -> Vec<(&'static str, &str, FileKind)> {
        self.text.iter().map(|text| ("text", text.as_str(), FileKind::Text)).collect()
    }
}
