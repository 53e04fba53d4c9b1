//! The numbers agree with the published ones and with scipy, statsmodels and scikit-learn.
#![allow(clippy::unwrap_used)]

use gestalt_analysis::{Agreement, Proportion, Times, chance_p, mcnemar_p, newcombe_paired, wilson};
use serde_json::Value;

fn expected() -> Value {
    serde_json::from_str(include_str!("fixtures/expected.json")).unwrap()
}

fn near(found: f64, wanted: &Value, tolerance: f64) {
    let wanted = wanted.as_f64().unwrap();
    assert!((found - wanted).abs() <= tolerance, "{found} instead of {wanted}");
}

#[test]
fn wilson_intervals_are_the_published_ones() {
    for (hits, of, low, high) in [(45, 50, 0.786, 0.957), (180, 200, 0.851, 0.934)] {
        let interval = wilson(hits, of);
        assert!((interval.low - low).abs() < 5e-4 && (interval.high - high).abs() < 5e-4, "{interval:?}");
    }
}

#[test]
fn wilson_intervals_and_chance_agree_with_statsmodels_and_scipy() {
    for case in expected()["proportions"].as_array().unwrap() {
        let (hits, of) = (case["hits"].as_u64().unwrap(), case["of"].as_u64().unwrap());
        let proportion = Proportion::new(hits, of).unwrap();
        near(proportion.interval.low, &case["low"], 1e-9);
        near(proportion.interval.high, &case["high"], 1e-9);
        let p = case["p"].as_f64().unwrap();
        near(chance_p(hits, of).unwrap(), &case["p"], 1e-9 * p + 1e-15);
    }
}

#[test]
fn error_consistency_and_mcnemar_agree_with_scikit_learn_and_statsmodels() {
    for case in expected()["pairs"].as_array().unwrap() {
        let counts: Vec<u64> =
            case["counts"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        let [both, only_first, only_second, neither] = counts[..] else { panic!("four counts") };
        let agreement = Agreement { both, only_first, only_second, neither };
        near(agreement.error_consistency().unwrap(), &case["kappa"], 1e-12);
        // Two bootstraps of the same counts differ by chance: 2000 resamples here, 100 000 there.
        let interval = agreement.error_consistency_interval().unwrap();
        near(interval.low, &case["kappa_interval"][0], 0.03);
        near(interval.high, &case["kappa_interval"][1], 0.03);
        near(mcnemar_p(only_first, only_second), &case["mcnemar_p"], 1e-12);
    }
}

#[test]
fn the_paired_difference_is_newcombes_own_example() {
    // Newcombe (1998), Statistics in Medicine 17:2635, table III: 36, 12, 2, 0 of 50 by method 10.
    let interval = newcombe_paired(36, 12, 2, 0).unwrap();
    assert!((interval.low - 0.0569).abs() < 5e-5 && (interval.high - 0.3404).abs() < 5e-5, "{interval:?}");
}

#[test]
fn reaction_times_agree_with_numpy_and_scipy() {
    for case in expected()["times"].as_array().unwrap() {
        let values = case["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap());
        let times = Times::new(values).unwrap();
        for (found, wanted) in
            [times.lower_quartile_ms, times.median_ms, times.upper_quartile_ms].iter().zip(0..)
        {
            near(*found, &case["quartiles"][wanted], 1e-9);
        }
        let (mean, interval) = times.mean_ms.unwrap();
        near(mean, &case["mean"], 1e-9);
        // statrs finds the point of Student's t by bisection.
        near(interval.low, &case["low"], 1e-4);
        near(interval.high, &case["high"], 1e-4);
        match times.median_interval_ms {
            Some(interval) => {
                near(interval.low, &case["median"][0], 1e-9);
                near(interval.high, &case["median"][1], 1e-9);
            }
            None => assert!(case["median"][0].is_null()),
        }
    }
}

#[test]
fn one_reaction_time_has_no_mean_and_none_has_nothing() {
    assert!(Times::new([500.0]).unwrap().mean_ms.is_none());
    assert!(Times::new([f64::NAN, f64::INFINITY]).is_none());
}

#[test]
fn error_consistency_is_unknown_where_nobody_errs() {
    let perfect = Agreement { both: 20, ..Agreement::default() };
    assert_eq!(perfect.error_consistency(), None);
    assert_eq!(Agreement::default().error_consistency(), None);
    let nearly = Agreement { both: 19, only_first: 1, ..Agreement::default() };
    assert_eq!(nearly.error_consistency(), Some(0.0));
    assert_eq!(nearly.error_consistency_interval(), None, "a third of the resamples have no κ");
}

#[test]
fn the_bootstrap_is_the_same_every_time_and_holds_the_estimate() {
    let agreement = Agreement { both: 30, only_first: 5, only_second: 9, neither: 14 };
    let (kappa, interval) =
        (agreement.error_consistency().unwrap(), agreement.error_consistency_interval().unwrap());
    assert_eq!(Some(interval), agreement.error_consistency_interval());
    assert!(interval.low < kappa && kappa < interval.high, "{kappa} {interval:?}");
}
