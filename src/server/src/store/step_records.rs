//! What the steps other than the trials recorded.

use gestalt_types::Name;
use sqlx::Row as _;
use uuid::Uuid;

use super::error::StoreError;
use super::open::Store;
use crate::seats::SEAT_MS;

/// A stored record.
pub(crate) struct StoredRecord {
    pub(crate) session: String,
    pub(crate) step: i64,
    pub(crate) record_json: String,
    /// Milliseconds since 1970, on the server's clock.
    pub(crate) received_at_ms: i64,
}

impl Store {
    /// Stores a record, in place of an earlier one of the same step. False where there is no such session
    /// (any more).
    pub(crate) async fn put_record(
        &self,
        session: Uuid,
        study: &Name,
        step: u32,
        record_json: String,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let stored = sqlx::query(
            "INSERT INTO step_records (session, step, study, record_json, received_at_ms) \
             SELECT id, $2, $3, $4, $5 FROM sessions WHERE id = $1 \
             ON CONFLICT (session, step) DO UPDATE SET record_json = $4, received_at_ms = $5",
        )
        .bind(session.to_string())
        .bind(i64::from(step))
        .bind(study.to_string())
        .bind(record_json)
        .bind(now_ms.cast_signed())
        .execute(&self.write)
        .await?;
        sqlx::query(
            "UPDATE sessions SET last_seen_ms = $2, \
             seat_until_ms = CASE WHEN seat_until_ms >= $2 THEN $3 ELSE seat_until_ms END WHERE id = $1",
        )
        .bind(session.to_string())
        .bind(now_ms.cast_signed())
        .bind((now_ms + SEAT_MS).cast_signed())
        .execute(&self.write)
        .await?;
        Ok(stored.rows_affected() > 0)
    }

    /// The records of a study after this place, by session and step.
    pub(crate) async fn records(
        &self,
        study: &Name,
        after: (&str, i64),
        limit: i64,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let found = sqlx::query(
            "SELECT session, step, record_json, received_at_ms FROM step_records \
             WHERE study = $1 AND (session > $2 OR (session = $2 AND step > $3)) ORDER BY session, step LIMIT $4",
        )
        .bind(study.to_string())
        .bind(after.0.to_owned())
        .bind(after.1)
        .bind(limit)
        .fetch_all(&self.read)
        .await?;
        let record = |row: &sqlx::any::AnyRow| {
            Ok(StoredRecord {
                session: row.try_get("session")?,
                step: row.try_get("step")?,
                record_json: row.try_get("record_json")?,
                received_at_ms: row.try_get("received_at_ms")?,
            })
        };
        found.iter().map(record).collect()
    }
}
