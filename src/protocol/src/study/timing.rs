//! `[timing]`: the course of one trial for people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{Checks, in_range};

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

impl Timing {
    pub(super) fn check(&self, checks: &mut Checks) {
        in_range(checks, "timing.placeholder_ms", self.placeholder_ms, 0.0, 60_000.0);
        in_range(checks, "timing.exposure_ms", self.exposure_ms, 1.0, 60_000.0);
        in_range(checks, "timing.too_late_ms", self.too_late_ms, 0.0, 60_000.0);
        in_range(checks, "timing.countdown_ms", self.countdown_ms, 0.0, 60_000.0);
        if !(self.deadline_ms >= self.exposure_ms && self.deadline_ms <= 600_000.0) {
            checks.wrong("timing.deadline_ms", "at least exposure_ms and at most 600000 is needed");
        }
        if !(0.0..=self.deadline_ms.max(0.0)).contains(&self.minimum_reaction_time_ms) {
            checks.wrong("timing.minimum_reaction_time_ms", "0 to deadline_ms is needed");
        }
    }
}
