//! Agreement of people in four public experiments is what was published, and every figure has its bounds.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use gestalt_stats::{
    Agreement, Bootstrap, Caveat, Conditions, Correlation, Record, consistency_with, disattenuated,
    mean_consistency, noise_ceiling, split_half,
};
use proptest::prelude::*;

/// People's answers by data set (fixtures/human_answers.py): one condition each.
fn public_sets() -> BTreeMap<&'static str, Vec<Conditions>> {
    let mut sets: BTreeMap<&str, Vec<Conditions>> = BTreeMap::new();
    let mut name = "";
    for line in include_str!("fixtures/human-answers.txt").lines().skip(1) {
        if let Some(title) = line.strip_prefix("# ") {
            name = title;
            continue;
        }
        let answers = (0..).zip(line.chars()).filter(|(_, mark)| *mark != '.');
        let record = Record::new(answers.map(|(item, mark)| (item, mark == '1')));
        sets.entry(name).or_default().push(vec![record]);
    }
    sets
}

#[test]
fn people_agree_as_much_as_was_published() {
    let published =
        [("sketch", 0.36962), ("edge", 0.31844), ("silhouette", 0.47571), ("cue-conflict", 0.33105)];
    let sets = public_sets();
    for (name, wanted) in published {
        let bootstrap = Bootstrap { draws: 200, ..Bootstrap::default() };
        let found = mean_consistency(&sets[name], &bootstrap).unwrap();
        assert!((found.value - wanted).abs() < 1e-5, "{name}: {}", found.value);
        assert!(found.interval.unwrap().contains(found.value), "{name}: {found:?}");
    }
}

#[test]
fn the_noise_ceiling_is_what_each_person_reaches_with_the_others() {
    let people = &public_sets()["edge"];
    let bootstrap = Bootstrap { draws: 200, ..Bootstrap::default() };
    let ceiling = noise_ceiling(people, &bootstrap).unwrap();
    let mean = ceiling.consistencies.iter().sum::<f64>() / 10.0;
    assert!((mean - 0.31844).abs() < 1e-5 && (ceiling.consistency.value - mean).abs() < 1e-12);
    let first = consistency_with(&people[0], &people[1..], &bootstrap).unwrap();
    assert!((first.value - ceiling.consistencies[0]).abs() < 1e-12);
    assert_eq!(noise_ceiling(&people[..1], &bootstrap), Err(Caveat::OnePerson));
}

#[test]
fn conditions_of_different_difficulty_are_not_taken_for_agreement() {
    // Two independent observers: nearly always right in one condition, seldom in the other.
    let record = |shift: u32, wrong_every: u32| {
        Record::new((0..400).map(|item| (item, (item * 7 + shift) % 20 < wrong_every)))
    };
    let observers = [vec![record(0, 18), record(3, 2)], vec![record(11, 18), record(8, 2)]];
    let per_condition =
        mean_consistency(&observers, &Bootstrap { draws: 100, ..Bootstrap::default() }).unwrap();
    let pooled = observers[0].iter().zip(&observers[1]).map(|(a, b)| a.agreement(b));
    let [easy, hard] = pooled.collect::<Vec<_>>()[..] else { panic!("two conditions") };
    let pooled = Agreement {
        both: easy.both + hard.both,
        only_first: easy.only_first + hard.only_first,
        only_second: easy.only_second + hard.only_second,
        neither: easy.neither + hard.neither,
    };
    assert!(pooled.error_consistency().unwrap() > per_condition.value + 0.5);
}

#[test]
fn the_largest_kappa_and_the_null_band_follow_from_the_accuracies() {
    // Accuracies .8 and .6: at most c_obs = .8, c_exp = .56, so κ ≤ .24/.44.
    let counts = Agreement { both: 50, only_first: 30, only_second: 10, neither: 10 };
    assert!((counts.largest_kappa().unwrap() - 0.24 / 0.44).abs() < 1e-12);
    let band = counts.null_band(&Bootstrap::default()).unwrap();
    assert!(band.low < 0.0 && band.high > 0.0 && band.contains(counts.error_consistency().unwrap()));
    // Four times the items, half the band.
    let more = Agreement { both: 200, only_first: 120, only_second: 40, neither: 40 };
    let narrower = more.null_band(&Bootstrap::default()).unwrap();
    let ratio = (band.high - band.low) / (narrower.high - narrower.low);
    assert!((1.8..2.2).contains(&ratio), "{ratio}");
    let perfect = Agreement { both: 9, only_first: 1, ..Agreement::default() };
    assert_eq!(perfect.null_band(&Bootstrap::default()), Err(Caveat::NoVariation));
}

#[test]
fn only_the_first_answer_to_an_item_counts() {
    let record = Record::new([(4, true), (2, false), (4, false)]);
    assert_eq!(record.answers(), [(2, false), (4, true)]);
    let other = Record::new([(4, true), (9, true)]);
    assert_eq!(record.agreement(&other), Agreement { both: 1, ..Agreement::default() });
}

#[test]
fn correlations_agree_with_scipy() {
    // scipy.stats.pearsonr and spearmanr of these two lists.
    let first = [0.1, 0.4, 0.35, 0.8, 0.8, 0.9];
    let second = [1.0, 3.0, 2.0, 2.5, 4.0, 3.5];
    assert!((Correlation::Pearson.of(&first, &second).unwrap() - 0.819_669_844).abs() < 1e-8);
    assert!((Correlation::Spearman.of(&first, &second).unwrap() - 0.811_679_450).abs() < 1e-8);
    assert_eq!(Correlation::Pearson.of(&first, &[2.0; 6]), Err(Caveat::NoVariation));
    assert_eq!(disattenuated(0.4, [0.8, 0.5]).map(|r| (r * 1e6).round()), Ok(632_456.0));
    assert_eq!(disattenuated(0.4, [0.8, -0.1]), Err(Caveat::Unreliable));
}

#[test]
fn split_halves_of_people_who_see_the_same_items_as_hard_are_reliable() {
    let sets = public_sets();
    let people: Vec<Vec<(u32, f64)>> = sets["sketch"]
        .iter()
        .map(|person| {
            person[0].answers().iter().map(|&(item, right)| (item, f64::from(u8::from(right)))).collect()
        })
        .collect();
    let found = split_half(&people, Correlation::Pearson, 1000, 1).unwrap();
    assert!(found.half < found.reliability && found.spread.contains(found.reliability), "{found:?}");
    assert!((0.6..0.9).contains(&found.reliability), "{found:?}");
    assert_eq!(found, split_half(&people, Correlation::Pearson, 1000, 1).unwrap());
    assert_eq!(split_half(&people[..1], Correlation::Pearson, 10, 1), Err(Caveat::OnePerson));
}

proptest! {
    #[test]
    fn any_records_give_a_figure_or_a_reason(
        people in proptest::collection::vec(
            proptest::collection::vec(proptest::collection::vec((0..6_u32, any::<bool>()), 0..8), 0..3), 0..4),
    ) {
        let observers: Vec<Conditions> =
            people.iter().map(|conditions| conditions.iter().cloned().map(Record::new).collect()).collect();
        let bootstrap = Bootstrap { draws: 60, ..Bootstrap::default() };
        for found in [mean_consistency(&observers, &bootstrap), noise_ceiling(&observers, &bootstrap).map(|c| c.consistency)].into_iter().flatten() {
            prop_assert!((-1.0..=1.0).contains(&found.value));
            prop_assert!(found.interval.map_or(true, |i| i.low <= i.high && i.low.is_finite()));
        }
        let values: Vec<Vec<(u32, f64)>> = people.iter().map(|conditions| {
            conditions.iter().flatten().map(|&(item, right)| (item, if right { 1.0 } else { f64::NAN })).collect()
        }).collect();
        prop_assert!(split_half(&values, Correlation::Spearman, 20, 1).map_or(true, |s| s.reliability.is_finite()));
    }

    #[test]
    fn any_lists_correlate_or_say_why_not(pairs in proptest::collection::vec((number(), number()), 0..8)) {
        let (first, second): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        for correlation in [Correlation::Pearson, Correlation::Spearman] {
            let bootstrap = Bootstrap { draws: 50, ..Bootstrap::default() };
            if let Ok(found) = correlation.with_interval(&first, &second, &bootstrap) {
                prop_assert!((-1.0..=1.0).contains(&found.value));
            }
        }
    }
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![6 => -10.0..10.0_f64, 2 => Just(1.0), 1 => Just(f64::NAN)]
}
