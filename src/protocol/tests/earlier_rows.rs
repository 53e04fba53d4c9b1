//! Rows of version 1, as the software of 24 November 2026 wrote them, are read as rows of version 2.
//! `fixtures/README.md` says how the file was made.
#![allow(clippy::unwrap_used)]

use gestalt_protocol::*;
use serde_json::{Value, json};

const LOG: &str = include_str!("fixtures/rows-version-1.ndjson");

fn lines() -> Vec<Value> {
    LOG.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_row_of_a_log_of_version_1_keeps_what_it_said() {
    let (mut answered, mut pressed, mut models) = (0, 0, 0);
    for old in lines() {
        let row = Row::parse(old.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error} in {old}"));
        let new: Value = serde_json::from_str(&row.to_json().unwrap()).unwrap();
        assert_eq!(row.row_version, ROW_VERSION);
        for same in
            ["row_id", "session", "trial", "shown", "outcome", "correct", "reaction_time_ms", "weights_hash"]
        {
            assert_eq!(new[same], old[same], "{same}");
        }
        for (was, is) in [("chosen_slot", "chosen"), ("intact_slot", "target")] {
            assert_eq!(old[was].as_u64().map(|slot| slot.to_string()), new[is].as_str().map(str::to_owned));
        }
        assert_eq!((row.task, row.prompt), (RowTask::OddOneOut, None));
        for (part, field, value) in ["showing", "reading"].iter().flat_map(|part| {
            old[*part].as_object().into_iter().flatten().map(move |(f, v)| (*part, f.as_str(), v))
        }) {
            let now = match field {
                "shown_frames" => "displayed_frames",
                "dropped_frames" => "lost_frames",
                "known_answer_passed" => "reference_output_reproduced",
                "other_presses" => {
                    let presses = value.as_array().unwrap();
                    pressed += presses.len();
                    assert_eq!(row.showing.other_presses().len(), presses.len());
                    continue;
                }
                same => same,
            };
            // 224 is written as 224.0.
            let is_same = new[now] == *value || (value.is_number() && new[now].as_f64() == value.as_f64());
            assert!(is_same, "{part}.{field}: {value} became {}", new[now]);
        }
        answered += usize::from(row.outcome == Outcome::Answered);
        models += usize::from(row.observer_kind == ObserverKind::Model);
    }
    assert!(answered > 10 && pressed > 0 && models > 3, "{answered} {pressed} {models}");
}

#[test]
fn rows_of_both_versions_side_by_side_are_the_same_rows() {
    let stored: Vec<Row> =
        lines().iter().map(|old| Row::parse(old.to_string().as_bytes()).unwrap()).collect();
    for row in stored {
        assert_eq!(
            Row::parse(row.to_json().unwrap().as_bytes()).unwrap(),
            row,
            "converted once, then as it is"
        );
    }
}

#[test]
fn a_simulated_person_of_version_1_is_no_person() {
    let mut old = lines().into_iter().find(|row| row["observer_kind"] == "human").unwrap();
    old["showing"]["input_device"] = json!("simulated");
    assert_eq!(Row::from_value(old).unwrap().observer_kind, ObserverKind::Simulated);
}

#[test]
fn what_is_wrong_in_version_1_is_named_too() {
    let old = lines()
        .into_iter()
        .find(|row| row["outcome"] == "answered" && row["observer_kind"] == "human")
        .unwrap();
    let wrong = |change: fn(&mut Value)| {
        let mut old = old.clone();
        change(&mut old);
        Row::from_value(old).unwrap_err().field
    };
    assert_eq!(wrong(|row| row["chosen_slot"] = json!(4)), "chosen");
    assert_eq!(wrong(|row| row["showing"]["shown_frames"] = json!(-1)), "displayed_frames");
    assert_eq!(wrong(|row| row["showing"]["colour"] = json!(1)), "colour");
    assert_eq!(wrong(|row| row["showing"] = json!(7)), "showing");
    assert_eq!(
        wrong(|row| row["showing"]["other_presses"] = json!([{"kind": "odd", "slot": 1, "at_ms": 1.0}])),
        "presses_odd_ms"
    );
}
