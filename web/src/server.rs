//! The server's interface, typed: one function a request of `gestalt_protocol::api`, one error type.

use gestalt_protocol::Row;
use gestalt_protocol::api::{
    Finish, Finished, Health, OpenSession, Problem, Receipt, SessionOpened, StudyOpened,
};
use gestalt_tables::Rows;
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::browser::address;

/// A request that takes longer counts as unreachable, so that a dead connection does not hold the outbox up.
const TIMEOUT_MS: u32 = 30_000;

/// Why a request was not served.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ServerError {
    /// No answer came: offline, or the server is down.
    #[error("the server cannot be reached ({0}); check the connection")]
    Unreachable(String),
    /// The server said no.
    #[error("{}", problem.error)]
    Refused {
        /// HTTP status.
        status: u16,
        /// What it said.
        problem: Problem,
    },
    /// The answer is not what this version of the page understands.
    #[error("the server's answer was not understood ({0}); reload the page to get the current version")]
    Misunderstood(String),
}

impl ServerError {
    /// Trying again later may help: the network, or the server itself, is in trouble.
    pub fn is_passing(&self) -> bool {
        match self {
            ServerError::Unreachable(_) => true,
            ServerError::Refused { status, .. } => *status >= 500 || *status == 429 || *status == 408,
            ServerError::Misunderstood(_) => false,
        }
    }
}

/// Where the app finds its studies and leaves its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosting {
    /// A server scores and keeps.
    Server,
    /// Files only: the browser scores and keeps, and hands the log over as a file.
    Static,
}

/// Asks whether a server is there. Files alone answer with an error page; silence is an error.
pub async fn hosting() -> Result<Hosting, ServerError> {
    let response = sent(Request::get(&address("api/health"))).await?;
    if response.status() >= 500 {
        return Err(refusal(response).await);
    }
    let healthy = response.ok() && response.json::<Health>().await.is_ok();
    Ok(if healthy { Hosting::Server } else { Hosting::Static })
}

/// One study with its trial set, answers left out.
pub async fn study(name: &str) -> Result<StudyOpened, ServerError> {
    json(sent(Request::get(&address(&format!("api/studies/{}", encoded(name))))).await?).await
}

/// Where the server has an image of a study.
pub fn image_folder(study: &str) -> String {
    address(&format!("api/studies/{}/images/", encoded(study)))
}

/// Opens a session.
pub async fn open_session(request: &OpenSession) -> Result<SessionOpened, ServerError> {
    let body = Request::post(&address("api/sessions")).json(request).map_err(unsent)?;
    json(answered(body.send().await).await?).await
}

/// Sends one batch of rows, NDJSON; the receipt says which are durable.
pub async fn send_rows(session: Uuid, token: &str, ndjson: String) -> Result<Receipt, ServerError> {
    let request = Request::post(&session_address(session, "/rows"))
        .header("authorization", &format!("Bearer {token}"))
        .header("content-type", "application/x-ndjson")
        .abort_signal(Some(&timeout()))
        .body(ndjson)
        .map_err(unsent)?;
    json(answered(request.send().await).await?).await
}

/// Says how many rows the session has; answers with the completion code once all are durable.
pub async fn finish(session: Uuid, token: &str, rows: u32) -> Result<Finished, ServerError> {
    let request = Request::post(&session_address(session, "/finish"))
        .header("authorization", &format!("Bearer {token}"))
        .abort_signal(Some(&timeout()))
        .json(&Finish { rows })
        .map_err(unsent)?;
    json(answered(request.send().await).await?).await
}

/// The scored rows of a finished session.
pub async fn scored_rows(session: Uuid, token: &str) -> Result<Vec<Row>, ServerError> {
    let request = Request::get(&session_address(session, "/rows"));
    let response = sent(request.header("authorization", &format!("Bearer {token}"))).await?;
    let bytes = response.binary().await.map_err(|error| ServerError::Unreachable(error.to_string()))?;
    let log = Rows::read(&bytes).map_err(|error| ServerError::Misunderstood(format!("the rows: {error}")))?;
    match log.refused.first() {
        Some((line, error)) => Err(ServerError::Misunderstood(format!("line {line} of the rows: {error}"))),
        None => Ok(log.rows),
    }
}

/// The participant withdraws: the server deletes the session's rows.
pub async fn withdraw(session: Uuid, token: &str) -> Result<(), ServerError> {
    let request = Request::delete(&session_address(session, ""));
    sent(request.header("authorization", &format!("Bearer {token}"))).await.map(|_| ())
}

/// The bytes of a file of this site.
pub async fn file(url: &str) -> Result<Vec<u8>, ServerError> {
    let response = sent(Request::get(url)).await?;
    response.binary().await.map_err(|error| ServerError::Unreachable(error.to_string()))
}

fn session_address(session: Uuid, rest: &str) -> String {
    address(&format!("api/sessions/{session}{rest}"))
}

fn encoded(name: &str) -> String {
    js_sys::encode_uri_component(name).into()
}

fn timeout() -> web_sys::AbortSignal {
    web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS)
}

fn unsent(error: gloo_net::Error) -> ServerError {
    ServerError::Misunderstood(error.to_string())
}

async fn sent(request: RequestBuilder) -> Result<Response, ServerError> {
    let response = request.abort_signal(Some(&timeout())).send().await;
    let response = response.map_err(|error| ServerError::Unreachable(error.to_string()))?;
    if response.ok() || response.url().ends_with("api/health") {
        return Ok(response);
    }
    Err(refusal(response).await)
}

async fn answered(response: Result<Response, gloo_net::Error>) -> Result<Response, ServerError> {
    let response = response.map_err(|error| ServerError::Unreachable(error.to_string()))?;
    if response.ok() { Ok(response) } else { Err(refusal(response).await) }
}

async fn refusal(response: Response) -> ServerError {
    let status = response.status();
    let unexplained = || Problem {
        error: format!("{} was answered with status {status}", response.url()),
        error_id: None,
        missing: Vec::new(),
    };
    let problem = response.json::<Problem>().await.unwrap_or_else(|_| unexplained());
    ServerError::Refused { status, problem }
}

async fn json<T: DeserializeOwned>(response: Response) -> Result<T, ServerError> {
    response.json().await.map_err(|error| ServerError::Misunderstood(error.to_string()))
}
