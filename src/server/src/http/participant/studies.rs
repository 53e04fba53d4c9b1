//! Studies as participants see them: without the answers.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use gestalt_protocol::api::StudyOpened;
use gestalt_protocol::{Encoding, Study};

use crate::domain::App;
use crate::http::error::HttpError;
use crate::http::headers::IMMUTABLE;

pub(super) async fn list(State(app): State<Arc<App>>) -> Json<Vec<Study>> {
    Json(app.studies.all().map(|offered| offered.snapshot.study.presented()).collect())
}

pub(super) async fn open(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Json<StudyOpened>, HttpError> {
    Ok(Json(app.study(&name)?.opened()))
}

pub(super) async fn image(
    State(app): State<Arc<App>>,
    Path((name, file)): Path<(String, String)>,
) -> Result<impl IntoResponse, HttpError> {
    let study = app.study(&name)?;
    let bytes = study.image(&file).await?;
    let bytes =
        bytes.ok_or_else(|| HttpError::NotFound(format!("`{file}` is not an image of study `{name}`")))?;
    let content_type = match study.encoding() {
        Encoding::WebpLossless => "image/webp",
        Encoding::Png => "image/png",
    };
    Ok(([(CONTENT_TYPE, content_type), (CACHE_CONTROL, IMMUTABLE)], bytes))
}
