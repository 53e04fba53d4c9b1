//! A row that is to be stored, and what became of it.

use gestalt_protocol::Row;

/// A row that was checked and scored.
#[derive(Debug, Clone)]
pub(crate) struct NewRow {
    pub(crate) row: Row,
    /// The time that its trial took at least, by the study's timing.
    pub(crate) least_ms: u64,
    /// The trial is over with this row, and does not come again.
    pub(crate) ends_trial: bool,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is in the database, new or from before.
    Stored,
    /// A row of other content has this index of the session.
    IndexTaken,
    /// A row of another place has its identity.
    RowIdTaken,
    /// This presentation of the trial has a row already, at this index.
    PresentationTaken { index: u64 },
    /// The session was finished without it.
    Finished,
    /// The server's clock says that its trial cannot be over before this much time has passed.
    TooSoon { wait_ms: u64 },
}
