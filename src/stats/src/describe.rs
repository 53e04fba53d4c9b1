//! Means, spreads and quantiles of one list of numbers, with the intervals that need no resampling.

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

use crate::{Caveat, Estimate, Interval};

/// The values in ascending order. Errors: no values, or one that is not finite.
pub fn ascending(values: &[f64]) -> Result<Vec<f64>, Caveat> {
    if values.is_empty() {
        return Err(Caveat::Empty);
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Caveat::NonFinite);
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted)
}

/// Quantile of ascending values: linear between neighbours (type 7 of Hyndman and Fan 1996, the default of
/// numpy and R). None without values; a share outside 0 to 1 gives the nearest end.
pub fn quantile(ascending: &[f64], share: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    Some(ascending[below] + (place - below as f64) * (ascending[above] - ascending[below]))
}

/// The mean; None without values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The variance of a sample (divided by n − 1); None below two values.
pub fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    Some(values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64)
}

/// The mean with its 95 % interval by Student's t. Population: new values drawn as these were, from a
/// distribution that is not far from normal.
pub fn mean_by_t(values: &[f64]) -> Result<Estimate, Caveat> {
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Caveat::NonFinite);
    }
    let value = mean(values).ok_or(Caveat::Empty)?;
    let have = values.len();
    let interval = match variance(values) {
        None => Err(Caveat::TooFew { have, need: 2 }),
        Some(0.0) => Err(Caveat::NoVariation),
        Some(variance) => {
            let half = t_quantile(0.975, have - 1) * (variance / have as f64).sqrt();
            Ok(Interval { low: value - half, high: value + half })
        }
    };
    Ok(Estimate { value, interval })
}

/// Quantile of Student's t; of the normal distribution where there are no degrees of freedom.
pub(crate) fn t_quantile(share: f64, freedom: usize) -> f64 {
    match StudentsT::new(0.0, 1.0, freedom as f64) {
        Ok(t) => t.inverse_cdf(share),
        Err(_) => normal_quantile(share),
    }
}

/// Quantile of the standard normal distribution.
pub(crate) fn normal_quantile(share: f64) -> f64 {
    -std::f64::consts::SQRT_2 * statrs::function::erf::erfc_inv(2.0 * share)
}

/// Cumulative standard normal distribution.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// Distribution-free 95 % interval of the median, from order statistics of ascending values. None below six
/// values, where none exists.
pub fn median_interval(ascending: &[f64]) -> Option<Interval> {
    let n = ascending.len();
    let even = Binomial::new(0.5, n as u64).ok().filter(|_| n >= 6)?;
    // The largest k with P(fewer than k of n lie below the median) ≤ 2.5 %.
    let k = (1..=n as u64 / 2).take_while(|&k| even.cdf(k - 1) <= 0.025).last()? as usize;
    Some(Interval { low: ascending[k - 1], high: ascending[n - k] })
}
