//! Finishes a session: reads what is stored of it, lets the caller judge, and releases a completion code,
//! all in one transaction.

use gestalt_protocol::Outcome;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

use super::columns::{Record, outcome_text};
use super::error::StoreError;
use super::open::Store;
use super::seats::{Seats, is_late};
use crate::secrets;

/// A stored row, as far as it matters for finishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredPlace {
    /// Its running number in the session.
    pub(crate) index: u64,
    /// Its trial; `None` where a row from before that column cannot be read.
    pub(crate) trial: Option<String>,
    /// How often the trial was shown before; `None` in rows of older versions.
    pub(crate) repeat: Option<u64>,
    /// The trial is over with this row.
    pub(crate) ends_trial: bool,
    /// The trial was answered.
    pub(crate) answered: bool,
}

/// What the rows of a session amount to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdict {
    /// `SessionFacts`, JSON.
    pub(crate) facts_json: String,
    /// The exclusion criteria that it meets, with commas between them.
    pub(crate) excluded_by: String,
}

/// What became of a request to finish.
pub(crate) enum Finishing<W> {
    /// The session is finished, now or from before.
    Done {
        completion_code: String,
        /// See [`Verdict::excluded_by`].
        excluded_by: String,
    },
    /// The caller withheld the code.
    Withheld(W),
    /// It was finished before, with another number of rows.
    Otherwise { rows: u64 },
    /// There is no such session (any more).
    Gone,
}

impl Store {
    /// Finishes the session with this number of rows, unless `judge` withholds the code for what it is
    /// given.
    pub(crate) async fn finish<W>(
        &self,
        id: Uuid,
        rows: u32,
        now_ms: u64,
        seats: Option<Seats<'_>>,
        verdict: Verdict,
        judge: impl FnOnce(&[StoredPlace]) -> Result<(), W>,
    ) -> Result<Finishing<W>, StoreError> {
        let mut transaction = self.write.begin().await?;
        // Locks the session, so that no batch slips in between.
        let locked = sqlx::query(
            "UPDATE sessions SET batches = batches + 1, last_seen_ms = $2 WHERE id = $1 \
             RETURNING study, group_name, seat_until_ms, finished_rows, completion_code, excluded_by",
        )
        .bind(id.to_string())
        .bind(now_ms.cast_signed())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(session) = locked else { return Ok(Finishing::Gone) };
        if let Some(finished) = session.try_get::<Option<i64>, _>("finished_rows")? {
            return Ok(if finished == i64::from(rows) {
                let excluded_by: Option<String> = session.try_get("excluded_by")?;
                Finishing::Done {
                    completion_code: session.try_get("completion_code")?,
                    excluded_by: excluded_by.unwrap_or_default(),
                }
            } else {
                Finishing::Otherwise { rows: finished.unsigned_abs() }
            });
        }
        if let Err(reason) = judge(&stored_places(&mut transaction, id).await?) {
            return Ok(Finishing::Withheld(reason));
        }
        let completion_code = unused_code(&mut transaction).await?;
        let seat_until_ms: Option<i64> = session.try_get("seat_until_ms")?;
        let (study, group): (String, Option<String>) =
            (session.try_get("study")?, session.try_get("group_name")?);
        let is_late = match seats {
            Some(seats) if seat_until_ms.is_some_and(|until| until < now_ms.cast_signed()) => {
                is_late(&mut transaction, &study, group.as_deref(), now_ms, &seats).await?
            }
            _ => false,
        };
        sqlx::query(
            "UPDATE sessions SET finished_rows = $1, completion_code = $2, finished_at_ms = $3, is_late = $5, \
             facts_json = $6, excluded_by = $7 WHERE id = $4",
        )
        .bind(i64::from(rows))
        .bind(completion_code.clone())
        .bind(now_ms.cast_signed())
        .bind(id.to_string())
        .bind(i64::from(is_late))
        .bind(verdict.facts_json)
        .bind(verdict.excluded_by.clone())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Finishing::Done { completion_code, excluded_by: verdict.excluded_by })
    }
}

/// Every row of the session, by index.
async fn stored_places(connection: &mut AnyConnection, id: Uuid) -> Result<Vec<StoredPlace>, StoreError> {
    let key = id.to_string();
    let found = sqlx::query(
        "SELECT idx, trial, repeat_of_trial, outcome, ends_trial FROM log_rows WHERE session = $1 \
                     ORDER BY idx",
    )
    .bind(key.clone())
    .fetch_all(connection)
    .await?;
    let place = |row| {
        let index = Record { table: "log_rows", key: &key, row }.count("idx")?;
        let outcome: String = row.try_get("outcome")?;
        let stated: Option<i64> = row.try_get("ends_trial")?;
        Ok(StoredPlace {
            index,
            trial: row.try_get("trial")?,
            repeat: row.try_get::<Option<i64>, _>("repeat_of_trial")?.map(i64::unsigned_abs),
            ends_trial: stated.map_or(outcome != outcome_text(Outcome::Interrupted), |stated| stated != 0),
            answered: outcome == outcome_text(Outcome::Answered),
        })
    };
    found.iter().map(place).collect()
}

/// A researcher pays by the code: no two sessions share one.
async fn unused_code(connection: &mut AnyConnection) -> Result<String, StoreError> {
    loop {
        let code = secrets::completion_code()?;
        let taken = sqlx::query("SELECT id FROM sessions WHERE completion_code = $1").bind(code.clone());
        if taken.fetch_optional(&mut *connection).await?.is_none() {
            return Ok(code);
        }
    }
}
