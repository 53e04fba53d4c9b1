//! What the researcher gets of recruitment and steps: the payment list and the records of the steps.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use gestalt_types::Name;

use crate::domain::App;
use crate::http::error::HttpError;
use crate::http::extract::Bearer;

pub(super) async fn payments(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Bearer(token): Bearer,
) -> Result<impl IntoResponse, HttpError> {
    let csv = app.payments_csv(&named(study)?, token.as_deref()).await?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv))
}

pub(super) async fn steps(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Bearer(token): Bearer,
) -> Result<impl IntoResponse, HttpError> {
    let lines = app.records_ndjson(&named(study)?, token.as_deref()).await?;
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], lines))
}

fn named(study: String) -> Result<Name, HttpError> {
    Name::new(study).map_err(|error| HttpError::NotFound(error.to_string()))
}
