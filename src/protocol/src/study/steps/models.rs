//! Models that the participant may run on the same trials, after the last of their own.

use gestalt_types::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::checks::Checks;
use super::StepKind;

/// Which models are offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// Names of model folders.
    pub offer: Vec<Name>,
}

impl StepKind for Models {
    fn check(&self, at: &str, checks: &mut Checks) {
        if self.offer.is_empty() {
            checks.wrong(format!("{at}.offer"), "at least one model is needed, or leave the step out");
        }
    }
}
