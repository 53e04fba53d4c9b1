//! `[exclude]`: what counts is decided by the analysis, by rules that the study states beforehand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{Checks, is_share};

/// From when on a trial's timing is flagged; a flagged trial is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TimingBounds {
    /// Lost frames from which on a trial is flagged.
    pub lost_frames: u32,
    /// A trial is flagged if the callback of its onset or offset ran later than this; null for half a
    /// refresh.
    pub late_edge_ms: Option<f64>,
    /// A longer gap between two callbacks while the triplet is up, in refreshes, interrupts the trial: a
    /// person must have noticed it.
    pub noticed_gap_frames: u32,
}

impl Default for TimingBounds {
    fn default() -> Self {
        Self { lost_frames: 1, late_edge_ms: None, noticed_gap_frames: 3 }
    }
}

/// Exclusion criteria. Null means that the study has no such criterion.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Exclude {
    /// Sessions with a smaller share of correct catch trials.
    pub catch_correct_below: Option<f64>,
    /// Sessions with a larger share of interrupted trials.
    pub interrupted_above: Option<f64>,
    /// Sessions in which a larger share of trials had a press before `minimum_reaction_time_ms`.
    pub too_fast_above: Option<f64>,
    /// Trials whose timing failed.
    pub trial: TimingBounds,
}

impl Exclude {
    pub(super) fn check(&self, checks: &mut Checks) {
        is_share(checks, "exclude.catch_correct_below", self.catch_correct_below);
        is_share(checks, "exclude.interrupted_above", self.interrupted_above);
        is_share(checks, "exclude.too_fast_above", self.too_fast_above);
        if self.trial.lost_frames == 0 {
            checks.wrong("exclude.trial.lost_frames", "at least 1 is needed");
        }
        if self.trial.noticed_gap_frames == 0 {
            checks.wrong("exclude.trial.noticed_gap_frames", "at least 1 is needed");
        }
        if self.trial.late_edge_ms.is_some_and(|ms| !(ms > 0.0 && ms.is_finite())) {
            checks.wrong(
                "exclude.trial.late_edge_ms",
                "more than 0 is needed; leave the key out for half a refresh",
            );
        }
    }
}
