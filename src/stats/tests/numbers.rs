//! The numbers agree with the published ones and with scipy, statsmodels and scikit-learn.
#![allow(clippy::unwrap_used)]

use gestalt_stats::{
    Agreement, Bootstrap, Caveat, Proportion, ascending, binomial_p, chance_p, clopper_pearson, holm,
    mcnemar_p, mean_by_t, median_interval, newcombe_paired, p_cell, p_phrase, p_text, quantile, wilson,
};
use serde_json::Value;

fn expected() -> Value {
    serde_json::from_str(include_str!("fixtures/proportions.json")).unwrap()
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
        near(chance_p(hits, of, 1.0 / 3.0).unwrap(), &case["p"], 1e-9 * p + 1e-15);
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
        // Two bootstraps of the same counts differ by chance: 10,000 draws here, 100,000 there.
        let interval = agreement.error_consistency_interval(&Bootstrap::default()).unwrap().interval.unwrap();
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
        let values: Vec<f64> =
            case["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let sorted = ascending(&values).unwrap();
        for (share, wanted) in [0.25, 0.5, 0.75].iter().zip(0..) {
            near(quantile(&sorted, *share).unwrap(), &case["quartiles"][wanted], 1e-9);
        }
        let mean = mean_by_t(&values).unwrap();
        near(mean.value, &case["mean"], 1e-9);
        // statrs finds the point of Student's t by bisection.
        near(mean.interval.unwrap().low, &case["low"], 1e-4);
        near(mean.interval.unwrap().high, &case["high"], 1e-4);
        match median_interval(&sorted) {
            Some(interval) => {
                near(interval.low, &case["median"][0], 1e-9);
                near(interval.high, &case["median"][1], 1e-9);
            }
            None => assert!(case["median"][0].is_null()),
        }
    }
}

#[test]
fn the_exact_interval_and_test_are_those_of_r() {
    // binom.test(17, 48, 1/3) and binom.test(9, 10, 1/2) of R 4.2.
    let interval = clopper_pearson(9, 10);
    assert!((interval.low - 0.5549839).abs() < 1e-6 && (interval.high - 0.9974714).abs() < 1e-6);
    assert!((binomial_p(9, 10, 0.5).unwrap() - 0.021484375).abs() < 1e-12);
    assert!((clopper_pearson(0, 10).high - 0.3084971).abs() < 1e-6);
}

#[test]
fn holm_is_the_example_of_rs_p_adjust() {
    let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
    for (found, wanted) in corrected.iter().zip([0.03, 0.06, 0.06, 0.02]) {
        assert!((found - wanted).abs() < 1e-12, "{corrected:?}");
    }
}

#[test]
fn a_p_value_is_written_in_one_way() {
    assert_eq!([0.0421, 0.5, 0.9999, 1e-9, f64::NAN].map(p_text), [".042", ".500", "1.000", "< .001", "–"]);
    assert_eq!([0.0421, 1e-9].map(p_phrase), ["p = .042", "p < .001"]);
    assert_eq!([0.0421, 1.234e-9].map(p_cell), ["0.0421", "1.2e-9"]);
}

#[test]
fn one_value_has_no_interval_and_none_has_nothing() {
    assert_eq!(mean_by_t(&[500.0]).unwrap().interval, Err(Caveat::TooFew { have: 1, need: 2 }));
    assert_eq!(ascending(&[f64::NAN, 1.0]), Err(Caveat::NonFinite));
    assert_eq!(Bootstrap::default().mean(&[]), Err(Caveat::Empty));
}

#[test]
fn two_observers_who_never_err_agree_perfectly_and_nothing_is_said_of_other_items() {
    let perfect = Agreement { both: 20, ..Agreement::default() };
    let kappa = perfect.error_consistency_interval(&Bootstrap::default()).unwrap();
    assert_eq!((kappa.value, kappa.interval), (1.0, Err(Caveat::NoVariation)));
    assert_eq!(Agreement::default().error_consistency(), None);
    let nearly = Agreement { both: 19, only_first: 1, ..Agreement::default() };
    assert_eq!(nearly.error_consistency(), Some(0.0));
}

#[test]
fn the_bootstrap_is_the_same_every_time_and_holds_the_estimate() {
    let agreement = Agreement { both: 30, only_first: 5, only_second: 9, neither: 14 };
    let bootstrap = Bootstrap::default();
    let kappa = agreement.error_consistency_interval(&bootstrap).unwrap();
    assert_eq!(Ok(kappa), agreement.error_consistency_interval(&bootstrap));
    assert!(kappa.interval.unwrap().contains(kappa.value), "{kappa:?}");
}
