//! The people of a study as its lab sees them: how many are how far, and each of them. Models and simulated
//! people are left out.

use std::collections::BTreeMap;

use gestalt_protocol::lab::{LabCounts, LabParticipant, ParticipantState, StudyState};
use gestalt_protocol::study::{StepContent, StepRecord};
use gestalt_types::Name;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::columns::Record;
use super::error::StoreError;
use super::open::Store;
use crate::seats::SEAT_MS;

impl Store {
    /// Whether a study takes people.
    pub(crate) async fn study_state(&self, study: &Name) -> Result<StudyState, StoreError> {
        let query = sqlx::query_scalar("SELECT state FROM study_states WHERE study = $1");
        let state: Option<String> = query.bind(study.to_string()).fetch_optional(&self.read).await?;
        Ok(match state.as_deref() {
            Some("paused") => StudyState::Paused,
            Some("closed") => StudyState::Closed,
            _ => StudyState::Open,
        })
    }

    /// Sets whether a study takes people.
    pub(crate) async fn set_study_state(&self, study: &Name, state: StudyState) -> Result<(), StoreError> {
        let text = match state {
            StudyState::Open => "open",
            StudyState::Paused => "paused",
            StudyState::Closed => "closed",
        };
        sqlx::query(
            "INSERT INTO study_states (study, state) VALUES ($1, $2) ON CONFLICT (study) DO UPDATE SET state = $2",
        )
        .bind(study.to_string())
        .bind(text)
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// How many people are how far, by group.
    pub(crate) async fn counts(
        &self,
        study: &Name,
        now_ms: u64,
    ) -> Result<BTreeMap<Option<String>, LabCounts>, StoreError> {
        let found = sqlx::query(
            "SELECT group_name, \
             COUNT(CASE WHEN finished_rows IS NULL AND last_seen_ms >= $2 THEN 1 END) AS in_progress, \
             COUNT(CASE WHEN finished_rows IS NULL AND (last_seen_ms IS NULL OR last_seen_ms < $2) THEN 1 END) \
             AS away, \
             COUNT(CASE WHEN finished_rows IS NOT NULL AND is_late = 0 THEN 1 END) AS finished, \
             COUNT(CASE WHEN finished_rows IS NOT NULL AND is_late <> 0 THEN 1 END) AS late, \
             COUNT(CASE WHEN excluded_by <> '' THEN 1 END) AS excluded \
             FROM sessions WHERE study = $1 AND observer_kind = 'human' GROUP BY group_name",
        )
        .bind(study.to_string())
        .bind(now_ms.saturating_sub(SEAT_MS).cast_signed())
        .fetch_all(&self.read)
        .await?;
        let count = |row: &AnyRow, column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
        let counts = |row: &AnyRow| {
            let counts = LabCounts {
                in_progress: count(row, "in_progress")?,
                away: count(row, "away")?,
                finished: count(row, "finished")?,
                late: count(row, "late")?,
                excluded: count(row, "excluded")?,
                withdrawn: 0,
            };
            Ok((row.try_get("group_name")?, counts))
        };
        found.iter().map(counts).collect::<Result<_, StoreError>>()
    }

    /// Number of sessions of a study that were withdrawn.
    pub(crate) async fn count_withdrawn(&self, study: &Name) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM withdrawn WHERE study = $1");
        Ok(query.bind(study.to_string()).fetch_one(&self.read).await?.unsigned_abs())
    }

    /// The people of a study after this session, in the order in which they came.
    pub(crate) async fn participants(
        &self,
        study: &Name,
        now_ms: u64,
        after: &str,
        limit: i64,
    ) -> Result<Vec<LabParticipant>, StoreError> {
        let found = sqlx::query(
            "SELECT id, observer, group_name, snapshot, opened_at_ms, last_seen_ms, finished_at_ms, finished_rows, \
             CAST(NULL AS BIGINT) AS withdrawn_at_ms, completion_code, excluded_by, facts_json, \
             CASE WHEN is_late <> 0 THEN 1 ELSE 0 END AS late, \
             CASE WHEN last_seen_ms >= $4 THEN 1 ELSE 0 END AS is_here, \
             (SELECT COUNT(*) FROM log_rows WHERE log_rows.session = sessions.id) AS stored_rows, \
             (SELECT panel_id FROM panel_visits WHERE panel_visits.session = sessions.id) AS panel_id, \
             (SELECT MIN(record_json) FROM step_records WHERE step_records.session = sessions.id \
              AND record_json LIKE '%\"screening\"%') AS screening_json \
             FROM sessions WHERE study = $1 AND id > $2 AND observer_kind = 'human' \
             UNION ALL \
             SELECT session, NULL, NULL, NULL, NULL, NULL, NULL, NULL, withdrawn_at_ms, completion_code, NULL, \
             NULL, 0, 0, NULL, \
             (SELECT panel_id FROM panel_visits WHERE panel_visits.session = withdrawn.session), NULL \
             FROM withdrawn WHERE study = $1 AND session > $2 \
             ORDER BY 1 LIMIT $3",
        )
        .bind(study.to_string())
        .bind(after.to_owned())
        .bind(limit)
        .bind(now_ms.saturating_sub(SEAT_MS).cast_signed())
        .fetch_all(&self.read)
        .await?;
        found.iter().map(participant).collect()
    }
}

fn participant(row: &AnyRow) -> Result<LabParticipant, StoreError> {
    let key: String = row.try_get("id")?;
    let session: Uuid = Record { table: "sessions", key: &key, row }.parsed("id")?;
    let withdrawn_at_ms: Option<i64> = row.try_get("withdrawn_at_ms")?;
    let is_finished = row.try_get::<Option<i64>, _>("finished_rows")?.is_some();
    let is = |column: &str| Ok::<_, StoreError>(row.try_get::<i64, _>(column)? != 0);
    // Of a session that was withdrawn by an older version not even the time is known.
    let was_withdrawn = row.try_get::<Option<i64>, _>("stored_rows")?.is_none();
    let state = match (was_withdrawn, is_finished) {
        (true, _) => ParticipantState::Withdrawn,
        (false, true) if is("late")? => ParticipantState::Late,
        (false, true) => ParticipantState::Finished,
        (false, false) if is("is_here")? => ParticipantState::InProgress,
        (false, false) => ParticipantState::Away,
    };
    let excluded: Option<String> = row.try_get("excluded_by")?;
    let facts: Option<String> = row.try_get("facts_json")?;
    let (device, browser) = screening(row.try_get("screening_json")?).unzip();
    Ok(LabParticipant {
        session,
        state,
        observer: row.try_get("observer")?,
        group: row.try_get("group_name")?,
        study_hash: row.try_get("snapshot")?,
        opened_at_ms: row.try_get("opened_at_ms")?,
        last_seen_ms: row.try_get("last_seen_ms")?,
        finished_at_ms: row.try_get("finished_at_ms")?,
        withdrawn_at_ms,
        rows: row.try_get("stored_rows")?,
        completion_code: row.try_get("completion_code")?,
        excluded_by: names(excluded.as_deref().unwrap_or_default()),
        // What an older version wrote is left out where it cannot be read.
        facts: facts.and_then(|text| serde_json::from_str(&text).ok()),
        device,
        browser,
        panel_id: row.try_get("panel_id")?,
    })
}

/// The names of a list with commas between them.
fn names(list: &str) -> Vec<String> {
    list.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Device and browser of a screening's record.
fn screening(record: Option<String>) -> Option<(String, String)> {
    match serde_json::from_str::<StepRecord>(&record?).ok()?.content {
        StepContent::Screening { device, browser, .. } => Some((device, browser)),
        _ => None,
    }
}
