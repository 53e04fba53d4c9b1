//! What the researcher asks: the rows of a study.

mod export;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::domain::App;

/// The addresses of the lab API.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/studies/{study}/rows.ndjson", get(export::ndjson))
        .route("/api/studies/{study}/rows.csv", get(export::csv))
}
