//! The decision rules: who is odd, when nobody is, and that the slots do not matter.
#![allow(clippy::unwrap_used)]

use gestalt_observers::decide;
use gestalt_protocol::{Outcome, Rule};
use proptest::prelude::*;

const RULES: [Rule; 2] = [Rule::MeanDistance, Rule::OddPair];

#[test]
fn the_one_unlike_the_others_is_chosen() {
    let (a, b) = (vec![1.0, 2.0, 3.0, 4.0], vec![4.0, 1.0, 3.0, 2.0]);
    let near_a = vec![1.1, 2.0, 3.0, 4.0];
    for rule in RULES {
        let decision = decide(&[a.clone(), near_a.clone(), b.clone()], rule);
        assert_eq!(decision.outcome, Outcome::Answered);
        assert_eq!(decision.chosen_slot.unwrap().number(), 3);
        assert!(decision.margin.unwrap() > 0.0);
    }
}

#[test]
fn the_margin_is_what_its_description_says() {
    let features = [vec![1.0, 2.0, 3.0, 4.0], vec![1.0, 2.5, 3.0, 3.5], vec![4.0, 1.0, 3.0, 2.0]];
    let mean = decide(&features, Rule::MeanDistance);
    let [d12, d13, d23] = mean.distances.map(Option::unwrap);
    let mut means = [(d12 + d13) / 2.0, (d12 + d23) / 2.0, (d13 + d23) / 2.0];
    means.sort_by(f64::total_cmp);
    assert_eq!(mean.margin.unwrap(), means[2] - means[1]);
    let mut distances = [d12, d13, d23];
    distances.sort_by(f64::total_cmp);
    assert_eq!(decide(&features, Rule::OddPair).margin.unwrap(), distances[1] - distances[0]);
}

#[test]
fn equals_tie() {
    let same = vec![1.0, 5.0, 2.0];
    let other = vec![2.0, 1.0, 7.0];
    for rule in RULES {
        let decision = decide(&[same.clone(), same.clone(), same.clone()], rule);
        assert_eq!((decision.outcome, decision.chosen_slot, decision.margin), (Outcome::Tie, None, None));
        // Scale and offset are taken out by the z-score: the first two are the same picture to the rule.
        let scaled = same.iter().map(|v| v * 4.0).collect();
        assert_eq!(decide(&[same.clone(), scaled, other.clone()], rule).outcome, Outcome::Answered);
    }
    // Two pairs equally near: the odd one out is one of two, so there is no answer.
    let line = [vec![1.0, 0.0, 0.0, -1.0], vec![1.0, 0.0, -1.0, 0.0], vec![1.0, -1.0, 0.0, 0.0]];
    for rule in RULES {
        assert_eq!(decide(&line, rule).outcome, Outcome::Tie);
    }
}

#[test]
fn numbers_that_are_none_are_no_answer() {
    let fine = vec![1.0, 2.0, 4.0];
    for broken in
        [vec![f32::NAN, 1.0, 2.0], vec![f32::INFINITY, 1.0, 2.0], vec![3.0; 3], vec![], vec![1.0, 2.0]]
    {
        for rule in RULES {
            for slot in 0..3 {
                let mut features = [fine.clone(), vec![4.0, 1.0, 0.0], fine.clone()];
                features[slot] = broken.clone();
                let decision = decide(&features, rule);
                assert_eq!(
                    (decision.outcome, decision.chosen_slot),
                    (Outcome::NonFinite, None),
                    "{broken:?}"
                );
                assert_eq!(decision.margin, None);
            }
        }
    }
}

proptest! {
    #[test]
    fn exchanging_slots_exchanges_the_choice(
        vectors in prop::array::uniform3(prop::collection::vec(-3.0_f32..3.0, 8)),
        order in Just([0_usize, 1, 2]).prop_shuffle(),
        rule in prop::sample::select(RULES.to_vec()),
    ) {
        let straight = decide(&vectors, rule);
        let shuffled = decide(&[0, 1, 2].map(|i| vectors[order[i]].clone()), rule);
        prop_assert_eq!(straight.outcome, shuffled.outcome);
        prop_assert_eq!(straight.margin, shuffled.margin);
        let back = shuffled.chosen_slot.map(|slot| order[slot.index()]);
        prop_assert_eq!(straight.chosen_slot.map(|slot| slot.index()), back);
    }

    #[test]
    fn both_rules_choose_alike(vectors in prop::array::uniform3(prop::collection::vec(-3.0_f32..3.0, 8))) {
        let [mean, odd] = RULES.map(|rule| decide(&vectors, rule));
        if mean.outcome == Outcome::Answered && odd.outcome == Outcome::Answered {
            prop_assert_eq!(mean.chosen_slot, odd.chosen_slot);
        }
    }
}
