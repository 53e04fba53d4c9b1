//! Appends one row inside a transaction, once: the same row again changes nothing.

use gestalt_protocol::Row;
use sqlx::AnyConnection;

use super::columns::{Record, kind_text, outcome_text, role_text};
use super::error::StoreError;
use super::fate::{Fate, NewRow};

/// What appending one row did.
pub(super) enum Appended {
    /// It is new.
    New,
    /// It was there, or is not stored.
    Not(Fate),
}

/// Stores this row, unless its trial cannot be over for another `wait_ms`. The caller's transaction has
/// locked its session.
pub(super) async fn append_one(
    connection: &mut AnyConnection,
    new: &NewRow,
    received_at_ms: u64,
    wait_ms: u64,
) -> Result<Appended, StoreError> {
    let row = &new.row;
    if wait_ms > 0 {
        // What is stored already came in time.
        let there = in_its_place(connection, row).await?;
        return Ok(Appended::Not(there.unwrap_or(Fate::TooSoon { wait_ms })));
    }
    let added = sqlx::query(
        "INSERT INTO log_rows (session, idx, row_id, study, observer_kind, role, outcome, correct, trial, \
         repeat_of_trial, ends_trial, received_at_ms, row_json) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
    )
    .bind(row.session.to_string())
    .bind(i64::from(row.index))
    .bind(row.row_id.to_string())
    .bind(row.study.to_string())
    .bind(kind_text(row.observer_kind))
    .bind(role_text(row.role))
    .bind(outcome_text(row.outcome))
    .bind(row.correct)
    .bind(row.trial.to_string())
    .bind(i64::from(row.repeat))
    .bind(i64::from(new.ends_trial))
    .bind(received_at_ms.cast_signed())
    .bind(row.to_json()?)
    .execute(&mut *connection)
    .await?;
    if added.rows_affected() == 1 {
        return Ok(Appended::New);
    }
    let there = in_its_place(connection, row).await?;
    Ok(Appended::Not(there.unwrap_or(Fate::RowIdTaken)))
}

/// A row of version 1 was scored before rows stated the source picture, the scale and the study's hash.
fn is_same(mut stored: Row, row: &Row) -> bool {
    if stored.item.is_none() {
        (stored.item, stored.scale_px) = (row.item.clone(), row.scale_px);
        stored.study_hash.clone_from(&row.study_hash);
    }
    // A page of version 1 that was updated meanwhile sends the same row in the new form.
    if stored.prompt.is_none() {
        stored.prompt = row.prompt;
    }
    stored == *row
}

/// What the session has where this row was to go.
async fn in_its_place(connection: &mut AnyConnection, row: &Row) -> Result<Option<Fate>, StoreError> {
    let session = row.session.to_string();
    let there: Option<String> =
        sqlx::query_scalar("SELECT row_json FROM log_rows WHERE session = $1 AND idx = $2")
            .bind(session.clone())
            .bind(i64::from(row.index))
            .fetch_optional(&mut *connection)
            .await?;
    if let Some(text) = there {
        // Compared as rows, because an older version may have written the same row with fewer fields.
        let same = Row::parse(text.as_bytes()).is_ok_and(|stored| is_same(stored, row));
        return Ok(Some(if same { Fate::Stored } else { Fate::IndexTaken }));
    }
    let shown =
        sqlx::query("SELECT idx FROM log_rows WHERE session = $1 AND trial = $2 AND repeat_of_trial = $3")
            .bind(session.clone())
            .bind(row.trial.to_string())
            .bind(i64::from(row.repeat))
            .fetch_optional(&mut *connection)
            .await?;
    let Some(other) = shown else { return Ok(None) };
    let index = Record { table: "log_rows", key: &session, row: &other }.count("idx")?;
    Ok(Some(Fate::PresentationTaken { index }))
}
