//! Rows in the database: appended once each, read back in order.

use gestalt_protocol::{Outcome, Role, Row};
use gestalt_types::Name;
use sqlx::{AnyConnection, Row as _};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Store;
use super::sessions::kind_text;
use super::writer::Batch;
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
    /// Stores rows of one session. They are durable when this returns. `None`: there is no such session (any more).
    pub(crate) async fn append(&self, session: Uuid, rows: Vec<Row>) -> Result<Option<Vec<Fate>>, Error> {
        let not_stored = || Error::Unavailable("the database did not store the rows".into());
        let (stored, when_stored) = oneshot::channel();
        self.batches.send(Batch { session, rows, stored }).await.map_err(|_| not_stored())?;
        when_stored.await.map_err(|_| not_stored())
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

pub(super) async fn append_one(connection: &mut AnyConnection, row: &Row) -> Result<Fate, sqlx::Error> {
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
