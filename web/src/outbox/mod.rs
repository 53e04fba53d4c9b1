//! The outbox: every answer is in the browser's own storage first, and counts as delivered only by the server's receipt.

mod sender;
pub mod store;

use std::collections::BTreeMap;

use futures::channel::mpsc::{UnboundedSender, unbounded};
use gestalt_protocol::Row;
use gestalt_session::{Fate, StoredRow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use crate::browser::Listener;
use crate::server::{self, ServerError};
use store::{StoreError, StoredSession};

/// What there is to say about one session's rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standing {
    /// Rows that the server has not acknowledged.
    pub waiting: usize,
    /// Rows that the server refused: index, and field with reason.
    pub refused: Vec<(u32, String)>,
    /// Every row is durable.
    pub completion_code: Option<String>,
    /// What the server has against the session as a whole.
    pub problem: Option<String>,
}

/// What there is to say about the outbox.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// Sessions that are not settled, and those that became so since the page was opened.
    pub sessions: BTreeMap<Uuid, Standing>,
    /// Why nothing can be sent at the moment.
    pub problem: Option<String>,
}

impl State {
    /// Rows of all sessions that the server has not acknowledged.
    pub fn waiting(&self) -> usize {
        self.sessions.values().map(|standing| standing.waiting).sum()
    }
}

/// Why the sender should look again.
enum Wake {
    /// There is something new to send.
    Rows,
    /// Something changed outside: do not wait any longer.
    Now,
}

/// Why a session could not be withdrawn.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WithdrawError {
    /// The server did not confirm.
    #[error("{0}")]
    Server(#[from] ServerError),
    /// This browser's copy could not be deleted.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The app's one outbox.
#[derive(Clone, Copy)]
pub struct Outbox {
    state: RwSignal<State>,
    wake: StoredValue<UnboundedSender<Wake>>,
}

impl Outbox {
    /// Opens the outbox and starts to send what waits from earlier.
    pub fn start() -> Self {
        let (sender, wakes) = unbounded();
        let this = Self { state: RwSignal::new(State::default()), wake: StoredValue::new(sender) };
        let online = Listener::new(&window(), "online", move |_: web_sys::Event| this.retry());
        // Lives as long as the page.
        std::mem::forget(online);
        spawn_local(sender::run(this.state, wakes));
        this
    }

    /// What there is to say.
    pub fn state(self) -> Signal<State> {
        self.state.into()
    }

    /// Sends now, whatever the waiting time.
    pub fn retry(self) {
        self.wake(Wake::Now);
    }

    /// Takes a new session in.
    pub async fn open(self, session: &StoredSession) -> Result<(), StoreError> {
        store::put_session(session).await
    }

    /// Takes a row in; returns when it is durable in the browser's storage. `kept`: there is no server to send it to.
    pub async fn put(self, row: Row, kept: bool) -> Result<(), StoreError> {
        let fate = if kept { Fate::Kept } else { Fate::Waiting };
        store::put_row(&StoredRow { session: row.session, index: row.index, fate, row }).await?;
        self.wake(Wake::Rows);
        Ok(())
    }

    /// The session had its last trial: `rows` in all.
    pub async fn close(self, session: &StoredSession, rows: u32) -> Result<(), StoreError> {
        store::update_session(&StoredSession { rows: Some(rows), ..session.clone() }).await?;
        self.wake(Wake::Rows);
        Ok(())
    }

    /// Deletes the session at the server and here.
    pub async fn withdraw(self, session: &StoredSession) -> Result<(), WithdrawError> {
        if let Some(token) = &session.token {
            server::withdraw(session.session, token).await?;
        }
        store::forget(session.session).await?;
        self.state.update(|state| {
            state.sessions.remove(&session.session);
        });
        Ok(())
    }

    fn wake(self, why: Wake) {
        // The sender lives as long as the page.
        self.wake.with_value(|sender| drop(sender.unbounded_send(why)));
    }
}
