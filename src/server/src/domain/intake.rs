//! Decides which lines of a batch are rows of its session, and scores them.

use gestalt_protocol::api::Refusal;
use gestalt_protocol::{Row, Trial};
use gestalt_types::FieldError;

use super::studies::OfferedStudy;
use crate::store::Session;

/// The longest session; bounds what one browser can fill the disk with.
pub(crate) const MAX_SESSION_ROWS: u32 = 100_000;

/// A batch: lines (counted from 1) that may be stored, and those that may not.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) rows: Vec<(usize, Row)>,
    pub(crate) refused: Vec<Refusal>,
}

/// Reads a body of NDJSON. A bad line is refused, the others are kept.
pub(crate) fn read(body: &[u8], session: &Session, study: &OfferedStudy) -> Batch {
    let mut batch = Batch::default();
    for (place, line) in body.split(|&byte| byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match row(line, session, study) {
            Ok(row) => batch.rows.push((place + 1, row)),
            Err(error) => batch.refused.push(refusal(place + 1, error)),
        }
    }
    batch
}

/// The refusal of this line.
pub(crate) fn refusal(line: usize, error: FieldError) -> Refusal {
    Refusal { line, field: error.field, reason: error.reason }
}

fn row(line: &[u8], session: &Session, study: &OfferedStudy) -> Result<Row, FieldError> {
    let mut row = Row::parse(line)?;
    same("session", &row.session, &session.id)?;
    same("study", &row.study, &session.study)?;
    if row.observer_kind != session.observer_kind {
        return Err(FieldError::new("observer_kind", "is not that of this session"));
    }
    same("observer", &row.observer, &session.observer)?;
    same("trial_set", &row.trial_set, &session.trial_set)?;
    if row.index >= MAX_SESSION_ROWS {
        return Err(FieldError::new("index", format!("less than {MAX_SESSION_ROWS} is needed")));
    }
    let trial = study.set.trial(&row.trial).ok_or_else(|| {
        FieldError::new("trial", format!("`{}` is not a trial of this study's trial set", row.trial))
    })?;
    of_trial(&row, trial)?;
    // Overwrites what the client says of the answer, which it was never told.
    row.score(trial)?;
    Ok(row)
}

fn of_trial(row: &Row, trial: &Trial) -> Result<(), FieldError> {
    if row.role != trial.role {
        return Err(FieldError::new("role", format!("is not that of trial `{}`", trial.id)));
    }
    same("category", &row.category, &trial.category)?;
    same("condition", &row.condition, &trial.condition)
}

fn same<T: PartialEq + std::fmt::Display>(field: &str, found: &T, needed: &T) -> Result<(), FieldError> {
    if found == needed {
        return Ok(());
    }
    Err(FieldError::new(field, format!("is `{found}`, `{needed}` is needed here")))
}
