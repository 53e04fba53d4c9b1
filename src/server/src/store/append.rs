//! Appends one row inside a transaction, once: the same row again changes nothing.

use gestalt_protocol::Row;
use sqlx::AnyConnection;

use super::columns::{kind_text, outcome_text, role_text};
use super::error::StoreError;
use super::fate::Fate;

/// Stores this row. The caller's transaction has locked its session.
pub(super) async fn append_one(connection: &mut AnyConnection, row: &Row) -> Result<Fate, StoreError> {
    let (session, index, row_id) = (row.session.to_string(), i64::from(row.index), row.row_id.to_string());
    let added = sqlx::query(
        "INSERT INTO log_rows (session, idx, row_id, study, observer_kind, role, outcome, correct, trial, row_json) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
    )
    .bind(session.clone())
    .bind(index)
    .bind(row_id.clone())
    .bind(row.study.to_string())
    .bind(kind_text(row.observer_kind))
    .bind(role_text(row.role))
    .bind(outcome_text(row.outcome))
    .bind(row.correct)
    .bind(row.trial.to_string())
    .bind(row.to_json()?)
    .execute(&mut *connection)
    .await?;
    if added.rows_affected() == 1 {
        return Ok(Fate::Stored);
    }
    let there: Option<String> =
        sqlx::query_scalar("SELECT row_id FROM log_rows WHERE session = $1 AND idx = $2")
            .bind(session)
            .bind(index)
            .fetch_optional(&mut *connection)
            .await?;
    Ok(match there {
        Some(id) if id == row_id => Fate::Stored,
        Some(_) => Fate::IndexTaken,
        None => Fate::RowIdTaken,
    })
}
