//! The life of a session over HTTP: opened, filled with rows, finished or withdrawn.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use gestalt_protocol::api::{Finish, Finished, Receipt, SessionOpened};

use crate::domain::{App, Asked, Error};
use crate::http::error::HttpError;
use crate::http::extract::{Bearer, Body};
use crate::http::log_file::{self, Form};
use crate::store::Whose;

pub(super) async fn open(State(app): State<Arc<App>>, body: Body) -> Result<Json<SessionOpened>, HttpError> {
    Ok(Json(app.open_session(body.json()?).await?))
}

pub(super) async fn add_rows(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    bearer: Bearer,
    body: Body,
) -> Result<Json<Receipt>, HttpError> {
    Ok(Json(app.add_rows(&Asked { id, token: bearer.0 }, &body.0).await?))
}

pub(super) async fn finish(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    bearer: Bearer,
    body: Body,
) -> Result<Json<Finished>, HttpError> {
    let asked = Asked { id, token: bearer.0 };
    // Who has no token learns nothing about bodies.
    app.own_session(&asked).await?;
    let Finish { rows } = body.json()?;
    Ok(Json(app.finish(&asked, rows).await?))
}

/// Only of a finished session: the rows say which answers were right.
pub(super) async fn own_rows(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Result<Response, HttpError> {
    let session = app.own_session(&Asked { id, token: bearer.0 }).await?;
    if !session.finished {
        let why = "the session is not finished yet: finish it, then read its rows";
        return Err(Error::Conflict(why.into()).into());
    }
    log_file::answer(app, Whose::Session(session.id), Form::Ndjson).await
}

pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Result<StatusCode, HttpError> {
    app.withdraw(&Asked { id, token: bearer.0 }).await?;
    Ok(StatusCode::NO_CONTENT)
}
