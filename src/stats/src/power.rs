//! Power by simulation: people with differences of their own take a study, and the study's own analysis is
//! done.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};
use serde::{Deserialize, Serialize};

use crate::{Caveat, Estimate, Proportion, mean, mean_by_t, quantile};

/// What people are like. Log odds are those of seeing the answer: accuracy is guess + (1 − guess − lapse) ·
/// logistic.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct People {
    /// Accuracy of guessing; 1/3 among three.
    pub guess: f64,
    /// Probability of a wrong answer on a trial that is easy.
    pub lapse: f64,
    /// Log odds of an ordinary person on an ordinary item, at the middle of the scales.
    pub ease: f64,
    /// Change of the log odds per octave of the scale; negative where accuracy falls with it.
    pub slope_per_octave: f64,
    /// Standard deviation between people, in log odds.
    pub person_sd: f64,
    /// Standard deviation between items, in log odds.
    pub item_sd: f64,
}

/// What each person does: every item once in each of two conditions, the scales taking turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Number of items in each condition; each item is taken at one scale.
    pub items: usize,
    /// Log2 of the scales.
    pub scales_log2: Vec<f64>,
    /// Difference of the two conditions, in log odds: what the study is to find.
    pub difference: f64,
}

/// What the study would find with this number of people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Power {
    /// Number of people.
    pub people: usize,
    /// Share of studies whose test of the difference (paired t over people, 5 %, two-sided) is significant.
    pub power: Proportion,
    /// The true difference of accuracy that the plan's log odds amount to: mean over the studies.
    pub difference: f64,
    /// Mean width of the difference's 95 % interval.
    pub interval_width: f64,
    /// 95 % of the intervals are no wider than this.
    pub wide: f64,
}

/// Simulates `studies` studies with this many people. Errors: fewer than two people, no items, scales or
/// studies, or numbers that cannot be meant.
pub fn power(people: usize, of: &People, plan: &Plan, studies: usize, seed: u64) -> Result<Power, Caveat> {
    if people < 2 {
        return Err(Caveat::OnePerson);
    }
    if plan.items == 0 || plan.scales_log2.is_empty() || studies == 0 {
        return Err(Caveat::Empty);
    }
    let numbers = [of.ease, of.slope_per_octave, plan.difference, of.person_sd, of.item_sd];
    if numbers.iter().chain(&plan.scales_log2).any(|number| !number.is_finite()) {
        return Err(Caveat::NonFinite);
    }
    let possible = of.guess >= 0.0 && of.lapse >= 0.0 && of.guess + of.lapse < 1.0;
    let spread = |sd| Normal::new(0.0, sd).map_err(|_| Caveat::OutOfRange);
    let (person, item) = (spread(of.person_sd)?, spread(of.item_sd)?);
    if !possible || of.person_sd < 0.0 || of.item_sd < 0.0 {
        return Err(Caveat::OutOfRange);
    }
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let (mut found, mut widths, mut truths) = (0, Vec::new(), Vec::new());
    for _ in 0..studies {
        let (differences, truth) = study(&mut generator, people, of, plan, (&person, &item));
        truths.push(truth);
        let Estimate { value, interval } = mean_by_t(&differences)?;
        // Without any variation the interval has no width, and the difference is found if there is one.
        let half = interval.map_or(0.0, |interval| (interval.high - interval.low) / 2.0);
        found += u64::from(value.abs() > half);
        widths.push(2.0 * half);
    }
    widths.sort_by(f64::total_cmp);
    Ok(Power {
        people,
        power: Proportion::new(found, studies as u64).ok_or(Caveat::Empty)?,
        difference: mean(&truths).ok_or(Caveat::Empty)?,
        interval_width: mean(&widths).ok_or(Caveat::Empty)?,
        wide: quantile(&widths, 0.95).ok_or(Caveat::Empty)?,
    })
}

/// Each person's difference of accuracies, and the mean difference of the probabilities behind them.
fn study(
    generator: &mut ChaCha8Rng,
    people: usize,
    of: &People,
    plan: &Plan,
    (person, item): (&Normal<f64>, &Normal<f64>),
) -> (Vec<f64>, f64) {
    let items: Vec<f64> = (0..plan.items).map(|_| item.sample(generator)).collect();
    let scales = &plan.scales_log2;
    let middle = scales.iter().sum::<f64>() / scales.len() as f64;
    let accuracy = |log_odds: f64| of.guess + (1.0 - of.guess - of.lapse) / (1.0 + (-log_odds).exp());
    let mut truth = 0.0;
    let differences = (0..people).map(|number| {
        let own = of.ease + person.sample(generator);
        let (mut right, mut expected) = (0_i32, 0.0);
        for (place, ease) in items.iter().enumerate() {
            // Who takes which item at which scale moves on from person to person.
            let scale = scales[(place + number) % scales.len()];
            let log_odds = own + ease + of.slope_per_octave * (scale - middle);
            let [with, without] = [0.5, -0.5].map(|side| accuracy(log_odds + side * plan.difference));
            right += i32::from(generator.random::<f64>() < with);
            right -= i32::from(generator.random::<f64>() < without);
            expected += with - without;
        }
        truth += expected / plan.items as f64 / people as f64;
        f64::from(right) / plan.items as f64
    });
    let differences = differences.collect();
    (differences, truth)
}
