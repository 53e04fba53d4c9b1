//! The rows of a study as a file, for the researcher.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use gestalt_types::Name;

use crate::domain::App;
use crate::http::error::HttpError;
use crate::http::extract::Bearer;
use crate::http::log_file::{self, Form};
use crate::store::Whose;

pub(super) async fn ndjson(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Bearer(token): Bearer,
) -> Result<Response, HttpError> {
    rows(app, study, token, Form::Ndjson).await
}

pub(super) async fn csv(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Bearer(token): Bearer,
) -> Result<Response, HttpError> {
    rows(app, study, token, Form::Csv).await
}

/// Which rows cannot be read: the table leaves them out.
pub(super) async fn unreadable(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Bearer(token): Bearer,
) -> Result<Response, HttpError> {
    rows(app, study, token, Form::Unreadable).await
}

/// A study need not be offered (any more) for its rows to be read.
async fn rows(
    app: Arc<App>,
    study: String,
    token: Option<String>,
    form: Form,
) -> Result<Response, HttpError> {
    app.researcher(token.as_deref())?;
    let name = Name::new(study).map_err(|error| HttpError::NotFound(error.to_string()))?;
    log_file::answer(app, Whose::Study(name), form).await
}
