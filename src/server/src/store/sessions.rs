//! Sessions in the database: opened, looked up, withdrawn.

use gestalt_protocol::ObserverKind;
use gestalt_types::{Name, Sha256};
use sqlx::Row as _;
use uuid::Uuid;

use super::columns::{Record, kind_text};
use super::error::StoreError;
use super::open::Store;

/// A session, as its rows must state it.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) study: Name,
    pub(crate) observer_kind: ObserverKind,
    pub(crate) observer: Name,
    pub(crate) trial_set: Sha256,
    /// Draws the session's plan.
    pub(crate) seed: u64,
    pub(crate) token_hash: String,
    pub(crate) finished: bool,
}

impl Store {
    /// Stores a new session.
    pub(crate) async fn open_session(&self, session: &Session, app_version: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (id, study, observer_kind, observer, trial_set, app_version, seed, token_hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(session.id.to_string())
        .bind(session.study.to_string())
        .bind(kind_text(session.observer_kind))
        .bind(session.observer.to_string())
        .bind(session.trial_set.to_string())
        .bind(app_version.to_owned())
        .bind(session.seed.cast_signed())
        .bind(session.token_hash.clone())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// The session of this id, if there is one.
    pub(crate) async fn session(&self, id: Uuid) -> Result<Option<Session>, StoreError> {
        let key = id.to_string();
        let found = sqlx::query(
            "SELECT study, observer_kind, observer, trial_set, seed, token_hash, finished_rows FROM sessions \
             WHERE id = $1",
        )
        .bind(key.clone())
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = found else { return Ok(None) };
        let record = Record { table: "sessions", key: &key, row: &row };
        Ok(Some(Session {
            id,
            study: record.parsed("study")?,
            observer_kind: record.kind("observer_kind")?,
            observer: record.parsed("observer")?,
            trial_set: record.parsed("trial_set")?,
            seed: record.count("seed")?,
            token_hash: row.try_get("token_hash")?,
            finished: row.try_get::<Option<i64>, _>("finished_rows")?.is_some(),
        }))
    }

    /// There was a session of this id, and it was withdrawn.
    pub(crate) async fn was_withdrawn(&self, id: Uuid) -> Result<bool, StoreError> {
        let found = sqlx::query("SELECT session FROM withdrawn WHERE session = $1").bind(id.to_string());
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }

    /// Deletes the session and its rows, and keeps only that there was one.
    pub(crate) async fn withdraw(&self, id: Uuid) -> Result<(), StoreError> {
        let mut transaction = self.write.begin().await?;
        for statement in [
            "INSERT INTO withdrawn (session) VALUES ($1) ON CONFLICT (session) DO NOTHING",
            // Locks the session, so that no batch slips in between.
            "UPDATE sessions SET batches = batches + 1 WHERE id = $1",
            "DELETE FROM log_rows WHERE session = $1",
            "DELETE FROM sessions WHERE id = $1",
        ] {
            sqlx::query(statement).bind(id.to_string()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        if self.checkpoints {
            let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&self.write).await;
            if let Err(cause) = emptied {
                tracing::warn!(%cause, "withdrawn rows stay in the write-ahead log until the next checkpoint");
            }
        }
        Ok(())
    }
}
