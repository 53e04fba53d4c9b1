//! A questionnaire: text, number, choice, Likert scale, free text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FileKind, StepKind};

/// Questions on one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// TOML file beside the study file.
    pub file: String,
}

impl StepKind for Questionnaire {
    fn files(&self) -> Vec<(&'static str, &str, FileKind)> {
        vec![("file", &self.file, FileKind::Questions)]
    }
}
