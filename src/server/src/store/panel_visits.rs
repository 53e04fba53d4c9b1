//! Who came from which panel: one session for each id of a study.

use data_encoding::HEXLOWER;
use gestalt_protocol::study::PanelVisit;
use gestalt_types::Name;
use sqlx::Row as _;
use uuid::Uuid;

use super::error::StoreError;
use super::open::Store;
use crate::secrets;

/// The setting that keys the hashes of ids.
const PANEL_KEY: &str = "panel_key";

/// A line of the payment list.
pub(crate) struct Payment {
    pub(crate) panel_id: String,
    pub(crate) submission: Option<String>,
    pub(crate) session: String,
    pub(crate) finished_at_ms: Option<i64>,
    pub(crate) completion_code: Option<String>,
    pub(crate) is_withdrawn: bool,
    pub(crate) excluded_by: Option<String>,
}

impl Store {
    /// The session that has the place of this id in the study.
    pub(crate) async fn holder(&self, study: &Name, visit: &PanelVisit) -> Result<Option<Uuid>, StoreError> {
        let hash = self.panel_hash(study, &visit.id).await?;
        let query = sqlx::query_scalar("SELECT session FROM panel_visits WHERE study = $1 AND id_hash = $2");
        let holder: Option<String> =
            query.bind(study.to_string()).bind(hash).fetch_optional(&self.read).await?;
        Ok(holder.and_then(|holder| holder.parse().ok()))
    }

    /// Takes the place of this id in the study for a session. The session that has it, where another one
    /// does.
    pub(crate) async fn take_place(
        &self,
        study: &Name,
        visit: &PanelVisit,
        session: Uuid,
        now_ms: u64,
    ) -> Result<Option<Uuid>, StoreError> {
        let hash = self.panel_hash(study, &visit.id).await?;
        let mut transaction = self.write.begin().await?;
        sqlx::query(
            "INSERT INTO panel_visits (study, id_hash, session, panel_id, submission, opened_at_ms) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (study, id_hash) DO NOTHING",
        )
        .bind(study.to_string())
        .bind(hash.clone())
        .bind(session.to_string())
        .bind(visit.id.clone())
        .bind(visit.submission.clone())
        .bind(now_ms.cast_signed())
        .execute(&mut *transaction)
        .await?;
        let query = sqlx::query_scalar("SELECT session FROM panel_visits WHERE study = $1 AND id_hash = $2");
        let holder: String = query.bind(study.to_string()).bind(hash).fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(holder.parse().ok().filter(|holder| *holder != session))
    }

    /// Gives the place of a session that was never opened to another one.
    pub(crate) async fn move_place(&self, from: Uuid, to: Uuid) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE panel_visits SET session = $2 WHERE session = $1");
        query.bind(from.to_string()).bind(to.to_string()).execute(&self.write).await?;
        Ok(())
    }

    /// Gives the place of a session back, whose opening failed.
    pub(crate) async fn free_place(&self, session: Uuid) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM panel_visits WHERE session = $1");
        query.bind(session.to_string()).execute(&self.write).await?;
        Ok(())
    }

    /// Everyone who came from a panel, in the order in which they came.
    pub(crate) async fn payments(&self, study: &Name) -> Result<Vec<Payment>, StoreError> {
        let found = sqlx::query(
            "SELECT panel_visits.panel_id, panel_visits.submission, panel_visits.session, \
             sessions.finished_at_ms, sessions.excluded_by, \
             COALESCE(sessions.completion_code, withdrawn.completion_code) AS completion_code, \
             CASE WHEN withdrawn.session IS NULL THEN 0 ELSE 1 END AS is_withdrawn \
             FROM panel_visits LEFT JOIN sessions ON sessions.id = panel_visits.session \
             LEFT JOIN withdrawn ON withdrawn.session = panel_visits.session \
             WHERE panel_visits.study = $1 ORDER BY panel_visits.opened_at_ms, panel_visits.session",
        )
        .bind(study.to_string())
        .fetch_all(&self.read)
        .await?;
        let payment = |row: &sqlx::any::AnyRow| {
            Ok(Payment {
                panel_id: row.try_get("panel_id")?,
                submission: row.try_get("submission")?,
                session: row.try_get("session")?,
                finished_at_ms: row.try_get("finished_at_ms")?,
                completion_code: row.try_get("completion_code")?,
                excluded_by: row.try_get("excluded_by")?,
                is_withdrawn: row.try_get::<i64, _>("is_withdrawn")? != 0,
            })
        };
        found.iter().map(payment).collect()
    }

    /// A hash that nobody without this database's key can compute from an id.
    async fn panel_hash(&self, study: &Name, id: &str) -> Result<String, StoreError> {
        Ok(HEXLOWER.encode(&secrets::keyed(&self.secret(PANEL_KEY).await?, &format!("{study}/{id}"))))
    }
}
