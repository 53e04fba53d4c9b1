//! Exports hold to the formats of others.
#![allow(clippy::unwrap_used)]

use gestalt_protocol::Outcome;
use gestalt_report::{Format, export};
use gestalt_tables::Rows;
use gestalt_testkit::rows::{model, person, run, without_choice};
use gestalt_types::Slot;

#[test]
fn ndjson_can_be_read_again() {
    let rows = run(person, "ann", 3, 5);
    let files = export(&rows, Format::Ndjson).unwrap();
    assert_eq!(Rows::read(files[0].1.as_bytes()).unwrap().rows, rows);
}

#[test]
fn modelvshuman_files_have_its_names_header_and_responses() {
    let mut rows = run(person, "ann", 3, 5);
    rows[4] = without_choice(rows[4].clone(), Outcome::Missed);
    rows.extend(run(model, "my_net", 2, 5));
    let files = export(&rows, Format::ModelVsHuman).unwrap();
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "raw-data/study-one/study-one_subject-01_session_1.csv",
            "raw-data/study-one/study-one_my-net_session-1.csv"
        ]
    );
    let lines: Vec<&str> = files[0].1.lines().collect();
    assert_eq!(lines[0], "subj,session,trial,rt,object_response,category,condition,imagename");
    assert_eq!(lines[1], "subject-01,1,1,0.6000,intact,intact,patch-32,cat_t0.png");
    assert!(lines[4].contains(",scrambled_"));
    assert_eq!(lines[5], "subject-01,1,5,NaN,na,intact,patch-32,cat_t4.png");
    assert!(files[1].1.lines().nth(1).unwrap().starts_with("my-net,1,1,NaN,intact"));
}

#[test]
fn a_distortion_has_the_same_name_wherever_it_was_shown() {
    let row = gestalt_testkit::rows::wrong(person("ann", 1, 0, "t0"));
    let mut other = row.clone();
    other.shown.swap(0, 1);
    (other.target, other.chosen) = (Some(Slot::ALL[1].into()), Some(Slot::ALL[0].into()));
    let cell = |row| export(&[row], Format::ModelVsHuman).unwrap()[0].1.clone();
    assert_eq!(cell(row), cell(other));
}

#[test]
fn image_names_stay_unique_after_the_last_underscore() {
    let rows = [person("ann", 1, 0, "a_1"), person("ann", 1, 1, "a-1"), person("ann", 1, 2, "b_1")];
    let files = export(&rows, Format::ModelVsHuman).unwrap();
    let ids: std::collections::BTreeSet<&str> =
        files[0].1.lines().skip(1).filter_map(|line| line.rsplit('_').next()).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn an_unscored_log_is_named_as_such() {
    let mut row = person("ann", 1, 0, "t0");
    (row.correct, row.target) = (None, None);
    assert!(export(&[row], Format::ModelVsHuman).unwrap_err().to_string().contains("t0"));
    assert!("xlsx".parse::<Format>().unwrap_err().to_string().contains("modelvshuman"));
}
