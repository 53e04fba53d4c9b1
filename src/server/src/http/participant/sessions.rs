//! The life of a session over HTTP: opened, filled with rows, finished or withdrawn.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use gestalt_protocol::api::{Finish, Finished, Receipt, SessionOpened, SessionStanding, Withdrawal};

use crate::domain::{App, Asked};
use crate::http::error::HttpError;
use crate::http::extract::{Bearer, Body};
use crate::http::log_file::{self, Form};
use crate::store::Whose;

pub(super) async fn open(
    State(app): State<Arc<App>>,
    Bearer(token): Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SessionOpened>, HttpError> {
    Ok(Json(app.open_session(body.json(&headers)?, token.as_deref()).await?))
}

pub(super) async fn standing(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Bearer(token): Bearer,
) -> Result<Json<SessionStanding>, HttpError> {
    Ok(Json(app.standing(&Asked { id, token }).await?))
}

pub(super) async fn add_rows(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Bearer(token): Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Receipt>, HttpError> {
    Ok(Json(app.add_rows(&Asked { id, token }, body.ndjson(&headers)?).await?))
}

pub(super) async fn finish(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Bearer(token): Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Finished>, HttpError> {
    let asked = Asked { id, token };
    // Who has no token learns nothing about bodies.
    app.own_session(&asked).await?;
    let Finish { rows } = body.json(&headers)?;
    Ok(Json(app.finish(&asked, rows).await?))
}

pub(super) async fn own_rows(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Bearer(token): Bearer,
) -> Result<Response, HttpError> {
    let session = app.readable_session(&Asked { id, token }).await?;
    log_file::answer(app, Whose::Session(session), Form::Ndjson).await
}

pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Bearer(token): Bearer,
) -> Result<StatusCode, HttpError> {
    app.withdraw(&Asked { id, token }).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn withdraw_by_receipt(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, HttpError> {
    let Withdrawal { receipt } = body.json(&headers)?;
    app.withdraw_by_receipt(&receipt).await?;
    Ok(StatusCode::NO_CONTENT)
}
