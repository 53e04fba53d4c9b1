//! d′ agrees with the published tables, goes both ways, and says where it is not defined.
#![allow(clippy::unwrap_used)]

use gestalt_stats::{Bootstrap, Caveat, ChoiceTask, SameDifferent};
use proptest::prelude::*;

const THREE: ChoiceTask = ChoiceTask::Alternatives(3);

fn near(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{found} instead of {wanted}");
}

#[test]
fn oddity_agrees_with_the_published_table_of_the_triangle() {
    // Ennis (1993), and sensR's `discrim(method = "triangle")`.
    near(ChoiceTask::Oddity.accuracy(2.0), 0.604807, 1e-6);
    near(ChoiceTask::Oddity.d_prime(0.8).unwrap(), 3.12859, 1e-4);
    near(ChoiceTask::Oddity.accuracy(0.0), 1.0 / 3.0, 1e-9);
    for (accuracy, d_prime) in
        [(0.5, 1.47), (0.6, 1.98), (0.7, 2.50), (0.8, 3.129), (0.9, 4.03), (0.95, 4.80)]
    {
        near(ChoiceTask::Oddity.d_prime(accuracy).unwrap(), d_prime, 5e-3);
    }
}

#[test]
fn three_alternatives_agree_with_the_published_table() {
    // Hacker and Ratcliff (1979), to the two decimals that are printed.
    for (accuracy, d_prime) in [(0.5, 0.56), (0.6, 0.89), (0.7, 1.24), (0.8, 1.65), (0.9, 2.23), (0.95, 2.71)]
    {
        near(THREE.d_prime(accuracy).unwrap(), d_prime, 5.1e-3);
    }
    // Two alternatives have a closed form: d′ = √2 z(P).
    near(ChoiceTask::Alternatives(2).d_prime(0.760_249_938_906_523_3).unwrap(), 1.0, 1e-8);
}

/// Scipy's quadrature of the same definitions (fixtures/sensitivity.py).
#[test]
fn both_agree_with_scipy() {
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("fixtures/sensitivity.json")).unwrap();
    for case in expected["choice"].as_array().unwrap() {
        let number = |name: &str| case[name].as_f64().unwrap();
        near(ChoiceTask::Oddity.d_prime(number("accuracy")).unwrap(), number("oddity"), 1e-6);
        near(THREE.d_prime(number("accuracy")).unwrap(), number("three"), 1e-6);
        near(ChoiceTask::Alternatives(16).d_prime(number("accuracy")).unwrap(), number("sixteen"), 1e-6);
    }
    for case in expected["same_different"].as_array().unwrap() {
        let number = |name: &str| case[name].as_f64().unwrap();
        near(
            SameDifferent::d_prime(number("hit_rate"), number("false_alarm_rate")).unwrap(),
            number("d_prime"),
            1e-6,
        );
    }
}

#[test]
fn guessing_has_no_d_prime_and_only_right_answers_have_a_lower_bound() {
    for accuracy in [0.0, 0.2, 1.0 / 3.0] {
        assert_eq!(ChoiceTask::Oddity.d_prime(accuracy), Err(Caveat::AtOrBelowChance));
    }
    let perfect = ChoiceTask::Oddity.sensitivity(96, 96).unwrap();
    assert_eq!((perfect.d_prime, perfect.high), (Err(Caveat::AtCeiling), None));
    assert!(perfect.low > 3.0, "{perfect:?}");
    let guessing = ChoiceTask::Oddity.sensitivity(32, 96).unwrap();
    assert_eq!((guessing.d_prime, guessing.low), (Err(Caveat::AtOrBelowChance), 0.0));
    assert!(guessing.high.unwrap() > 1.0);
    assert_eq!(ChoiceTask::Oddity.sensitivity(0, 0), Err(Caveat::Empty));
    let same = SameDifferent { hits: 10, different: 40, false_alarms: 10, same: 40 };
    assert_eq!(same.sensitivity().unwrap().d_prime, Err(Caveat::AtOrBelowChance));
}

#[test]
fn the_two_intervals_are_close_where_there_are_many_trials() {
    let exact = THREE.sensitivity(600, 960).unwrap();
    let drawn = THREE.bootstrap(600, 960, &Bootstrap::default()).unwrap().interval.unwrap();
    near(drawn.low, exact.low, 0.02);
    near(drawn.high, exact.high.unwrap(), 0.02);
}

proptest! {
    #[test]
    fn d_prime_goes_both_ways(d_prime in 0.05..6.0_f64, m in 2..17_u32) {
        for task in [ChoiceTask::Oddity, ChoiceTask::Alternatives(m)] {
            prop_assert!((task.d_prime(task.accuracy(d_prime)).unwrap() - d_prime).abs() < 1e-5);
        }
        let [hit, alarm] = SameDifferent::rates(d_prime, 1.2);
        prop_assert!((SameDifferent::d_prime(hit, alarm).unwrap() - d_prime).abs() < 1e-5);
    }

    #[test]
    fn any_counts_give_an_interval_around_d_prime(of in 0..200_u64, hits in 0..220_u64, m in 0..5_u32) {
        for task in [ChoiceTask::Oddity, ChoiceTask::Alternatives(m)] {
            let Ok(found) = task.sensitivity(hits, of) else {
                prop_assert!(of == 0 || hits > of);
                continue;
            };
            let high = found.high.unwrap_or(f64::MAX);
            prop_assert!(0.0 <= found.low && found.low <= high);
            if let Ok(d_prime) = found.d_prime {
                prop_assert!(found.low <= d_prime && d_prime <= high);
            }
        }
    }

    #[test]
    fn numbers_that_are_no_rates_are_refused(first in number_of_any_kind(), second in number_of_any_kind()) {
        for found in [ChoiceTask::Oddity.d_prime(first), SameDifferent::d_prime(first, second)] {
            prop_assert!(found.map_or(true, f64::is_finite));
        }
    }
}

fn number_of_any_kind() -> impl Strategy<Value = f64> {
    prop_oneof![-2.0..2.0_f64, Just(f64::NAN), Just(f64::INFINITY), Just(0.0), Just(1.0)]
}
