//! The database: SQLite in one file, or PostgreSQL. The same SQL serves both; only opening differs.

mod open;
mod rows;
mod sessions;
mod writer;

use sqlx::AnyPool;
use tokio::sync::mpsc;

pub use open::StoreError;
pub(crate) use rows::{Fate, Place, Whose};
pub(crate) use sessions::{Finishing, Session};

use crate::secrets;

/// The database.
///
/// SQLite has one writer, so its writers queue here, in order, and not in its busy handler, which starves some.
pub(crate) struct Store {
    write: AnyPool,
    read: AnyPool,
    /// To the one task that stores rows.
    batches: mpsc::Sender<writer::Batch>,
    /// SQLite keeps deleted rows in its write-ahead log until a checkpoint.
    checkpoints: bool,
}

impl Store {
    /// The researcher's key that this database keeps; made when first asked for.
    pub(crate) async fn researcher_key(&self) -> Result<String, StoreError> {
        let fresh = secrets::token()?;
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ('researcher_key', $1) ON CONFLICT (name) DO NOTHING",
        )
        .bind(fresh)
        .execute(&self.write)
        .await?;
        let kept = sqlx::query_scalar("SELECT value FROM settings WHERE name = 'researcher_key'");
        Ok(kept.fetch_one(&self.write).await?)
    }

    /// Waits for what is being written, then closes.
    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}
