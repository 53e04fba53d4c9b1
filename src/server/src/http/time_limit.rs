//! The time limit of a request, its body included.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::HttpError;

/// Answers with 408 where the request takes longer than `limit`.
pub(super) async fn answer_in_time(limit: Duration, request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| HttpError::TooSlow.into_response())
}
