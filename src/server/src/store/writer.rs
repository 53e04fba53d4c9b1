//! Commits the batches of all waiting requests in one transaction: a disk syncs a few hundred times a second, and one
//! sync serves them all.

use gestalt_protocol::Row;
use sqlx::{AnyPool, Row as _};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::append::append_one;
use super::error::StoreError;
use super::fate::Fate;

/// The most batches in one transaction.
const GROUP: usize = 64;

/// What became of each row of a batch; `None` where the session is not there.
pub(super) type Fates = Option<Vec<Fate>>;

/// Rows of one session that are to be stored, and who waits for that.
pub(super) struct Batch {
    pub(super) session: Uuid,
    pub(super) rows: Vec<Row>,
    /// Answered once the rows are durable; dropped if they could not be stored.
    pub(super) stored: oneshot::Sender<Fates>,
}

/// Stores batches until every sender is gone.
pub(super) async fn write(pool: AnyPool, mut coming: mpsc::Receiver<Batch>) {
    let mut group = Vec::new();
    while coming.recv_many(&mut group, GROUP).await > 0 {
        match commit(&pool, &group).await {
            Ok(fates) => answer(group.drain(..), fates),
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

/// One transaction. The rows are durable when this returns.
async fn commit(pool: &AnyPool, group: &[Batch]) -> Result<Vec<Fates>, StoreError> {
    let mut transaction = pool.begin().await?;
    let mut all = Vec::with_capacity(group.len());
    for batch in group {
        // Writes first: it locks the session, and spares SQLite a read lock that it could not raise.
        let locked =
            sqlx::query("UPDATE sessions SET batches = batches + 1 WHERE id = $1 RETURNING finished_rows")
                .bind(batch.session.to_string())
                .fetch_optional(&mut *transaction)
                .await?;
        let Some(locked) = locked else {
            all.push(None);
            continue;
        };
        let finished_rows: Option<i64> = locked.try_get("finished_rows")?;
        let mut fates = Vec::with_capacity(batch.rows.len());
        for row in &batch.rows {
            let late = finished_rows.is_some_and(|count| i64::from(row.index) >= count);
            fates.push(if late { Fate::Finished } else { append_one(&mut transaction, row).await? });
        }
        all.push(Some(fates));
    }
    transaction.commit().await?;
    Ok(all)
}
