//! The sessions of a study as its researcher sees them: when they were opened and finished, and their codes.

use gestalt_protocol::ObserverKind;
use gestalt_types::Name;
use sqlx::Row as _;

use super::columns::Record;
use super::error::StoreError;
use super::open::Store;

/// A session as a list shows it. Times are milliseconds since 1970; they are unknown in sessions of older
/// versions.
#[derive(Debug, Clone)]
pub(crate) struct ListedSession {
    pub(crate) session: String,
    /// Unknown once it was withdrawn, as is everything that says who it was.
    pub(crate) observer_kind: Option<ObserverKind>,
    pub(crate) observer: Option<String>,
    pub(crate) snapshot: Option<String>,
    pub(crate) consent_text_hash: Option<String>,
    pub(crate) opened_at_ms: Option<i64>,
    pub(crate) finished_at_ms: Option<i64>,
    pub(crate) withdrawn_at_ms: Option<i64>,
    pub(crate) rows: Option<i64>,
    pub(crate) completion_code: Option<String>,
}

impl Store {
    /// The sessions of a study after this one, in the order in which they were opened. Withdrawn ones are
    /// among them.
    pub(crate) async fn list_sessions(
        &self,
        study: &Name,
        after: &str,
        limit: i64,
    ) -> Result<Vec<ListedSession>, StoreError> {
        let found = sqlx::query(
            "SELECT id, observer_kind, observer, snapshot, consent_text_hash, opened_at_ms, finished_at_ms, \
             CAST(NULL AS BIGINT) AS withdrawn_at_ms, completion_code, \
             (SELECT COUNT(*) FROM log_rows WHERE log_rows.session = sessions.id) AS stored_rows \
             FROM sessions WHERE study = $1 AND id > $2 \
             UNION ALL \
             SELECT session, NULL, NULL, NULL, NULL, NULL, NULL, withdrawn_at_ms, completion_code, NULL \
             FROM withdrawn WHERE study = $1 AND session > $2 \
             ORDER BY 1 LIMIT $3",
        )
        .bind(study.to_string())
        .bind(after.to_owned())
        .bind(limit)
        .fetch_all(&self.read)
        .await?;
        let listed = |row| {
            let session: String = sqlx::Row::try_get(row, "id")?;
            let stated: Option<String> = sqlx::Row::try_get(row, "observer_kind")?;
            let record = Record { table: "sessions", key: &session, row };
            let observer_kind = stated.map(|_| record.kind("observer_kind")).transpose()?;
            Ok(ListedSession {
                observer_kind,
                observer: row.try_get("observer")?,
                snapshot: row.try_get("snapshot")?,
                consent_text_hash: row.try_get("consent_text_hash")?,
                opened_at_ms: row.try_get("opened_at_ms")?,
                finished_at_ms: row.try_get("finished_at_ms")?,
                withdrawn_at_ms: row.try_get("withdrawn_at_ms")?,
                rows: row.try_get("stored_rows")?,
                completion_code: row.try_get("completion_code")?,
                session,
            })
        };
        found.iter().map(listed).collect()
    }
}
