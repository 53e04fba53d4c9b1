//! Reaction times: quantiles, group curves, the ex-Gaussian distribution, and how accuracy goes with speed.

use serde::Serialize;

use crate::describe::normal_cdf;
use crate::numeric::minimise;
use crate::sensitivity::normal_density;
use crate::{Caveat, Proportion, ascending, mean, quantile, variance};

/// Quantiles of one observer's times at these shares (type 7). Errors: no times, or one that is not finite.
pub fn time_quantiles_ms(times_ms: &[f64], shares: &[f64]) -> Result<Vec<f64>, Caveat> {
    let sorted = ascending(times_ms)?;
    shares.iter().map(|share| quantile(&sorted, *share).ok_or(Caveat::Empty)).collect()
}

/// The group's curve: the mean over people of each one's quantiles (Vincent 1912; Ratcliff 1979), which
/// keeps the shape that pooled times lose. One device only: touch adds 58 to 70 ms. Errors: no people, or
/// someone without times.
pub fn vincentised_ms(people: &[Vec<f64>], shares: &[f64]) -> Result<Vec<f64>, Caveat> {
    let each: Vec<Vec<f64>> =
        people.iter().map(|times| time_quantiles_ms(times, shares)).collect::<Result<_, _>>()?;
    let at = |place: usize| mean(&each.iter().map(|person| person[place]).collect::<Vec<_>>());
    (0..shares.len()).map(|place| at(place).ok_or(Caveat::Empty)).collect()
}

/// The ex-Gaussian distribution: a normal time plus an exponential one (Luce 1986).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExGaussian {
    /// Mean of the normal part.
    pub mu_ms: f64,
    /// Standard deviation of the normal part; positive.
    pub sigma_ms: f64,
    /// Mean of the exponential part; positive.
    pub tau_ms: f64,
}

impl ExGaussian {
    /// Logarithm of the density at a time, per millisecond.
    pub fn ln_density(&self, time_ms: f64) -> f64 {
        let Self { mu_ms, sigma_ms, tau_ms } = *self;
        let ratio = sigma_ms / tau_ms;
        let z = (time_ms - mu_ms) / sigma_ms;
        ratio * ratio / 2.0 - (time_ms - mu_ms) / tau_ms - tau_ms.ln() + ln_normal_cdf(z - ratio)
    }

    /// The most likely distribution for these times. Errors: fewer than 20 times, one that is not finite,
    /// times that do not vary, or no maximum inside the possible values.
    pub fn fit(times_ms: &[f64]) -> Result<Self, Caveat> {
        let sorted = ascending(times_ms)?;
        if sorted.len() < 20 {
            return Err(Caveat::TooFew { have: sorted.len(), need: 20 });
        }
        let (Some(middle), Some(spread)) = (mean(&sorted), variance(&sorted).map(f64::sqrt)) else {
            return Err(Caveat::Empty);
        };
        if spread <= 1e-9 * middle.abs() {
            return Err(Caveat::NoVariation);
        }
        // Start from the moments: a share of the spread is the exponential's, by the skew.
        let skew = sorted.iter().map(|t| ((t - middle) / spread).powi(3)).sum::<f64>() / sorted.len() as f64;
        let share = (skew.max(0.05) / 2.0).cbrt().min(0.95);
        let (tau, sigma) = (spread * share, spread * (1.0 - share * share).sqrt());
        let at = |x: &[f64; 3]| Self { mu_ms: x[0], sigma_ms: x[1].exp(), tau_ms: x[2].exp() };
        let loss = |x: &[f64; 3]| -sorted.iter().map(|time| at(x).ln_density(*time)).sum::<f64>();
        let mut found = minimise([middle - tau, sigma.ln(), tau.ln()], [spread / 4.0, 0.3, 0.3], loss);
        found = minimise(found.at, [spread / 20.0, 0.1, 0.1], loss);
        let best = at(&found.at);
        // A normal or an exponential part that vanished is no ex-Gaussian any more.
        let vanished = best.sigma_ms < 1e-4 * spread || best.tau_ms < 1e-4 * spread;
        if found.converged && !vanished { Ok(best) } else { Err(Caveat::NotConverged) }
    }
}

/// ln Φ(z), also far below 0, where Φ underflows.
fn ln_normal_cdf(z: f64) -> f64 {
    if z > -30.0 {
        normal_cdf(z).ln()
    } else {
        // Mills' ratio.
        normal_density(0.0).ln() - z * z / 2.0 - (-z).ln() - 1.0 / (z * z)
    }
}

/// One point of a conditional accuracy function.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AccuracyAtTime {
    /// Mean time of the trials in this part.
    pub mean_ms: f64,
    /// Share of right answers, with Wilson's interval.
    pub accuracy: Proportion,
}

/// Accuracy by speed: trials sorted by time and cut into parts of nearly equal size (Lappin and Disch 1972).
/// `trials` holds the time and whether the answer was right. Errors: fewer trials than parts, a time that is
/// not finite, no part.
pub fn conditional_accuracy(trials: &[(f64, bool)], parts: usize) -> Result<Vec<AccuracyAtTime>, Caveat> {
    if parts == 0 || trials.len() < parts {
        return Err(Caveat::TooFew { have: trials.len(), need: parts.max(1) });
    }
    if trials.iter().any(|(time, _)| !time.is_finite()) {
        return Err(Caveat::NonFinite);
    }
    let mut sorted = trials.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let edge = |part: usize| part * sorted.len() / parts;
    (0..parts)
        .map(|part| {
            let own = &sorted[edge(part)..edge(part + 1)];
            let hits = own.iter().filter(|(_, right)| *right).count() as u64;
            let times: Vec<f64> = own.iter().map(|(time, _)| *time).collect();
            let accuracy = Proportion::new(hits, own.len() as u64).ok_or(Caveat::Empty)?;
            Ok(AccuracyAtTime { mean_ms: mean(&times).ok_or(Caveat::Empty)?, accuracy })
        })
        .collect()
}
