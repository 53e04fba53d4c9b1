//! The lab's studies and their people, and whether a study takes any.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use gestalt_protocol::lab::{LabParticipant, LabStudy, SetState};
use gestalt_types::Name;

use crate::domain::{App, codebook_csv};
use crate::http::error::HttpError;
use crate::http::extract::{Body, Lab};

/// How often the counts are looked at while somebody watches.
const LOOK: Duration = Duration::from_secs(2);

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Lab(shown): Lab,
) -> Result<Json<Vec<LabStudy>>, HttpError> {
    let key = app.lab_key(&shown).await?;
    Ok(Json(app.lab_studies(&key).await?))
}

/// The same list again and again, whenever it has changed; ends when the key is revoked or the database is
/// away.
pub(super) async fn events(
    State(app): State<Arc<App>>,
    Lab(shown): Lab,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, HttpError> {
    app.lab_key(&shown).await?;
    let events = stream::unfold(None::<String>, move |before| {
        let (app, shown) = (Arc::clone(&app), shown.clone());
        async move {
            loop {
                if before.is_some() {
                    tokio::time::sleep(LOOK).await;
                }
                let key = app.lab_key(&shown).await.ok()?;
                let now = serde_json::to_string(&app.lab_studies(&key).await.ok()?).ok()?;
                if before.as_ref() != Some(&now) {
                    return Some((Ok(Event::default().data(now.clone())), Some(now)));
                }
            }
        }
    });
    // Shorter than the time after which a silent connection is closed.
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(10))))
}

pub(super) async fn participants(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
) -> Result<Json<Vec<LabParticipant>>, HttpError> {
    Ok(Json(app.lab_participants(&shown, &named(study)?).await?))
}

pub(super) async fn participants_csv(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
) -> Result<impl IntoResponse, HttpError> {
    let csv = app.participants_csv(&shown, &named(study)?).await?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv))
}

/// The same for every study, so that it needs no key.
pub(super) async fn codebook() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/csv; charset=utf-8")], codebook_csv())
}

pub(super) async fn set_state(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<LabStudy>, HttpError> {
    let study = named(study)?;
    // Who has no key learns nothing about bodies.
    app.owner(&shown, &study).await?;
    let SetState { state } = body.json(&headers)?;
    Ok(Json(app.set_state(&shown, &study, state).await?))
}

pub(super) fn named(study: String) -> Result<Name, HttpError> {
    Name::new(study).map_err(|error| HttpError::NotFound(error.to_string()))
}
