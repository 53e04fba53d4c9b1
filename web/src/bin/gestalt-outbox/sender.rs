//! Sends what waits until it is acknowledged: batch by batch, by receipt only, with growing pauses while
//! the server is away.

use std::collections::BTreeMap;

use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use futures::future::{Either, select};
use gestalt_session::{
    Delivery, Fate, FromOutbox, OutboxState, Standing, StoredRow, StoredSession, decided, lost, ndjson,
    next_batch, wait_ms,
};
use gestalt_web::request::ServerError;
use gloo_timers::future::TimeoutFuture;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

use crate::store::{Store, StoreError};
use crate::{Wake, say, server};

/// Without anything to do the sender looks again after this time.
const LONGEST_REST_MS: u32 = 600_000;

/// What the sender knows.
struct Sender {
    store: Store,
    /// Of each session, since the worker was started.
    attempts: BTreeMap<Uuid, Attempts>,
    /// As the page was told last.
    state: OutboxState,
}

/// How far the delivery of a session is, and when it may be tried again.
#[derive(Default)]
struct Attempts {
    delivery: Delivery,
    failures: u32,
    not_before_ms: f64,
}

#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Server(#[from] ServerError),
    #[error("an answer could not be written for the server: {0}")]
    Row(#[from] serde_json::Error),
}

/// The sender's loop. Ends with the worker.
pub async fn run(store: Store, mut wakes: UnboundedReceiver<Wake>) {
    let mut failures = 0;
    let mut sender = Sender { store, attempts: BTreeMap::new(), state: OutboxState::default() };
    let mut is_urgent = false;
    loop {
        match sender.send_everything(is_urgent).await {
            Ok(next_ms) => {
                failures = 0;
                let timer = TimeoutFuture::new(next_ms.unwrap_or(LONGEST_REST_MS));
                let wake = match select(timer, wakes.next()).await {
                    Either::Left(_) => Wake::Rows,
                    Either::Right((Some(wake), _)) => wake,
                    Either::Right((None, _)) => return,
                };
                is_urgent = matches!(wake, Wake::Now);
            }
            Err(error) => {
                failures += 1;
                sender.note_problem(Some(error.to_string()));
                rest(&mut wakes, wait_ms(failures, js_sys::Math::random())).await;
                is_urgent = true;
            }
        }
        // What came in meanwhile is seen by the next round anyway.
        while let Ok(wake) = wakes.try_recv() {
            is_urgent |= matches!(wake, Wake::Now);
        }
    }
}

/// Waits, unless something changed outside. New rows are no reason to try earlier.
async fn rest(wakes: &mut UnboundedReceiver<Wake>, wait_ms: u32) {
    let mut timer = TimeoutFuture::new(wait_ms);
    loop {
        match select(timer, wakes.next()).await {
            Either::Left(_) | Either::Right((Some(Wake::Now) | None, _)) => return,
            Either::Right((Some(Wake::Rows), rest)) => timer = rest,
        }
    }
}

impl Sender {
    /// Sends all sessions, the newest first; in how many ms one of them may be tried again. A session that
    /// the server or the storage has trouble with waits alone: it does not hold up the others.
    ///
    /// # Errors
    /// Where no server answers at all.
    async fn send_everything(&mut self, is_urgent: bool) -> Result<Option<u32>, SendError> {
        let (mut problem, mut next_ms) = (None, None::<f64>);
        for session in self.store.sessions().await?.into_iter().rev() {
            let Some(token) = session.token.clone().filter(|_| session.completion_code.is_none()) else {
                continue;
            };
            let id = session.session;
            let attempts = self.attempts.entry(id).or_default();
            let waits_ms = attempts.not_before_ms - now_ms();
            if waits_ms > 0.0 && !is_urgent {
                next_ms = Some(next_ms.map_or(waits_ms, |next_ms| next_ms.min(waits_ms)));
                problem = problem.or_else(|| self.state.problem.clone());
                continue;
            }
            match self.send_session(session, &token).await {
                Ok(()) => self.attempts.entry(id).or_default().failures = 0,
                Err(error @ SendError::Server(ServerError::Unreachable(_))) => return Err(error),
                Err(error) => {
                    problem = Some(error.to_string());
                    let attempts = self.attempts.entry(id).or_default();
                    attempts.failures += 1;
                    let pause_ms = f64::from(wait_ms(attempts.failures, js_sys::Math::random()));
                    attempts.not_before_ms = now_ms() + pause_ms;
                    next_ms = Some(next_ms.map_or(pause_ms, |next_ms| next_ms.min(pause_ms)));
                }
            }
        }
        self.note_problem(problem);
        Ok(next_ms.map(|next_ms| next_ms.ceil() as u32))
    }

    /// Sends one session. An error is worth another attempt; a session that the server rejects is noted and
    /// left.
    async fn send_session(&mut self, session: StoredSession, token: &str) -> Result<(), SendError> {
        let id = session.session;
        loop {
            let first = self.attempts.entry(id).or_default().delivery.first_open();
            let rows = self.store.rows_from(id, first).await?;
            self.attempts.entry(id).or_default().delivery.absorb(&rows);
            self.note(&session, &rows, None);
            let outcome = match (next_batch(&rows), session.rows) {
                (batch, _) if !batch.is_empty() => self.send_batch(&session, token, &batch).await,
                (_, Some(count)) => self.finish(&session, token, count).await,
                (_, None) => return Ok(()),
            };
            match outcome {
                Ok(Some(code)) => {
                    let finished = StoredSession { completion_code: Some(code), ..session };
                    self.store.update_session(&finished).await?;
                    self.note(&finished, &rows, None);
                    return Ok(());
                }
                // Rows that were settled may wait again.
                Ok(None) if session.rows.is_some() => {
                    self.attempts.entry(id).or_default().delivery = Delivery::default()
                }
                Ok(None) => {}
                Err(SendError::Server(error)) if !error.is_passing() => {
                    self.note(&session, &rows, Some(error.to_string()));
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn send_batch(
        &self,
        session: &StoredSession,
        token: &str,
        batch: &[StoredRow],
    ) -> Result<Option<String>, SendError> {
        let receipt = server::send_rows(session.session, token, ndjson(batch)?).await?;
        let decided = decided(batch, &receipt);
        if decided.is_empty() {
            return Err(ServerError::Misunderstood("a receipt without any row".into()).into());
        }
        self.store.update_rows(&decided).await?;
        Ok(None)
    }

    /// Asks for the completion code. Rows that the server misses after all are sent once more.
    async fn finish(
        &self,
        session: &StoredSession,
        token: &str,
        count: u32,
    ) -> Result<Option<String>, SendError> {
        match server::finish(session.session, token, count).await {
            Ok(finished) => Ok(Some(finished.completion_code)),
            Err(ServerError::Refused { status: 409, problem }) => {
                let rows = self.store.rows_from(session.session, 0).await?;
                let again = lost(&rows, &problem.missing);
                if again.is_empty() {
                    return Err(ServerError::Refused { status: 409, problem }.into());
                }
                self.store.update_rows(&again).await?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn note(&mut self, session: &StoredSession, rows: &[StoredRow], problem: Option<String>) {
        let delivery = &self.attempts.entry(session.session).or_default().delivery;
        let standing = Standing {
            waiting: rows.iter().filter(|row| row.fate == Fate::Waiting).count(),
            settled: delivery.first_open(),
            refused: delivery.refused().to_vec(),
            completion_code: session.completion_code.clone(),
            problem,
        };
        if self.state.sessions.insert(session.session, standing.clone()) != Some(standing) {
            say(&FromOutbox::State(self.state.clone()));
        }
    }

    fn note_problem(&mut self, problem: Option<String>) {
        if self.state.problem != problem {
            self.state.problem = problem;
            say(&FromOutbox::State(self.state.clone()));
        }
    }
}

/// The worker's monotonic clock.
fn now_ms() -> f64 {
    let scope = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>().ok();
    scope.and_then(|scope| scope.performance()).map_or(0.0, |performance| performance.now())
}
