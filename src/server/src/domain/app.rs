//! What every request shares: the database, the studies, and the snapshots of sessions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gestalt_types::Sha256;

use super::error::Error;
use super::snapshot::Snapshot;
use super::studies::{OfferedStudy, Studies};
use crate::secrets;
use crate::store::{Session, Store, StoreError};

/// Snapshots of studies that were changed since, kept in memory while sessions need them.
const MAX_OLDER_SNAPSHOTS: usize = 16;

/// What every request shares.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) studies: Studies,
    /// Milliseconds since 1970.
    pub(super) now_ms: fn() -> u64,
    older_snapshots: Mutex<HashMap<Sha256, Arc<Snapshot>>>,
}

impl App {
    /// Keeps a snapshot of every study.
    pub(crate) async fn new(store: Store, studies: Studies, now_ms: fn() -> u64) -> Result<Self, StoreError> {
        for study in studies.all() {
            store.keep_snapshot(&study.snapshot.text, now_ms()).await?;
        }
        Ok(Self { store, studies, now_ms, older_snapshots: Mutex::default() })
    }

    /// The study of this name, if it is offered.
    pub(crate) fn study(&self, name: &str) -> Result<&Arc<OfferedStudy>, Error> {
        self.studies.get(name).ok_or_else(|| {
            Error::NotFound(format!(
                "there is no study `{name}`; if there should be, the server said at start-up what is wrong with it"
            ))
        })
    }

    /// What a session was opened against, whatever the study's files say today.
    pub(super) async fn snapshot_of(&self, session: &Session) -> Result<Arc<Snapshot>, Error> {
        let offered = self.studies.get(session.study.as_str()).map(|study| &study.snapshot);
        let Some(hash) = &session.snapshot else {
            // Opened by a version without snapshots: its trial set has to be the one that is offered.
            let same = offered.filter(|snapshot| *snapshot.set.hash() == session.trial_set);
            return same.cloned().ok_or_else(|| {
                Error::Unavailable(format!(
                    "study `{}` is not offered with the trial set {} that this session began with",
                    session.study, session.trial_set
                ))
            });
        };
        if let Some(snapshot) = offered.filter(|snapshot| snapshot.text.hash == *hash) {
            return Ok(Arc::clone(snapshot));
        }
        if let Some(snapshot) = self.older().get(hash) {
            return Ok(Arc::clone(snapshot));
        }
        let unreadable = |reason: String| StoreError::Unreadable {
            table: "snapshots",
            key: hash.to_string(),
            column: "hash",
            reason,
        };
        let text = self.store.snapshot(hash).await?.ok_or_else(|| unreadable("is missing".into()))?;
        let snapshot = Snapshot::of_stored(text).map_err(|error| unreadable(error.to_string()))?;
        let snapshot = Arc::new(snapshot);
        let mut older = self.older();
        if older.len() >= MAX_OLDER_SNAPSHOTS {
            older.clear();
        }
        older.insert(hash.clone(), Arc::clone(&snapshot));
        Ok(snapshot)
    }

    fn older(&self) -> std::sync::MutexGuard<'_, HashMap<Sha256, Arc<Snapshot>>> {
        // A cache is whole whatever panicked while it was held.
        self.older_snapshots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Compares hashes, so that the time it takes reveals nothing about the token.
pub(super) fn opens(token: Option<&str>, hash: &str) -> bool {
    token.is_some_and(|token| secrets::hash(token) == hash)
}
