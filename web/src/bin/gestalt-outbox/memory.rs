//! Rows and sessions in memory, where the browser's storage does not work and the study allows rows to be
//! sent directly. What is not sent when the page is closed is lost.

use std::collections::BTreeMap;

use gestalt_session::{StoredRow, StoredSession};
use uuid::Uuid;

/// What the browser would keep.
#[derive(Default)]
pub struct Memory {
    sessions: BTreeMap<Uuid, StoredSession>,
    rows: BTreeMap<(Uuid, u32), StoredRow>,
}

impl Memory {
    /// Every session.
    pub fn sessions(&self) -> Vec<StoredSession> {
        self.sessions.values().cloned().collect()
    }

    /// Keeps a session.
    pub fn put_session(&mut self, session: &StoredSession) {
        self.sessions.insert(session.session, session.clone());
    }

    /// Changes a session, unless it was forgotten meanwhile.
    pub fn update_session(&mut self, session: &StoredSession) {
        if let Some(kept) = self.sessions.get_mut(&session.session) {
            *kept = session.clone();
        }
    }

    /// The rows of a session from this index on.
    pub fn rows_from(&self, session: Uuid, first: u32) -> Vec<StoredRow> {
        self.rows.range((session, first)..=(session, u32::MAX)).map(|(_, row)| row.clone()).collect()
    }

    /// Keeps a row.
    pub fn put_row(&mut self, row: &StoredRow) {
        self.rows.insert((row.session, row.index), row.clone());
    }

    /// Changes rows, except those that were forgotten meanwhile.
    pub fn update_rows(&mut self, rows: &[StoredRow]) {
        for row in rows {
            if let Some(kept) = self.rows.get_mut(&(row.session, row.index)) {
                *kept = row.clone();
            }
        }
    }

    /// Forgets a session and its rows.
    pub fn forget(&mut self, session: Uuid) {
        self.sessions.remove(&session);
        self.rows.retain(|(of, _), _| *of != session);
    }
}
