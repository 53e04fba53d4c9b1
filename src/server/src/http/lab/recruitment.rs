//! What the researcher gets of recruitment and steps: the payment list and the records of the steps.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::domain::App;
use crate::http::error::HttpError;
use crate::http::extract::Lab;

use super::studies::named;

pub(super) async fn payments(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
) -> Result<impl IntoResponse, HttpError> {
    let csv = app.payments_csv(&shown, &named(study)?).await?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv))
}

pub(super) async fn steps(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
) -> Result<impl IntoResponse, HttpError> {
    let lines = app.records_ndjson(&shown, &named(study)?).await?;
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], lines))
}
