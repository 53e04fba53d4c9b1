//! What the steps of a session record, over HTTP.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};

use crate::domain::{App, Asked};
use crate::http::error::HttpError;
use crate::http::extract::{Bearer, Body};

pub(super) async fn put(
    State(app): State<Arc<App>>,
    Path((id, step)): Path<(String, u32)>,
    Bearer(token): Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, HttpError> {
    let asked = Asked { id, token };
    // Who has no token learns nothing about bodies.
    app.own_session(&asked).await?;
    app.put_record(&asked, step, &body.json(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
