//! Reaction times: their middle, spread and mean, kept apart by what was answered with, because touch adds
//! 58 to 70 ms.

use gestalt_protocol::{InputDevice, Row};
use gestalt_stats::{Interval, ascending, mean_by_t, median_interval, quantile};
use serde::Serialize;

/// Reaction times of some trials. Never empty, all finite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Times {
    /// Each time, ascending.
    pub sorted_ms: Vec<f64>,
    /// 25 % quantile (linear between neighbours: type 7, as in numpy and R).
    pub lower_quartile_ms: f64,
    /// The median.
    pub median_ms: f64,
    /// Its distribution-free 95 % interval; none below 6 trials.
    pub median_interval_ms: Option<Interval>,
    /// 75 % quantile.
    pub upper_quartile_ms: f64,
    /// The mean and its 95 % t-interval; none below 2 trials, because a mean goes out only with an interval.
    pub mean_ms: Option<(f64, Interval)>,
}

impl Times {
    /// None when no value is finite; values that are not are left out.
    pub fn new(values_ms: impl IntoIterator<Item = f64>) -> Option<Self> {
        let finite: Vec<f64> = values_ms.into_iter().filter(|value| value.is_finite()).collect();
        let sorted_ms = ascending(&finite).ok()?;
        let mean = mean_by_t(&sorted_ms).ok()?;
        Some(Self {
            lower_quartile_ms: quantile(&sorted_ms, 0.25)?,
            median_ms: quantile(&sorted_ms, 0.5)?,
            median_interval_ms: median_interval(&sorted_ms),
            upper_quartile_ms: quantile(&sorted_ms, 0.75)?,
            mean_ms: mean.interval.ok().map(|interval| (mean.value, interval)),
            sorted_ms,
        })
    }

    /// Number of trials.
    pub fn n(&self) -> usize {
        self.sorted_ms.len()
    }
}

/// Reaction times of the test trials answered with one input device.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimesByDevice {
    /// What was answered with; none where the rows do not say.
    pub input_device: Option<InputDevice>,
    /// Of the correct answers.
    pub correct: Option<Times>,
    /// Of all answers.
    pub answered: Times,
}

/// Name of an input device in tables and plots.
pub fn device_name(device: Option<InputDevice>) -> &'static str {
    match device {
        Some(InputDevice::Keyboard) => "keyboard",
        Some(InputDevice::Mouse) => "mouse",
        Some(InputDevice::Touch) => "touch",
        Some(InputDevice::Pen) => "pen",
        Some(InputDevice::Simulated) => "simulated",
        None => "unknown",
    }
}

/// The times of these rows, one entry an input device, in a fixed order.
pub(crate) fn by_device(rows: &[&Row]) -> Vec<TimesByDevice> {
    let devices = [
        Some(InputDevice::Keyboard),
        Some(InputDevice::Mouse),
        Some(InputDevice::Touch),
        Some(InputDevice::Pen),
        Some(InputDevice::Simulated),
        None,
    ];
    let used = |row: &Row| row.showing.input_device;
    let of = |device, only_correct: bool| {
        let chosen = rows.iter().filter(move |row| used(row) == device);
        let chosen = chosen.filter(move |row| !only_correct || row.correct == Some(true));
        Times::new(chosen.filter_map(|row| row.reaction_time_ms))
    };
    devices
        .into_iter()
        .filter_map(|input_device| {
            let answered = of(input_device, false)?;
            Some(TimesByDevice { input_device, correct: of(input_device, true), answered })
        })
        .collect()
}
