//! Snapshots of studies in the database: written once, never changed.

use gestalt_types::Sha256;
use sqlx::Row as _;

use super::error::StoreError;
use super::open::Store;

/// The files of a study as they were when a session was opened, and by which software.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SnapshotText {
    /// Of everything below.
    pub(crate) hash: Sha256,
    pub(crate) study_json: String,
    pub(crate) trials_json: String,
    pub(crate) software: String,
}

impl Store {
    /// Keeps a snapshot; one that is kept already stays as it is.
    pub(crate) async fn keep_snapshot(&self, text: &SnapshotText, now_ms: u64) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO snapshots (hash, study_json, trials_json, software, stored_at_ms) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING",
        )
        .bind(text.hash.to_string())
        .bind(text.study_json.clone())
        .bind(text.trials_json.clone())
        .bind(text.software.clone())
        .bind(now_ms.cast_signed())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// The snapshot of this hash, if it is kept.
    pub(crate) async fn snapshot(&self, hash: &Sha256) -> Result<Option<SnapshotText>, StoreError> {
        let query = sqlx::query("SELECT study_json, trials_json, software FROM snapshots WHERE hash = $1");
        let found = query.bind(hash.to_string()).fetch_optional(&self.read).await?;
        let Some(row) = found else { return Ok(None) };
        Ok(Some(SnapshotText {
            hash: hash.clone(),
            study_json: row.try_get("study_json")?,
            trials_json: row.try_get("trials_json")?,
            software: row.try_get("software")?,
        }))
    }
}
