//! Commits the batches of all waiting requests in one transaction: a disk syncs a few hundred times a
//! second, and one sync serves them all.

use sqlx::{AnyConnection, AnyPool, Row as _};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::append::{Appended, append_one};
use super::error::StoreError;
use super::fate::{Fate, NewRow};
use crate::seats::SEAT_MS;

/// The most batches in one transaction.
const GROUP: usize = 64;
/// How much earlier than the server's clock allows a row may come, in ms: clocks are set forwards and
/// backwards.
const SLACK_MS: u64 = 2000;

/// What became of each row of a batch; `None` where the session is not there.
pub(super) type Fates = Option<Vec<Fate>>;

/// Rows of one session that are to be stored, and who waits for that.
pub(super) struct Batch {
    pub(super) session: Uuid,
    pub(super) rows: Vec<NewRow>,
    pub(super) received_at_ms: u64,
    /// Answered once the rows are durable; dropped if they could not be stored.
    pub(super) stored: oneshot::Sender<Fates>,
}

/// Stores batches until every sender is gone.
pub(super) async fn write(pool: AnyPool, mut coming: mpsc::Receiver<Batch>) {
    let mut group = Vec::new();
    while coming.recv_many(&mut group, GROUP).await > 0 {
        // Every server locks sessions in the same order, or two of them could wait for each other.
        group.sort_by_key(|batch| batch.session);
        match commit(&pool, &group).await {
            Ok(fates) => answer(group.drain(..), fates),
            // The database is away: one attempt for each batch would only make all of them wait in turn.
            Err(cause) if is_outage(&cause) => failed(&cause),
            // One batch may be at fault: the others must not fail with it.
            Err(_) if group.len() > 1 => {
                for batch in group.drain(..) {
                    alone(&pool, batch).await;
                }
            }
            Err(cause) => failed(&cause),
        }
        group.clear();
    }
}

async fn alone(pool: &AnyPool, batch: Batch) {
    match commit(pool, std::slice::from_ref(&batch)).await {
        Ok(fates) => answer([batch], fates),
        Err(cause) => failed(&cause),
    }
}

fn answer(group: impl IntoIterator<Item = Batch>, fates: Vec<Fates>) {
    for (batch, fates) in group.into_iter().zip(fates) {
        // The request may be gone by now; its client sends again.
        drop(batch.stored.send(fates));
    }
}

fn failed(cause: &StoreError) {
    tracing::error!(%cause, "rows could not be stored");
}

/// The cause lies with the database and not with what was to be stored.
fn is_outage(cause: &StoreError) -> bool {
    match cause {
        StoreError::Database(sqlx::Error::Database(error)) => {
            // SQLite: busy, locked, disk full, cannot open, read-only. PostgreSQL: connection, resources,
            // shutdown.
            let code = error.code().unwrap_or_default();
            ["5", "6", "8", "13", "14"].contains(&code.as_ref())
                || ["08", "53", "57"].iter().any(|class| code.len() == 5 && code.starts_with(class))
        }
        StoreError::Database(error) => matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
        ),
        _ => false,
    }
}

/// One transaction. The rows are durable when this returns.
async fn commit(pool: &AnyPool, group: &[Batch]) -> Result<Vec<Fates>, StoreError> {
    let mut transaction = pool.begin().await?;
    let mut all = Vec::with_capacity(group.len());
    for batch in group {
        all.push(append(&mut transaction, batch).await?);
    }
    transaction.commit().await?;
    Ok(all)
}

async fn append(connection: &mut AnyConnection, batch: &Batch) -> Result<Fates, StoreError> {
    // Writes first: it locks the session, and spares SQLite a read lock that it could not raise.
    let locked = sqlx::query(
        "UPDATE sessions SET batches = batches + 1, last_seen_ms = $2, \
         seat_until_ms = CASE WHEN seat_until_ms >= $2 THEN $3 ELSE seat_until_ms END \
         WHERE id = $1 RETURNING finished_rows, opened_at_ms, least_ms",
    )
    .bind(batch.session.to_string())
    .bind(batch.received_at_ms.cast_signed())
    .bind((batch.received_at_ms + SEAT_MS).cast_signed())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(locked) = locked else { return Ok(None) };
    let finished_rows: Option<i64> = locked.try_get("finished_rows")?;
    let opened_at_ms: Option<i64> = locked.try_get("opened_at_ms")?;
    let before_ms = locked.try_get::<i64, _>("least_ms")?.unsigned_abs();
    // Sessions of older versions have no opening time, and are not held to it.
    let allowed_ms = opened_at_ms
        .map_or(u64::MAX, |opened| batch.received_at_ms.saturating_sub(opened.unsigned_abs()) + SLACK_MS);
    let mut least_ms = before_ms;
    let mut fates = Vec::with_capacity(batch.rows.len());
    for new in &batch.rows {
        if finished_rows.is_some_and(|count| i64::from(new.row.index) >= count) {
            fates.push(Fate::Finished);
            continue;
        }
        let wait_ms = (least_ms + new.least_ms).saturating_sub(allowed_ms);
        match append_one(connection, new, batch.received_at_ms, wait_ms).await? {
            Appended::New => {
                least_ms += new.least_ms;
                fates.push(Fate::Stored);
            }
            Appended::Not(fate) => fates.push(fate),
        }
    }
    if least_ms > before_ms {
        sqlx::query("UPDATE sessions SET least_ms = $1 WHERE id = $2")
            .bind(least_ms.cast_signed())
            .bind(batch.session.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(Some(fates))
}
