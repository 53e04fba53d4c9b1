//! Rows in the database: handed to the writer, read back in order.

use gestalt_protocol::Row;
use gestalt_types::{FieldError, Name, UtcTime};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::error::StoreError;
use super::fate::{Fate, NewRow};
use super::open::Store;
use super::writer::Batch;

/// Whose rows to read.
#[derive(Clone)]
pub(crate) enum Whose {
    Study(Name),
    Session(Uuid),
}

/// Where a row stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) session: String,
    pub(crate) index: i64,
}

/// A row as it is stored.
pub(crate) struct StoredRow {
    pub(crate) place: Place,
    /// Unknown in rows of older versions.
    pub(crate) received_at: Option<UtcTime>,
    pub(crate) json: String,
}

impl StoredRow {
    /// The row as it is handed out, with the time at which it was received.
    ///
    /// # Errors
    /// When this software cannot read it: a newer version wrote it, or it was edited.
    pub(crate) fn row(&self) -> Result<Row, FieldError> {
        let mut row = Row::parse(self.json.as_bytes())?;
        row.received_at = self.received_at;
        Ok(row)
    }
}

impl Place {
    /// Before every row.
    pub(crate) fn start() -> Self {
        Self { session: String::new(), index: -1 }
    }
}

impl Store {
    /// Stores rows of one session. They are durable when this returns. `None`: there is no such session (any
    /// more).
    pub(crate) async fn append(
        &self,
        session: Uuid,
        rows: Vec<NewRow>,
        received_at_ms: u64,
    ) -> Result<Option<Vec<Fate>>, StoreError> {
        let (stored, when_stored) = oneshot::channel();
        let batch = Batch { session, rows, received_at_ms, stored };
        self.batches.send(batch).await.map_err(|_| StoreError::NotStored)?;
        when_stored.await.map_err(|_| StoreError::NotStored)
    }

    /// Number of rows that are stored of a session.
    pub(crate) async fn count_rows(&self, session: Uuid) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM log_rows WHERE session = $1");
        Ok(query.bind(session.to_string()).fetch_one(&self.read).await?.unsigned_abs())
    }

    /// The next rows as they are stored, in the order of sessions (by when they began) and indices.
    pub(crate) async fn page(
        &self,
        whose: &Whose,
        after: &Place,
        limit: i64,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let (statement, key) = match whose {
            Whose::Study(name) => (
                "SELECT session, idx, received_at_ms, row_json FROM log_rows WHERE study = $1 AND (session, \
                 idx) > ($2, $3) \
                 ORDER BY session, idx LIMIT $4",
                name.to_string(),
            ),
            Whose::Session(id) => (
                "SELECT session, idx, received_at_ms, row_json FROM log_rows WHERE session = $1 AND (session, \
                 idx) > ($2, $3) \
                 ORDER BY session, idx LIMIT $4",
                id.to_string(),
            ),
        };
        let query =
            sqlx::query(statement).bind(key).bind(after.session.clone()).bind(after.index).bind(limit);
        let found = query.fetch_all(&self.read).await?;
        let read = |row: &AnyRow| {
            let place = Place { session: row.try_get("session")?, index: row.try_get("idx")? };
            let received_at_ms: Option<i64> = row.try_get("received_at_ms")?;
            let received_at = received_at_ms.map(|ms| UtcTime::from_ms(ms.unsigned_abs()));
            Ok(StoredRow { place, received_at, json: row.try_get("row_json")? })
        };
        found.iter().map(read).collect()
    }
}
