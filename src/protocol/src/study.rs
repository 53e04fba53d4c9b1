//! The study: which trial set, with which timing and by which rules. A file that a scientist writes, checked when it is read.

use gestalt_types::{FieldError, json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::release::Release;
use gestalt_types::Name;

/// The timing of one trial for people. The defaults are the published protocol of DiST (arXiv 2310.07555).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// Inter-trial interval: placeholders in all three slots before the triplet.
    pub placeholder_ms: f64,
    /// Exposure duration of the triplet.
    pub exposure_ms: f64,
    /// End of the response window, counted from the onset.
    pub deadline_ms: f64,
    /// How long "Too late" is shown.
    pub too_late_ms: f64,
    /// Countdown after a break or pause; 0 for none.
    pub countdown_ms: f64,
    /// Start of the response window, counted from the onset: a sooner press is logged and does not count.
    pub minimum_reaction_time_ms: f64,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            placeholder_ms: 300.0,
            exposure_ms: 800.0,
            deadline_ms: 2000.0,
            too_late_ms: 800.0,
            countdown_ms: 3000.0,
            minimum_reaction_time_ms: 150.0,
        }
    }
}

/// What becomes of a trial that was interrupted after its pictures had been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecondLook {
    /// It is over; a reserve trial of the same category and condition takes its place, if the set has one.
    #[default]
    Drop,
    /// It comes again at the end of its block, and that answer counts.
    Count,
}

/// From when on a trial's timing is flagged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TimingBounds {
    /// Lost frames from which on a trial is flagged.
    pub lost_frames: u32,
    /// A trial is flagged if the callback of its onset or offset ran later than this; null for half a refresh.
    pub late_edge_ms: Option<f64>,
    /// A longer gap between two callbacks while the triplet is up, in refreshes, interrupts the trial: a person must have noticed it.
    pub noticed_gap_frames: u32,
}

impl Default for TimingBounds {
    fn default() -> Self {
        Self { lost_frames: 1, late_edge_ms: None, noticed_gap_frames: 3 }
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
    /// Number of trials between breaks; 0 for no breaks.
    #[serde(default = "fifty")]
    pub break_every: u32,
    /// Number of test trials between catch trials, until the set's catch trials are used up; 0 for no catch trials.
    #[serde(default = "twenty")]
    pub catch_every: u32,
    /// Largest number of test trials in a session, drawn by its seed; null for all. The others are reserve trials.
    #[serde(default)]
    pub max_trials: Option<u32>,
    /// Share of the planned trials that a participant has to answer for a completion code; the others may be missed.
    #[serde(default = "half")]
    pub minimum_answered: f64,
    /// What the study gives away.
    #[serde(default)]
    pub release: Release,
    /// What becomes of a trial that was interrupted after its onset.
    #[serde(default)]
    pub second_look: SecondLook,
    /// From when on a trial's timing is flagged.
    #[serde(default)]
    pub timing_bounds: TimingBounds,
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
        let Timing {
            placeholder_ms,
            exposure_ms,
            deadline_ms,
            too_late_ms,
            countdown_ms,
            minimum_reaction_time_ms,
        } = self.timing;
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
        if !(0.0..=60_000.0).contains(&countdown_ms) {
            return wrong("timing.countdown_ms", "0 to 60000 is needed");
        }
        if !(0.0..=deadline_ms).contains(&minimum_reaction_time_ms) {
            return wrong("timing.minimum_reaction_time_ms", "0 to deadline_ms is needed");
        }
        if self.timing_bounds.lost_frames == 0 {
            return wrong("timing_bounds.lost_frames", "at least 1 is needed");
        }
        if self.timing_bounds.noticed_gap_frames == 0 {
            return wrong("timing_bounds.noticed_gap_frames", "at least 1 is needed");
        }
        if self.timing_bounds.late_edge_ms.is_some_and(|ms| !(ms > 0.0 && ms.is_finite())) {
            return wrong("timing_bounds.late_edge_ms", "more than 0, or null for half a refresh, is needed");
        }
        if self.max_trials == Some(0) {
            return wrong("max_trials", "at least 1, or null for all, is needed");
        }
        Ok(())
    }
}
