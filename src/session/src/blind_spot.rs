//! The viewing distance from where a dot disappears in the blind spot (Li, Joo, Yeatman and Reinecke,
//! Scientific Reports 2020, "virtual chinrest").

/// The blind spot's angle from where one looks, in degrees, as the published method takes it.
const BLIND_SPOT_DEG: f64 = 13.5;
/// Number of rounds.
const ROUNDS: usize = 5;

/// The distances, in CSS pixels, at which the dot disappeared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlindSpot {
    offsets_px: Vec<f64>,
}

impl BlindSpot {
    /// The dot disappeared at this distance from the square.
    pub fn add(&mut self, offset_px: f64) {
        self.offsets_px.push(offset_px);
    }

    /// Rounds done, number of rounds.
    pub fn progress(&self) -> (usize, usize) {
        (self.offsets_px.len().min(ROUNDS), ROUNDS)
    }

    /// All rounds are done.
    pub fn is_done(&self) -> bool {
        self.offsets_px.len() >= ROUNDS
    }

    /// Eye to screen in millimetres, from the median of the rounds; none before the first.
    pub fn distance_mm(&self, px_per_mm: f64) -> Option<f64> {
        let mut offsets = self.offsets_px.clone();
        offsets.sort_by(f64::total_cmp);
        let middle = *offsets.get(offsets.len() / 2)?;
        Some(middle / px_per_mm / BLIND_SPOT_DEG.to_radians().tan())
    }
}

/// CSS pixels in one degree of visual angle around where one looks.
pub fn px_per_deg(px_per_mm: f64, viewing_distance_mm: f64) -> f64 {
    2.0 * viewing_distance_mm * 0.5_f64.to_radians().tan() * px_per_mm
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_distance_follows_from_the_median() {
        let mut task = BlindSpot::default();
        assert_eq!(task.distance_mm(3.78), None);
        // At 600 mm the blind spot is 600 · tan 13.5° = 144.0 mm away.
        for offset_mm in [144.05, 30.0, 144.05, 400.0, 144.05] {
            assert!(!task.is_done());
            task.add(offset_mm * 3.78);
        }
        assert!(task.is_done());
        assert!((task.distance_mm(3.78).unwrap() - 600.0).abs() < 0.5);
    }

    #[test]
    fn a_degree_at_57_cm_is_a_centimetre() {
        assert!((px_per_deg(3.78, 573.0) / 3.78 - 10.0).abs() < 0.01);
    }
}
