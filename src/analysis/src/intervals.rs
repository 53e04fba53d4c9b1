//! Intervals and tests for proportions and means, each from its published formula, so that no number goes out without its uncertainty.

use serde::Serialize;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

use crate::CHANCE;

/// The 97.5 % point of the normal distribution: every interval here is a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// A 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

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

/// Probability of at least so many correct answers by guessing among three (exact binomial, one-sided).
pub fn chance_p(hits: u64, of: u64) -> Option<f64> {
    let guessing = Binomial::new(CHANCE, of).ok().filter(|_| of > 0)?;
    Some(if hits == 0 { 1.0 } else { guessing.sf(hits - 1).clamp(0.0, 1.0) })
}

/// The least accuracy that a test against guessing at this level (exact binomial, one-sided) finds with this power.
///
/// None where even an observer that is always right would not reach the level.
pub fn detectable_accuracy(of: u64, level: f64, power: f64) -> Option<f64> {
    let needed = (0..=of).find(|&hits| chance_p(hits, of).is_some_and(|p| p <= level))?;
    let found = |accuracy: f64| Binomial::new(accuracy, of).map_or(0.0, |hits| hits.sf(needed - 1));
    // Bisection: the power grows with the accuracy.
    let (mut low, mut high) = (CHANCE, 1.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if found(middle) < power { low = middle } else { high = middle }
    }
    Some(high)
}

/// Holm's step-down correction (Holm 1979): p values that hold for all tests of the family together, in the order given.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let (mut corrected, mut least) = (vec![1.0; p_values.len()], 0.0_f64);
    for (place, &test) in order.iter().enumerate() {
        least = least.max((p_values[test] * (p_values.len() - place) as f64).min(1.0));
        corrected[test] = least;
    }
    corrected
}

/// McNemar's exact test, two-sided: probability of a split at least as uneven as this one among the trials
/// on which exactly one of two observers was correct, were both equally likely.
pub fn mcnemar_p(only_first: u64, only_second: u64) -> f64 {
    let discordant = only_first + only_second;
    match Binomial::new(0.5, discordant) {
        Ok(even) if discordant > 0 => (2.0 * even.cdf(only_first.min(only_second))).min(1.0),
        _ => 1.0,
    }
}

/// 95 % interval of the difference of two proportions measured on the same trials (Newcombe 1998b, method 10).
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

/// 95 % interval of a mean by Student's t; None below two values.
pub(crate) fn mean_interval(mean: f64, variance: f64, n: usize) -> Option<Interval> {
    let freedom = n.checked_sub(1).filter(|&freedom| freedom > 0)?;
    let t = StudentsT::new(0.0, 1.0, freedom as f64).ok()?.inverse_cdf(0.975);
    let half = t * (variance / n as f64).sqrt();
    Some(Interval { low: mean - half, high: mean + half })
}

/// Distribution-free 95 % interval of the median from order statistics; None below six values, where none exists.
pub(crate) fn median_interval(sorted: &[f64]) -> Option<Interval> {
    let even = Binomial::new(0.5, sorted.len() as u64).ok().filter(|_| sorted.len() >= 6)?;
    // The largest k with P(fewer than k of n lie below the median) ≤ 2.5 %.
    let k = (1..=sorted.len() as u64 / 2).take_while(|&k| even.cdf(k - 1) <= 0.025).last()? as usize;
    Some(Interval { low: sorted[k - 1], high: sorted[sorted.len() - k] })
}
