//! Signing in and out. The key is handed over once; from then on a cookie stands for it that no script can
//! read and no other site can send along.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use gestalt_protocol::lab::{LabVisit, SignIn};

use crate::domain::App;
use crate::http::error::HttpError;
use crate::http::extract::{Body, COOKIE_NAME, Lab};

pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, HttpError> {
    // A form of another site cannot send this content type.
    let SignIn { key } = body.json(&headers)?;
    let (cookie, visit) = app.sign_in(key.trim()).await?;
    // `Secure` is left to the browser: it keeps the cookie to this host, and a laboratory's own network may
    // have no TLS.
    let cookie = format!("{COOKIE_NAME}={cookie}; HttpOnly; SameSite=Strict; Path=/api; Max-Age=43200");
    Ok(([(SET_COOKIE, cookie)], Json(visit)))
}

pub(super) async fn who(State(app): State<Arc<App>>, Lab(shown): Lab) -> Result<Json<LabVisit>, HttpError> {
    Ok(Json(app.visit(&shown).await?))
}

pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    Lab(shown): Lab,
) -> Result<impl IntoResponse, HttpError> {
    app.sign_out(&shown).await?;
    let cookie = format!("{COOKIE_NAME}=; HttpOnly; SameSite=Strict; Path=/api; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]))
}
