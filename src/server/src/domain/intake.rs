//! Decides which lines of a batch are rows of their session, and scores them.

use gestalt_protocol::api::{MAX_BATCH_ROWS, MAX_ROW_BYTES, Refusal};
use gestalt_protocol::{Row, Study};
use gestalt_types::{FieldError, Name};
use std::collections::HashMap;

use super::error::Error;
use super::place;
use super::session_plan::{Planned, SessionPlan};
use super::snapshot::Snapshot;
use crate::store::{NewRow, Session};

/// The longest field and reason of a refusal, in characters: what was sent may be quoted in them.
const QUOTED_CHARS: usize = 300;

/// What a session's rows are held to.
pub(super) struct Rules<'a> {
    session: &'a Session,
    snapshot: &'a Snapshot,
    /// As the participant's group takes it.
    study: &'a Study,
    places: HashMap<&'a Name, Planned>,
    most_rows: u32,
}

/// A batch: lines (counted from 1) that may be stored, and those that may not.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) rows: Vec<(usize, NewRow)>,
    pub(super) refused: Vec<Refusal>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(session: &'a Session, snapshot: &'a Snapshot, plan: &'a SessionPlan) -> Self {
        let study = snapshot.study_of(session.group.as_ref());
        Self { session, snapshot, study, places: plan.places(), most_rows: plan.most_rows() }
    }

    /// Reads a body of NDJSON. A bad line is refused, the others are kept.
    ///
    /// # Errors
    /// When it has more than [`MAX_BATCH_ROWS`] lines.
    pub(super) fn read(&self, body: &[u8]) -> Result<Batch, Error> {
        let lines = body.split(|&byte| byte == b'\n').enumerate();
        let filled = || lines.clone().filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace));
        if filled().count() > MAX_BATCH_ROWS {
            return Err(Error::TooManyRows);
        }
        let mut batch = Batch::default();
        for (place, line) in filled() {
            match self.row(line) {
                Ok(row) => batch.rows.push((place + 1, row)),
                Err(error) => batch.refused.push(refusal(place + 1, error)),
            }
        }
        Ok(batch)
    }

    fn row(&self, line: &[u8]) -> Result<NewRow, FieldError> {
        if line.len() > MAX_ROW_BYTES {
            return Err(FieldError::new(".", format!("the row is longer than {MAX_ROW_BYTES} bytes")));
        }
        let mut row = Row::parse(line)?;
        self.of_session(&row)?;
        let planned = self.places.get(&row.trial).copied();
        let trial = self.snapshot.set.trial(&row.trial);
        let (Some(planned), Some(trial)) = (planned, trial) else {
            return Err(FieldError::new("trial", format!("`{}` is not in this session's plan", row.trial)));
        };
        let task = self.snapshot.set.task().into();
        place::check(&row, task, trial, planned, self.study, self.session.seed)?;
        // Overwrites what the client says of the answer, which it was never told, and of this server.
        row.score_as(&self.snapshot.set, trial)?;
        row.study_hash.clone_from(&self.session.snapshot);
        row.received_at = None;
        let least_ms = place::least_ms(&row, &self.study.timing);
        let ends_trial = row.ends_trial(self.study.trials.second_look);
        Ok(NewRow { row, least_ms, ends_trial })
    }

    fn of_session(&self, row: &Row) -> Result<(), FieldError> {
        place::same("session", &row.session, &self.session.id)?;
        place::same("study", &row.study, &self.session.study)?;
        if row.observer_kind != self.session.observer_kind {
            return Err(FieldError::new("observer_kind", "is not that of this session"));
        }
        place::same("observer", &row.observer, &self.session.observer)?;
        place::same("trial_set", &row.trial_set, &self.session.trial_set)?;
        if let (Some(stated), Some(hash)) = (&row.study_hash, &self.session.snapshot) {
            place::same("study_hash", stated, hash)?;
        }
        if row.index >= self.most_rows {
            return Err(FieldError::new("index", format!("less than {} is needed", self.most_rows)));
        }
        Ok(())
    }
}

/// The refusal of this line.
pub(super) fn refusal(line: usize, error: FieldError) -> Refusal {
    let short = |text: String| match text.char_indices().nth(QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    Refusal { line, field: short(error.field), reason: short(error.reason) }
}
