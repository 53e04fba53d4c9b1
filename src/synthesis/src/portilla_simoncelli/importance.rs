//! How much each statistic counts against the others.

use super::moments::{LAGS, POWERS};

/// Weight of a variance against a correlation: everything else is relative to variances.
const VARIANCE_WEIGHT: f64 = 4.0;

/// How much a statistic counts whose value is `wanted` in its unit; `at` is its place among its kind.
pub(super) fn importance(kind: usize, at: usize, wanted: f64) -> f64 {
    match kind {
        1 | 5 if at.is_multiple_of(LAGS.len()) => VARIANCE_WEIGHT,
        6 => power_importance(at % POWERS, wanted),
        _ => 1.0,
    }
}

/// How much the mean of a power counts: second powers are among the autocorrelations already, and high
/// kurtoses are known less well.
pub(super) fn power_importance(power: usize, wanted: f64) -> f64 {
    match power {
        1 => 0.0,
        2 | 3 => 1.0 / wanted.abs().max(1.0),
        _ => 1.0,
    }
}
