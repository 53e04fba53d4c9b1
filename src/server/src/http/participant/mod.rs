//! What a participant's browser asks: studies without their answers, and its own session.

mod sessions;
mod steps;
mod studies;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use crate::domain::App;

/// The addresses of the participant API.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/studies", get(studies::list))
        .route("/api/studies/{study}", get(studies::open))
        .route("/api/studies/{study}/images/{file}", get(studies::image))
        .route("/api/sessions", post(sessions::open))
        .route("/api/sessions/{session}", get(sessions::standing).delete(sessions::withdraw))
        .route("/api/sessions/{session}/rows", post(sessions::add_rows).get(sessions::own_rows))
        .route("/api/sessions/{session}/steps/{step}", put(steps::put))
        .route("/api/sessions/{session}/finish", post(sessions::finish))
        .route("/api/withdrawals", post(sessions::withdraw_by_receipt))
}
