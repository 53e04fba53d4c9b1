//! Calibration: pixels per degree of visual angle, from the size of a card on the screen and the viewing
//! distance (the virtual chinrest, Li, Joo, Yeatman and Reinecke, Scientific Reports 2020).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::checks::Checks;
use super::StepKind;

/// How the viewing distance is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Distance {
    /// Not at all.
    #[default]
    None,
    /// By the blind spot.
    BlindSpot,
    /// By asking.
    Ask,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Calibration {
    /// Measure the screen with a bank card.
    pub card: bool,
    /// How the viewing distance is found; needs the card.
    pub distance: Distance,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { card: true, distance: Distance::default() }
    }
}

impl Calibration {
    /// Gives pixels per degree.
    pub fn gives_degrees(&self) -> bool {
        self.card && self.distance != Distance::None
    }
}

impl StepKind for Calibration {
    fn check(&self, at: &str, checks: &mut Checks) {
        if !self.card {
            let reason = "the viewing distance follows from the size of the screen, which the card gives: set \
                          `card = true`, or leave the step out";
            checks.wrong(format!("{at}.card"), reason);
        }
    }
}
