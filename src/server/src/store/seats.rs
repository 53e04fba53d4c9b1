//! Takes a place in a study and opens the session in it, in one transaction: at quota nobody slips in, and
//! groups stay balanced.

use gestalt_types::Name;
use sqlx::{AnyConnection, Row as _};

use super::columns::kind_text;
use super::error::StoreError;
use super::open::Store;
use super::sessions::Session;
use crate::seats::{NoSeat, SEAT_MS, Taken, has_room, next_group};

/// A study's groups, as far as places go. Without groups: one without a name.
pub(crate) struct Seats<'a> {
    /// Each with its weight.
    pub(crate) groups: Vec<(Option<&'a Name>, u32)>,
    pub(crate) quota: Option<u32>,
}

impl Store {
    /// Opens the session; false if its attempt has one already. `seats` are those of people; who takes none
    /// is always let in. `plan_of` draws the plan for the group.
    pub(crate) async fn open_session<E: From<StoreError> + From<NoSeat>>(
        &self,
        session: &mut Session,
        app_version: &str,
        now_ms: u64,
        seats: Option<Seats<'_>>,
        plan_of: impl FnOnce(Option<&Name>) -> Result<String, E>,
    ) -> Result<bool, E> {
        let mut transaction = self.write.begin().await.map_err(StoreError::from)?;
        if let Some(Seats { groups, quota }) = seats {
            let taken = taken(&mut transaction, session.study.as_str(), now_ms, &groups).await?;
            let weights: Vec<u32> = groups.iter().map(|(_, weight)| *weight).collect();
            session.group = groups[next_group(&weights, &taken, quota)?].0.cloned();
        }
        session.plan_json = Some(plan_of(session.group.as_ref())?);
        let is_new = insert(&mut transaction, session, app_version, now_ms).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(is_new)
    }
}

/// Whether the place of a session that finishes now had gone to another: it counts beyond the quota then.
pub(super) async fn is_late(
    connection: &mut AnyConnection,
    study: &str,
    group: Option<&str>,
    now_ms: u64,
    seats: &Seats<'_>,
) -> Result<bool, StoreError> {
    let taken = taken(connection, study, now_ms, &seats.groups).await?;
    let weights: Vec<u32> = seats.groups.iter().map(|(_, weight)| *weight).collect();
    let place = seats.groups.iter().position(|(name, _)| name.map(Name::as_str) == group);
    Ok(place.is_some_and(|place| !has_room(&weights, &taken, seats.quota, place)))
}

/// The places that are taken in each group. Locks the study's places until the transaction ends.
async fn taken(
    connection: &mut AnyConnection,
    study: &str,
    now_ms: u64,
    groups: &[(Option<&Name>, u32)],
) -> Result<Vec<Taken>, StoreError> {
    sqlx::query(
        "INSERT INTO study_states (study, state, asked) VALUES ($1, 'open', 1) \
         ON CONFLICT (study) DO UPDATE SET asked = study_states.asked + 1",
    )
    .bind(study.to_owned())
    .execute(&mut *connection)
    .await?;
    let found = sqlx::query(
        "SELECT group_name, COUNT(CASE WHEN finished_rows IS NOT NULL AND is_late = 0 THEN 1 END) AS finished, \
         COUNT(CASE WHEN finished_rows IS NULL AND seat_until_ms >= $2 THEN 1 END) AS leased \
         FROM sessions WHERE study = $1 AND observer_kind = 'human' GROUP BY group_name",
    )
    .bind(study.to_owned())
    .bind(now_ms.cast_signed())
    .fetch_all(connection)
    .await?;
    let mut taken = vec![Taken::default(); groups.len()];
    for row in found {
        let name: Option<String> = row.try_get("group_name")?;
        let place = groups.iter().position(|(group, _)| group.map(Name::as_str) == name.as_deref());
        // A group that the study has no more takes no place.
        if let Some(taken) = place.and_then(|place| taken.get_mut(place)) {
            taken.finished = row.try_get::<i64, _>("finished")?.unsigned_abs();
            taken.leased = row.try_get::<i64, _>("leased")?.unsigned_abs();
        }
    }
    Ok(taken)
}

async fn insert(
    connection: &mut AnyConnection,
    session: &Session,
    app_version: &str,
    now_ms: u64,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO sessions (id, study, observer_kind, observer, trial_set, app_version, seed, token_hash, \
         receipt_hash, snapshot, plan_json, opened_at_ms, consent_text_hash, group_name, last_seen_ms, seat_until_ms, \
         attempt_hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $12, $15, $16) \
         ON CONFLICT (attempt_hash) DO NOTHING",
    )
    .bind(session.id.to_string())
    .bind(session.study.to_string())
    .bind(kind_text(session.observer_kind))
    .bind(session.observer.to_string())
    .bind(session.trial_set.to_string())
    .bind(app_version.to_owned())
    .bind(session.seed.cast_signed())
    .bind(session.token_hash.clone())
    .bind(session.receipt_hash.clone())
    .bind(session.snapshot.as_ref().map(ToString::to_string))
    .bind(session.plan_json.clone())
    .bind(now_ms.cast_signed())
    .bind(session.consent_text_hash.as_ref().map(ToString::to_string))
    .bind(session.group.as_ref().map(ToString::to_string))
    .bind((now_ms + SEAT_MS).cast_signed())
    .bind(session.attempt_hash.clone())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
