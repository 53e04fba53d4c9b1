//! Requests to the server: what can go wrong with them, and how their answers are read.

use gestalt_protocol::api::Problem;
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;

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

/// Ends a request that takes too long.
pub fn timeout() -> web_sys::AbortSignal {
    web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS)
}

/// The answer to a request without a body; every answer of `api/health` counts, whatever its status.
pub async fn sent(request: RequestBuilder) -> Result<Response, ServerError> {
    let response = request.abort_signal(Some(&timeout())).send().await;
    let response = response.map_err(|error| ServerError::Unreachable(error.to_string()))?;
    if response.ok() || response.url().ends_with("api/health") {
        return Ok(response);
    }
    Err(refusal(response).await)
}

/// The answer to a request with a body.
pub async fn posted(request: Result<Request, gloo_net::Error>) -> Result<Response, ServerError> {
    let request = request.map_err(|error| ServerError::Misunderstood(error.to_string()))?;
    let response = request.send().await.map_err(|error| ServerError::Unreachable(error.to_string()))?;
    if response.ok() { Ok(response) } else { Err(refusal(response).await) }
}

/// What the server said of a request that it did not serve.
pub async fn refusal(response: Response) -> ServerError {
    let status = response.status();
    let unexplained = || Problem {
        error: format!("{} was answered with status {status}", response.url()),
        error_id: None,
        completion_code: None,
        can_resume: false,
        missing: Vec::new(),
    };
    let problem = response.json::<Problem>().await.unwrap_or_else(|_| unexplained());
    ServerError::Refused { status, problem }
}

/// Reads an answer.
pub async fn json<T: DeserializeOwned>(response: Response) -> Result<T, ServerError> {
    response.json().await.map_err(|error| ServerError::Misunderstood(error.to_string()))
}
