//! What a study gives away, and when: the answers to its trials, and whether anyone may run models on it.

use gestalt_types::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a study gives away. By default nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Release {
    /// When a participant may read which answers were right.
    pub answers: AnswerRelease,
    /// Anyone may read aggregated results.
    pub public_results: bool,
    /// Models for which anyone may open a session; for the others an owner's key is needed.
    pub public_models: PublicModels,
}

/// Models for which anyone may open a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "true, false, or a list of model names is needed")]
pub enum PublicModels {
    /// All of them, or none.
    All(bool),
    /// Those of these names.
    Named(Vec<Name>),
}

impl Default for PublicModels {
    fn default() -> Self {
        Self::All(false)
    }
}

impl PublicModels {
    /// Anyone may open a session for a model of this name; none stands for a model without a name.
    pub fn allows(&self, model: Option<&Name>) -> bool {
        match self {
            Self::All(all) => *all,
            Self::Named(names) => model.is_some_and(|model| names.contains(model)),
        }
    }
}

/// When a participant may read which answers were right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerRelease {
    /// Once the study is closed.
    AfterClose,
    /// Once the session is finished. Whoever opens a second session then knows the answers.
    AfterSession,
    /// Never; the researcher's export has them.
    #[default]
    Never,
}
