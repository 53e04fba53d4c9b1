//! Sessions in the database: opened, looked up, withdrawn.

use gestalt_protocol::ObserverKind;
use gestalt_types::{Name, Sha256};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::columns::Record;
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
    /// Draws the session's plan and the slots of its images.
    pub(crate) seed: u64,
    pub(crate) token_hash: String,
    /// Of the participant's receipt; `None` in sessions of older versions.
    pub(crate) receipt_hash: Option<String>,
    /// What it was opened against; `None` in sessions of older versions.
    pub(crate) snapshot: Option<Sha256>,
    /// Its plan, JSON; `None` in sessions of older versions.
    pub(crate) plan_json: Option<String>,
    /// Of the attempt that opened it; `None` where the client named none.
    pub(crate) attempt_hash: Option<String>,
    /// Of the consent text that a person agreed to when the session was opened.
    pub(crate) consent_text_hash: Option<Sha256>,
    /// The participant's group, where the study has groups.
    pub(crate) group: Option<Name>,
    /// Number of rows and completion code, once it is finished.
    pub(crate) finished: Option<(u64, String)>,
    /// The exclusion criteria that it meets, once it is finished, with commas between them.
    pub(crate) excluded_by: Option<String>,
}

/// What is left of a session that was withdrawn.
#[derive(Debug, Clone)]
pub(crate) struct Withdrawn {
    pub(crate) token_hash: Option<String>,
    pub(crate) receipt_hash: Option<String>,
    /// It was finished before.
    pub(crate) completion_code: Option<String>,
}

impl Store {
    /// The session that this attempt opened, if it did.
    pub(crate) async fn session_of_attempt(&self, attempt_hash: &str) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query_scalar::<_, String>("SELECT id FROM sessions WHERE attempt_hash = $1");
        let found = query.bind(attempt_hash.to_owned()).fetch_optional(&self.write).await?;
        match found.and_then(|id| id.parse().ok()) {
            Some(id) => self.session(id).await,
            None => Ok(None),
        }
    }

    /// The session of this id, if there is one.
    pub(crate) async fn session(&self, id: Uuid) -> Result<Option<Session>, StoreError> {
        let found = sqlx::query(
            "SELECT study, observer_kind, observer, trial_set, seed, token_hash, receipt_hash, snapshot, plan_json, \
             consent_text_hash, attempt_hash, group_name, finished_rows, completion_code, excluded_by FROM sessions \
             WHERE id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&self.read)
        .await?;
        found.map(|row| session_of(id, &row)).transpose()
    }

    /// Gives a session another token and another receipt (their hashes); the earlier ones open nothing any
    /// more.
    pub(crate) async fn hand_over(
        &self,
        id: Uuid,
        [token_hash, receipt_hash]: [String; 2],
        attempt_hash: Option<String>,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE sessions SET token_hash = $2, receipt_hash = $3, attempt_hash = $4, last_seen_ms = $5 \
             WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(token_hash)
        .bind(receipt_hash)
        .bind(attempt_hash)
        .bind(now_ms.cast_signed())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// The session whose participant has the receipt with this hash, also one that was withdrawn.
    pub(crate) async fn session_of_receipt(&self, hash: &str) -> Result<Option<Uuid>, StoreError> {
        let query = sqlx::query_scalar(
            "SELECT id FROM sessions WHERE receipt_hash = $1 \
             UNION ALL SELECT session FROM withdrawn WHERE receipt_hash = $1",
        );
        let found: Option<String> = query.bind(hash.to_owned()).fetch_optional(&self.read).await?;
        Ok(found.and_then(|id| id.parse().ok()))
    }

    /// What is left of the session of this id, if it was withdrawn.
    pub(crate) async fn withdrawn(&self, id: Uuid) -> Result<Option<Withdrawn>, StoreError> {
        let query =
            sqlx::query("SELECT token_hash, receipt_hash, completion_code FROM withdrawn WHERE session = $1");
        let found = query.bind(id.to_string()).fetch_optional(&self.read).await?;
        let Some(row) = found else { return Ok(None) };
        Ok(Some(Withdrawn {
            token_hash: row.try_get("token_hash")?,
            receipt_hash: row.try_get("receipt_hash")?,
            completion_code: row.try_get("completion_code")?,
        }))
    }

    /// Deletes the session and its rows. What stays: that there was one, and its code, if it had one.
    pub(crate) async fn withdraw(&self, id: Uuid, now_ms: u64) -> Result<(), StoreError> {
        let mut transaction = self.write.begin().await?;
        // Locks the session, so that no batch slips in between.
        sqlx::query("UPDATE sessions SET batches = batches + 1 WHERE id = $1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO withdrawn (session, study, completion_code, token_hash, receipt_hash, withdrawn_at_ms) \
             SELECT id, study, completion_code, token_hash, receipt_hash, $2 FROM sessions WHERE id = $1 \
             ON CONFLICT (session) DO NOTHING",
        )
        .bind(id.to_string())
        .bind(now_ms.cast_signed())
        .execute(&mut *transaction)
        .await?;
        for statement in [
            "DELETE FROM log_rows WHERE session = $1",
            "DELETE FROM step_records WHERE session = $1",
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

fn session_of(id: Uuid, row: &AnyRow) -> Result<Session, StoreError> {
    let key = id.to_string();
    let record = Record { table: "sessions", key: &key, row };
    let finished_rows =
        row.try_get::<Option<i64>, _>("finished_rows")?.map(|_| record.count("finished_rows"));
    let finished_rows = finished_rows.transpose()?;
    Ok(Session {
        id,
        study: record.parsed("study")?,
        observer_kind: record.kind("observer_kind")?,
        observer: record.parsed("observer")?,
        trial_set: record.parsed("trial_set")?,
        seed: record.count("seed")?,
        token_hash: row.try_get("token_hash")?,
        receipt_hash: row.try_get("receipt_hash")?,
        snapshot: record.parsed_if_any("snapshot")?,
        plan_json: row.try_get("plan_json")?,
        attempt_hash: row.try_get("attempt_hash")?,
        consent_text_hash: record.parsed_if_any("consent_text_hash")?,
        group: record.parsed_if_any("group_name")?,
        excluded_by: row.try_get("excluded_by")?,
        finished: finished_rows.zip(row.try_get("completion_code")?),
    })
}
