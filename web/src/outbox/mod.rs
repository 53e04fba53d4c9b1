//! The page's half of the outbox: hands each row to a worker, which stores and sends it, and knows how the
//! delivery stands.

mod client;

use gestalt_protocol::Row;
use gestalt_session::{OutboxReply, OutboxRequest, OutboxState, StoredRow, StoredSession};
use leptos::prelude::*;
use uuid::Uuid;

use crate::browser::Listener;
use crate::server::{self, ServerError};
use client::Client;

pub use client::OutboxError;

/// Why a session could not be withdrawn.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WithdrawError {
    /// The server did not confirm.
    #[error("{0}")]
    Server(#[from] ServerError),
    /// This browser's copy could not be deleted.
    #[error("{0}")]
    Outbox(#[from] OutboxError),
}

/// The app's one outbox.
#[derive(Clone, Copy)]
pub struct Outbox {
    state: RwSignal<OutboxState>,
    may_use_memory: StoredValue<bool>,
    in_memory: RwSignal<bool>,
    client: StoredValue<Client, LocalStorage>,
}

impl Outbox {
    /// Starts the worker, which sends what waits from earlier.
    pub fn start() -> Self {
        let state = RwSignal::new(OutboxState::default());
        let client = StoredValue::new_local(Client::start(state));
        let (may_use_memory, in_memory) = (StoredValue::new(false), RwSignal::new(false));
        let this = Self { state, may_use_memory, in_memory, client };
        let online = Listener::new(&window(), "online", move |_: web_sys::Event| this.retry());
        let hidden = Listener::new(&window(), "pagehide", move |_: web_sys::Event| {
            this.client.with_value(Client::send_leftovers);
        });
        // They live as long as the page.
        std::mem::forget((online, hidden));
        this
    }

    /// How the delivery stands.
    pub fn state(self) -> Signal<OutboxState> {
        self.state.into()
    }

    /// While trials run, what the worker says of the delivery waits: the page has other things to do.
    pub fn set_quiet(self, is_quiet: bool) {
        self.client.with_value(|client| client.set_quiet(is_quiet));
    }

    /// Sends now, whatever the waiting time.
    pub fn retry(self) {
        let client = self.client.get_value();
        leptos::task::spawn_local(async move { drop(client.ask(OutboxRequest::Retry).await) });
    }

    /// Every session that this browser keeps, oldest first.
    pub async fn sessions(self) -> Result<Vec<StoredSession>, OutboxError> {
        match self.ask(OutboxRequest::Sessions).await? {
            OutboxReply::Sessions(sessions) => Ok(sessions),
            other => Err(OutboxError::unexpected(&other)),
        }
    }

    /// The rows of a session, by index.
    pub async fn rows(self, session: Uuid) -> Result<Vec<StoredRow>, OutboxError> {
        match self.ask(OutboxRequest::Rows(session)).await? {
            OutboxReply::Rows(rows) => Ok(rows),
            other => Err(OutboxError::unexpected(&other)),
        }
    }

    /// Takes a new session in.
    pub async fn open(self, session: &StoredSession) -> Result<(), OutboxError> {
        self.ask(OutboxRequest::Open(Box::new(session.clone()))).await.map(drop)
    }

    /// Takes a row in; returns when it is durable in the browser's storage. It is sent with the session's
    /// token; where there is no server, and therefore no token, it is kept.
    pub async fn put(self, row: &Row, token: Option<&str>) -> Result<(), OutboxError> {
        let line = row.to_json().map_err(|error| OutboxError::Failed(error.to_string()))?;
        self.client.with_value(|client| client.remember(row.session, row.index, &line, token));
        self.ask(OutboxRequest::Put { line, kept: token.is_none() }).await.map(drop)
    }

    /// The session had its last trial: `rows` in all.
    pub async fn close(self, session: &StoredSession, rows: u32) -> Result<(), OutboxError> {
        let closed = StoredSession { rows: Some(rows), ..session.clone() };
        self.ask(OutboxRequest::Close(Box::new(closed))).await.map(drop)
    }

    /// Deletes the session at the server and here.
    pub async fn withdraw(self, session: &StoredSession) -> Result<(), WithdrawError> {
        if let Some(token) = &session.token {
            server::withdraw(session.session, token).await?;
        }
        self.ask(OutboxRequest::Forget(session.session)).await?;
        self.client.with_value(|client| client.forget(session.session));
        self.state.update(|state| drop(state.sessions.remove(&session.session)));
        Ok(())
    }

    /// Whether a study lets rows be held in memory until they are sent, where the browser's storage does
    /// not work.
    pub fn allow_memory(self, is_allowed: bool) {
        self.may_use_memory.set_value(is_allowed);
    }

    /// Whether rows are held in memory: what is not sent when the page is closed is lost.
    pub fn is_in_memory(self) -> Signal<bool> {
        self.in_memory.into()
    }

    /// Asks; where the browser's storage fails and the study allows it, everything is held in memory from
    /// then on.
    async fn ask(self, request: OutboxRequest) -> Result<OutboxReply, OutboxError> {
        let client = self.client.get_value();
        match client.ask(request.clone()).await {
            Err(OutboxError::Failed(_)) if self.may_use_memory.get_value() => {
                client.ask(OutboxRequest::UseMemory).await?;
                self.in_memory.set(true);
                client.ask(request).await
            }
            answer => answer,
        }
    }
}
