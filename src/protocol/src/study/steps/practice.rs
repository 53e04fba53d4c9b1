//! Practice trials, with feedback and a repeat for those who have not understood yet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::checks::{Checks, in_range, is_share};
use super::StepKind;

/// Practice before the trials.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Practice {
    /// Number of practice trials; null for all that the set has.
    pub trials: Option<u32>,
    /// Says after each trial whether the answer was right. This gives the answers of practice trials away.
    pub feedback: bool,
    /// Practice is repeated where a smaller share was right; null for no repeat.
    pub repeat_below: Option<f64>,
    /// Largest number of repeats; the session continues after the last one.
    pub most_repeats: u32,
}

impl Practice {
    /// The page has to know which answers to practice trials are right.
    pub fn needs_answers(&self) -> bool {
        self.feedback || self.repeat_below.is_some()
    }
}

impl StepKind for Practice {
    fn check(&self, at: &str, checks: &mut Checks) {
        is_share(checks, &format!("{at}.repeat_below"), self.repeat_below);
        if let Some(trials) = self.trials {
            in_range(checks, &format!("{at}.trials"), f64::from(trials), 1.0, 1000.0);
        }
        in_range(checks, &format!("{at}.most_repeats"), f64::from(self.most_repeats), 0.0, 10.0);
        if self.repeat_below.is_some() && self.most_repeats == 0 {
            checks.wrong(format!("{at}.most_repeats"), "at least 1 is needed where `repeat_below` is set");
        }
    }
}
