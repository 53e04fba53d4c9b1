//! Where answers go that have nothing to do with the pictures: preferred slots, the last slot again, lapses,
//! learning.

use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::{Caveat, Estimate, Interval, Proportion, binomial_p, clopper_pearson};

/// χ² of the choices over slots, given where the targets were.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SlotBias {
    /// How often each slot was chosen.
    pub chosen: Vec<u64>,
    /// How often each slot would be chosen by an observer of the same accuracy who errs into all other slots
    /// alike.
    pub expected: Vec<f64>,
    /// (C − E)ᵀ V⁻¹ (C − E) of the counts C, with their expectation E and covariance V given the targets.
    pub chi_squared: f64,
    /// Slots minus one.
    pub freedom: usize,
    /// Probability of a χ² at least as large without a bias.
    pub p: f64,
}

/// Slot bias of one observer from `(target, chosen)`, each below `slots`, one entry an answered trial.
///
/// Given the targets, an unbiased observer of accuracy a chooses a slot with probability a where it holds
/// the target and (1 − a)/(slots − 1) where not. Errors: no answers, fewer than two slots, a slot out of
/// range, or expected counts below 5, where χ² is not to be trusted.
pub fn slot_bias(answers: &[(usize, usize)], slots: usize) -> Result<SlotBias, Caveat> {
    if answers.is_empty() {
        return Err(Caveat::Empty);
    }
    if slots < 2 || answers.iter().any(|(target, chosen)| *target >= slots || *chosen >= slots) {
        return Err(Caveat::OutOfRange);
    }
    let count = |wanted: usize, of: fn(&(usize, usize)) -> usize| {
        answers.iter().filter(|answer| of(answer) == wanted).count() as u64
    };
    let n = answers.len() as f64;
    let accuracy = answers.iter().filter(|(target, chosen)| target == chosen).count() as f64 / n;
    let error = (1.0 - accuracy) / (slots - 1) as f64;
    let targets: Vec<f64> = (0..slots).map(|slot| count(slot, |answer| answer.0) as f64).collect();
    let chosen: Vec<u64> = (0..slots).map(|slot| count(slot, |answer| answer.1)).collect();
    let expected: Vec<f64> = targets.iter().map(|t| t * accuracy + (n - t) * error).collect();
    if let Some(least) = expected.iter().copied().reduce(f64::min).filter(|least| *least < 5.0) {
        return Err(Caveat::TooFew { have: least as usize, need: 5 });
    }
    if accuracy == 1.0 {
        return Err(Caveat::NoVariation);
    }
    // The counts add up, so that the last slot says nothing new. Their covariance sums that of one choice
    // over trials.
    let chance = |slot: usize, target: usize| if slot == target { accuracy } else { error };
    let covariance = |a: usize, b: usize| {
        let of = |target: usize| {
            let own = if a == b { chance(a, target) } else { 0.0 };
            targets[target] * (own - chance(a, target) * chance(b, target))
        };
        (0..slots).map(of).sum::<f64>()
    };
    let matrix: Vec<Vec<f64>> =
        (0..slots - 1).map(|a| (0..slots - 1).map(|b| covariance(a, b)).collect()).collect();
    let apart: Vec<f64> =
        chosen.iter().zip(&expected).map(|(found, wanted)| *found as f64 - wanted).collect();
    let chi_squared = quadratic_form(matrix, apart[..slots - 1].to_vec()).ok_or(Caveat::NoVariation)?;
    let freedom = slots - 1;
    let p = ChiSquared::new(freedom as f64).map_or(1.0, |distribution| distribution.sf(chi_squared));
    Ok(SlotBias { chosen, expected, chi_squared, freedom, p })
}

/// vᵀ M⁻¹ v of a positive definite matrix, by elimination; None where it has no inverse.
fn quadratic_form(mut matrix: Vec<Vec<f64>>, vector: Vec<f64>) -> Option<f64> {
    let mut rest = vector;
    let mut sum = 0.0;
    for at in 0..rest.len() {
        let pivot = matrix[at][at];
        if pivot.is_nan() || pivot <= 1e-9 {
            return None;
        }
        sum += rest[at] * rest[at] / pivot;
        for row in at + 1..rest.len() {
            let factor = matrix[row][at] / pivot;
            rest[row] -= factor * rest[at];
            let (above, below) = matrix.split_at_mut(row);
            below[0].iter_mut().zip(&above[at]).skip(at).for_each(|(value, top)| *value -= factor * top);
        }
    }
    Some(sum)
}

/// How often a wrong answer goes to the slot that was chosen on the trial before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SerialDependence {
    /// Wrong answers into the slot chosen last, among the wrong answers where that slot held no target.
    pub repeats: Proportion,
    /// What it would be without dependence: one of the other slots.
    pub expected: f64,
    /// Exact binomial test against it, two-sided.
    pub p: f64,
}

/// Serial dependence from `(target, chosen)` of consecutive trials; None is a trial without an answer, which
/// breaks the chain. Only wrong answers count, because a right answer is where the target is. Errors: no
/// such trial, fewer than three slots.
pub fn serial_dependence(
    trials: &[Option<(usize, usize)>],
    slots: usize,
) -> Result<SerialDependence, Caveat> {
    if slots < 3 {
        return Err(Caveat::OutOfRange);
    }
    let pairs = trials.windows(2).filter_map(|pair| match pair {
        [Some((_, last)), Some((target, chosen))] => Some((*last, *target, *chosen)),
        _ => None,
    });
    let free: Vec<bool> = pairs
        .filter(|(last, target, chosen)| last != target && chosen != target)
        .map(|(last, _, chosen)| last == chosen)
        .collect();
    let hits = free.iter().filter(|repeat| **repeat).count() as u64;
    let repeats = Proportion::new(hits, free.len() as u64).ok_or(Caveat::Empty)?;
    let expected = 1.0 / (slots - 1) as f64;
    let p = binomial_p(hits, free.len() as u64, expected).ok_or(Caveat::Empty)?;
    Ok(SerialDependence { repeats, expected, p })
}

/// Lapse rate from catch trials, which are right unless one lapses: the share that is wrong, corrected for
/// lucky guesses (`guess` is the probability of one), with the exact interval. Errors: no catch trials, a
/// guess of 1.
pub fn lapse_rate(wrong: u64, of: u64, guess: f64) -> Result<Estimate, Caveat> {
    if of == 0 {
        return Err(Caveat::Empty);
    }
    if wrong > of || !(0.0..1.0).contains(&guess) {
        return Err(Caveat::OutOfRange);
    }
    let corrected = |share: f64| (share / (1.0 - guess)).min(1.0);
    let Interval { low, high } = clopper_pearson(wrong, of);
    let interval = Ok(Interval { low: corrected(low), high: corrected(high) });
    Ok(Estimate { value: corrected(wrong as f64 / of as f64), interval })
}

/// How accuracy changes with the number of trials done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Learning {
    /// Change of the log odds of a right answer per 100 trials, with its interval.
    pub log_odds_per_100: Estimate,
    /// Wald's test against no change, two-sided.
    pub p: f64,
}

/// Logistic regression of right (true) or wrong on the number of the trial, 0 for the first. Population:
/// more trials of this observer. For a group, take each person's slope into a bootstrap over people.
///
/// Errors: fewer than 10 trials; all right or all wrong; a split so clean that the slope is infinite.
pub fn learning(right: &[bool]) -> Result<Learning, Caveat> {
    if right.len() < 10 {
        return Err(Caveat::TooFew { have: right.len(), need: 10 });
    }
    if right.iter().all(|one| *one == right[0]) {
        return Err(Caveat::NoVariation);
    }
    let middle = (right.len() - 1) as f64 / 2.0;
    let at = |place: usize| (place as f64 - middle) / 100.0;
    let (mut intercept, mut slope) = (0.0_f64, 0.0_f64);
    for _ in 0..50 {
        // Newton's step: gradient and information of the log likelihood.
        let (mut gradient, mut information) = ([0.0; 2], [0.0; 3]);
        for (place, one) in right.iter().enumerate() {
            let x = at(place);
            let p = 1.0 / (1.0 + (-(intercept + slope * x)).exp());
            let (rest, weight) = (f64::from(u8::from(*one)) - p, p * (1.0 - p));
            gradient = [gradient[0] + rest, gradient[1] + rest * x];
            information =
                [information[0] + weight, information[1] + weight * x, information[2] + weight * x * x];
        }
        let determinant = information[0] * information[2] - information[1] * information[1];
        if determinant.is_nan() || determinant <= 1e-12 {
            return Err(Caveat::NotConverged);
        }
        let change = [
            (information[2] * gradient[0] - information[1] * gradient[1]) / determinant,
            (information[0] * gradient[1] - information[1] * gradient[0]) / determinant,
        ];
        (intercept, slope) = (intercept + change[0], slope + change[1]);
        if change[0].abs() + change[1].abs() < 1e-9 {
            let error = (information[0] / determinant).sqrt();
            let half = crate::interval::Z * error;
            let interval = Ok(Interval { low: slope - half, high: slope + half });
            let p = (2.0 * crate::describe::normal_cdf(-(slope / error).abs())).min(1.0);
            return Ok(Learning { log_odds_per_100: Estimate { value: slope, interval }, p });
        }
    }
    Err(Caveat::NotConverged)
}
