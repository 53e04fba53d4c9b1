//! The display's refresh rate, measured, so that times can be planned and counted in frames.

/// How often the display refreshes. Between 20 and 500 times a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RefreshRate {
    period_ms: f64,
}

impl Default for RefreshRate {
    /// 60 Hz, until it is measured.
    fn default() -> Self {
        Self { period_ms: 1000.0 / 60.0 }
    }
}

impl RefreshRate {
    /// The median interval of these animation frames' time stamps; none if there are fewer than 10 or no
    /// display is that fast or slow.
    pub fn measure(stamps_ms: &[f64]) -> Option<Self> {
        let mut intervals: Vec<f64> = stamps_ms.windows(2).map(|pair| pair[1] - pair[0]).collect();
        if intervals.len() < 9 || intervals.iter().any(|interval| !interval.is_finite()) {
            return None;
        }
        intervals.sort_by(f64::total_cmp);
        // The mean of the middle half: time stamps are rounded (100 µs), a plain median would keep that
        // rounding.
        let quarter = intervals.len() / 4;
        let middle = &intervals[quarter..intervals.len() - quarter];
        let period_ms = middle.iter().sum::<f64>() / middle.len() as f64;
        (2.0..=50.0).contains(&period_ms).then_some(Self { period_ms })
    }

    /// Time between two refreshes.
    pub fn period_ms(self) -> f64 {
        self.period_ms
    }

    /// Refreshes a second.
    pub fn hz(self) -> f64 {
        1000.0 / self.period_ms
    }

    /// The whole number of frames nearest to this duration.
    pub fn frames(self, duration_ms: f64) -> u32 {
        (duration_ms / self.period_ms).round().max(0.0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_displays_are_measured_through_rounding_and_dropped_frames() {
        for hz in [60.0, 90.0, 120.0, 144.0] {
            let mut stamps: Vec<f64> =
                (0..60).map(|frame| (f64::from(frame) * 10_000.0 / hz).floor() / 10.0).collect();
            stamps.remove(30);
            let rate = RefreshRate::measure(&stamps).expect("measured");
            assert!((rate.hz() - hz).abs() < 0.5, "{hz}: {}", rate.hz());
            assert_eq!(rate.frames(800.0), (0.8 * hz).round() as u32);
        }
    }

    #[test]
    fn no_display_no_rate() {
        assert!(RefreshRate::measure(&[0.0, 16.0]).is_none());
        assert!(RefreshRate::measure(&[0.0; 60]).is_none());
        assert!(RefreshRate::measure(&[f64::NAN; 60]).is_none());
    }
}
