//! Whatever numbers come in: a figure inside its interval or the reason why there is none, never a panic or
//! NaN.
#![allow(clippy::unwrap_used)]

use gestalt_stats::{
    Agreement, Bootstrap, Estimate, Method, Redraw, binomial_p, chance_p, clopper_pearson, group_mean,
    mean_by_t, newcombe_paired, wilson,
};
use proptest::prelude::*;

/// Numbers as they come: mostly ordinary, some alike, some that are none.
pub fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -1e3..1e3_f64,
        2 => Just(0.0),
        2 => Just(1.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
    ]
}

fn meant(estimate: Estimate) -> bool {
    let finite = |value: f64| value.is_finite();
    finite(estimate.value)
        && estimate.interval.map_or(true, |i| finite(i.low) && finite(i.high) && i.low <= i.high)
}

proptest! {
    #[test]
    fn a_mean_is_meant_or_refused(values in proptest::collection::vec(any_number(), 0..12)) {
        for method in [Method::Percentile, Method::Expanded, Method::Bca] {
            let bootstrap = Bootstrap { draws: 200, method, ..Bootstrap::default() };
            prop_assert!(bootstrap.mean(&values).is_ok_and(meant) || values.is_empty()
                || values.iter().any(|v| !v.is_finite()));
        }
        prop_assert!(mean_by_t(&values).map_or(true, meant));
    }

    #[test]
    fn nested_and_crossed_draws_take_any_sizes(sizes in proptest::collection::vec(0..5_usize, 0..5)) {
        let bootstrap = Bootstrap { draws: 100, ..Bootstrap::default() };
        let nested = bootstrap.nested(&sizes, |drawn| {
            let places = drawn.iter().flat_map(|(person, items)| items.iter().map(move |item| person * 7 + item));
            Some(places.map(f64::from).sum::<f64>())
        });
        prop_assert_eq!(nested.is_ok(), !sizes.is_empty() && !sizes.contains(&0));
        prop_assert!(nested.map_or(true, meant));
        let items = sizes.first().copied().unwrap_or(0);
        let crossed = bootstrap.crossed(sizes.len(), items, |people, items| {
            Some(f64::from(people.iter().sum::<u32>() * 3 + items.iter().sum::<u32>()))
        });
        prop_assert_eq!(crossed.is_ok(), items > 0);
        prop_assert!(crossed.map_or(true, meant));
    }

    #[test]
    fn a_group_of_any_people_has_a_mean_that_is_meant_or_a_reason(
        people in proptest::collection::vec(proptest::collection::vec((0..5_u32, any_number()), 0..6), 0..5),
    ) {
        for redraw in [Redraw::People, Redraw::Items, Redraw::PeopleThenItems, Redraw::PeopleAndItems] {
            for method in [Method::Percentile, Method::Expanded, Method::Bca] {
                let bootstrap = Bootstrap { draws: 60, method, ..Bootstrap::default() };
                prop_assert!(group_mean(&people, redraw, &bootstrap).map_or(true, meant));
            }
        }
    }

    #[test]
    fn error_consistency_stays_in_its_range(a in 0..80_u64, b in 0..80_u64, c in 0..80_u64, d in 0..80_u64) {
        let counts = Agreement { both: a, only_first: b, only_second: c, neither: d };
        let bootstrap = Bootstrap { draws: 200, ..Bootstrap::default() };
        match counts.error_consistency_interval(&bootstrap) {
            Ok(kappa) => prop_assert!(meant(kappa) && (-1.0..=1.0).contains(&kappa.value)),
            Err(_) => prop_assert_eq!(counts.items(), 0),
        }
    }

    #[test]
    fn the_exact_interval_holds_the_estimate(of in 1..2000_u64, share in 0.0..=1.0_f64) {
        let hits = (share * of as f64) as u64;
        let (exact, estimate) = (clopper_pearson(hits, of), hits as f64 / of as f64);
        prop_assert!(exact.low <= estimate && estimate <= exact.high);
        let p = binomial_p(hits, of, 1.0 / 3.0).unwrap();
        prop_assert!(0.0 < p && p <= 1.0 || of > 500);
    }

    #[test]
    fn intervals_hold_their_estimate_within_bounds(of in 1..2000_u64, share in 0.0..=1.0_f64) {
        let hits = (share * of as f64) as u64;
        let (interval, estimate) = (wilson(hits, of), hits as f64 / of as f64);
        prop_assert!(0.0 <= interval.low && interval.low <= estimate);
        prop_assert!(estimate <= interval.high && interval.high <= 1.0);
        prop_assert!((0.0..=1.0).contains(&chance_p(hits, of, 1.0 / 3.0).unwrap()));
    }

    #[test]
    fn paired_intervals_hold_their_difference(a in 0..80_u64, b in 0..80_u64, c in 0..80_u64, d in 0..80_u64) {
        prop_assume!(a + b + c + d > 0);
        let interval = newcombe_paired(a, b, c, d).unwrap();
        let difference = (b as f64 - c as f64) / (a + b + c + d) as f64;
        prop_assert!(-1.0 <= interval.low && interval.low <= difference + 1e-12);
        prop_assert!(difference - 1e-12 <= interval.high && interval.high <= 1.0);
    }
}
