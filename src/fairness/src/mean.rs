//! A mean never goes without its interval.

use gestalt_analysis::Interval;
use gestalt_synthesis::MeanInterval;
use serde::Serialize;

/// A mean with its 95 % interval (percentile bootstrap over trials, 2,000 resamples).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Its interval.
    pub interval: Interval,
}

impl Mean {
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let MeanInterval { mean, low, high } = MeanInterval::of(values)?;
        Some(Self { mean, interval: Interval { low, high } })
    }
}
