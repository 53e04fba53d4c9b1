//! Rows as others meet them: read from bytes, refused with a field and a reason, written and read again.
#![allow(clippy::unwrap_used)]

use gestalt_protocol::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn human() -> Value {
    let hash = |digit: &str| digit.repeat(64);
    json!({
        "row_version": 1, "row_id": "019bd0c0-0000-7000-8000-000000000001", "study": "demo",
        "session": "019bd0c0-0000-7000-8000-000000000002", "observer_kind": "human", "observer": "p-7",
        "weights_hash": null, "app_version": "0.1.0", "trial_set": hash("a"), "trial": "dog-1", "role": "test",
        "block": 1, "index": 4, "repeat": 0, "category": "dog", "condition": "patch-32",
        "shown": [hash("1"), hash("2"), hash("3")], "intact_slot": 2, "outcome": "answered", "chosen_slot": 2,
        "correct": true, "reaction_time_ms": 612.5,
        "showing": {"planned_frames": 48, "shown_frames": 48, "refresh_rate_hz": 60.0, "input_device": "keyboard"},
        "reading": null
    })
}

fn with(path: &[&str], value: Value) -> Vec<u8> {
    let mut row = human();
    let mut place = &mut row;
    for key in path {
        place = place.as_object_mut().unwrap().entry(*key).or_insert(Value::Null);
    }
    *place = value;
    row.to_string().into_bytes()
}

#[test]
fn a_sound_row_comes_back_as_it_went() {
    let row = Row::parse(human().to_string().as_bytes()).unwrap();
    assert_eq!(Row::parse(row.to_json().unwrap().as_bytes()).unwrap(), row);
    let csv = Rows::to_csv(std::slice::from_ref(&row)).unwrap();
    let (header, line) = csv.split_once("\r\n").unwrap();
    assert_eq!(header.split(',').count(), line.trim_end().split(',').count());
    assert!(
        header.contains("shown_1") && header.contains("refresh_rate_hz") && header.contains("distance_1_2")
    );
}

#[test]
fn what_is_wrong_is_named() {
    let cases: [(&[&str], Value, &str); 11] = [
        (&["row_version"], json!(2), "row_version"),
        (&["trial_set"], json!("abc"), "trial_set"),
        (&["chosen_slot"], json!(4), "chosen_slot"),
        (&["chosen_slot"], Value::Null, "chosen_slot"),
        (&["correct"], json!(false), "correct"),
        (&["outcome"], json!("tie"), "chosen_slot"),
        (&["reaction_time_ms"], json!(-1.0), "reaction_time_ms"),
        (&["showing", "shown_frames"], json!(-3), "showing.shown_frames"),
        (&["showing", "colour"], json!(1), "showing.colour"),
        (&["surprise"], json!(1), "surprise"),
        (&["showing"], Value::Null, "showing"),
    ];
    for (path, value, field) in cases {
        let error = Row::parse(&with(path, value)).unwrap_err();
        assert_eq!(error.field, field, "{error}");
    }
}

#[test]
fn a_bad_line_does_not_take_the_others_with_it() {
    let good = human().to_string();
    let log = Rows::parse(format!("{good}\nnot json\n\n{good}\n").as_bytes());
    assert_eq!((log.rows.len(), log.refused.len(), log.refused[0].0), (2, 1, 2));
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

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Row::parse(&bytes);
        let _ = Rows::parse(&bytes);
        let _ = TrialSet::parse(&bytes);
        let _ = Study::parse(&bytes);
    }

    #[test]
    fn a_mangled_row_is_a_row_or_an_error(place in 0_usize..1000, byte in any::<u8>()) {
        let mut bytes = human().to_string().into_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        if let Ok(row) = Row::parse(&bytes) {
            prop_assert!(row.check().is_ok());
        }
    }
}
