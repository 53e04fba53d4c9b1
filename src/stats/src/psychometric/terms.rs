//! What goes into a fit and what comes out of it for one parameter.

use serde::{Deserialize, Serialize};

use super::shape::Shape;
use crate::Interval;

/// Answers at one level. Several blocks may share a level; overdispersion is what their accuracies differ
/// by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Positive level: `scale_px`, for one.
    pub level: f64,
    /// Right answers.
    pub hits: u64,
    /// Answers.
    pub trials: u64,
}

/// What is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// Shape of the curve.
    pub shape: Shape,
    /// Whether accuracy falls as the level grows, as over `scale_px`.
    pub falls: bool,
    /// Accuracy of guessing; fixed.
    pub guess: f64,
    /// The lapse rate is free from 0 to this, with psignifit's prior beta(1, 10).
    pub largest_lapse: f64,
    /// Whether accuracies of blocks vary more than the binomial allows (beta-binomial, prior of η beta(1,
    /// 10)).
    pub overdispersed: bool,
}

impl Default for Options {
    /// A falling cumulative Gaussian of three alternatives.
    fn default() -> Self {
        Self { shape: Shape::Normal, falls: true, guess: 1.0 / 3.0, largest_lapse: 0.1, overdispersed: true }
    }
}

/// One parameter of a fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parameter {
    /// Its value where the posterior of all parameters is highest (MAP).
    pub mode: f64,
    /// Its posterior mean.
    pub mean: f64,
    /// Its 95 % credible interval (quantiles of the marginal posterior).
    pub interval: Interval,
}
