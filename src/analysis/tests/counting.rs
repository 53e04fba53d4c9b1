//! Which rows count, and for whom.
#![allow(clippy::unwrap_used)]

use gestalt_analysis::{compare_all, labels, summarise};
use gestalt_protocol::{InputDevice, Outcome, Role, Row, Showing};
use gestalt_testkit::rows::{model, person, run, without_choice, wrong};
use gestalt_types::Name;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn a_miss_is_in_the_denominator_and_never_correct() {
    let mut rows = run(person, "ann", 3, 4);
    rows.push(without_choice(person("ann", rows[0].session.as_u128(), 4, "t4"), Outcome::Missed));
    let overall = summarise(&rows).observers[0].overall;
    let (accuracy, of_answered) = (overall.accuracy.unwrap(), overall.accuracy_of_answered.unwrap());
    assert_eq!((accuracy.hits, accuracy.of), (3, 5));
    assert_eq!((of_answered.hits, of_answered.of), (3, 4));
    assert_eq!(overall.counts.missed, 1);
}

#[test]
fn a_tie_and_a_number_that_is_none_never_count_as_correct() {
    let mut rows = run(model, "net", 2, 2);
    let session = rows[0].session.as_u128();
    rows.push(without_choice(model("net", session, 2, "t2"), Outcome::Tie));
    rows.push(without_choice(model("net", session, 3, "t3"), Outcome::NonFinite));
    let overall = summarise(&rows).observers[0].overall;
    assert_eq!((overall.counts.tie, overall.counts.non_finite), (1, 1));
    assert_eq!((overall.accuracy.unwrap().hits, overall.accuracy.unwrap().of), (2, 4));
}

#[test]
fn practice_is_left_out_and_catch_trials_are_kept_apart() {
    let mut rows = run(person, "ann", 2, 4);
    rows[1].role = Role::Practice;
    rows[2].role = Role::Catch;
    let summary = summarise(&rows);
    let ann = &summary.observers[0];
    assert_eq!(ann.overall.accuracy.unwrap().of, 2);
    assert_eq!((ann.catch.accuracy.unwrap().hits, ann.catch.accuracy.unwrap().of), (0, 1));
}

#[test]
fn an_interrupted_trial_counts_by_its_repetition() {
    let first = without_choice(person("ann", 1, 0, "t0"), Outcome::Interrupted);
    let mut again = wrong(person("ann", 1, 5, "t0"));
    again.repeat = 1;
    let summary = summarise(&[again, first.clone()]);
    let ann = &summary.observers[0];
    assert_eq!((ann.overall.accuracy.unwrap().hits, ann.overall.accuracy.unwrap().of), (0, 1));
    assert_eq!(ann.interrupted, 1);
    let never = summarise(&[first]);
    assert!(never.observers[0].overall.accuracy.is_none(), "never answered: unknown, not zero");
}

#[test]
fn a_row_that_arrives_twice_counts_once_and_its_scored_copy_is_taken() {
    let scored = person("ann", 1, 0, "t0");
    let unscored = Row { correct: None, target: None, ..scored.clone() };
    for rows in [[scored.clone(), unscored.clone()], [unscored, scored]] {
        let counts = summarise(&rows).observers[0].overall.counts;
        assert_eq!((counts.answered, counts.correct, counts.unscored), (1, 1, 0));
    }
}

#[test]
fn a_model_run_twice_on_the_same_trials_has_no_narrower_interval() {
    let mut rows = run(model, "net", 5, 8);
    let once = summarise(&rows).observers[0].overall;
    let again = rows.clone().into_iter().map(|row| Row {
        session: Uuid::from_u128(99),
        row_id: Uuid::from_u128(row.row_id.as_u128() | 1 << 120),
        ..row
    });
    rows.extend(again.collect::<Vec<_>>());
    let twice = summarise(&rows);
    assert_eq!(twice.observers[0].overall, once);
    assert_eq!((twice.observers[0].sessions, twice.sessions.len()), (2, 2));
}

#[test]
fn the_same_model_read_at_another_layer_is_another_observer_with_another_label() {
    let mut rows = run(model, "net", 5, 8);
    let mut other: Vec<Row> = rows
        .iter()
        .map(|row| Row { row_id: Uuid::from_u128(row.row_id.as_u128() | 1 << 120), ..row.clone() })
        .collect();
    other.iter_mut().for_each(|row| row.readout.layer = Some("block 3".into()));
    rows.extend(other);
    let summary = summarise(&rows);
    assert_eq!(summary.observers.len(), 2);
    assert!(labels(&summary.observers)[0].contains("block 3"));
}

#[test]
fn touch_and_keyboard_times_are_never_mixed() {
    let mut rows = run(person, "ann", 6, 6);
    rows[0].showing = Showing { input_device: Some(InputDevice::Touch), ..Showing::default() };
    let times = &summarise(&rows).observers[0].reaction_times;
    assert_eq!(times.iter().map(|part| part.answered.n()).collect::<Vec<_>>(), [5, 1]);
}

#[test]
fn a_comparison_uses_the_trials_both_answered() {
    let mut rows = run(person, "ann", 3, 6);
    rows[0] = without_choice(rows[0].clone(), Outcome::Missed);
    rows.extend(run(model, "net", 5, 8));
    let pairs = compare_all(&rows);
    let pair = &pairs[0];
    assert_eq!((pairs.len(), pair.agreement.items()), (1, 5));
    assert_eq!((pair.agreement.both, pair.agreement.only_second, pair.agreement.neither), (2, 2, 1));
    assert_eq!(pair.same_wrong_choice.unwrap().hits, 1);
    assert!(
        pair.difference_interval.low <= pair.difference && pair.difference <= pair.difference_interval.high
    );
}

fn any_row() -> impl Strategy<Value = Row> {
    (0..3_u8, 0..3_u128, 0..40_u32, 0..12_u8, 0..6_u8).prop_map(|(who, session, index, trial, kind)| {
        let name = format!("observer {who}");
        let make = if who == 0 { model } else { person };
        let row = make(&name, session + 10 * u128::from(who), index, &format!("t{trial}"));
        let row = Row { category: Name::new(format!("c{}", trial % 3)).unwrap(), ..row };
        match (kind, who) {
            (0, 0) => without_choice(row, Outcome::NonFinite),
            (0, _) => without_choice(row, Outcome::Missed),
            (1, 0) => without_choice(row, Outcome::Tie),
            (1, _) => without_choice(row, Outcome::Interrupted),
            (2 | 3, _) => wrong(row),
            _ => row,
        }
    })
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter(rows in proptest::collection::vec(any_row(), 0..60).prop_shuffle()) {
        let mut sorted = rows.clone();
        sorted.sort_by_key(|row| row.to_json().unwrap());
        prop_assert_eq!(summarise(&rows), summarise(&sorted));
        prop_assert_eq!(compare_all(&rows), compare_all(&sorted));
    }
}
