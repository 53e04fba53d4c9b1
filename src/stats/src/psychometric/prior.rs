//! What is believed of a curve before the data, and the likelihood of the data (Schütt et al. 2016, Vision
//! Research 122).

use super::shape::Shape;
use super::terms::{Block, Options};

/// The four numbers that are estimated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) threshold: f64,
    pub(super) width: f64,
    pub(super) lapse: f64,
    /// Overdispersion η: 0 is binomial; towards 1 the accuracy differs from block to block.
    pub(super) eta: f64,
}

/// Blocks over log2 of the level, with all that does not change from point to point.
pub(super) struct Model {
    /// Log2 level, hits, trials.
    pub(super) blocks: Vec<(f64, u64, u64)>,
    shape: Shape,
    falls: bool,
    guess: f64,
    overdispersed: bool,
    /// Smallest and largest log2 level.
    pub(super) range: [f64; 2],
    /// Least distance of two levels, in octaves.
    least_step: f64,
    /// Bounds of threshold, width, lapse and η.
    pub(super) bounds: [[f64; 2]; 4],
}

impl Model {
    /// `blocks` are checked: at least two distinct levels, each with trials.
    pub(super) fn new(blocks: &[Block], options: &Options) -> Self {
        let blocks: Vec<(f64, u64, u64)> =
            blocks.iter().map(|block| (block.level.log2(), block.hits, block.trials)).collect();
        let mut levels: Vec<f64> = blocks.iter().map(|(x, _, _)| *x).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let range = [levels[0], levels[levels.len() - 1]];
        let least_step = levels.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        let spread = range[1] - range[0];
        let eta = if options.overdispersed { 1.0 - 1e-10 } else { 0.0 };
        Self {
            blocks,
            shape: options.shape,
            falls: options.falls,
            guess: options.guess,
            overdispersed: options.overdispersed,
            range,
            least_step,
            bounds: [
                [range[0] - spread / 2.0, range[1] + spread / 2.0],
                [least_step, 3.0 * spread],
                [0.0, options.largest_lapse],
                [0.0, eta],
            ],
        }
    }

    /// The share S of the change at every block.
    pub(super) fn shares(&self, threshold: f64, width: f64) -> Vec<f64> {
        let (middle, units) = self.shape.scale();
        let share = |x: f64| self.shape.cumulative(middle + (x - threshold) * units / width);
        self.blocks.iter().map(|(x, _, _)| if self.falls { 1.0 - share(*x) } else { share(*x) }).collect()
    }

    pub(super) fn accuracy(&self, share: f64, lapse: f64) -> f64 {
        self.guess + (1.0 - self.guess - lapse) * share
    }

    /// Logarithm of the prior, up to a constant: threshold uniform over the levels, falling to 0 half their
    /// range outside; width uniform from twice the least step to the range, falling to 0 at one step and at
    /// three ranges; lapse and η beta(1, 10).
    pub(super) fn ln_prior(&self, point: Point) -> f64 {
        let Point { threshold, width, lapse, eta } = point;
        let (range, step) = (self.range[1] - self.range[0], self.least_step);
        let outside = (self.range[0] - threshold).max(threshold - self.range[1]).max(0.0);
        let of_threshold = cosine_fall(outside / (range / 2.0));
        let of_width = if width < 2.0 * step {
            cosine_fall((2.0 * step - width) / step)
        } else {
            cosine_fall((width - range) / (2.0 * range))
        };
        of_threshold.ln()
            + of_width.ln()
            + self.ln_beta(lapse, 2)
            + if self.overdispersed { self.ln_beta(eta, 3) } else { 0.0 }
    }

    /// Logarithm of beta(1, 10) inside the bounds of a parameter.
    fn ln_beta(&self, value: f64, parameter: usize) -> f64 {
        let [low, high] = self.bounds[parameter];
        if (low..=high).contains(&value) { 9.0 * (1.0 - value).ln() } else { f64::NEG_INFINITY }
    }

    /// Logarithm of the likelihood of all blocks, without the binomial coefficients. `accuracies` has one
    /// entry a block.
    pub(super) fn ln_likelihood(&self, accuracies: &[f64], eta: f64) -> f64 {
        let nu = if eta * eta <= 1e-9 { None } else { Some(1.0 / (eta * eta) - 1.0) };
        let of = |(&(_, hits, trials), &p): (&(f64, u64, u64), &f64)| {
            let misses = trials - hits;
            match nu {
                None => times_ln(hits, p) + times_ln(misses, 1.0 - p),
                Some(nu) => {
                    ln_rising(p * nu, hits) + ln_rising((1.0 - p) * nu, misses) - ln_rising(nu, trials)
                }
            }
        };
        self.blocks.iter().zip(accuracies).map(of).sum()
    }

    /// Logarithm of the posterior, up to a constant; −∞ outside the bounds.
    pub(super) fn ln_posterior(&self, point: Point) -> f64 {
        let prior = self.ln_prior(point);
        if prior == f64::NEG_INFINITY || prior.is_nan() {
            return f64::NEG_INFINITY;
        }
        let shares = self.shares(point.threshold, point.width);
        let accuracies: Vec<f64> = shares.iter().map(|share| self.accuracy(*share, point.lapse)).collect();
        prior + self.ln_likelihood(&accuracies, point.eta)
    }
}

/// 1 up to 0, then half a cosine down to 0 at 1.
fn cosine_fall(beyond: f64) -> f64 {
    if beyond <= 0.0 {
        1.0
    } else if beyond >= 1.0 {
        0.0
    } else {
        (1.0 + (std::f64::consts::PI * beyond).cos()) / 2.0
    }
}

fn times_ln(count: u64, probability: f64) -> f64 {
    if count == 0 { 0.0 } else { count as f64 * probability.ln() }
}

/// ln Γ(a + k) − ln Γ(a) for a positive `a`: the logarithm of a(a + 1)…(a + k − 1).
fn ln_rising(a: f64, k: u64) -> f64 {
    let direct = k.min(8);
    let product: f64 = (0..direct).map(|step| a + step as f64).product();
    let from = a + direct as f64;
    let rest = if k > direct { stirling(a + k as f64) - stirling(from) } else { 0.0 };
    product.ln() + rest
}

/// ln Γ(x) − ½ ln 2π by Stirling's series; better than 1e-9 from 8 on.
fn stirling(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    (x - 0.5) * x.ln() - x + inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0))
}
