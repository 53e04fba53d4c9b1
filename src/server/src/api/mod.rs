//! The requests of `gestalt_protocol::api`, and the state that they share.

mod export;
mod extract;
mod sessions;
mod studies;

use std::sync::Arc;

use axum::routing::{any, delete, get, post};
use axum::{Json, Router};
use gestalt_protocol::api::Health;

use crate::error::Error;
use crate::store::Store;
use crate::studies::Studies;

/// What every request needs.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) studies: Studies,
    /// SHA-256 of the key that opens the export.
    pub(crate) researcher_key_hash: String,
}

/// Everything below `/api`.
pub(crate) fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/health", get(health))
        .route("/api/studies", get(studies::list))
        .route("/api/studies/{study}", get(studies::open))
        .route("/api/studies/{study}/images/{file}", get(studies::image))
        .route("/api/studies/{study}/rows.ndjson", get(export::study_ndjson))
        .route("/api/studies/{study}/rows.csv", get(export::study_csv))
        .route("/api/sessions", post(sessions::open))
        .route("/api/sessions/{session}", delete(sessions::withdraw))
        .route("/api/sessions/{session}/rows", post(sessions::add_rows).get(export::own_rows))
        .route("/api/sessions/{session}/finish", post(sessions::finish))
        .route("/api", any(unknown))
        .route("/api/", any(unknown))
        .route("/api/{*rest}", any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
}

async fn health() -> Json<Health> {
    Json(Health { version: env!("CARGO_PKG_VERSION").into() })
}

async fn unknown() -> Error {
    Error::NotFound("there is no such address in the API; gestalt_protocol::api lists them".into())
}

async fn wrong_method() -> Error {
    Error::WrongMethod
}
