//! Fits agree with psignifit 4, and a curve without a threshold says why it has none.
#![allow(clippy::unwrap_used)]

use gestalt_stats::Caveat;
use gestalt_stats::psychometric::{Block, Curve, Fit, Options, Parameter, Shape, fit};
use proptest::prelude::*;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// Ours and psignifit's of one case (fixtures/psychometric.py).
fn fitted(case: &Value) -> (Fit, &Value) {
    let trials = case["trials"].as_u64().unwrap();
    let both = numbers(&case["levels_log2"]).into_iter().zip(numbers(&case["hits"]));
    let blocks: Vec<Block> =
        both.map(|(x, hits)| Block { level: x.exp2(), hits: hits as u64, trials }).collect();
    let options = Options {
        shape: serde_json::from_value(case["shape"].clone()).unwrap(),
        falls: case["falls"].as_bool().unwrap(),
        // psignifit's bound.
        largest_lapse: 0.5,
        ..Options::default()
    };
    (fit(&blocks, &options).unwrap(), &case["psignifit"])
}

#[test]
fn every_shape_agrees_with_psignifit() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/psychometric.json")).unwrap();
    let mut misses = Vec::new();
    for case in fixture["cases"].as_array().unwrap() {
        let (ours, theirs) = fitted(case);
        let their = |name: &str, what: &str| theirs[name][what].as_f64().unwrap();
        let width = their("width", "mode");
        for (name, found, tolerance) in [
            ("threshold", ours.threshold_log2, 0.02 * width),
            ("width", ours.width_octaves, 0.02 * width),
            ("lapse", ours.lapse, 0.005),
        ] {
            let case_name = format!("{} {} {}: {name}", case["shape"], case["falls"], case["hits"]);
            for (what, value) in [("mode", found.mode), ("mean", found.mean)] {
                if (value - their(name, what)).abs() > tolerance {
                    misses.push(format!("{case_name} {what} {value} instead of {}", their(name, what)));
                }
            }
            // The two grids differ, and so do the ends that they allow.
            let ends = numbers(&theirs[name]["interval"]);
            for (value, wanted) in [found.interval.low, found.interval.high].iter().zip(&ends) {
                if (value - wanted).abs() > 4.0 * tolerance {
                    misses.push(format!("{case_name} interval end {value} instead of {wanted}"));
                }
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

fn blocks(accuracies: &[f64], trials: u64) -> Vec<Block> {
    let hits = accuracies.iter().map(|accuracy| (accuracy * trials as f64).round() as u64);
    (2..).zip(hits).map(|(octave, hits)| Block { level: f64::from(octave).exp2(), hits, trials }).collect()
}

fn verdict(accuracies: &[f64], trials: u64) -> Result<f64, Caveat> {
    let options = Options { overdispersed: false, ..Options::default() };
    fit(&blocks(accuracies, trials), &options)?.threshold().map(|threshold| threshold.value)
}

#[test]
fn a_simulated_threshold_is_found_again() {
    let curve = Curve {
        shape: Shape::Weibull,
        falls: true,
        threshold_log2: 4.5,
        width_octaves: 3.0,
        guess: 1.0 / 3.0,
        lapse: 0.02,
    };
    assert!((curve.accuracy(curve.threshold()) - (1.0 / 3.0 + (2.0 / 3.0 - 0.02) / 2.0)).abs() < 1e-12);
    let levels = (2..8).map(|octave| f64::from(octave).exp2());
    let many: Vec<Block> = levels
        .map(|level| Block { level, hits: (curve.accuracy(level) * 5000.0).round() as u64, trials: 5000 })
        .collect();
    let options = Options { shape: Shape::Weibull, overdispersed: false, ..Options::default() };
    let found = fit(&many, &options).unwrap();
    assert!(
        (found.threshold_log2.mode - 4.5).abs() < 0.02 && (found.width_octaves.mode - 3.0).abs() < 0.05,
        "{found:?}"
    );
    assert!((found.lapse.mode - 0.02).abs() < 0.005 && found.deviance < 1.0, "{found:?}");
    assert!(found.threshold().unwrap().interval.unwrap().contains(4.5_f64.exp2()));
}

#[test]
fn a_curve_that_does_not_cross_or_falls_the_wrong_way_has_no_threshold_and_says_why() {
    assert!(verdict(&[0.95, 0.9, 0.7, 0.45, 0.35, 0.33], 96).is_ok());
    // Never below the middle; never above it.
    assert_eq!(verdict(&[0.99, 0.97, 0.95, 0.9, 0.85, 0.8], 96), Err(Caveat::NotCrossed));
    assert_eq!(verdict(&[0.6, 0.55, 0.45, 0.4, 0.35, 0.33], 96), Err(Caveat::NotCrossed));
    // Rises, does not change, dips in the middle.
    assert_eq!(verdict(&[0.33, 0.35, 0.5, 0.7, 0.9, 0.95], 96), Err(Caveat::NotMonotonic));
    assert_eq!(verdict(&[0.66, 0.68, 0.65, 0.67, 0.66, 0.64], 96), Err(Caveat::NotMonotonic));
    assert_eq!(verdict(&[0.95, 0.4, 0.9, 0.4, 0.9, 0.35], 96), Err(Caveat::NotMonotonic));
    assert_eq!(verdict(&[1.0; 6], 96), Err(Caveat::NotMonotonic));
    assert_eq!(verdict(&[0.0; 6], 96), Err(Caveat::NotMonotonic));
}

#[test]
fn answers_that_are_none_are_refused() {
    let options = Options::default();
    let one = |level, hits, trials| Block { level, hits, trials };
    assert_eq!(fit(&[], &options), Err(Caveat::Empty));
    assert_eq!(fit(&[one(8.0, 3, 9), one(8.0, 4, 9)], &options), Err(Caveat::TooFew { have: 1, need: 2 }));
    assert_eq!(fit(&[one(8.0, 3, 9), one(f64::NAN, 4, 9)], &options), Err(Caveat::NonFinite));
    assert_eq!(fit(&[one(8.0, 3, 9), one(0.0, 4, 9)], &options), Err(Caveat::OutOfRange));
    assert_eq!(fit(&[one(8.0, 3, 2), one(4.0, 1, 2)], &options), Err(Caveat::OutOfRange));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_answers_give_finite_figures_or_a_reason(
        answers in proptest::collection::vec((-3.0..10.0_f64, 0..9_u64, 0..9_u64), 0..5),
        falls: bool,
        shape in proptest::sample::select(Shape::ALL.to_vec()),
    ) {
        let blocks: Vec<Block> =
            answers.iter().map(|&(level, hits, misses)| Block { level, hits, trials: hits + misses }).collect();
        let options = Options { falls, shape, overdispersed: false, ..Options::default() };
        if let Ok(found) = fit(&blocks, &options) {
            for parameter in [found.threshold_log2, found.width_octaves, found.lapse] {
                let Parameter { mode, mean, interval } = parameter;
                prop_assert!([mode, mean, interval.low, interval.high].iter().all(|v| v.is_finite()), "{parameter:?}");
                prop_assert!(interval.low <= interval.high);
            }
            prop_assert!(found.threshold().map_or(true, |t| t.value.is_finite()));
        }
    }
}
