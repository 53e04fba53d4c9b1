//! A mean never goes without its interval.

use gestalt_stats::{Bootstrap, Interval};
use serde::Serialize;

/// A mean with its 95 % interval (percentile bootstrap over trials).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Its interval; none where there is one value, or all are the same.
    pub interval: Option<Interval>,
}

impl Mean {
    /// None without values, or where one is not finite.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let estimate = Bootstrap::default().mean(values).ok()?;
        Some(Self { mean: estimate.value, interval: estimate.interval.ok() })
    }
}
