//! Which of three pictures is the odd one by some numbers, and how often that is the right one.

use std::fmt;

use gestalt_analysis::CHANCE;
use gestalt_stats::{Interval, Proportion, chance_p, holm, p_phrase, p_text, wilson};
use serde::Serialize;

/// The trace of all traces together.
const ALL: &str = "all together";
/// Distances are compared in this many steps of the largest: what only rounding tells apart is a tie.
const STEPS: f64 = 1e9;

/// How well the trials are solved by one trace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TraceResult {
    /// Which trace.
    pub name: &'static str,
    /// Correct answers.
    pub hits: u64,
    /// Trials in which two pictures were equally odd; they are not correct.
    pub ties: u64,
    /// Trials.
    pub of: u64,
    /// Wilson 95 % interval of the proportion correct.
    pub interval: Interval,
    /// Probability of this many or more correct answers by guessing (exact binomial).
    pub p: f64,
    /// The same, corrected for all traces that were tried (Holm 1979).
    pub corrected_p: f64,
}

/// The picture that is farthest from the other two by the mean of its Euclidean distances; `None` for a tie,
/// or where a number is not finite.
///
/// Exchanging pictures exchanges the answer with them: no place is preferred.
pub fn odd_one(pictures: &[Vec<f64>; 3]) -> Option<usize> {
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
    let [first, second, third] = pictures;
    // The nearest pair leaves out the odd one.
    let opposite = [distance(second, third), distance(first, third), distance(first, second)];
    let largest = opposite.iter().copied().fold(0.0, f64::max);
    if !opposite.iter().all(|d| d.is_finite()) || largest == 0.0 {
        return None;
    }
    let steps = opposite.map(|d| (d / largest * STEPS).round());
    let nearest = steps.iter().copied().fold(f64::INFINITY, f64::min);
    let mut odd = (0..3).filter(|&picture| steps[picture] == nearest);
    match (odd.next(), odd.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// One result for each of the named numbers and one for all of them, in standard deviations over the whole
/// set.
///
/// `measured` holds, for each trial and each of its pictures, as many numbers as there are names; `odd` the
/// right answers.
pub(super) fn results(names: &[&'static str], measured: &[[Vec<f64>; 3]], odd: &[usize]) -> Vec<TraceResult> {
    let alone = names.iter().enumerate().map(|(at, name)| {
        let one: Vec<[Vec<f64>; 3]> =
            measured.iter().map(|trial| trial.each_ref().map(|numbers| vec![numbers[at]])).collect();
        counted(name, &one, odd)
    });
    let mut results: Vec<TraceResult> = alone.collect();
    if names.len() > 1 {
        results.push(counted(ALL, &standardised(measured, names.len()), odd));
    }
    correct(&mut results);
    results
}

fn counted(name: &'static str, measured: &[[Vec<f64>; 3]], odd: &[usize]) -> TraceResult {
    let (mut hits, mut ties, of) = (0, 0, measured.len() as u64);
    for (trial, odd) in measured.iter().zip(odd) {
        match odd_one(trial) {
            Some(chosen) => hits += u64::from(chosen == *odd),
            None => ties += 1,
        }
    }
    let p = chance_p(hits, of, CHANCE).unwrap_or(1.0);
    TraceResult { name, hits, ties, of, interval: wilson(hits, of), p, corrected_p: p }
}

/// Every number minus its mean over the set, in its standard deviations; 0 where it does not vary.
fn standardised(measured: &[[Vec<f64>; 3]], numbers: usize) -> Vec<[Vec<f64>; 3]> {
    let count = (3 * measured.len()) as f64;
    let moments: Vec<(f64, f64)> = (0..numbers)
        .map(|at| {
            let all = || measured.iter().flatten().map(|picture| picture[at]);
            let mean = all().sum::<f64>() / count;
            (mean, (all().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt())
        })
        .collect();
    let scaled = |picture: &Vec<f64>| {
        let pairs = picture.iter().zip(&moments);
        pairs.map(|(v, (mean, sd))| if *sd > 0.0 { (v - mean) / sd } else { 0.0 }).collect()
    };
    measured.iter().map(|trial| trial.each_ref().map(scaled)).collect()
}

/// Corrects for the number of traces that were tried.
fn correct(results: &mut [TraceResult]) {
    let p_values: Vec<f64> = results.iter().map(|result| result.p).collect();
    for (result, p) in results.iter_mut().zip(holm(&p_values)) {
        result.corrected_p = p;
    }
}

impl fmt::Display for TraceResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(correct) = Proportion::new(self.hits, self.of) else {
            return write!(f, "{:<30} no trials", self.name);
        };
        write!(
            f,
            "{:<30} {:>4}/{:<4} {:5.1} %  [{:.1}, {:.1}]  {:<9} corrected {}",
            self.name,
            self.hits,
            self.of,
            100.0 * correct.estimate,
            100.0 * self.interval.low,
            100.0 * self.interval.high,
            p_phrase(self.p),
            p_text(self.corrected_p)
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::encoding::LEVEL;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    /// 60 trials of six numbers each; the odd pictures' first number lies `apart` higher.
    fn simulated(rng: &mut ChaCha8Rng, apart: f64) -> Vec<TraceResult> {
        let odd: Vec<usize> = (0..60).map(|_| rng.random_range(0..3u32) as usize).collect();
        let measured: Vec<[Vec<f64>; 3]> = odd
            .iter()
            .map(|odd| {
                // Trials differ more than the pictures of one.
                let trial = 10.0 * rng.random::<f64>();
                std::array::from_fn(|picture| {
                    let mut numbers: Vec<f64> = NAMES.iter().map(|_| trial + rng.random::<f64>()).collect();
                    numbers[0] += if picture == *odd { apart } else { 0.0 };
                    numbers
                })
            })
            .collect();
        results(&NAMES, &measured, &odd)
    }

    fn refused(results: &[TraceResult]) -> bool {
        results.iter().any(|trace| trace.corrected_p < LEVEL)
    }

    #[test]
    fn fair_sets_are_refused_about_as_seldom_as_the_level_says_and_no_oftener() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let sets = 4000;
        let mut hits = 0;
        let refusals = (0..sets)
            .filter(|_| {
                let results = simulated(&mut rng, 0.0);
                hits += results.iter().map(|trace| trace.hits).sum::<u64>();
                refused(&results)
            })
            .count();
        // The binomial is discrete and Holm's correction conservative: the rate lies below 1 %, not far
        // below.
        let rate = refusals as f64 / f64::from(sets);
        assert!((0.001..=0.0115).contains(&rate), "{rate}");
        let accuracy = hits as f64 / f64::from(sets * 60 * 7);
        assert!((accuracy - 1.0 / 3.0).abs() < 0.005, "{accuracy}");
    }

    #[test]
    fn a_trace_is_found_and_named() {
        let results = simulated(&mut ChaCha8Rng::seed_from_u64(2), 2.0);
        let found: Vec<&str> = results.iter().filter(|t| t.corrected_p < LEVEL).map(|t| t.name).collect();
        assert!(found.contains(&"a") && !found.contains(&"b"), "{found:?}");
    }

    #[test]
    fn no_place_is_preferred_and_ties_are_no_answers() {
        let three = |a: f64, b: f64, c: f64| [vec![a], vec![b], vec![c]];
        assert_eq!(odd_one(&three(1.0, 1.1, 5.0)), Some(2));
        assert_eq!(odd_one(&three(5.0, 1.1, 1.0)), Some(0));
        assert_eq!(odd_one(&three(1.0, 5.0, 1.1)), Some(1));
        for tie in
            [three(1.0, 1.0, 1.0), three(1.0, 2.0, 3.0), three(0.1, 0.2, 0.3), three(1.0, f64::NAN, 2.0)]
        {
            assert_eq!(odd_one(&tie), None);
        }
    }
}
