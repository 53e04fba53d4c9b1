//! The curves: how accuracy goes from one asymptote to the other over the logarithm of a level.

use serde::{Deserialize, Serialize};

use crate::describe::{normal_cdf, normal_quantile};

/// The share of the change at both ends of the width: from 5 % to 95 %, as psignifit has it.
const EDGE: f64 = 0.05;

/// Shape of a psychometric function, as a cumulative distribution over the logarithm of the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Logistic.
    Logistic,
    /// Cumulative Gaussian (psignifit's `norm`).
    Normal,
    /// The Weibull function of the level: over its logarithm, the Gumbel distribution of minima (psignifit's
    /// `weibull` and `gumbel`, which are one curve).
    #[serde(alias = "gumbel")]
    Weibull,
    /// The Gumbel distribution of maxima (psignifit's `rgumbel`).
    ReverseGumbel,
    /// Student's t with one degree of freedom: heavy tails (psignifit's `tdist`).
    StudentT,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 5] =
        [Self::Logistic, Self::Normal, Self::Weibull, Self::ReverseGumbel, Self::StudentT];

    /// The distribution at a standard value.
    pub(super) fn cumulative(self, z: f64) -> f64 {
        match self {
            Self::Logistic => 1.0 / (1.0 + (-z).exp()),
            Self::Normal => normal_cdf(z),
            Self::Weibull => -(-z.exp()).exp_m1(),
            Self::ReverseGumbel => (-(-z).exp()).exp(),
            Self::StudentT => 0.5 + z.atan() / std::f64::consts::PI,
        }
    }

    fn quantile(self, share: f64) -> f64 {
        match self {
            Self::Logistic => (share / (1.0 - share)).ln(),
            Self::Normal => normal_quantile(share),
            Self::Weibull => (-(-share).ln_1p()).ln(),
            Self::ReverseGumbel => -(-share.ln()).ln(),
            Self::StudentT => (std::f64::consts::PI * (share - 0.5)).tan(),
        }
    }

    /// Standard value of the threshold, and the number of standard units in one width.
    pub(super) fn scale(self) -> (f64, f64) {
        (self.quantile(0.5), self.quantile(1.0 - EDGE) - self.quantile(EDGE))
    }
}

/// A psychometric function: ψ(x) = guess + (1 − guess − lapse) · S(x), where S rises from 0 to 1, or falls.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Shape of S.
    pub shape: Shape,
    /// Whether accuracy falls as the level grows.
    pub falls: bool,
    /// Base-2 logarithm of the level at which S is one half.
    pub threshold_log2: f64,
    /// Octaves over which S goes from 5 % to 95 %; positive.
    pub width_octaves: f64,
    /// Accuracy of guessing: 1/3 among three.
    pub guess: f64,
    /// Probability of a wrong answer where the task is easiest.
    pub lapse: f64,
}

impl Curve {
    /// Accuracy at a positive level.
    pub fn accuracy(&self, level: f64) -> f64 {
        let (middle, units) = self.shape.scale();
        let z = middle + (level.log2() - self.threshold_log2) * units / self.width_octaves;
        let share = self.shape.cumulative(z);
        let share = if self.falls { 1.0 - share } else { share };
        self.guess + (1.0 - self.guess - self.lapse) * share
    }

    /// The level at which S is one half, that is, at which accuracy lies halfway between its asymptotes.
    pub fn threshold(&self) -> f64 {
        self.threshold_log2.exp2()
    }
}
