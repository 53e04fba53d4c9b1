//! Logs as people have them: every form that this software writes is read, however it was saved since.
#![allow(clippy::unwrap_used)]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use gestalt_protocol::Row;
use gestalt_tables::Rows;
use gestalt_tables::table::{BYTE_ORDER_MARK, Table};
use proptest::prelude::*;
use serde_json::{Value, json};

fn person() -> Value {
    let hash = |digit: &str| digit.repeat(64);
    json!({
        "row_version": 2, "row_id": "019bd0c0-0000-7000-8000-000000000001", "study": "demo", "study_hash": hash("d"),
        "session": "019bd0c0-0000-7000-8000-000000000002", "observer_kind": "human", "observer": "p-7",
        "app_version": "=HYPERLINK(\"http://a\", \"b\")", "received_at": "2026-11-25T07:45:00.123Z",
        "task": "odd_one_out", "prompt": "whole", "trial_set": hash("a"),
        "trial": "dog-1", "role": "test", "block": 1, "index": 4, "repeat": 0, "category": "Möbel",
        "condition": "1-10-10", "scale_px": 32.0, "shown": [hash("1"), hash("2"), hash("3")],
        "choices": ["1", "2", "3"], "target": "2", "outcome": "answered", "chosen": "2", "correct": true,
        "reaction_time_ms": 612.5, "planned_frames": 48, "displayed_frames": 48, "refresh_rate_hz": 59.94,
        "in_focus": true, "input_device": "keyboard", "presses_before_onset_ms": [10.0, 20.5],
        "other_press_choices": ["1", "3"]
    })
}

fn changed(mut row: Value, changes: Value) -> Value {
    row.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    row
}

fn model() -> Value {
    let mut row = person();
    let people = [
        "planned_frames",
        "displayed_frames",
        "refresh_rate_hz",
        "in_focus",
        "input_device",
        "presses_before_onset_ms",
        "other_press_choices",
    ];
    people.iter().for_each(|field| drop(row.as_object_mut().unwrap().remove(*field)));
    let changes = json!({
        "observer_kind": "model", "observer": "+net; \"large\"", "weights_hash": "b".repeat(64),
        "category": "'=1+1", "condition": "007", "reaction_time_ms": null, "outcome": "non_finite", "chosen": null,
        "correct": null, "device": "cpu", "adapter": "x86_64", "layer": "blocks.3.mean", "rule": "mean_distance",
        "top_k_fraction": 0.25, "distances": [0.125, null, 1e-7], "reference_output_reproduced": true,
        "compute_ms": 3.0
    });
    changed(row, changes)
}

/// A person who missed a trial with two choices and one picture.
fn missed() -> Value {
    let changes = json!({
        "task": "same_object", "shown": ["1".repeat(64)], "choices": ["same", "different"], "target": "same",
        "outcome": "missed", "chosen": null, "correct": null, "reaction_time_ms": null
    });
    changed(person(), changes)
}

fn rows() -> Vec<Row> {
    [person(), model(), missed()].map(|row| Row::parse(row.to_string().as_bytes()).unwrap()).into()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// The table as a spreadsheet of a country with decimal commas saves it.
fn resaved(csv: &str, separator: u8) -> String {
    let table = csv::Reader::from_reader(csv.as_bytes()).into_records();
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    writer.write_record(csv.lines().next().unwrap().split(',')).unwrap();
    for record in table {
        let record = record.unwrap();
        let cells = record.iter().map(|cell| match cell {
            "true" => "TRUE".to_owned(),
            cell if cell.parse::<f64>().is_ok() => cell.replace('.', ","),
            cell => cell.to_owned(),
        });
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn whatever_is_written_is_read_however_it_was_saved_since() {
    let rows = rows();
    let (ndjson, csv) = (Rows::to_ndjson(&rows).unwrap(), Rows::to_csv(&rows).unwrap());
    let array = format!("[{}]", ndjson.trim().replace('\n', ","));
    let mut cases: Vec<(&str, Vec<u8>)> = Vec::new();
    for (form, text) in [("NDJSON", &ndjson), ("CSV", &csv), ("JSON", &array)] {
        cases.push((form, text.clone().into_bytes()));
        cases.push((form, [BYTE_ORDER_MARK, text].concat().into_bytes()));
        cases.push((form, text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()));
        cases.push((form, utf16(text)));
        cases.push((form, gzip(text.as_bytes())));
        cases.push((form, gzip(&utf16(text))));
        cases.push((form, [b"\n\n", text.as_bytes(), b"\n"].concat()));
    }
    cases.push(("semicolons", resaved(&csv, b';').into_bytes()));
    cases.push(("tabs", resaved(&csv, b'\t').into_bytes()));
    for (form, bytes) in cases {
        let read = Rows::read(&bytes).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert!(read.refused.is_empty(), "{form}: {:?}", read.refused);
        assert_eq!(read.rows, rows, "{form} {:?}", &bytes[..8]);
    }
}

#[test]
fn a_table_of_version_1_is_read() {
    let read = Rows::read(include_bytes!("fixtures/rows-version-1.csv")).unwrap();
    assert!(read.refused.is_empty(), "{:?}", read.refused);
    assert_eq!(read.rows.len(), 20);
    let row = &read.rows[0];
    assert!(
        row.chosen.is_some() && row.target.is_some() && row.showing.displayed_frames.is_some(),
        "{row:?}"
    );
    assert_eq!(Rows::read(Rows::to_csv(&read.rows).unwrap().as_bytes()).unwrap().rows, read.rows);
}

#[test]
fn cells_that_a_spreadsheet_would_run_or_turn_into_dates_are_inert() {
    let csv = Rows::to_csv(&rows()).unwrap();
    let table = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes()).into_records();
    let cells: Vec<String> =
        table.flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
    for cell in &cells {
        assert!(!cell.starts_with(['=', '+', '@', '-']), "{cell}");
    }
    for inert in ["'1-10-10", "'=HYPERLINK(\"http://a\", \"b\")", "'007", "''=1+1", "Möbel", "612.5"] {
        assert!(cells.iter().any(|cell| cell == inert), "{inert}");
    }
}

#[test]
fn the_header_has_a_column_for_every_field() {
    let csv = Rows::to_csv(&rows()).unwrap();
    let header = csv.lines().next().unwrap();
    assert!(
        header
            .starts_with("row_version,row_id,study,study_hash,session,observer_kind,observer,weights_hash,"),
        "{header}"
    );
    for column in
        ["shown_1", "shown_3", "choice_2", "target", "refresh_rate_hz", "distance_1_2", "distance_2_3"]
    {
        assert!(header.split(',').any(|name| name == column), "{column}");
    }
}

#[test]
fn a_bad_line_does_not_take_the_others_with_it() {
    let good = person().to_string();
    let log = Rows::read(format!("{good}\nnot json\n\n{good}\n").as_bytes()).unwrap();
    assert_eq!((log.rows.len(), log.refused.len(), log.refused[0].0), (2, 1, 2));
    let csv = Rows::to_csv(&rows()).unwrap().replacen("612.5", "soon", 1);
    let log = Rows::read(csv.as_bytes()).unwrap();
    assert_eq!((log.rows.len(), log.refused.len(), log.refused[0].0), (2, 1, 2));
    assert_eq!(log.refused[0].1.field, "reaction_time_ms");
}

#[test]
fn columns_that_were_added_or_moved_do_no_harm_and_missing_ones_are_named() {
    let csv = Rows::to_csv(&rows()).unwrap();
    let mut table = Table::read(csv.as_bytes()).unwrap();
    table.header.iter_mut().for_each(|name| *name = format!(" {name} "));
    let with_note: String = std::iter::once(table.header.join(",") + ",note\n")
        .chain(csv.lines().skip(1).map(|line| format!("{line},seen twice\n")))
        .collect();
    assert_eq!(Rows::read(with_note.as_bytes()).unwrap().rows, rows());
    let error = Rows::read(b"subject,rt,correct\n1,612,1\n2,580,0\n").unwrap_err().to_string();
    assert!(error.starts_with("is a table without the columns row_version, row_id"), "{error}");
    assert_eq!(error.lines().count(), 1);
}

#[test]
fn what_is_no_log_is_named_in_one_sentence() {
    let png = [&b"\x89PNG\r\n\x1a\n"[..], &[0; 40]].concat();
    for (bytes, said) in [
        (&b""[..], "is empty"),
        (b" \n", "is empty"),
        (b"PK\x03\x04rest", "save the table in it as CSV"),
        (&png, "a picture"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"M\xf6bel;1\n", "line 1 is not UTF-8"),
        (b"\x1f\x8b\x08\0cut", "cannot be unpacked"),
        (br#"{"format_version": 1, "images": [], "trials": []}"#, "is a trial set"),
        (br#"{"study_version": 1, "trial_set": "trial-set"}"#, "is a study"),
        (b"# A study\nstudy_version = 2\nname = \"demo\"\n", "is a study"),
        (b"{\"a\": 1}\n{\"a\": 2}\n", "the first of 2 that are refused is line 1"),
        (b"hello world\n", "is a table without the columns"),
    ] {
        let error = Rows::read(bytes).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Rows::read(&bytes);
        let _ = Table::read(&bytes);
    }

    #[test]
    fn texts_come_back_from_a_table(category in "[^/\\\\\\p{C}\\s][-=+@'0-9a-z.,;\"äß]{0,20}", name in "[-=+0-9:/.]{0,9}x?") {
        let mut row = rows().remove(0);
        prop_assume!(row_with(&mut row, &category, &name));
        let read = Rows::read(Rows::to_csv(std::slice::from_ref(&row)).unwrap().as_bytes()).unwrap();
        prop_assert_eq!(read.rows, vec![row]);
    }
}

/// Whether the row takes both texts.
fn row_with(row: &mut Row, category: &str, version: &str) -> bool {
    row.app_version = format!("{version}1");
    category.parse().map(|name| row.category = name).is_ok()
}
