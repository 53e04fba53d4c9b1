//! The rows of a study as a file, for the researcher.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::studies::named;
use crate::domain::{App, Credentials};
use crate::http::error::HttpError;
use crate::http::extract::Lab;
use crate::http::log_file::{self, Form};
use crate::store::Whose;

pub(super) async fn ndjson(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
) -> Result<Response, HttpError> {
    rows(app, study, shown, Form::Ndjson).await
}

pub(super) async fn csv(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
) -> Result<Response, HttpError> {
    rows(app, study, shown, Form::Csv).await
}

/// Which rows cannot be read: the table leaves them out.
pub(super) async fn unreadable(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
) -> Result<Response, HttpError> {
    rows(app, study, shown, Form::Unreadable).await
}

/// A study need not be offered (any more) for its rows to be read.
async fn rows(app: Arc<App>, study: String, shown: Credentials, form: Form) -> Result<Response, HttpError> {
    let name = named(study)?;
    app.reader(&shown, &name).await?;
    log_file::answer(app, Whose::Study(name), form).await
}
