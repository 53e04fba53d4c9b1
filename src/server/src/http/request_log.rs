//! The log of requests, off by default (`RUST_LOG=gestalt_server=debug`): no addresses, no tokens, no query
//! strings.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

/// Logs method, path, status and duration of a request.
pub(super) async fn write(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let start = Instant::now();
    let response = next.run(request).await;
    let (status, took_ms) = (response.status().as_u16(), start.elapsed().as_secs_f64() * 1e3);
    tracing::debug!(%method, path, status, took_ms, "request");
    response
}
