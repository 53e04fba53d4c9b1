//! Fills columns that a migration added from the rows that were there before it.

use serde::Deserialize;
use sqlx::{AnyPool, Row as _};

/// Rows that are read at a time.
const PAGE_ROWS: i64 = 1000;

/// Of a stored row: all that the column needs.
#[derive(Deserialize)]
struct Named {
    trial: String,
}

/// Fills `trial` where it is null. A row that cannot be read keeps null, and is reported.
///
/// In Rust and not in the migration's SQL, because one unreadable row would end the migration there. It may
/// be stopped at any time and begins again at the next start.
pub(super) async fn trials(pool: &AnyPool) -> Result<(), sqlx::Error> {
    let (mut session, mut index) = (String::new(), -1_i64);
    loop {
        let page = sqlx::query(
            "SELECT session, idx, row_json FROM log_rows WHERE trial IS NULL AND (session, idx) > ($1, $2) \
             ORDER BY session, idx LIMIT $3",
        )
        .bind(session.clone())
        .bind(index)
        .bind(PAGE_ROWS)
        .fetch_all(pool)
        .await?;
        let Some(last) = page.last() else { return Ok(()) };
        (session, index) = (last.try_get("session")?, last.try_get("idx")?);
        let mut transaction = pool.begin().await?;
        for row in &page {
            let (session, index): (String, i64) = (row.try_get("session")?, row.try_get("idx")?);
            let Ok(Named { trial }) = serde_json::from_str(&row.try_get::<String, _>("row_json")?) else {
                tracing::warn!(%session, index, "a stored row cannot be read; its trial stays unknown");
                continue;
            };
            sqlx::query("UPDATE log_rows SET trial = $1 WHERE session = $2 AND idx = $3")
                .bind(trial)
                .bind(session)
                .bind(index)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
    }
}
