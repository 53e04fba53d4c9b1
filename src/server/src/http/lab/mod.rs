//! What the researcher asks: the rows and sessions of a study.

mod export;
mod recruitment;
mod sessions;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

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
}
