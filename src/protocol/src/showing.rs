//! How a person's trial was shown: what was planned, what the page could tell of it, and on which display.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use gestalt_types::{Name, Slot};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl PressKind {
    /// The row's column of their times.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::BeforeOnset => "presses_before_onset_ms",
            Self::TooFast => "presses_too_fast_ms",
            Self::AfterAnswer => "presses_after_answer_ms",
            Self::AfterDeadline => "presses_after_deadline_ms",
        }
    }
}

/// A press that did not count.
#[derive(Debug, Clone, Copy, PartialEq)]
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

/// How a person's trial was shown; all null in rows of models. Times of day are on the page's monotonic
/// clock; frame times are the browser's own frame stamps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(default)]
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
    pub displayed_frames: Option<u32>,
    /// Refreshes from onset to offset for which the page's callback ran too late or not at all.
    pub lost_frames: Option<u32>,
    /// How long after its time stamp the callback of the onset's frame ran.
    pub onset_callback_late_ms: Option<f64>,
    /// How long after its time stamp the callback of the offset's frame ran.
    pub offset_callback_late_ms: Option<f64>,
    /// The longest time between two callbacks from onset to offset.
    pub longest_gap_ms: Option<f64>,
    /// The longest frame that the browser itself reported as long (Long Animation Frames API) from onset to
    /// offset.
    pub longest_long_frame_ms: Option<f64>,
    /// The callbacks show more lost frames, or a later onset or offset, than the study allows.
    pub timing_flagged: Option<bool>,
    /// Measured before the block.
    pub refresh_rate_hz: Option<f64>,
    /// What the person answered with.
    pub input_device: Option<InputDevice>,
    /// The clock of the answer's time stamp.
    pub press_clock: Option<PressClock>,
    /// Presses before the onset, at most a few; null if there were none.
    #[serde(with = "times")]
    #[schemars(with = "Option<Vec<f64>>")]
    pub presses_before_onset_ms: Vec<f64>,
    /// Presses sooner after the onset than the study's minimum reaction time; null if there were none.
    #[serde(with = "times")]
    #[schemars(with = "Option<Vec<f64>>")]
    pub presses_too_fast_ms: Vec<f64>,
    /// Presses after the answer; null if there were none.
    #[serde(with = "times")]
    #[schemars(with = "Option<Vec<f64>>")]
    pub presses_after_answer_ms: Vec<f64>,
    /// Presses after the deadline; null if there were none.
    #[serde(with = "times")]
    #[schemars(with = "Option<Vec<f64>>")]
    pub presses_after_deadline_ms: Vec<f64>,
    /// What the presses that did not count chose, in the order of their times; null if there were none.
    #[serde(with = "times")]
    #[schemars(with = "Option<Vec<Name>>")]
    pub other_press_choices: Vec<Name>,
    /// The page had the focus throughout.
    pub in_focus: Option<bool>,
    /// The page filled the screen throughout.
    pub full_screen: Option<bool>,
    /// What interrupted the trial; null unless it was interrupted.
    pub interrupted_by: Option<Interruption>,
    /// For how long interrupted showings had shown these pictures before, an interruption of this showing
    /// included. Null if never.
    pub already_seen_ms: Option<f64>,
    /// Device pixels, across, for each pixel of a picture; null where it was not a whole number.
    pub picture_factor: Option<u32>,
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

impl Showing {
    /// Logs presses that did not count, in the order in which they came.
    pub fn log_presses(&mut self, presses: &[OtherPress]) {
        let mut presses: Vec<&OtherPress> = presses.iter().collect();
        presses.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        for press in
            presses.into_iter().take(MAX_OTHER_PRESSES.saturating_sub(self.other_press_choices.len()))
        {
            self.presses_mut(press.kind).push(press.at_ms);
            self.other_press_choices.push(press.slot.into());
        }
    }

    /// The presses that did not count, kind and time, in the order of their times.
    pub fn other_presses(&self) -> Vec<(PressKind, f64)> {
        let kinds = self.press_times().into_iter();
        let mut presses: Vec<_> =
            kinds.flat_map(|(kind, times)| times.iter().map(move |at_ms| (kind, *at_ms))).collect();
        presses.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        presses
    }

    /// The times of the presses that did not count, by kind.
    pub fn press_times(&self) -> [(PressKind, &[f64]); 4] {
        [
            (PressKind::BeforeOnset, &self.presses_before_onset_ms),
            (PressKind::TooFast, &self.presses_too_fast_ms),
            (PressKind::AfterAnswer, &self.presses_after_answer_ms),
            (PressKind::AfterDeadline, &self.presses_after_deadline_ms),
        ]
    }

    fn presses_mut(&mut self, kind: PressKind) -> &mut Vec<f64> {
        match kind {
            PressKind::BeforeOnset => &mut self.presses_before_onset_ms,
            PressKind::TooFast => &mut self.presses_too_fast_ms,
            PressKind::AfterAnswer => &mut self.presses_after_answer_ms,
            PressKind::AfterDeadline => &mut self.presses_after_deadline_ms,
        }
    }
}

/// A list that is written as null where it is empty, so that rows of models have no lists of presses.
mod times {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer, T: Serialize>(
        list: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        (!list.is_empty()).then_some(list).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
    }
}
