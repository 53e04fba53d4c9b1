//! Rows in the database: handed to the writer, read back in order.

use gestalt_protocol::Row;
use gestalt_types::Name;
use sqlx::Row as _;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::error::StoreError;
use super::fate::Fate;
use super::open::Store;
use super::writer::Batch;

/// Whose rows to read.
#[derive(Clone)]
pub(crate) enum Whose {
    Study(Name),
    Session(Uuid),
}

/// Where a page of rows ended.
#[derive(Clone)]
pub(crate) struct Place {
    session: String,
    index: i64,
}

impl Place {
    /// Before every row.
    pub(crate) fn start() -> Self {
        Self { session: String::new(), index: -1 }
    }
}

impl Store {
    /// Stores rows of one session. They are durable when this returns. `None`: there is no such session (any more).
    pub(crate) async fn append(
        &self,
        session: Uuid,
        rows: Vec<Row>,
    ) -> Result<Option<Vec<Fate>>, StoreError> {
        let (stored, when_stored) = oneshot::channel();
        let batch = Batch { session, rows, stored };
        self.batches.send(batch).await.map_err(|_| StoreError::NotStored)?;
        when_stored.await.map_err(|_| StoreError::NotStored)
    }

    /// The next rows, as JSON, in the order of sessions (by when they began) and indices, and where they end.
    pub(crate) async fn page(
        &self,
        whose: &Whose,
        after: &Place,
        limit: i64,
    ) -> Result<(Vec<String>, Place), StoreError> {
        let (statement, key) = match whose {
            Whose::Study(name) => (
                "SELECT session, idx, row_json FROM log_rows WHERE study = $1 AND (session, idx) > ($2, $3) \
                 ORDER BY session, idx LIMIT $4",
                name.to_string(),
            ),
            Whose::Session(id) => (
                "SELECT session, idx, row_json FROM log_rows WHERE session = $1 AND (session, idx) > ($2, $3) \
                 ORDER BY session, idx LIMIT $4",
                id.to_string(),
            ),
        };
        let query =
            sqlx::query(statement).bind(key).bind(after.session.clone()).bind(after.index).bind(limit);
        let found = query.fetch_all(&self.read).await?;
        let end = match found.last() {
            Some(row) => Place { session: row.try_get("session")?, index: row.try_get("idx")? },
            None => after.clone(),
        };
        let rows = found.iter().map(|row| row.try_get("row_json")).collect::<Result<_, _>>()?;
        Ok((rows, end))
    }
}
