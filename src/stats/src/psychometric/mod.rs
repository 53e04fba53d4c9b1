//! Psychometric functions over the logarithm of a level: threshold, width and lapse with credible intervals.

mod posterior;
mod prior;
mod shape;
mod terms;
mod verdict;

use serde::Serialize;

pub use self::shape::{Curve, Shape};
pub use self::terms::{Block, Options, Parameter};
use crate::{Caveat, Estimate, Interval};

/// A fitted curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// The curve of highest posterior density.
    pub curve: Curve,
    /// Base-2 logarithm of the level at which accuracy lies halfway between its asymptotes.
    pub threshold_log2: Parameter,
    /// Octaves from 5 % to 95 % of the change.
    pub width_octaves: Parameter,
    /// Lapse rate.
    pub lapse: Parameter,
    /// Overdispersion η, 0 to 1; 0 is binomial.
    pub overdispersion: Parameter,
    /// Deviance of the curve from the observed accuracies; about the number of blocks where it fits.
    pub deviance: f64,
    /// Why the threshold means nothing, where that is so.
    pub no_threshold: Option<Caveat>,
}

impl Fit {
    /// The threshold in units of the level, with its credible interval.
    ///
    /// Errors: accuracy does not change in the stated direction, or does not cross the middle among the
    /// levels shown.
    pub fn threshold(&self) -> Result<Estimate, Caveat> {
        let Interval { low, high } = self.threshold_log2.interval;
        let interval = Ok(Interval { low: low.exp2(), high: high.exp2() });
        self.no_threshold.map_or(Ok(Estimate { value: self.curve.threshold(), interval }), Err)
    }
}

/// Fits a curve as psignifit 4 does (Schütt, Harmeling, Macke and Wichmann 2016): its priors, beta-binomial
/// answers, the posterior on a grid, its mode as the estimate.
///
/// Population: more answers of the same observer to items like these. Errors: no answers, fewer than two
/// levels, a level that is not positive, more hits than trials, a guess or lapse that is no probability.
pub fn fit(blocks: &[Block], options: &Options) -> Result<Fit, Caveat> {
    let blocks = checked(blocks, options)?;
    let model = prior::Model::new(&blocks, options);
    let ([threshold_log2, width_octaves, lapse, overdispersion], mode) =
        posterior::estimate(&model).ok_or(Caveat::NotConverged)?;
    let Options { shape, falls, guess, .. } = *options;
    let curve = Curve {
        shape,
        falls,
        guess,
        threshold_log2: mode.threshold,
        width_octaves: mode.width,
        lapse: mode.lapse,
    };
    let middle = guess + (1.0 - guess - mode.lapse) / 2.0;
    let crosses = verdict::check(&model.blocks, falls, middle).and_then(|()| {
        let inside = (model.range[0]..=model.range[1]).contains(&mode.threshold);
        if inside { Ok(()) } else { Err(Caveat::NotCrossed) }
    });
    Ok(Fit {
        curve,
        threshold_log2,
        width_octaves,
        lapse,
        overdispersion,
        deviance: blocks.iter().map(|block| deviance(block, curve.accuracy(block.level))).sum(),
        no_threshold: crosses.err(),
    })
}

/// The blocks that hold answers.
fn checked(blocks: &[Block], options: &Options) -> Result<Vec<Block>, Caveat> {
    let Options { guess, largest_lapse, .. } = *options;
    let possible = (0.0..1.0).contains(&guess) && largest_lapse > 0.0 && guess + largest_lapse < 1.0;
    if !possible {
        return Err(Caveat::OutOfRange);
    }
    let used: Vec<Block> = blocks.iter().copied().filter(|block| block.trials > 0).collect();
    if used.iter().any(|block| !block.level.is_finite()) {
        return Err(Caveat::NonFinite);
    }
    if used.iter().any(|block| block.level <= 0.0 || block.hits > block.trials) {
        return Err(Caveat::OutOfRange);
    }
    let mut levels: Vec<f64> = used.iter().map(|block| block.level.log2()).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    match levels.len() {
        0 => Err(Caveat::Empty),
        1 => Err(Caveat::TooFew { have: 1, need: 2 }),
        _ => Ok(used),
    }
}

/// Twice the logarithm of how much more likely the observed accuracy makes a block than this one.
fn deviance(block: &Block, accuracy: f64) -> f64 {
    let (hits, misses) = (block.hits as f64, (block.trials - block.hits) as f64);
    let trials = block.trials as f64;
    let part = |count: f64, p: f64| if count > 0.0 { 2.0 * count * (count / trials / p).ln() } else { 0.0 };
    part(hits, accuracy) + part(misses, 1.0 - accuracy)
}
