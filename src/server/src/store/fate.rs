//! What became of a row that was to be stored.

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is in the database, new or from before.
    Stored,
    /// Another row has this index of the session.
    IndexTaken,
    /// A row of another place has its identity.
    RowIdTaken,
    /// The session was finished without it.
    Finished,
}
