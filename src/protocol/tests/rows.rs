//! Rows as others meet them: read from bytes, refused with a field and a reason, written and read again.
#![allow(clippy::unwrap_used)]

use gestalt_protocol::*;
use gestalt_types::UtcTime;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn human() -> Value {
    let hash = |digit: &str| digit.repeat(64);
    json!({
        "row_version": 2, "row_id": "019bd0c0-0000-7000-8000-000000000001", "study": "demo", "study_hash": hash("d"),
        "session": "019bd0c0-0000-7000-8000-000000000002", "observer_kind": "human", "observer": "p-7",
        "app_version": "0.1.0", "received_at": "2026-11-25T07:45:00.123Z", "task": "odd_one_out", "prompt": "whole",
        "trial_set": hash("a"), "trial": "dog-1", "item": "dog", "role": "test",
        "block": 1, "index": 4, "repeat": 0, "category": "dog", "condition": "patch-32", "scale_px": 32,
        "shown": [hash("1"), hash("2"), hash("3")], "choices": ["1", "2", "3"], "target": "2",
        "outcome": "answered", "chosen": "2", "correct": true, "reaction_time_ms": 612.5,
        "planned_frames": 48, "displayed_frames": 48, "refresh_rate_hz": 60.0, "input_device": "keyboard",
        "presses_before_onset_ms": [100.5, 200.0], "presses_after_answer_ms": [900.0],
        "other_press_choices": ["1", "1", "3"]
    })
}

fn model() -> Value {
    let mut row = human();
    let fields = row.as_object_mut().unwrap();
    for person in [
        "planned_frames",
        "displayed_frames",
        "refresh_rate_hz",
        "input_device",
        "presses_before_onset_ms",
        "presses_after_answer_ms",
        "other_press_choices",
        "reaction_time_ms",
    ] {
        fields.remove(person);
    }
    let model = json!({
        "observer_kind": "model", "weights_hash": "b".repeat(64), "device": "cpu", "layer": "mean",
        "rule": "mean_distance", "distances": [0.25, null, 0.125], "reference_output_reproduced": true
    });
    fields.extend(model.as_object().unwrap().clone());
    row
}

fn same_object() -> Value {
    let changes = json!({"task": "same_object", "shown": ["1".repeat(64)], "choices": ["same", "different"],
        "target": "same", "chosen": "different", "correct": false});
    let mut row = human();
    row.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    row
}

fn with(mut row: Value, changes: &Value) -> Vec<u8> {
    row.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    row.to_string().into_bytes()
}

fn parse(row: &Value) -> Row {
    Row::parse(row.to_string().as_bytes()).unwrap()
}

#[test]
fn a_sound_row_comes_back_as_it_went() {
    for row in [human(), model(), same_object()].map(|row| parse(&row)) {
        assert_eq!(Row::parse(row.to_json().unwrap().as_bytes()).unwrap(), row);
    }
    let row = parse(&human());
    assert_eq!(row.received_at, Some(UtcTime::from_ms(1_795_592_700_123)));
    assert_eq!((row.chosen_place(), row.chosen_picture()), (Some(1), Some(&row.shown[1])));
    let kinds: Vec<_> = row.showing.other_presses().iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [PressKind::BeforeOnset, PressKind::BeforeOnset, PressKind::AfterAnswer]);
    assert_eq!(parse(&same_object()).chosen_picture(), None, "its choices are no pictures");
}

#[test]
fn people_and_models_have_the_same_columns_and_none_is_an_object() {
    let columns = |row: &Value| -> Vec<String> {
        let row: Map<String, Value> = serde_json::from_str(&parse(row).to_json().unwrap()).unwrap();
        assert!(row.values().all(|value| !value.is_object()), "{row:?}");
        row.keys().cloned().collect()
    };
    assert_eq!(columns(&human()), columns(&model()));
    let schema: Value = serde_json::from_str(&row_schema().unwrap()).unwrap();
    let documented: std::collections::BTreeSet<_> =
        schema["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(columns(&human()).into_iter().collect::<std::collections::BTreeSet<_>>(), documented);
}

#[test]
fn what_is_wrong_is_named() {
    let person = [
        (json!({"row_version": 3}), "row_version"),
        (json!({"trial_set": "abc"}), "trial_set"),
        (json!({"study_hash": "abc"}), "study_hash"),
        (json!({"received_at": "yesterday"}), "received_at"),
        (json!({"prompt": "what"}), "prompt"),
        (json!({"chosen": "4"}), "chosen"),
        (json!({"chosen": null}), "chosen"),
        (json!({"target": "left"}), "target"),
        (json!({"correct": false}), "correct"),
        (json!({"outcome": "tie"}), "chosen"),
        (json!({"outcome": "tie", "chosen": null, "correct": null, "reaction_time_ms": null}), "outcome"),
        (json!({"reaction_time_ms": -1.0}), "reaction_time_ms"),
        (json!({"scale_px": -1.0}), "scale_px"),
        (json!({"displayed_frames": -3}), "displayed_frames"),
        (json!({"picture_css_px": "wide"}), "picture_css_px"),
        (
            json!({"presses_too_fast_ms": [-5.0], "other_press_choices": ["1", "1", "3", "1"]}),
            "presses_too_fast_ms",
        ),
        (json!({"other_press_choices": ["1"]}), "other_press_choices"),
        (json!({"surprise": 1}), "surprise"),
        (json!({"showing": {}}), "showing"),
        (json!({"shown": ["1".repeat(64)]}), "shown"),
        (json!({"choices": ["1", "2"]}), "choices"),
        (json!({"choices": ["1", "2", "2"]}), "choices"),
        (json!({"layer": "mean"}), "layer"),
        (json!({"weights_hash": "b".repeat(64)}), "weights_hash"),
    ];
    let network = [
        (json!({"planned_frames": 48}), "planned_onset_ms"),
        (json!({"device": null}), "device"),
        (json!({"device": "abacus"}), "device"),
        (json!({"layer": null}), "layer"),
        (json!({"layer": "x".repeat(301)}), "layer"),
        (json!({"rule": null}), "rule"),
        (json!({"weights_hash": null}), "weights_hash"),
        (json!({"reference_output_reproduced": false}), "reference_output_reproduced"),
        (json!({"reference_output_reproduced": null}), "reference_output_reproduced"),
        (json!({"top_k_fraction": 0.0}), "top_k_fraction"),
        (json!({"margin": -0.5}), "margin"),
        (json!({"reaction_time_ms": 300.0}), "reaction_time_ms"),
    ];
    let cases = person.map(|case| (human(), case)).into_iter().chain(network.map(|case| (model(), case)));
    for (row, (changes, field)) in cases {
        let error = Row::parse(&with(row, &changes)).unwrap_err();
        assert_eq!(error.field, field, "{error} for {changes}");
    }
    for field in ["row_id", "task", "choices", "outcome"] {
        let mut row = human();
        row.as_object_mut().unwrap().remove(field);
        assert_eq!(Row::parse(row.to_string().as_bytes()).unwrap_err().field, field);
    }
}

#[test]
fn a_list_of_presses_is_null_where_there_were_none() {
    let row: Value = serde_json::from_str(&parse(&model()).to_json().unwrap()).unwrap();
    assert!(row["presses_before_onset_ms"].is_null() && row["other_press_choices"].is_null());
}

#[test]
fn the_schema_in_the_documentation_is_the_schema_of_the_type() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/row.schema.json");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(path, row_schema().unwrap()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        row_schema().unwrap(),
        "run the test with UPDATE_FIXTURES=1"
    );
}

/// Any showing of a person, as far as its columns are of different kinds.
fn any_showing() -> impl Strategy<Value = Showing> {
    let ms = || prop::option::of(0.0..1e7_f64);
    let presses = || prop::collection::vec((0..4_usize, 0..3_usize, 0.0..1e6_f64), 0..6);
    (ms(), ms(), prop::option::of(0..5000_u32), any::<Option<bool>>(), presses()).prop_map(
        |(actual_onset_ms, longest_gap_ms, displayed_frames, full_screen, presses)| {
            let kinds = [
                PressKind::BeforeOnset,
                PressKind::TooFast,
                PressKind::AfterAnswer,
                PressKind::AfterDeadline,
            ];
            let press = |&(kind, slot, at_ms): &(usize, usize, f64)| OtherPress {
                kind: kinds[kind],
                slot: gestalt_types::Slot::ALL[slot],
                at_ms,
            };
            let mut showing = Showing {
                actual_onset_ms,
                longest_gap_ms,
                displayed_frames,
                full_screen,
                ..Showing::default()
            };
            showing.log_presses(&presses.iter().map(press).collect::<Vec<_>>());
            showing
        },
    )
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Row::parse(&bytes);
        let _ = TrialSet::parse(&bytes);
        let _ = Study::parse(&bytes);
    }

    #[test]
    fn a_mangled_row_is_a_row_or_an_error(place in 0_usize..2000, byte in any::<u8>(), which in 0..3_usize) {
        let mut bytes = [human(), model(), same_object()][which].to_string().into_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        if let Ok(row) = Row::parse(&bytes) {
            prop_assert!(row.check().is_ok());
            prop_assert_eq!(Row::parse(row.to_json().unwrap().as_bytes()).unwrap(), row);
        }
    }

    #[test]
    fn what_a_page_writes_is_read_as_it_was(showing in any_showing(), missed in any::<bool>(), scale in any::<u16>()) {
        let mut row = Row { showing, scale_px: Some(f64::from(scale) / 3.0), ..parse(&human()) };
        if missed {
            (row.outcome, row.chosen, row.correct, row.reaction_time_ms) = (Outcome::Missed, None, None, None);
        }
        prop_assert_eq!(Row::parse(row.to_json().unwrap().as_bytes()).unwrap(), row);
    }

    #[test]
    fn what_a_model_answers_is_read_as_it_was(
        distances in prop::array::uniform3(prop::option::of(0.0..1e9_f64)), margin in prop::option::of(0.0..1e9_f64),
        layer in "\\PC{1,40}", top_k in prop::option::of(1e-6..=1.0_f64),
    ) {
        let mut row = parse(&model());
        (row.readout.distances, row.readout.margin) = (distances, margin);
        (row.readout.layer, row.readout.top_k_fraction) = (Some(layer), top_k);
        prop_assert_eq!(Row::parse(row.to_json().unwrap().as_bytes()).unwrap(), row);
    }
}
