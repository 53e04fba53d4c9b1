//! Whether there is a threshold at all: does accuracy change in the stated direction, and does it cross the
//! middle?

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::Caveat;

/// A misfit is called one below this probability.
const LEVEL: f64 = 0.01;

/// Checks blocks `(level, hits, trials)`. `middle` is the accuracy at the threshold.
///
/// Errors: `NotMonotonic` where accuracies that are forced to follow the direction (isotonic regression,
/// pool adjacent violators) fit worse than free ones, or no better than one accuracy for all (likelihood
/// ratio, 1 %); `NotCrossed` where the forced accuracies do not lie on both sides of the middle.
pub(super) fn check(blocks: &[(f64, u64, u64)], falls: bool, middle: f64) -> Result<(), Caveat> {
    let levels = by_level(blocks, falls);
    let pooled = isotonic(&levels);
    let free: f64 = levels.iter().map(|(hits, trials)| ln_likelihood(*hits, *trials, hits / trials)).sum();
    let forced: f64 =
        levels.iter().zip(&pooled).map(|((hits, trials), p)| ln_likelihood(*hits, *trials, *p)).sum();
    let (hits, trials) = levels.iter().fold((0.0, 0.0), |sum, level| (sum.0 + level.0, sum.1 + level.1));
    let flat = ln_likelihood(hits, trials, hits / trials);
    let mut steps = pooled.clone();
    steps.dedup();
    let merged = levels.len() - steps.len();
    if merged > 0 && is_unlikely(2.0 * (free - forced), merged) {
        return Err(Caveat::NotMonotonic);
    }
    if steps.len() < 2 || !is_unlikely(2.0 * (forced - flat), steps.len() - 1) {
        return Err(Caveat::NotMonotonic);
    }
    if steps[0] < middle && middle < steps[steps.len() - 1] { Ok(()) } else { Err(Caveat::NotCrossed) }
}

fn is_unlikely(deviance: f64, freedom: usize) -> bool {
    ChiSquared::new(freedom as f64).is_ok_and(|distribution| distribution.sf(deviance.max(0.0)) < LEVEL)
}

/// Hits and trials of each distinct level, in the order in which accuracy should grow.
fn by_level(blocks: &[(f64, u64, u64)], falls: bool) -> Vec<(f64, f64)> {
    let mut sorted = blocks.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let of = |same: &[(f64, u64, u64)]| {
        (same.iter().map(|b| b.1 as f64).sum(), same.iter().map(|b| b.2 as f64).sum())
    };
    let mut levels: Vec<(f64, f64)> = sorted.chunk_by(|a, b| a.0 == b.0).map(of).collect();
    if falls {
        levels.reverse();
    }
    levels
}

/// The most likely accuracies that never decrease (pool adjacent violators; Ayer et al. 1955).
fn isotonic(levels: &[(f64, f64)]) -> Vec<f64> {
    // Hits, trials and number of levels of each pool.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (hits, trials) in levels {
        pools.push((*hits, *trials, 1));
        while let [.., before, last] = pools.as_slice() {
            if before.0 * last.1 < last.0 * before.1 {
                break;
            }
            let joined = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            pools.truncate(pools.len() - 2);
            pools.push(joined);
        }
    }
    pools.iter().flat_map(|(hits, trials, n)| std::iter::repeat_n(hits / trials, *n)).collect()
}

fn ln_likelihood(hits: f64, trials: f64, p: f64) -> f64 {
    let part = |count: f64, probability: f64| if count > 0.0 { count * probability.ln() } else { 0.0 };
    part(hits, p) + part(trials - hits, 1.0 - p)
}
