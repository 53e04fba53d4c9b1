//! Instructions with a moving example, and a quiz where the study has one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FileKind, StepKind};

/// What the participant has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Instructions {
    /// Markdown file beside the study file; null for the standard text.
    pub text: Option<String>,
    /// A moving example of a trial.
    pub example: bool,
    /// TOML file with questions that have to be answered rightly; null for none.
    pub quiz: Option<String>,
}

impl Default for Instructions {
    fn default() -> Self {
        Self { text: None, example: true, quiz: None }
    }
}

impl StepKind for Instructions {
    fn files(&self) -> Vec<(&'static str, &str, FileKind)> {
        let text = self.text.iter().map(|text| ("text", text.as_str(), FileKind::Text));
        let quiz = self.quiz.iter().map(|quiz| ("quiz", quiz.as_str(), FileKind::Quiz));
        text.chain(quiz).collect()
    }
}
