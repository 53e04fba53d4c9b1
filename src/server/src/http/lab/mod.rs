//! What the lab asks: its studies, their people, and their files.

mod export;
mod recruitment;
mod sessions;
mod studies;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use crate::domain::App;

/// The addresses of the lab API.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/studies/{study}/rows.ndjson", get(export::ndjson))
        .route("/api/studies/{study}/rows.csv", get(export::csv))
        .route("/api/studies/{study}/unreadable.ndjson", get(export::unreadable))
        .route("/api/studies/{study}/steps.ndjson", get(recruitment::steps))
        .route("/api/studies/{study}/payments.csv", get(recruitment::payments))
        .route("/api/studies/{study}/sessions.csv", get(sessions::csv))
        .route("/api/studies/{study}/participants.csv", get(studies::participants_csv))
        .route("/api/studies/{study}/codebook.csv", get(studies::codebook))
        .route("/api/lab/visit", post(visit::sign_in).get(visit::who).delete(visit::sign_out))
        .route("/api/lab/studies", get(studies::list))
        .route("/api/lab/events", get(studies::events))
        .route("/api/lab/studies/{study}/participants", get(studies::participants))
        .route("/api/lab/studies/{study}/state", put(studies::set_state))
}
