//! Sessions in the database: opened, finished, withdrawn.

use std::collections::HashSet;
use std::str::FromStr;

use gestalt_protocol::ObserverKind;
use gestalt_types::{Name, Sha256};
use sqlx::{AnyConnection, Row};
use uuid::Uuid;

use super::Store;
use crate::error::Error;
use crate::secrets;

/// At most so many missing indices are listed in one answer.
const MISSING_LISTED: usize = 1000;

/// A session, as its rows must state it.
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

/// What became of a request to finish.
pub(crate) enum Finishing {
    /// All rows are there.
    Done { completion_code: String },
    /// These are not.
    Missing(Vec<u32>),
    /// There are more rows than the request says.
    More { stored: i64 },
    /// So many planned trials have no answer, nor were they missed.
    Unanswered(usize),
    /// It was finished before, with another number of rows.
    Otherwise { rows: i64 },
    /// There is no such session (any more).
    Gone,
}

impl Store {
    pub(crate) async fn open_session(&self, session: &Session, app_version: &str) -> Result<(), Error> {
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
        .bind(i64::try_from(session.seed).unwrap_or(i64::MAX))
        .bind(session.token_hash.clone())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    pub(crate) async fn session(&self, id: Uuid) -> Result<Option<Session>, Error> {
        let found = sqlx::query(
            "SELECT study, observer_kind, observer, trial_set, seed, token_hash, finished_rows FROM sessions \
             WHERE id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = found else { return Ok(None) };
        Ok(Some(Session {
            id,
            study: text(&row, "study")?,
            observer_kind: match row.try_get::<String, _>("observer_kind")?.as_str() {
                "human" => ObserverKind::Human,
                _ => ObserverKind::Model,
            },
            observer: text(&row, "observer")?,
            trial_set: text(&row, "trial_set")?,
            seed: row.try_get::<i64, _>("seed")?.unsigned_abs(),
            token_hash: row.try_get("token_hash")?,
            finished: row.try_get::<Option<i64>, _>("finished_rows")?.is_some(),
        }))
    }

    pub(crate) async fn was_withdrawn(&self, id: Uuid) -> Result<bool, Error> {
        let found = sqlx::query("SELECT session FROM withdrawn WHERE session = $1").bind(id.to_string());
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }

    /// Deletes the session and its rows, and remembers only that there was one.
    pub(crate) async fn withdraw(&self, id: Uuid) -> Result<(), Error> {
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

    /// Releases the completion code if the rows 0 to `rows` − 1 are all stored and tell of all `planned` trials.
    pub(crate) async fn finish(&self, id: Uuid, rows: u32, planned: &[Name]) -> Result<Finishing, Error> {
        let mut transaction = self.write.begin().await?;
        let locked = sqlx::query(
            "UPDATE sessions SET batches = batches + 1 WHERE id = $1 RETURNING finished_rows, completion_code",
        )
        .bind(id.to_string())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(session) = locked else { return Ok(Finishing::Gone) };
        if let Some(finished) = session.try_get::<Option<i64>, _>("finished_rows")? {
            return Ok(if finished == i64::from(rows) {
                Finishing::Done { completion_code: session.try_get("completion_code")? }
            } else {
                Finishing::Otherwise { rows: finished }
            });
        }
        let stored: Vec<i64> = sqlx::query_scalar("SELECT idx FROM log_rows WHERE session = $1 ORDER BY idx")
            .bind(id.to_string())
            .fetch_all(&mut *transaction)
            .await?;
        if let Some(&last) = stored.last()
            && last >= i64::from(rows)
        {
            return Ok(Finishing::More { stored: last + 1 });
        }
        let missing: Vec<u32> = (0..rows)
            .filter(|&index| stored.binary_search(&i64::from(index)).is_err())
            .take(MISSING_LISTED)
            .collect();
        if !missing.is_empty() {
            return Ok(Finishing::Missing(missing));
        }
        let unanswered = unanswered(&mut transaction, id, planned).await?;
        if unanswered > 0 {
            return Ok(Finishing::Unanswered(unanswered));
        }
        let completion_code = unused_code(&mut transaction).await?;
        sqlx::query("UPDATE sessions SET finished_rows = $1, completion_code = $2 WHERE id = $3")
            .bind(i64::from(rows))
            .bind(completion_code.clone())
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Finishing::Done { completion_code })
    }
}

/// How many of these trials the session has no row of but interrupted ones.
async fn unanswered(connection: &mut AnyConnection, id: Uuid, planned: &[Name]) -> Result<usize, Error> {
    let ended: Vec<String> =
        sqlx::query_scalar("SELECT row_json FROM log_rows WHERE session = $1 AND outcome <> 'interrupted'")
            .bind(id.to_string())
            .fetch_all(connection)
            .await?;
    let trial_of = |row: &String| Some(serde_json::from_str::<gestalt_protocol::Row>(row).ok()?.trial);
    let ended: HashSet<Name> = ended.iter().filter_map(trial_of).collect();
    Ok(planned.iter().filter(|trial| !ended.contains(*trial)).count())
}

/// A researcher pays by the code: no two sessions share one.
async fn unused_code(connection: &mut AnyConnection) -> Result<String, Error> {
    loop {
        let code = secrets::completion_code()?;
        let taken = sqlx::query("SELECT id FROM sessions WHERE completion_code = $1").bind(code.clone());
        if taken.fetch_optional(&mut *connection).await?.is_none() {
            return Ok(code);
        }
    }
}

pub(super) fn kind_text(kind: ObserverKind) -> &'static str {
    match kind {
        ObserverKind::Human => "human",
        ObserverKind::Model => "model",
    }
}

fn text<T: FromStr>(row: &sqlx::any::AnyRow, column: &str) -> Result<T, Error>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let value: String = row.try_get(column)?;
    Ok(value.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?)
}
