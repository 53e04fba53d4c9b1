//! Completion: whether everything is saved, the code, and the way back to the panel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::StepKind;

/// The last step of every session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Completion {
    /// Leads back to the panel by itself once the last row is stored; otherwise by a link.
    pub redirect: bool,
}

impl StepKind for Completion {}
