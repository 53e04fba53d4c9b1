//! Exports hold to the formats of others.
#![allow(clippy::unwrap_used)]

use gestalt_protocol::Outcome;
use gestalt_report::{Format, analysis_files, export};
use gestalt_tables::Rows;
use gestalt_tables::spreadsheet::is_live;
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
fn no_cell_of_a_modelvshuman_file_is_a_date_or_a_formula() {
    let mut row = person("ann", 1, 0, "=1+1");
    (row.condition, row.category) = ("1-10-10".parse().unwrap(), "SEPT2".parse().unwrap());
    let files = export(&[row], Format::ModelVsHuman).unwrap();
    assert!(files[0].1.ends_with(",intact,x-1-10-10,x-SEPT2_x-1-1.png\n"), "{}", files[0].1);
}

#[test]
fn names_are_inert_in_every_table_of_the_analysis() {
    let mut rows = run(person, "ann", 3, 5);
    for row in &mut rows {
        (row.condition, row.category) = ("1.5".parse().unwrap(), "=1+1".parse().unwrap());
        row.observer = "1-10-10".parse().unwrap();
    }
    let files = analysis_files(&rows);
    let file = |name: &str| &files.iter().find(|(path, _)| path == name).unwrap().1;
    assert!(
        file("by_condition.csv")
            .lines()
            .skip(1)
            .all(|line| line.contains(",'1-10-10,") && line.contains(",'1.5,"))
    );
    assert!(file("by_category.csv").lines().skip(1).all(|line| line.contains(",'=1+1,")));
    for (name, csv) in files.iter().filter(|(name, _)| name.ends_with(".csv")) {
        // A cell with the mark is text for a spreadsheet.
        let live = |cell: &str| !cell.starts_with('\'') && is_live(cell) && cell.parse::<f64>().is_err();
        assert!(!csv.lines().skip(1).flat_map(|line| line.split(',')).any(live), "{name}: {csv}");
    }
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
