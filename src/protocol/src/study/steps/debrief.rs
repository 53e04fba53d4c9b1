//! Debriefing: what the study was about, and the participant's own score.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FileKind, StepKind};

/// What a participant learns at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Debrief {
    /// Markdown file beside the study file; null for the standard text.
    pub text: Option<String>,
    /// Shows the share of trials that the participant had right.
    pub show_score: bool,
}

impl StepKind for Debrief {
    fn files(&self) -> Vec<(&'static str, &str, FileKind)> {
        self.text.iter().map(|text| ("text", text.as_str(), FileKind::Text)).collect()
    }
}
