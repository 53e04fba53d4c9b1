//! Rows in the database: appended once each, read back in order.

use gestalt_protocol::{Name, Outcome, Role, Row};
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

use super::Store;
use super::sessions::kind_text;
use crate::error::Error;

/// What became of a row.
pub(crate) enum Fate {
    /// It is there, whether new or from before.
    Stored,
    /// Another row has this index of the session.
    IndexTaken,
    /// A row of another place has its identity.
    RowIdTaken,
    /// The session was finished without it.
    Finished,
}

/// Whose rows to read.
#[derive(Clone)]
pub(crate) enum Whose {
    Study(Name),
    Session(Uuid),
}

/// Where a page of rows ended.
#[derive(Clone)]
pub(crate) struct Place {
    session: String,
    index: i64,
}

impl Place {
    /// Before every row.
    pub(crate) fn start() -> Self {
        Self { session: String::new(), index: -1 }
    }
}

impl Store {
    /// Stores rows of one session, all in one transaction. They are durable when this returns. `None`: no such session.
    pub(crate) async fn append(&self, session: Uuid, rows: &[Row]) -> Result<Option<Vec<Fate>>, Error> {
        let mut transaction = self.write.begin().await?;
        // Writes first: it locks the session, and spares SQLite a read lock that it could not raise.
        let locked =
            sqlx::query("UPDATE sessions SET batches = batches + 1 WHERE id = $1 RETURNING finished_rows")
                .bind(session.to_string())
                .fetch_optional(&mut *transaction)
                .await?;
        let Some(locked) = locked else { return Ok(None) };
        let finished_rows: Option<i64> = locked.try_get("finished_rows")?;
        let mut fates = Vec::with_capacity(rows.len());
        for row in rows {
            let late = finished_rows.is_some_and(|count| i64::from(row.index) >= count);
            fates.push(if late { Fate::Finished } else { append_one(&mut transaction, row).await? });
        }
        transaction.commit().await?;
        Ok(Some(fates))
    }

    /// The next rows, as JSON, in the order of sessions (by when they began) and indices, and where they end.
    pub(crate) async fn page(
        &self,
        whose: &Whose,
        after: &Place,
        limit: i64,
    ) -> Result<(Vec<String>, Place), Error> {
        let (statement, key) = match whose {
            Whose::Study(name) => (
                "SELECT session, idx, row_json FROM log_rows WHERE study = $1 AND (session, idx) > ($2, $3) \
                 ORDER BY session, idx LIMIT $4",
                name.to_string(),
            ),
            Whose::Session(id) => (
                "SELECT session, idx, row_json FROM log_rows WHERE session = $1 AND (session, idx) > ($2, $3) \
                 ORDER BY session, idx LIMIT $4",
                id.to_string(),
            ),
        };
        let query =
            sqlx::query(statement).bind(key).bind(after.session.clone()).bind(after.index).bind(limit);
        let found = query.fetch_all(&self.read).await?;
        let end = match found.last() {
            Some(row) => Place { session: row.try_get("session")?, index: row.try_get("idx")? },
            None => after.clone(),
        };
        let rows = found.iter().map(|row| row.try_get("row_json")).collect::<Result<_, _>>()?;
        Ok((rows, end))
    }
}

async fn append_one(connection: &mut AnyConnection, row: &Row) -> Result<Fate, Error> {
    let (session, index, row_id) = (row.session.to_string(), i64::from(row.index), row.row_id.to_string());
    let added = sqlx::query(
        "INSERT INTO log_rows (session, idx, row_id, study, observer_kind, role, outcome, correct, row_json) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind(session.clone())
    .bind(index)
    .bind(row_id.clone())
    .bind(row.study.to_string())
    .bind(kind_text(row.observer_kind))
    .bind(role_text(row.role))
    .bind(outcome_text(row.outcome))
    .bind(row.correct)
    .bind(row.to_json())
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

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Test => "test",
        Role::Practice => "practice",
        Role::Catch => "catch",
    }
}

fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Missed => "missed",
        Outcome::Tie => "tie",
        Outcome::NonFinite => "non_finite",
        Outcome::Interrupted => "interrupted",
    }
}
