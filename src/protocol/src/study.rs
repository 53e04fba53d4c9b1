//! The study: which trial set, with which timing, in which course. A file that a scientist writes, checked when it is read.

use gestalt_types::{FieldError, json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::release::Release;
use gestalt_types::Name;

/// The timing of one trial for people. The defaults are the published protocol of DiST (arXiv 2310.07555).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// Placeholder in all three positions before the triplet.
    pub placeholder_ms: f64,
    /// The triplet is seen for so long.
    pub exposure_ms: f64,
    /// Responses count until so long after onset.
    pub deadline_ms: f64,
    /// "Too late" stays for so long.
    pub too_late_ms: f64,
}

impl Default for Timing {
    fn default() -> Self {
        Self { placeholder_ms: 300.0, exposure_ms: 800.0, deadline_ms: 2000.0, too_late_ms: 800.0 }
    }
}

/// A study, as its file states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// In addresses and rows.
    pub name: Name,
    /// On the page.
    pub title: String,
    /// Folder of the trial set, relative to the study file.
    pub trial_set: String,
    /// Timing for people.
    #[serde(default)]
    pub timing: Timing,
    /// A break after so many trials; 0 for none.
    #[serde(default = "fifty")]
    pub break_every: u32,
    /// A catch trial after every so many test trials, as long as the set has some; 0 for none.
    #[serde(default = "twenty")]
    pub catch_every: u32,
    /// At most so many test trials in a session (drawn by seed); null for all.
    #[serde(default)]
    pub max_trials: Option<u32>,
    /// Share of the planned trials that a participant has to answer for a completion code; the others may be missed.
    #[serde(default = "half")]
    pub minimum_answered: f64,
    /// What the study gives away.
    #[serde(default)]
    pub release: Release,
}

fn half() -> f64 {
    0.5
}

fn fifty() -> u32 {
    50
}
fn twenty() -> u32 {
    20
}

/// What is wrong with a study file.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// Not JSON, or a field is missing, unknown or misshapen.
    #[error("study file: {path}: {reason}")]
    Malformed {
        /// Where in the file.
        path: String,
        /// What the reader found.
        reason: String,
    },
    /// A value that no session could run with.
    #[error("study file: {field}: {reason}")]
    Value {
        /// Which field.
        field: &'static str,
        /// What is wrong and what would be right.
        reason: &'static str,
    },
}

impl Study {
    /// Reads and checks a study file (JSON).
    pub fn parse(bytes: &[u8]) -> Result<Self, StudyError> {
        let study: Self = json::read(bytes)
            .map_err(|FieldError { field, reason }| StudyError::Malformed { path: field, reason })?;
        study.check()?;
        Ok(study)
    }

    fn check(&self) -> Result<(), StudyError> {
        let Timing { placeholder_ms, exposure_ms, deadline_ms, too_late_ms } = self.timing;
        let wrong = |field, reason| Err(StudyError::Value { field, reason });
        if !(0.0..=60_000.0).contains(&placeholder_ms) {
            return wrong("timing.placeholder_ms", "0 to 60000 is needed");
        }
        if !(1.0..=60_000.0).contains(&exposure_ms) {
            return wrong("timing.exposure_ms", "1 to 60000 is needed");
        }
        if !(deadline_ms >= exposure_ms && deadline_ms <= 600_000.0) {
            return wrong("timing.deadline_ms", "at least exposure_ms and at most 600000 is needed");
        }
        if !(0.0..=60_000.0).contains(&too_late_ms) {
            return wrong("timing.too_late_ms", "0 to 60000 is needed");
        }
        if !(0.0..=1.0).contains(&self.minimum_answered) {
            return wrong("minimum_answered", "0 to 1 is needed");
        }
        if self.max_trials == Some(0) {
            return wrong("max_trials", "at least 1, or null for all, is needed");
        }
        Ok(())
    }
}
