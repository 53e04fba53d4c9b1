//! Gathers the rows that this browser may see: its own sessions, and files that the user opens.

use std::collections::{BTreeMap, BTreeSet};

use gestalt_protocol::{Row, Wholeness};
use gestalt_session::{Fate, StoredSession};
use gestalt_tables::Rows;
use gestalt_types::{Name, Sha256};

use crate::i18n::texts;
use crate::outbox::Outbox;
use crate::server;
use crate::source::OpenedStudy;

/// Rows, where their pictures are, and what could not be read.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Scored rows.
    pub rows: Vec<Row>,
    /// Folder and file ending of each study's pictures.
    pub pictures: BTreeMap<Name, (String, String)>,
    /// What networks make of the sets of these rows with the whole picture and without it, by study.
    pub wholeness: BTreeMap<Name, Wholeness>,
    /// What to tell the user.
    pub notes: Vec<String>,
}

impl Gathered {
    /// Address of a picture of a row.
    pub fn picture(&self, study: &Name, hash: &Sha256) -> Option<String> {
        self.pictures.get(study).map(|(folder, ending)| format!("{folder}{hash}.{ending}"))
    }

    /// Finds the pictures of the rows' studies, and what their sets measure. A study that this site does not
    /// have is shown without.
    pub async fn find_studies(&mut self) {
        let sets: BTreeSet<(Name, Sha256)> =
            self.rows.iter().map(|row| (row.study.clone(), row.trial_set.clone())).collect();
        for (study, set) in sets {
            let Ok(opened) = OpenedStudy::open(study.as_str()).await else { continue };
            let place = (opened.image_folder, opened.set.encoding.extension().to_owned());
            self.pictures.entry(study.clone()).or_insert(place);
            if let Some(found) = opened.wholeness.filter(|found| found.trial_set == set) {
                self.wholeness.insert(study, found);
            }
        }
    }
}

/// The rows of this browser's sessions.
pub async fn own(outbox: Outbox) -> Gathered {
    let mut gathered = Gathered::default();
    let sessions = match outbox.sessions().await {
        Ok(sessions) => sessions,
        Err(error) => {
            gathered.notes.push(error.to_string());
            return gathered;
        }
    };
    let mut unfinished = 0;
    for session in sessions {
        match rows_of(outbox, &session).await {
            Ok(Some(rows)) => gathered.rows.extend(rows),
            Ok(None) => unfinished += 1,
            Err(why) => gathered.notes.push(format!("{}: {why}", session.observer)),
        }
        let place = (session.image_folder, session.image_extension);
        gathered.pictures.insert(session.study, place);
    }
    if unfinished > 0 {
        gathered.notes.push((texts().compare.unfinished)(unfinished));
    }
    gathered.find_studies().await;
    gathered
}

/// None: the session has no scored rows yet.
async fn rows_of(outbox: Outbox, session: &StoredSession) -> Result<Option<Vec<Row>>, String> {
    match (&session.token, &session.completion_code) {
        (Some(token), Some(_)) => {
            let rows = server::scored_rows(session.session, token).await;
            rows.map(Some).map_err(|error| error.to_string())
        }
        (Some(_), None) => Ok(None),
        (None, _) => {
            let rows = outbox.rows(session.session).await.map_err(|error| error.to_string())?;
            let kept = rows.into_iter().filter(|row| row.fate == Fate::Kept).map(|row| row.row);
            Ok(session.rows.map(|_| kept.collect()))
        }
    }
}

/// The scored rows of a file, and what was wrong with the others.
pub fn from_file(name: &str, bytes: &[u8]) -> (Vec<Row>, Vec<String>) {
    let log = match Rows::read(bytes) {
        Ok(log) => log,
        Err(error) => return (Vec::new(), vec![format!("{name} {error}")]),
    };
    let mut notes = Vec::new();
    if let Some((line, error)) = log.refused.first() {
        let refused = log.refused.len();
        notes.push((texts().compare.bad_lines)(name, refused, *line, &error.to_string()));
    }
    let (scored, unscored): (Vec<Row>, Vec<Row>) = log.rows.into_iter().partition(|row| row.target.is_some());
    if !unscored.is_empty() {
        notes.push((texts().compare.unscored)(name, unscored.len()));
    }
    (scored, notes)
}
