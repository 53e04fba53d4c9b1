//! The decision rules: from three feature vectors to a choice, or to a tie or a non-finite outcome that
//! is never an answer.
//!
//! The published rule (DiST, arXiv 2310.07555): each vector is z-scored over its dimensions; the
//! distance of two is one minus their cosine, so one minus Pearson's r. Sums run in `f64` and in the
//! order of the dimensions, so that exchanging two pictures exchanges the result exactly.

use gestalt_protocol::{Outcome, Rule};
use gestalt_types::Slot;

/// The result of a decision rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// `answered`, `tie` or `non_finite`.
    pub outcome: Outcome,
    /// The odd one; only when answered.
    pub chosen_slot: Option<Slot>,
    /// Distances of the slots 1–2, 1–3 and 2–3, 0 to 2; `None` where one of the two has no finite z-score.
    pub distances: [Option<f64>; 3],
    /// How much odder the chosen slot is than the next, in units of distance: for `mean_distance` the
    /// largest mean distance minus the second largest, for `odd_pair` the second smallest distance
    /// minus the smallest. Only when answered.
    pub margin: Option<f64>,
}

/// Applies `rule` to the features of slots 1, 2 and 3.
///
/// A feature that is not finite, or a vector without variance, makes the outcome `non_finite`. Two
/// slots whose scores are equal in `f32` tie. For three pictures the two rules order the slots alike
/// (the mean distance of a slot is half of what the sum of all three leaves when the opposite distance
/// is taken away): they differ in the margin.
pub fn decide(features: &[Vec<f32>; 3], rule: Rule) -> Decision {
    let scored = features.each_ref().map(|vector| z_score(vector));
    let distances =
        [(0, 1), (0, 2), (1, 2)].map(|(i, j)| distance(scored[i].as_deref()?, scored[j].as_deref()?));
    let [Some(d12), Some(d13), Some(d23)] = distances else {
        return Decision { outcome: Outcome::NonFinite, chosen_slot: None, distances, margin: None };
    };
    // The larger, the odder; the slot outside a pair is scored by minus that pair's distance.
    let oddness = match rule {
        Rule::MeanDistance => [(d12 + d13) / 2.0, (d12 + d23) / 2.0, (d13 + d23) / 2.0],
        Rule::OddPair => [-d23, -d13, -d12],
    };
    let mut order = [0, 1, 2];
    order.sort_by(|&i, &j| oddness[j].total_cmp(&oddness[i]));
    let [first, second, _] = order.map(|i| oddness[i]);
    if first as f32 == second as f32 {
        return Decision { outcome: Outcome::Tie, chosen_slot: None, distances, margin: None };
    }
    Decision {
        outcome: Outcome::Answered,
        chosen_slot: Slot::from_index(order[0]),
        distances,
        margin: Some(first - second),
    }
}

/// Zero mean and unit (population) variance; `None` where that is no finite vector.
fn z_score(features: &[f32]) -> Option<Vec<f64>> {
    let count = features.len() as f64;
    let mean = features.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    let variance = features.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
    if !(variance.is_finite() && variance > 0.0) {
        return None;
    }
    Some(features.iter().map(|&v| (f64::from(v) - mean) / variance.sqrt()).collect())
}

/// One minus the cosine of two z-scored vectors; `None` where they differ in length.
fn distance(a: &[f64], b: &[f64]) -> Option<f64> {
    // Rounding may put the distance of a picture to itself slightly below 0.
    Some((1.0 - cosine_of_scores(a, b)?).clamp(0.0, 2.0))
}

fn cosine_of_scores(a: &[f64], b: &[f64]) -> Option<f64> {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    (a.len() == b.len()).then(|| sum / a.len() as f64)
}

/// The cosine of two feature vectors after z-scoring, as the rules compare them; `None` where one of
/// them has no finite z-score or they differ in length.
pub fn cosine(a: &[f32], b: &[f32]) -> Option<f64> {
    cosine_of_scores(&z_score(a)?, &z_score(b)?)
}

/// Whether the rules can use a feature vector: it is finite and has some variance.
pub fn is_usable(features: &[f32]) -> bool {
    z_score(features).is_some()
}
