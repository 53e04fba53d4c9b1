//! Times, slots, lapses, learning and power agree with scipy, numpy and statsmodels, and refuse what they
//! cannot count.
#![allow(clippy::unwrap_used)]

use gestalt_stats::{
    Caveat, ExGaussian, People, Plan, conditional_accuracy, lapse_rate, learning, power, serial_dependence,
    slot_bias, time_quantiles_ms, vincentised_ms,
};
use proptest::prelude::*;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/behaviour.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn near(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{found} instead of {wanted}");
}

#[test]
fn the_ex_gaussian_is_as_likely_as_scipys() {
    for case in fixture()["times"].as_array().unwrap() {
        let times = numbers(&case["times_ms"]);
        let found = ExGaussian::fit(&times).unwrap();
        let likelihood: f64 = times.iter().map(|time| found.ln_density(*time)).sum();
        let wanted = case["ln_likelihood"].as_f64().unwrap();
        assert!(likelihood >= wanted - 1e-3, "{likelihood} instead of {wanted}");
        near(found.mu_ms, case["mu"].as_f64().unwrap(), 0.5);
        near(found.sigma_ms, case["sigma"].as_f64().unwrap(), 0.5);
        near(found.tau_ms, case["tau"].as_f64().unwrap(), 0.5);
    }
}

#[test]
fn quantiles_are_numpys_and_the_groups_curve_is_their_mean() {
    let fixture = fixture();
    let shares = [0.1, 0.3, 0.5, 0.7, 0.9];
    let mut people = Vec::new();
    for case in fixture["times"].as_array().unwrap() {
        let times = numbers(&case["times_ms"]);
        for (found, wanted) in
            time_quantiles_ms(&times, &shares).unwrap().iter().zip(numbers(&case["deciles"]))
        {
            near(*found, wanted, 1e-9);
        }
        people.push(times);
    }
    let medians = people.iter().map(|times| time_quantiles_ms(times, &[0.5]).unwrap()[0]);
    near(vincentised_ms(&people, &shares).unwrap()[2], medians.sum::<f64>() / 3.0, 1e-9);
    people.push(Vec::new());
    assert_eq!(vincentised_ms(&people, &shares), Err(Caveat::Empty));
}

#[test]
fn learning_is_the_slope_of_statsmodels() {
    for case in fixture()["learning"].as_array().unwrap() {
        let right: Vec<bool> = numbers(&case["right"]).iter().map(|one| *one == 1.0).collect();
        let found = learning(&right).unwrap();
        let interval = found.log_odds_per_100.interval.unwrap();
        near(found.log_odds_per_100.value, case["slope"].as_f64().unwrap(), 1e-5);
        near(interval.low, case["low"].as_f64().unwrap(), 1e-5);
        near(interval.high, case["high"].as_f64().unwrap(), 1e-5);
        near(found.p, case["p"].as_f64().unwrap(), 1e-6);
    }
    assert_eq!(learning(&[true; 40]).unwrap_err(), Caveat::NoVariation);
    let switched: Vec<bool> = (0..40).map(|trial| trial >= 20).collect();
    assert_eq!(learning(&switched).unwrap_err(), Caveat::NotConverged);
}

#[test]
fn slot_bias_is_that_of_the_full_covariance() {
    for case in fixture()["slots"].as_array().unwrap() {
        let answers: Vec<(usize, usize)> = serde_json::from_value(case["answers"].clone()).unwrap();
        let found = slot_bias(&answers, 3).unwrap();
        near(found.chi_squared, case["chi_squared"].as_f64().unwrap(), 1e-8);
        near(found.p, case["p"].as_f64().unwrap(), 1e-8);
    }
    assert_eq!(slot_bias(&[(0, 0); 30], 3).unwrap_err(), Caveat::TooFew { have: 0, need: 5 });
    assert_eq!(slot_bias(&[(0, 3)], 3).unwrap_err(), Caveat::OutOfRange);
}

#[test]
fn wrong_answers_into_the_last_slot_are_found() {
    // Always slot 2, whatever the target: every wrong answer repeats the last slot.
    let trials: Vec<Option<(usize, usize)>> = (0..60).map(|trial| Some((trial % 3, 2))).collect();
    let found = serial_dependence(&trials, 3).unwrap();
    assert!(found.repeats.hits == found.repeats.of && found.p < 1e-6 && found.expected == 0.5, "{found:?}");
    // A trial without an answer breaks the chain.
    let broken: Vec<_> = (0..60).map(|trial| (trial % 2 == 0).then_some((trial % 3, 2))).collect();
    assert_eq!(serial_dependence(&broken, 3).unwrap_err(), Caveat::Empty);
}

#[test]
fn lapses_come_from_catch_trials_with_the_exact_interval() {
    let found = lapse_rate(2, 40, 1.0 / 3.0).unwrap();
    near(found.value, 0.05 * 1.5, 1e-12);
    // scipy.stats.binomtest(2, 40).proportion_ci("exact").
    near(found.interval.unwrap().low, 0.006_113_646 * 1.5, 1e-6);
    near(found.interval.unwrap().high, 0.169_196_86 * 1.5, 1e-6);
    assert_eq!(lapse_rate(0, 0, 0.5).unwrap_err(), Caveat::Empty);
}

#[test]
fn fast_answers_that_are_guesses_show_in_the_conditional_accuracy() {
    let trials: Vec<(f64, bool)> = (0..100).map(|n| (300.0 + f64::from(n), n >= 20 || n % 3 == 0)).collect();
    let parts = conditional_accuracy(&trials, 5).unwrap();
    assert_eq!(parts.iter().map(|part| part.accuracy.of).collect::<Vec<_>>(), [20; 5]);
    assert!(parts[0].accuracy.estimate < 0.4 && parts[4].accuracy.estimate == 1.0);
    near(parts[0].mean_ms, 309.5, 1e-9);
    assert_eq!(conditional_accuracy(&trials[..3], 5).unwrap_err(), Caveat::TooFew { have: 3, need: 5 });
}

#[test]
fn power_grows_with_people_and_is_the_level_where_there_is_no_difference() {
    let people = People {
        guess: 1.0 / 3.0,
        lapse: 0.02,
        ease: 0.5,
        slope_per_octave: -0.8,
        person_sd: 0.5,
        item_sd: 0.7,
    };
    let plan = Plan { items: 48, scales_log2: vec![2.0, 3.0, 4.0, 5.0], difference: 0.5 };
    let few = power(8, &people, &plan, 400, 1).unwrap();
    let many = power(32, &people, &plan, 400, 1).unwrap();
    assert!(few.power.estimate + 0.2 < many.power.estimate, "{few:?} {many:?}");
    assert!(many.interval_width < 0.6 * few.interval_width && many.wide > many.interval_width);
    near(few.difference, many.difference, 0.01);
    let none = power(16, &people, &Plan { difference: 0.0, ..plan.clone() }, 1000, 1).unwrap();
    assert!((0.025..0.08).contains(&none.power.estimate), "{none:?}");
    assert_eq!(power(1, &people, &plan, 10, 1).unwrap_err(), Caveat::OnePerson);
    let broken = People { item_sd: f64::NAN, ..people };
    assert_eq!(power(8, &broken, &plan, 10, 1).unwrap_err(), Caveat::NonFinite);
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![6 => -10.0..2000.0_f64, 3 => Just(500.0), 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)]
}

proptest! {
    #[test]
    fn any_times_give_finite_figures_or_a_reason(
        trials in proptest::collection::vec((number(), any::<bool>()), 0..60),
        parts in 0..7_usize,
    ) {
        let times: Vec<f64> = trials.iter().map(|(time, _)| *time).collect();
        if let Ok(found) = ExGaussian::fit(&times) {
            prop_assert!(found.mu_ms.is_finite() && found.sigma_ms > 0.0 && found.tau_ms > 0.0);
        }
        if let Ok(found) = conditional_accuracy(&trials, parts) {
            prop_assert!(found.len() == parts && found.iter().all(|part| part.mean_ms.is_finite()));
        }
        let right: Vec<bool> = trials.iter().map(|(_, right)| *right).collect();
        prop_assert!(learning(&right).map_or(true, |l| l.log_odds_per_100.value.is_finite() && l.p.is_finite()));
    }

    #[test]
    fn any_choices_give_finite_figures_or_a_reason(
        trials in proptest::collection::vec(proptest::option::of((0..4_usize, 0..4_usize)), 0..60),
        slots in 0..5_usize,
    ) {
        let answers: Vec<(usize, usize)> = trials.iter().flatten().copied().collect();
        if let Ok(found) = slot_bias(&answers, slots) {
            prop_assert!(found.chi_squared >= 0.0 && (0.0..=1.0).contains(&found.p));
        }
        if let Ok(found) = serial_dependence(&trials, slots) {
            prop_assert!((0.0..=1.0).contains(&found.p));
        }
    }
}
