//! Where rows and sessions are kept: in the browser's storage, or in memory where that does not work.

use std::cell::RefCell;
use std::rc::Rc;

use gestalt_session::{StoredRow, StoredSession};
use uuid::Uuid;

use crate::indexed;
use crate::memory::Memory;

pub use crate::indexed::StoreError;

/// The worker's one store.
#[derive(Clone, Default)]
pub struct Store {
    memory: Rc<RefCell<Option<Memory>>>,
}

impl Store {
    /// Holds everything in memory from now on, with what the browser's storage still gives.
    pub async fn use_memory(&self) {
        if self.memory.borrow().is_some() {
            return;
        }
        let mut memory = Memory::default();
        for session in indexed::sessions().await.unwrap_or_default() {
            let rows = indexed::rows_from(session.session, 0).await.unwrap_or_default();
            rows.iter().for_each(|row| memory.put_row(row));
            memory.put_session(&session);
        }
        *self.memory.borrow_mut() = Some(memory);
    }

    /// Every session, oldest first.
    pub async fn sessions(&self) -> Result<Vec<StoredSession>, StoreError> {
        let in_memory = self.in_memory(|memory| memory.sessions());
        let mut sessions = match in_memory {
            Some(sessions) => sessions,
            None => indexed::sessions().await?,
        };
        sessions.sort_by(|a, b| a.opened_at_ms.total_cmp(&b.opened_at_ms));
        Ok(sessions)
    }

    /// Keeps a new session.
    pub async fn put_session(&self, session: &StoredSession) -> Result<(), StoreError> {
        match self.in_memory(|memory| memory.put_session(session)) {
            Some(()) => Ok(()),
            None => indexed::put_session(session).await,
        }
    }

    /// Changes a session, unless it was forgotten meanwhile.
    pub async fn update_session(&self, session: &StoredSession) -> Result<(), StoreError> {
        match self.in_memory(|memory| memory.update_session(session)) {
            Some(()) => Ok(()),
            None => indexed::update_session(session).await,
        }
    }

    /// The rows of a session from this index on.
    pub async fn rows_from(&self, session: Uuid, first: u32) -> Result<Vec<StoredRow>, StoreError> {
        match self.in_memory(|memory| memory.rows_from(session, first)) {
            Some(rows) => Ok(rows),
            None => indexed::rows_from(session, first).await,
        }
    }

    /// Keeps a new row.
    pub async fn put_row(&self, row: &StoredRow) -> Result<(), StoreError> {
        match self.in_memory(|memory| memory.put_row(row)) {
            Some(()) => Ok(()),
            None => indexed::put_row(row).await,
        }
    }

    /// Changes rows, except those that were forgotten meanwhile.
    pub async fn update_rows(&self, rows: &[StoredRow]) -> Result<(), StoreError> {
        match self.in_memory(|memory| memory.update_rows(rows)) {
            Some(()) => Ok(()),
            None => indexed::update_rows(rows).await,
        }
    }

    /// Forgets a session and its rows.
    pub async fn forget(&self, session: Uuid) -> Result<(), StoreError> {
        match self.in_memory(|memory| memory.forget(session)) {
            Some(()) => Ok(()),
            None => indexed::forget(session).await,
        }
    }

    fn in_memory<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> Option<T> {
        self.memory.borrow_mut().as_mut().map(act)
    }
}
