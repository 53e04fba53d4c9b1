//! Screening: whether device, window and display meet the study's needs, and how to mend what is missing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::checks::Checks;
use super::StepKind;

/// A class of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// A computer with a keyboard.
    Desktop,
    /// A tablet.
    Tablet,
    /// A phone.
    Phone,
}

/// What a session needs. The smallest window is `display.minimum_viewport`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Screening {
    /// Allowed devices; empty for all.
    pub devices: Vec<DeviceKind>,
    /// Smallest refresh rate of the display in Hz; null for any.
    pub minimum_refresh_hz: Option<f64>,
    /// Allowed browsers by name (`chrome`, `edge`, `firefox`, `safari`, `opera`); empty for all.
    pub browsers: Vec<String>,
}

/// The browsers that the page can tell apart.
const BROWSERS: [&str; 5] = ["chrome", "edge", "firefox", "safari", "opera"];

impl StepKind for Screening {
    fn check(&self, at: &str, checks: &mut Checks) {
        if self.minimum_refresh_hz.is_some_and(|hz| !(1.0..=1000.0).contains(&hz)) {
            checks.wrong(format!("{at}.minimum_refresh_hz"), "1 to 1000 is needed");
        }
        for (place, browser) in self.browsers.iter().enumerate() {
            if !BROWSERS.contains(&browser.as_str()) {
                let reason = format!("unknown browser `{browser}`; one of {} is needed", BROWSERS.join(", "));
                checks.wrong(format!("{at}.browsers.{place}"), reason);
            }
        }
    }
}
