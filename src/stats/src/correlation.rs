//! Correlations over items, how reliable the figures of the items are, and the correction for what
//! reliability hides.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::{Bootstrap, Caveat, Estimate, Interval, ascending, mean, quantile};

/// Which correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correlation {
    /// Of the values themselves.
    Pearson,
    /// Of their ranks; ties share the mean rank.
    Spearman,
}

impl Correlation {
    /// The correlation of two lists of the same length. Errors: unequal lengths, fewer than three pairs, a
    /// value that is not finite, a list that does not vary.
    pub fn of(self, first: &[f64], second: &[f64]) -> Result<f64, Caveat> {
        if first.len() != second.len() {
            return Err(Caveat::Unpaired { first: first.len(), second: second.len() });
        }
        if first.len() < 3 {
            return Err(Caveat::TooFew { have: first.len(), need: 3 });
        }
        if first.iter().chain(second).any(|value| !value.is_finite()) {
            return Err(Caveat::NonFinite);
        }
        match self {
            Self::Pearson => pearson(first, second),
            Self::Spearman => pearson(&ranks(first), &ranks(second)),
        }
    }

    /// The same with its bootstrap interval. Population: new items like these.
    pub fn with_interval(
        self,
        first: &[f64],
        second: &[f64],
        bootstrap: &Bootstrap,
    ) -> Result<Estimate, Caveat> {
        let value = self.of(first, second)?;
        let pick = |values: &[f64], places: &[u32]| -> Vec<f64> {
            places.iter().map(|&place| values[place as usize]).collect()
        };
        let drawn = bootstrap
            .simple(first.len(), |places| self.of(&pick(first, places), &pick(second, places)).ok())?;
        Ok(Estimate { value, interval: drawn.interval })
    }
}

fn pearson(first: &[f64], second: &[f64]) -> Result<f64, Caveat> {
    let (Some(of_first), Some(of_second)) = (mean(first), mean(second)) else { return Err(Caveat::Empty) };
    let (mut product, mut squares) = (0.0, [0.0; 2]);
    for (a, b) in first.iter().zip(second) {
        let (a, b) = (a - of_first, b - of_second);
        product += a * b;
        squares[0] += a * a;
        squares[1] += b * b;
    }
    // Deviations that are nothing but rounding do not vary.
    let varies = |values: &[f64], square: f64| {
        let size = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        square > (1e-12 * size).powi(2) * values.len() as f64
    };
    if !varies(first, squares[0]) || !varies(second, squares[1]) {
        return Err(Caveat::NoVariation);
    }
    Ok((product / (squares[0].sqrt() * squares[1].sqrt())).clamp(-1.0, 1.0))
}

/// Ranks from 1; ties share their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let first = order.partition_point(|&place| values[place] < values[tied[0]]);
        tied.iter().for_each(|&place| ranks[place] = first as f64 + (tied.len() + 1) as f64 / 2.0);
    }
    ranks
}

/// A correlation divided by the root of both reliabilities (Spearman 1904), limited to −1 to 1. Errors: a
/// reliability that is not positive.
pub fn disattenuated(correlation: f64, reliabilities: [f64; 2]) -> Result<f64, Caveat> {
    let product = reliabilities[0] * reliabilities[1];
    if !product.is_finite() || !correlation.is_finite() {
        return Err(Caveat::NonFinite);
    }
    if reliabilities.iter().any(|reliability| *reliability <= 0.0) {
        return Err(Caveat::Unreliable);
    }
    Ok((correlation / product.sqrt()).clamp(-1.0, 1.0))
}

/// Reliability of the items' means by random halves of the people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SplitHalf {
    /// Mean correlation between the item means of two halves.
    pub half: f64,
    /// Mean of 2r/(1 + r): the reliability of the means over all people (Spearman 1910, Brown 1910).
    pub reliability: f64,
    /// Where 95 % of the halves fall: how much the split matters, not a confidence interval.
    pub spread: Interval,
    /// Halves in which both sides had items in common that vary.
    pub halves: usize,
}

/// Splits people at random into halves, `halves` times (1,000 is usual), and correlates the items' means.
/// `people` holds each person's items and values (right is 1).
///
/// Errors: fewer than two people, a value that is not finite, or no correlation in more than one half in
/// twenty.
pub fn split_half(
    people: &[Vec<(u32, f64)>],
    correlation: Correlation,
    halves: usize,
    seed: u64,
) -> Result<SplitHalf, Caveat> {
    if people.len() < 2 {
        return Err(Caveat::OnePerson);
    }
    if people.iter().flatten().any(|(_, value)| !value.is_finite()) {
        return Err(Caveat::NonFinite);
    }
    let items = people.iter().flatten().map(|(item, _)| *item as usize + 1).max().ok_or(Caveat::Empty)?;
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..people.len()).collect();
    let mut found = Vec::with_capacity(halves);
    for _ in 0..halves {
        for place in (1..order.len()).rev() {
            order.swap(place, generator.random_range(0..=place as u32) as usize);
        }
        let (first, second) = order.split_at(order.len() / 2);
        let means = [first, second].map(|half| item_means(people, half, items));
        let common = means[0].iter().zip(&means[1]).filter_map(|(a, b)| Some((((*a)?), (*b)?)));
        let (a, b): (Vec<f64>, Vec<f64>) = common.unzip();
        found.extend(correlation.of(&a, &b));
    }
    if found.is_empty() || found.len() * 20 < halves * 19 {
        return Err(Caveat::OftenUndefined);
    }
    let corrected = found.iter().map(|r| 2.0 * r / (1.0 + r).max(f64::MIN_POSITIVE)).map(|r| r.max(-1.0));
    let corrected = ascending(&corrected.collect::<Vec<_>>())?;
    let at = |share| quantile(&corrected, share).ok_or(Caveat::Empty);
    Ok(SplitHalf {
        half: mean(&found).ok_or(Caveat::Empty)?,
        reliability: mean(&corrected).ok_or(Caveat::Empty)?,
        spread: Interval { low: at(0.025)?, high: at(0.975)? },
        halves: found.len(),
    })
}

/// Mean of each item over the people of one half; None where none of them took it.
fn item_means(people: &[Vec<(u32, f64)>], half: &[usize], items: usize) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0_u32); items];
    for (item, value) in half.iter().flat_map(|&person| &people[person]) {
        sums[*item as usize].0 += value;
        sums[*item as usize].1 += 1;
    }
    sums.into_iter().map(|(sum, n)| (n > 0).then(|| sum / f64::from(n))).collect()
}
