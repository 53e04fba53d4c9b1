//! `[display]`: how large the pictures are and what the screen has to offer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{Checks, in_range};

/// The size of a picture on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// One pixel of the picture is one pixel of the screen, where that fits.
    #[default]
    Native,
    /// Its width in degrees of visual angle; needs a calibration step with card and distance.
    Degrees(f64),
    /// Its width in CSS pixels.
    CssPx(f64),
}

/// A square that turns white while the pictures are up, for a photodiode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Photodiode {
    /// No square.
    #[default]
    None,
    /// In this corner.
    TopLeft,
    /// In this corner.
    TopRight,
    /// In this corner.
    BottomLeft,
    /// In this corner.
    BottomRight,
}

/// How the pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Display {
    /// The size of a picture.
    pub picture: Picture,
    /// Smallest width and height of the page in CSS pixels; null for none.
    pub minimum_viewport: Option<[u32; 2]>,
    /// Where a photodiode's square is.
    pub photodiode: Photodiode,
}

impl Display {
    pub(super) fn check(&self, checks: &mut Checks) {
        match self.picture {
            Picture::Native => {}
            Picture::Degrees(degrees) => in_range(checks, "display.picture.degrees", degrees, 0.1, 60.0),
            Picture::CssPx(px) => in_range(checks, "display.picture.css_px", px, 16.0, 2000.0),
        }
        if self.minimum_viewport.is_some_and(|sides| sides.iter().any(|px| !(1..=10_000).contains(px))) {
            checks
                .wrong("display.minimum_viewport", "width and height in CSS pixels, 1 to 10000, are needed");
        }
    }
}
