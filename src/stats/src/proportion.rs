//! Proportions with their denominators and intervals, each from its published formula.

use serde::Serialize;
use statrs::function::beta::beta_reg;

use crate::Interval;
use crate::interval::Z;

/// A proportion with its denominator and its Wilson 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Proportion {
    /// How many.
    pub hits: u64,
    /// Of how many; at least 1.
    pub of: u64,
    /// `hits / of`.
    pub estimate: f64,
    /// Wilson 95 % interval.
    pub interval: Interval,
}

impl Proportion {
    /// None where there is nothing to divide by, or more hits than trials.
    pub fn new(hits: u64, of: u64) -> Option<Self> {
        (of > 0 && hits <= of).then(|| Self {
            hits,
            of,
            estimate: hits as f64 / of as f64,
            interval: wilson(hits, of),
        })
    }
}

/// Wilson's score interval at 95 %, without continuity correction (Wilson 1927). `of = 0` gives [0, 1].
pub fn wilson(hits: u64, of: u64) -> Interval {
    if of == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (n, p) = (of as f64, hits as f64 / of as f64);
    let centre = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    // At 0 and n hits the interval ends exactly at the estimate; rounding must not push it past.
    Interval { low: (centre - half).clamp(0.0, p), high: (centre + half).clamp(p, 1.0) }
}

/// The exact 95 % interval of a proportion (Clopper and Pearson 1934): wider than Wilson's, never below its
/// nominal coverage. `of = 0` gives [0, 1].
pub fn clopper_pearson(hits: u64, of: u64) -> Interval {
    exact_interval(hits, of, 0.95)
}

/// The same at another level.
pub(crate) fn exact_interval(hits: u64, of: u64, level: f64) -> Interval {
    let (hits, tail) = (hits.min(of), (1.0 - level) / 2.0);
    let (k, n) = (hits as f64, of as f64);
    let low = if hits == 0 { 0.0 } else { beta_quantile(k, n - k + 1.0, tail) };
    let high = if hits == of { 1.0 } else { beta_quantile(k + 1.0, n - k, 1.0 - tail) };
    Interval { low, high }
}

/// Quantile of the beta distribution by bisection: its cumulative distribution grows from 0 to 1.
fn beta_quantile(a: f64, b: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if beta_reg(a, b, middle) < share { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// 95 % interval of the difference of two proportions measured on the same trials (Newcombe 1998b, method
/// 10).
///
/// Trials on which both were correct, only the first, only the second, neither. None without trials.
pub fn newcombe_paired(both: u64, only_first: u64, only_second: u64, neither: u64) -> Option<Interval> {
    let n = both + only_first + only_second + neither;
    let (first, second) = (Proportion::new(both + only_first, n)?, Proportion::new(both + only_second, n)?);
    let (a, b, c, d) = (both as f64, only_first as f64, only_second as f64, neither as f64);
    let product = (a + b) * (c + d) * (a + c) * (b + d);
    let phi = if product > 0.0 {
        let (cross, half) = (a * d - b * c, n as f64 / 2.0);
        let corrected = if cross > half { cross - half } else { cross.min(0.0) };
        corrected / product.sqrt()
    } else {
        0.0
    };
    let down = |p: Proportion| p.estimate - p.interval.low;
    let up = |p: Proportion| p.interval.high - p.estimate;
    let reach = |x: f64, y: f64| (x * x - 2.0 * phi * x * y + y * y).max(0.0).sqrt();
    let difference = first.estimate - second.estimate;
    Some(Interval {
        low: (difference - reach(down(first), up(second))).max(-1.0),
        high: (difference + reach(up(first), down(second))).min(1.0),
    })
}
