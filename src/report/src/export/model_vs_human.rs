//! The raw data of the modelvshuman toolbox: one CSV file an observer and session.

use std::collections::{BTreeMap, BTreeSet};

use gestalt_analysis::{Observer, ObserverSummary, counted, labels, summarise};
use gestalt_protocol::{ObserverKind, Outcome, Role, Row};
use gestalt_tables::spreadsheet::is_live;
use gestalt_types::{Name, Sha256};
use uuid::Uuid;

use super::error::ExportError;

const HEADER: [&str; 8] =
    ["subj", "session", "trial", "rt", "object_response", "category", "condition", "imagename"];

/// The category is always `intact`. The response is `intact`, `scrambled_1` or `scrambled_2` (the
/// distortions in the order of their hashes, the same for everyone), or `na` without a choice.
pub(super) fn files(rows: &[Row]) -> Result<Vec<(String, String)>, ExportError> {
    let mut rows = counted(rows);
    rows.retain(|row| row.role == Role::Test);
    let images = image_names(&rows);
    let owned: Vec<Row> = rows.iter().map(|&row| row.clone()).collect();
    let people = summarise(&owned).observers;
    let names: BTreeMap<Observer, String> =
        people.iter().map(|entry| entry.observer.clone()).zip(subjects(&people)).collect();

    // Sessions are numbered within an observer, in the order in which they began.
    let mut files: BTreeMap<(String, Observer), BTreeMap<Uuid, Vec<&Row>>> = BTreeMap::new();
    for row in rows {
        let key = (hyphened(row.study.as_str()), Observer::of(row));
        files.entry(key).or_default().entry(row.session).or_default().push(row);
    }
    let mut out = Vec::new();
    for ((dataset, observer), sessions) in &files {
        let subject = &names[observer];
        for (number, (_, rows)) in sessions.iter().enumerate() {
            let session = number + 1;
            let ending = if observer.kind.is_shown_trials() { "session_" } else { "session-" };
            let path = format!("raw-data/{dataset}/{dataset}_{subject}_{ending}{session}.csv");
            out.push((path, table(rows, subject, session, &images)?));
        }
    }
    Ok(out)
}

fn subjects(entries: &[ObserverSummary]) -> Vec<String> {
    let mut person = 0;
    let name = |(entry, label): (&ObserverSummary, String)| match entry.observer.kind {
        ObserverKind::Human => {
            person += 1;
            format!("subject-{person:02}")
        }
        ObserverKind::Model | ObserverKind::Simulated => hyphened(&label),
    };
    entries.iter().zip(labels(entries)).map(name).collect()
}

fn table(
    rows: &[&Row],
    subject: &str,
    session: usize,
    images: &BTreeMap<(&Sha256, &Name), String>,
) -> Result<String, ExportError> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| row.index);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = "memory takes every record of as many cells as the header";
    writer.write_record(HEADER).expect(written);
    for (place, row) in rows.iter().enumerate() {
        let record = [
            subject.to_owned(),
            session.to_string(),
            (place + 1).to_string(),
            row.reaction_time_ms.map_or("NaN".to_owned(), |ms| format!("{:.4}", ms / 1000.0)),
            response(row)?.to_owned(),
            "intact".to_owned(),
            hyphened(row.condition.as_str()),
            images[&(&row.trial_set, &row.trial)].clone(),
        ];
        writer.write_record(record).expect(written);
    }
    Ok(String::from_utf8(writer.into_inner().expect(written)).expect("cells are UTF-8"))
}

fn response(row: &Row) -> Result<&'static str, ExportError> {
    if row.outcome != Outcome::Answered {
        return Ok("na");
    }
    let unscored = || ExportError::Unscored(row.trial.clone());
    let chosen = row.chosen_picture().ok_or_else(unscored)?;
    let intact = row.target_picture().ok_or_else(unscored)?;
    let other = row.shown.iter().find(|&picture| picture != chosen && picture != intact);
    Ok(match other {
        _ if chosen == intact => "intact",
        Some(other) if chosen > other => "scrambled_2",
        _ => "scrambled_1",
    })
}

/// The toolbox identifies an image by the text after the last underscore, so a name holds exactly one, and
/// what follows it is unique: the trial's id, numbered where two ids become alike.
fn image_names<'a>(rows: &[&'a Row]) -> BTreeMap<(&'a Sha256, &'a Name), String> {
    let mut names: BTreeMap<(&Sha256, &Name), String> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let trials: BTreeMap<_, &Row> = rows.iter().map(|&row| ((&row.trial_set, &row.trial), row)).collect();
    for (key, row) in trials {
        let plain = hyphened(row.trial.as_str());
        let mut id = plain.clone();
        let mut copy = 1;
        while !taken.insert(id.clone()) {
            copy += 1;
            id = format!("{plain}-{copy}");
        }
        names.insert(key, format!("{}_{id}.png", hyphened(row.category.as_str())));
    }
    names
}

/// Letters, digits, dots and hyphens: fit for the toolbox's file names and for a comma-separated cell. A
/// text that a spreadsheet would take for a date or another number gets `x-` before it: the toolbox knows no
/// mark that it would take off again.
fn hyphened(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' });
    let plain: String = plain.collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    match parts.join("-") {
        joined if joined.is_empty() => "unnamed".to_owned(),
        joined if is_live(&joined) => format!("x-{joined}"),
        joined => joined,
    }
}
