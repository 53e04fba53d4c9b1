//! What a study gives away, and when: the answers to its trials, and whether anyone may run models on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a study gives away. By default nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Release {
    /// When a participant may read which answers were right.
    pub answers: AnswerRelease,
    /// Anyone may open a model session; otherwise the researcher's key is needed.
    pub public_models: bool,
}

/// When a participant may read which answers were right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerRelease {
    /// Once the session is finished. Whoever opens a second session then knows the answers.
    AfterSession,
    /// Never; the researcher's export has them.
    #[default]
    Never,
}
