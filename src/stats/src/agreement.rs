//! Whether two observers err on the same items: error consistency κ, its interval and its bounds.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution, Gamma};
use serde::Serialize;

use crate::{Bootstrap, Caveat, Estimate, Interval, ascending, quantile};

/// The items that two observers took, by who was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Both right.
    pub both: u64,
    /// Only the first.
    pub only_first: u64,
    /// Only the second.
    pub only_second: u64,
    /// Neither.
    pub neither: u64,
}

impl Agreement {
    /// Counts pairs of answers to the same items: whether the first was right, whether the second was.
    pub fn of(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            match pair {
                (true, true) => counts.both += 1,
                (true, false) => counts.only_first += 1,
                (false, true) => counts.only_second += 1,
                (false, false) => counts.neither += 1,
            }
        }
        counts
    }

    /// Number of items.
    pub fn items(&self) -> u64 {
        self.both + self.only_first + self.only_second + self.neither
    }

    /// Share of items on which each was right; None without items.
    pub fn accuracies(&self) -> Option<[f64; 2]> {
        let n = self.items();
        let share = |hits: u64| hits as f64 / n as f64;
        (n > 0).then(|| [share(self.both + self.only_first), share(self.both + self.only_second)])
    }

    /// Error consistency κ = (c_obs − c_exp)/(1 − c_exp), c_exp = p₁p₂ + (1 − p₁)(1 − p₂) (Geirhos et al.
    /// 2020, arXiv 2006.16736, eq. 1 to 3). 1 where both are always right, or both always wrong. None
    /// without items.
    pub fn error_consistency(&self) -> Option<f64> {
        let observed = (self.both + self.neither) as f64 / self.items() as f64;
        Some(kappa(observed, self.accuracies()?))
    }

    /// κ with its bootstrap interval. Population: these two observers, new items like these.
    ///
    /// The interval is missing where every answer of both agrees, or fewer than two items are shared.
    pub fn error_consistency_interval(&self, bootstrap: &Bootstrap) -> Result<Estimate, Caveat> {
        let value = self.error_consistency().ok_or(Caveat::Empty)?;
        let jackknife = || self.leave_one_out();
        let interval = bootstrap.interval(value, self.items() as usize, &[jackknife], |generator| {
            self.resample(generator).error_consistency()
        });
        Ok(Estimate { value, interval })
    }

    /// κ with its 95 % credible interval: the shares of both, only the first, only the second and neither
    /// are Dirichlet, with Jeffreys' prior of ½ each. Where few answers are wrong, or few right, it holds
    /// the truth more often than the bootstrap does (`docs/statistics.md`). Same population. The interval is
    /// missing where both are always right, or both always wrong. Errors: no items.
    pub fn error_consistency_credible(&self, bootstrap: &Bootstrap) -> Result<Estimate, Caveat> {
        let value = self.error_consistency().ok_or(Caveat::Empty)?;
        let counts = [self.both, self.only_first, self.only_second, self.neither];
        if self.both == self.items() || self.neither == self.items() {
            return Ok(Estimate { value, interval: Err(Caveat::NoVariation) });
        }
        let mut gammas = Vec::with_capacity(4);
        for count in counts {
            gammas.push(Gamma::new(count as f64 + 0.5, 1.0).map_err(|_| Caveat::OutOfRange)?);
        }
        let mut generator = ChaCha8Rng::seed_from_u64(bootstrap.seed);
        let drawn = (0..bootstrap.draws).filter_map(|_| {
            let parts: Vec<f64> = gammas.iter().map(|gamma| gamma.sample(&mut generator)).collect();
            let total: f64 = parts.iter().sum();
            let accuracies = [(parts[0] + parts[1]) / total, (parts[0] + parts[2]) / total];
            Some(kappa((parts[0] + parts[3]) / total, accuracies)).filter(|kappa| kappa.is_finite())
        });
        let drawn = ascending(&drawn.collect::<Vec<_>>())?;
        let at = |share| quantile(&drawn, share).ok_or(Caveat::Empty);
        Ok(Estimate { value, interval: Ok(Interval { low: at(0.025)?, high: at(0.975)? }) })
    }

    /// The largest κ that two observers of these accuracies can reach: the less accurate one is right only
    /// where the other is, so that c_obs = 1 − |p₁ − p₂|.
    pub fn largest_kappa(&self) -> Option<f64> {
        let accuracies = self.accuracies()?;
        Some(kappa(1.0 - (accuracies[0] - accuracies[1]).abs(), accuracies))
    }

    /// Where κ falls in 95 % of experiments with as many items and two observers of these accuracies who err
    /// independently (Geirhos et al. 2020, binomial simulation).
    ///
    /// Errors: no items, or an observer who is always right or always wrong: κ says nothing then.
    pub fn null_band(&self, bootstrap: &Bootstrap) -> Result<Interval, Caveat> {
        let [first, second] = self.accuracies().ok_or(Caveat::Empty)?;
        if [first, second].iter().any(|p| *p == 0.0 || *p == 1.0) {
            return Err(Caveat::NoVariation);
        }
        let shares = [first * second, first * (1.0 - second), (1.0 - first) * second];
        let mut generator = ChaCha8Rng::seed_from_u64(bootstrap.seed);
        let draw = |_| Self::drawn(self.items(), shares, &mut generator).error_consistency();
        let drawn = ascending(&(0..bootstrap.draws).filter_map(draw).collect::<Vec<_>>())?;
        let at = |share| quantile(&drawn, share).ok_or(Caveat::Empty);
        Ok(Interval { low: at(0.025)?, high: at(0.975)? })
    }

    /// As many items drawn with replacement.
    fn resample(&self, generator: &mut ChaCha8Rng) -> Self {
        let n = self.items() as f64;
        let shares = [self.both, self.only_first, self.only_second].map(|count| count as f64 / n);
        Self::drawn(self.items(), shares, generator)
    }

    /// Four multinomial counts, drawn one after the other as binomials. `shares` are the probabilities of
    /// both, only the first, only the second.
    fn drawn(items: u64, shares: [f64; 3], generator: &mut ChaCha8Rng) -> Self {
        let (mut items_left, mut share_left) = (items, 1.0);
        let [both, only_first, only_second] = shares.map(|share| {
            let part = if share_left > 0.0 { (share / share_left).clamp(0.0, 1.0) } else { 0.0 };
            let count = Binomial::new(items_left, part).map_or(0, |binomial| binomial.sample(generator));
            (items_left, share_left) = (items_left - count, share_left - share);
            count
        });
        Self { both, only_first, only_second, neither: items_left }
    }

    /// κ with one item left out, for every item.
    fn leave_one_out(&self) -> Vec<f64> {
        let Self { both, only_first, only_second, neither } = *self;
        let cells = [
            (both, Self { both: both.saturating_sub(1), ..*self }),
            (only_first, Self { only_first: only_first.saturating_sub(1), ..*self }),
            (only_second, Self { only_second: only_second.saturating_sub(1), ..*self }),
            (neither, Self { neither: neither.saturating_sub(1), ..*self }),
        ];
        let repeated = cells.iter().flat_map(|(count, rest)| (0..*count).map(|_| rest.error_consistency()));
        repeated.flatten().collect()
    }
}

/// κ from the observed agreement and the two accuracies.
pub(crate) fn kappa(observed: f64, [first, second]: [f64; 2]) -> f64 {
    let expected = first * second + (1.0 - first) * (1.0 - second);
    if expected < 1.0 { (observed - expected) / (1.0 - expected) } else { 1.0 }
}
