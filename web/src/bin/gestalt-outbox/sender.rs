//! Sends what waits until it is acknowledged: batch by batch, by receipt only, with growing pauses while the server is away.

use std::collections::BTreeMap;

use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use futures::future::{Either, select};
use gestalt_session::{Delivery, Fate, StoredRow, decided, lost, ndjson, next_batch, wait_ms};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use uuid::Uuid;

use super::store::{StoreError, StoredSession};
use super::{Standing, State, Wake, store};
use crate::server::{self, ServerError};

/// How far each session's delivery is, since the page was opened.
type Deliveries = BTreeMap<Uuid, Delivery>;

#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Server(#[from] ServerError),
    #[error("an answer could not be written for the server: {0}")]
    Row(#[from] serde_json::Error),
}

/// The sender's loop. Ends with the page.
pub async fn run(state: RwSignal<State>, mut wakes: UnboundedReceiver<Wake>) {
    let mut failures = 0;
    let mut deliveries = Deliveries::new();
    loop {
        match send_everything(state, &mut deliveries).await {
            Ok(()) => {
                failures = 0;
                note_problem(state, None);
                if wakes.next().await.is_none() {
                    return;
                }
            }
            Err(error) => {
                failures += 1;
                note_problem(state, Some(error.to_string()));
                rest(&mut wakes, wait_ms(failures, js_sys::Math::random())).await;
            }
        }
        // What came in meanwhile is seen by the next round anyway.
        while wakes.try_recv().is_ok() {}
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

/// Sends all sessions, the newest first. One that the server has trouble with does not hold up the others.
async fn send_everything(state: RwSignal<State>, deliveries: &mut Deliveries) -> Result<(), SendError> {
    let mut outcome = Ok(());
    for session in store::sessions().await?.into_iter().rev() {
        if session.completion_code.is_none()
            && let Some(token) = session.token.clone()
        {
            let delivery = deliveries.entry(session.session).or_default();
            match send_session(state, delivery, session, &token).await {
                Ok(()) => {}
                Err(SendError::Server(error @ ServerError::Refused { .. })) => outcome = Err(error.into()),
                Err(error) => return Err(error),
            }
        }
    }
    outcome
}

/// Sends one session. An error is worth another attempt; a session that the server rejects is noted and left.
async fn send_session(
    state: RwSignal<State>,
    delivery: &mut Delivery,
    session: StoredSession,
    token: &str,
) -> Result<(), SendError> {
    loop {
        let rows = store::rows_from(session.session, delivery.first_open()).await?;
        delivery.absorb(&rows);
        let note = |session: &StoredSession, problem| note(state, session, delivery, &rows, problem);
        note(&session, None);
        let outcome = match (next_batch(&rows), session.rows) {
            (batch, _) if !batch.is_empty() => send_batch(&session, token, &batch).await,
            (_, Some(count)) => finish(&session, token, count).await,
            (_, None) => return Ok(()),
        };
        match outcome {
            Ok(Some(code)) => {
                let finished = StoredSession { completion_code: Some(code), ..session };
                store::update_session(&finished).await?;
                note(&finished, None);
                return Ok(());
            }
            // Rows that were settled may wait again.
            Ok(None) if session.rows.is_some() => *delivery = Delivery::default(),
            Ok(None) => {}
            Err(SendError::Server(error)) if !error.is_passing() => {
                note(&session, Some(error.to_string()));
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
}

async fn send_batch(
    session: &StoredSession,
    token: &str,
    batch: &[StoredRow],
) -> Result<Option<String>, SendError> {
    let receipt = server::send_rows(session.session, token, ndjson(batch)?).await?;
    let decided = decided(batch, &receipt);
    if decided.is_empty() {
        return Err(ServerError::Misunderstood("a receipt without any row".into()).into());
    }
    store::update_rows(&decided).await?;
    Ok(None)
}

/// Asks for the completion code. Rows that the server misses after all are sent once more.
async fn finish(session: &StoredSession, token: &str, count: u32) -> Result<Option<String>, SendError> {
    match server::finish(session.session, token, count).await {
        Ok(finished) => Ok(Some(finished.completion_code)),
        Err(ServerError::Refused { status: 409, problem }) => {
            let again = lost(&store::rows(session.session).await?, &problem.missing);
            if again.is_empty() {
                return Err(ServerError::Refused { status: 409, problem }.into());
            }
            store::update_rows(&again).await?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn note(
    state: RwSignal<State>,
    session: &StoredSession,
    delivery: &Delivery,
    rows: &[StoredRow],
    problem: Option<String>,
) {
    let standing = Standing {
        waiting: rows.iter().filter(|row| row.fate == Fate::Waiting).count(),
        refused: delivery.refused().to_vec(),
        completion_code: session.completion_code.clone(),
        problem,
    };
    state.update(|state| {
        state.sessions.insert(session.session, standing);
    });
}

fn note_problem(state: RwSignal<State>, problem: Option<String>) {
    if state.with_untracked(|state| state.problem != problem) {
        state.update(|state| state.problem = problem);
    }
}
