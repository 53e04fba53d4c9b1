//! How a person's trial was shown: what was planned, what the page could tell of it, and on which display.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use gestalt_types::Slot;

/// What a person answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputDevice {
    /// Keys 1 2 3, number row or pad.
    Keyboard,
    /// A mouse or trackpad.
    Mouse,
    /// A finger.
    Touch,
    /// A stylus.
    Pen,
    /// A simulated person.
    Simulated,
}

/// The clock that a response's time stamp is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PressClock {
    /// The event's own time stamp.
    Event,
    /// The page's clock when it handled the event: the event's own stamp was 0 or from another clock.
    Page,
}

/// Why a press was not the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PressKind {
    /// Before the triplet's onset.
    BeforeOnset,
    /// Sooner after the onset than the study's minimum reaction time.
    TooFast,
    /// After the answer.
    AfterAnswer,
    /// After the deadline.
    AfterDeadline,
}

/// A press that did not count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherPress {
    /// Why it did not count.
    pub kind: PressKind,
    /// The slot it chose.
    pub slot: Slot,
    /// When, on the page's monotonic clock.
    pub at_ms: f64,
}

/// What interrupted a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interruption {
    /// The window lost the focus.
    FocusLost,
    /// The page was hidden, or the computer slept.
    Hidden,
    /// The page no longer fills the screen.
    FullScreenLeft,
    /// The person asked for a pause.
    Paused,
    /// The window was resized, zoomed or turned.
    Resized,
    /// The page got no frames for so long that a person must have noticed.
    FramesLost,
    /// A picture could not be shown.
    PictureFailed,
    /// The page was closed or loaded again.
    Reloaded,
}

/// Which way the screen is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// At least as wide as high.
    Landscape,
    /// Higher than wide.
    Portrait,
}

/// How a person's trial was shown. Times of day are on the page's monotonic clock; frame times are the browser's own frame stamps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Showing {
    /// When the triplet was to appear.
    pub planned_onset_ms: Option<f64>,
    /// Time stamp of the frame that put it up.
    pub actual_onset_ms: Option<f64>,
    /// When the triplet was to disappear.
    pub planned_offset_ms: Option<f64>,
    /// Time stamp of the frame that took it away; null where an interruption came first.
    pub actual_offset_ms: Option<f64>,
    /// Frames for which the triplet was to be shown.
    pub planned_frames: Option<u32>,
    /// Display refreshes between the time stamps of onset and offset.
    pub shown_frames: Option<u32>,
    /// Refreshes from onset to offset for which the page's callback ran too late or not at all.
    pub dropped_frames: Option<u32>,
    /// How long after its time stamp the callback of the onset's frame ran.
    pub onset_callback_late_ms: Option<f64>,
    /// How long after its time stamp the callback of the offset's frame ran.
    pub offset_callback_late_ms: Option<f64>,
    /// The longest time between two callbacks from onset to offset.
    pub longest_gap_ms: Option<f64>,
    /// The callbacks show more lost frames, or a later onset or offset, than the study allows.
    pub timing_flagged: Option<bool>,
    /// Measured before the block.
    pub refresh_rate_hz: Option<f64>,
    /// What the person answered with.
    pub input_device: Option<InputDevice>,
    /// The clock of the answer's time stamp.
    pub press_clock: Option<PressClock>,
    /// Presses that did not count, the first few of them.
    pub other_presses: Vec<OtherPress>,
    /// The page had the focus throughout.
    pub in_focus: Option<bool>,
    /// The page filled the screen throughout.
    pub full_screen: Option<bool>,
    /// What interrupted the trial; null unless it was interrupted.
    pub interrupted_by: Option<Interruption>,
    /// For how long interrupted showings had shown these pictures before, an interruption of this showing included. Null if never.
    pub already_seen_ms: Option<f64>,
    /// Width of a picture in CSS pixels.
    pub picture_css_px: Option<f64>,
    /// Width of a picture in device pixels.
    pub picture_device_px: Option<f64>,
    /// Width of the viewport in CSS pixels.
    pub viewport_width_css_px: Option<f64>,
    /// Height of the viewport in CSS pixels.
    pub viewport_height_css_px: Option<f64>,
    /// Width of the screen in CSS pixels.
    pub screen_width_css_px: Option<f64>,
    /// Height of the screen in CSS pixels.
    pub screen_height_css_px: Option<f64>,
    /// Which way the screen is held.
    pub orientation: Option<Orientation>,
    /// Scale by pinching; the zoom of the browser is part of `device_pixel_ratio`.
    pub pinch_zoom: Option<f64>,
    /// CSS pixels per degree of visual angle, where measured.
    pub px_per_deg: Option<f64>,
    /// Eye to screen, where measured.
    pub viewing_distance_mm: Option<f64>,
    /// Device pixels per CSS pixel.
    pub device_pixel_ratio: Option<f64>,
    /// The clock's step is 5 µs when isolated, else 100 µs (Chrome).
    pub cross_origin_isolated: Option<bool>,
}

/// Rows with more presses that did not count than this are refused.
pub const MAX_OTHER_PRESSES: usize = 32;
