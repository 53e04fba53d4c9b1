//! d′ for the task that was done: oddity, m alternatives, same–different. The same accuracy means another d′
//! in each.

use std::collections::BTreeMap;

use rand_distr::{Binomial, Distribution};
use serde::{Deserialize, Serialize};

use crate::describe::{normal_cdf, normal_quantile};
use crate::numeric::{integral, root};
use crate::proportion::exact_interval;
use crate::{Bootstrap, Caveat, Estimate, clopper_pearson};

/// Standard normal values beyond this count for nothing.
const END: f64 = 9.0;
/// No d′ beyond this is told from an infinite one.
const LARGEST: f64 = 30.0;

/// What the observer was asked, where one number, the accuracy, says how sensitive they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceTask {
    /// Three pictures, two alike: which differs? The observer takes the one farthest from the other two
    /// (triangle).
    Oddity,
    /// Number of pictures, one of them the target: which is it? At least 2.
    Alternatives(u32),
}

/// d′ of one observer on fixed items, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sensitivity {
    /// d′, or why it is not defined.
    pub d_prime: Result<f64, Caveat>,
    /// Lower end of its interval; 0 where the interval of the accuracy reaches chance.
    pub low: f64,
    /// Upper end; none where it has no bound, because the interval of the accuracy reaches 1.
    pub high: Option<f64>,
}

impl ChoiceTask {
    /// Probability of a right answer by guessing.
    pub fn chance(self) -> f64 {
        match self {
            Self::Oddity => 1.0 / 3.0,
            Self::Alternatives(m) => 1.0 / f64::from(m.max(2)),
        }
    }

    /// Accuracy of an observer with this d′. A negative d′ counts as 0.
    ///
    /// Oddity: P = 2 ∫₀^∞ [Φ(−z√3 + d′√⅔) + Φ(−z√3 − d′√⅔)] φ(z) dz (Ura 1960; Ennis 1993). Alternatives:
    /// P = ∫ Φ(z + d′)^(m−1) φ(z) dz (Green and Swets 1966; Hacker and Ratcliff 1979).
    pub fn accuracy(self, d_prime: f64) -> f64 {
        let d = if d_prime > 0.0 { d_prime } else { 0.0 };
        match self {
            Self::Oddity => {
                let shift = d * (2.0_f64 / 3.0).sqrt();
                let density = |z: f64| {
                    let middle = -z * 3.0_f64.sqrt();
                    2.0 * (normal_cdf(middle + shift) + normal_cdf(middle - shift)) * normal_density(z)
                };
                integral(0.0, END, 16, density)
            }
            Self::Alternatives(m) => {
                let others = f64::from(m.max(2) - 1);
                integral(-END, END, 28, |z| normal_cdf(z + d).powf(others) * normal_density(z))
            }
        }
    }

    /// d′ of an accuracy. Errors: accuracy at or below chance, or 1, or no probability.
    pub fn d_prime(self, accuracy: f64) -> Result<f64, Caveat> {
        if !accuracy.is_finite() {
            return Err(Caveat::NonFinite);
        }
        if !(0.0..=1.0).contains(&accuracy) {
            return Err(Caveat::OutOfRange);
        }
        // Integrals of d′ = 0 are exact to 1e-9 only.
        if accuracy <= self.chance() + 1e-9 {
            return Err(Caveat::AtOrBelowChance);
        }
        let found = root(0.0, LARGEST, |d| self.accuracy(d) - accuracy);
        if accuracy == 1.0 || found >= LARGEST { Err(Caveat::AtCeiling) } else { Ok(found) }
    }

    /// d′ of a number of correct answers, with the exact binomial interval (Clopper and Pearson)
    /// transformed.
    ///
    /// Population: more trials of this observer with items like these. Errors: no trials, more hits than
    /// trials.
    pub fn sensitivity(self, hits: u64, of: u64) -> Result<Sensitivity, Caveat> {
        if of == 0 {
            return Err(Caveat::Empty);
        }
        if hits > of {
            return Err(Caveat::OutOfRange);
        }
        let accuracies = clopper_pearson(hits, of);
        let high = match self.d_prime(accuracies.high) {
            Ok(high) => Some(high),
            Err(Caveat::AtOrBelowChance) => Some(0.0),
            Err(_) => None,
        };
        Ok(Sensitivity {
            d_prime: self.d_prime(hits as f64 / of as f64),
            low: self.d_prime(accuracies.low).unwrap_or(0.0),
            high,
        })
    }
}

impl ChoiceTask {
    /// d′ with its bootstrap interval: as many answers drawn again with the accuracy found. A draw at or
    /// below chance counts as 0; draws without a wrong answer are left out, and the interval with them where
    /// they are many.
    ///
    /// Same population as [`Self::sensitivity`], whose interval holds for any number of trials. Errors: no
    /// trials, more hits than trials, or no d′ for the answers themselves.
    pub fn bootstrap(self, hits: u64, of: u64, bootstrap: &Bootstrap) -> Result<Estimate, Caveat> {
        if of == 0 {
            return Err(Caveat::Empty);
        }
        let value = self.d_prime(hits as f64 / of as f64)?;
        let answers = Binomial::new(of, hits as f64 / of as f64).map_err(|_| Caveat::OutOfRange)?;
        let mut known: BTreeMap<u64, Option<f64>> = BTreeMap::new();
        let jackknife = || {
            let left = of.saturating_sub(1).max(1) as f64;
            let without = |hits: u64| self.d_prime(hits as f64 / left).unwrap_or(0.0);
            let (right, wrong) = (without(hits.saturating_sub(1)), without(hits));
            (0..of).map(|trial| if trial < hits { right } else { wrong }).collect::<Vec<f64>>()
        };
        let interval = bootstrap.interval(value, of as usize, &[jackknife], |generator| {
            let hits = answers.sample(generator);
            *known.entry(hits).or_insert_with(|| match self.d_prime(hits as f64 / of as f64) {
                Err(Caveat::AtOrBelowChance) => Some(0.0),
                found => found.ok(),
            })
        });
        Ok(Estimate { value, interval })
    }
}

/// Answers of one observer in a same–different task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SameDifferent {
    /// "Different" said of different pairs.
    pub hits: u64,
    /// Number of different pairs.
    pub different: u64,
    /// "Different" said of same pairs.
    pub false_alarms: u64,
    /// Number of same pairs.
    pub same: u64,
}

impl SameDifferent {
    /// Rates of hits and false alarms of an observer with this d′ who says "different" where the two differ
    /// by more than `criterion` (Macmillan and Creelman 2005, differencing model, eq. 9.6).
    pub fn rates(d_prime: f64, criterion: f64) -> [f64; 2] {
        let side = |shift: f64| normal_cdf((shift - criterion) / std::f64::consts::SQRT_2);
        [side(d_prime) + side(-d_prime), 2.0 * side(0.0)]
    }

    /// d′ of two rates. Errors: hits no more frequent than false alarms; a hit rate of 1 or no false alarms,
    /// where d′ has no upper bound; no probabilities.
    pub fn d_prime(hit_rate: f64, false_alarm_rate: f64) -> Result<f64, Caveat> {
        if !(0.0..=1.0).contains(&hit_rate) || !(0.0..=1.0).contains(&false_alarm_rate) {
            return Err(Caveat::OutOfRange);
        }
        if hit_rate <= false_alarm_rate {
            return Err(Caveat::AtOrBelowChance);
        }
        if hit_rate >= 1.0 || false_alarm_rate <= 0.0 {
            return Err(Caveat::AtCeiling);
        }
        let criterion = -std::f64::consts::SQRT_2 * normal_quantile(false_alarm_rate / 2.0);
        Ok(root(0.0, LARGEST, |d| Self::rates(d, criterion)[0] - hit_rate))
    }

    /// d′ with a conservative interval: its ends are the d′ of opposite ends of the exact 97.5 % intervals
    /// of both rates, which hold together in at least 95 % of experiments (Bonferroni).
    ///
    /// Errors: no same or no different pairs, more answers than pairs.
    pub fn sensitivity(&self) -> Result<Sensitivity, Caveat> {
        if self.different == 0 || self.same == 0 {
            return Err(Caveat::Empty);
        }
        if self.hits > self.different || self.false_alarms > self.same {
            return Err(Caveat::OutOfRange);
        }
        let hit = exact_interval(self.hits, self.different, 0.975);
        let alarm = exact_interval(self.false_alarms, self.same, 0.975);
        let high = match Self::d_prime(hit.high, alarm.low) {
            Ok(high) => Some(high),
            Err(Caveat::AtOrBelowChance) => Some(0.0),
            Err(_) => None,
        };
        let rate = |count: u64, of: u64| count as f64 / of as f64;
        Ok(Sensitivity {
            d_prime: Self::d_prime(rate(self.hits, self.different), rate(self.false_alarms, self.same)),
            low: Self::d_prime(hit.low, alarm.high).unwrap_or(0.0),
            high,
        })
    }
}

pub(crate) fn normal_density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}
