//! Why the database could not do what it was asked to. It knows no HTTP: `http/error.rs` says what a client
//! is told.

/// Why the database could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// It did not answer, or with an error.
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// It holds a value that this software cannot read: a newer version wrote it, or it was edited.
    #[error("table {table}, {key}: column {column}: {reason}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// Which of its rows.
        key: String,
        /// The column.
        column: &'static str,
        /// What is wrong with the value.
        reason: String,
    },
    /// The writer is gone or could not commit; the cause was logged there.
    #[error("the rows were not stored")]
    NotStored,
    /// A row could not be written as JSON.
    #[error("a row could not be written: {0}")]
    Row(#[from] serde_json::Error),
    /// The system has no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}
