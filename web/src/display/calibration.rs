//! What the calibration step of this visit measured, for the rows and the size of the pictures.

use std::cell::Cell;

use gestalt_session::px_per_deg;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibrated {
    /// CSS pixels per millimetre of the screen.
    pub px_per_mm: f64,
    /// Eye to screen, where measured.
    pub viewing_distance_mm: Option<f64>,
}

impl Calibrated {
    /// CSS pixels per degree of visual angle, where the distance is known.
    pub fn px_per_deg(self) -> Option<f64> {
        self.viewing_distance_mm.map(|distance_mm| px_per_deg(self.px_per_mm, distance_mm))
    }
}

thread_local! {
    static CALIBRATED: Cell<Option<Calibrated>> = const { Cell::new(None) };
}

/// What was measured in this visit; none before.
pub fn calibrated() -> Option<Calibrated> {
    CALIBRATED.get()
}

/// Keeps what was measured; none at the beginning of a visit.
pub fn set_calibrated(calibrated: Option<Calibrated>) {
    CALIBRATED.set(calibrated);
}
