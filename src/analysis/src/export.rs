//! The log in other formats: its own two, and that of the modelvshuman toolbox.

use std::collections::BTreeMap;

use gestalt_protocol::{ObserverKind, Outcome, Role, Row, Rows};
use gestalt_types::{Name, Sha256, Slot};
use uuid::Uuid;

use crate::rows::{Observer, counted};
use crate::summary::{labels, summarise};

/// A format to export to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line: every row, every field.
    Ndjson,
    /// One table: every row, every field.
    Csv,
    /// modelvshuman's raw data, one file an observer and session: test trials that count.
    ModelVsHuman,
}

/// An export that cannot be made, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No such format.
    #[error("`{0}` is not an export format: ndjson, csv or modelvshuman is needed")]
    Format(String),
    /// The rows are not scored.
    #[error("trial `{0}` is not scored: score the log against its trial set first")]
    Unscored(Name),
    /// A row could not be written as JSON.
    #[error("a row could not be written: {0}")]
    Row(#[from] serde_json::Error),
}

impl std::str::FromStr for Format {
    type Err = ExportError;
    fn from_str(text: &str) -> Result<Self, ExportError> {
        match text {
            "ndjson" => Ok(Self::Ndjson),
            "csv" => Ok(Self::Csv),
            "modelvshuman" => Ok(Self::ModelVsHuman),
            other => Err(ExportError::Format(other.to_owned())),
        }
    }
}

/// The files of an export: path relative to the output folder (`/` between its parts), and content.
pub fn export(rows: &[Row], format: Format) -> Result<Vec<(String, String)>, ExportError> {
    match format {
        Format::Ndjson => Ok(vec![("rows.ndjson".into(), Rows::to_ndjson(rows)?)]),
        Format::Csv => Ok(vec![("rows.csv".into(), Rows::to_csv(rows)?)]),
        Format::ModelVsHuman => model_vs_human(rows),
    }
}

const HEADER: &str = "subj,session,trial,rt,object_response,category,condition,imagename";

/// The mapping of `formats.md`: category is always `intact`; the response is `intact`, `scrambled_1` or `scrambled_2`
/// (the distortions in the order of their hashes, the same for everyone), or `na` without a choice.
fn model_vs_human(rows: &[Row]) -> Result<Vec<(String, String)>, ExportError> {
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
            let ending = if observer.kind == ObserverKind::Human { "session_" } else { "session-" };
            let path = format!("raw-data/{dataset}/{dataset}_{subject}_{ending}{session}.csv");
            out.push((path, table(rows, subject, session, &images)?));
        }
    }
    Ok(out)
}

fn subjects(entries: &[crate::ObserverSummary]) -> Vec<String> {
    let mut person = 0;
    let name = |(entry, label): (&crate::ObserverSummary, String)| match entry.observer.kind {
        ObserverKind::Human => {
            person += 1;
            format!("subject-{person:02}")
        }
        ObserverKind::Model => hyphened(&label),
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
    let mut out = format!("{HEADER}\n");
    for (place, row) in rows.iter().enumerate() {
        let (trial, response) = (place + 1, response(row)?);
        let rt = row.reaction_time_ms.map_or("NaN".to_owned(), |ms| format!("{:.4}", ms / 1000.0));
        let (condition, image) = (hyphened(row.condition.as_str()), &images[&(&row.trial_set, &row.trial)]);
        out += &format!("{subject},{session},{trial},{rt},{response},intact,{condition},{image}\n");
    }
    Ok(out)
}

fn response(row: &Row) -> Result<&'static str, ExportError> {
    if row.outcome != Outcome::Answered {
        return Ok("na");
    }
    let unscored = || ExportError::Unscored(row.trial.clone());
    let (chosen, intact) = (row.chosen_slot.ok_or_else(unscored)?, row.intact_slot.ok_or_else(unscored)?);
    let other = Slot::ALL.into_iter().find(|&slot| slot != chosen && slot != intact);
    let other = other.map(|slot| &row.shown[slot.index()]);
    Ok(match other {
        _ if chosen == intact => "intact",
        Some(other) if &row.shown[chosen.index()] > other => "scrambled_2",
        _ => "scrambled_1",
    })
}

/// The toolbox identifies an image by the text after the last underscore, so a name holds exactly one, and what
/// follows it is unique: the trial's id, numbered where two ids become alike.
fn image_names<'a>(rows: &[&'a Row]) -> BTreeMap<(&'a Sha256, &'a Name), String> {
    let mut names: BTreeMap<(&Sha256, &Name), String> = BTreeMap::new();
    let mut taken = std::collections::BTreeSet::new();
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

/// Letters, digits, dots and hyphens: fit for the toolbox's file names and for a comma-separated cell.
fn hyphened(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' });
    let plain: String = plain.collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "unnamed".to_owned() } else { parts.join("-") }
}
