//! The trials themselves: `[trials]` says which, this step says when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::StepKind;

/// The blocks of trials with their breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrialsStep {}

impl StepKind for TrialsStep {}
