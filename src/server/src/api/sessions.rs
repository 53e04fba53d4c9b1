//! The life of a session: opened, filled with rows, finished or withdrawn.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use gestalt_protocol::ObserverKind;
use gestalt_protocol::api::{Finish, Finished, OpenSession, Receipt, SessionOpened};
use gestalt_session::Plan;
use gestalt_types::{FieldError, Name};
use uuid::Uuid;

use super::App;
use super::extract::{Bearer, Body};
use crate::error::Error;
use crate::store::{Fate, Finishing, Session};
use crate::studies::OfferedStudy;
use crate::{intake, secrets};

pub(super) async fn open(State(app): State<Arc<App>>, body: Body) -> Result<Json<SessionOpened>, Error> {
    let asked: OpenSession = body.json()?;
    if asked.app_version.is_empty() || asked.app_version.len() > 120 {
        return Err(wrong("app_version", "1 to 120 bytes are needed"));
    }
    let study = app.study(asked.study.as_str())?;
    let (token, seed) = (secrets::token()?, secrets::seed()?);
    let session = Session {
        id: Uuid::now_v7(),
        study: asked.study,
        observer_kind: asked.observer_kind,
        observer: observer(asked.observer, asked.observer_kind)?,
        trial_set: study.set.hash().clone(),
        seed,
        token_hash: secrets::hash(&token),
        finished: false,
    };
    app.store.open_session(&session, &asked.app_version).await?;
    Ok(Json(SessionOpened { session: session.id, token, observer: session.observer, seed }))
}

fn observer(asked: Option<Name>, kind: ObserverKind) -> Result<Name, Error> {
    match (asked, kind) {
        (Some(name), _) => Ok(name),
        (None, ObserverKind::Model) => Err(wrong("observer", "the model's name is needed")),
        (None, ObserverKind::Human) => {
            Name::new(secrets::pseudonym()?).map_err(|error| wrong("observer", &error.to_string()))
        }
    }
}

fn wrong(field: &str, reason: &str) -> Error {
    Error::Field { field: field.into(), reason: reason.into() }
}

pub(super) async fn add_rows(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    bearer: Bearer,
    body: Body,
) -> Result<Json<Receipt>, Error> {
    let session = app.session(&id, &bearer).await?;
    let study = study_of(&app, &session)?;
    let intake::Batch { rows, refused } = intake::read(&body.0, &session, study);
    let mut receipt = Receipt { stored: Vec::new(), refused };
    if rows.is_empty() {
        return Ok(Json(receipt));
    }
    let places: Vec<(usize, u32)> = rows.iter().map(|(line, row)| (*line, row.index)).collect();
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    let fates = app.store.append(session.id, rows).await?.ok_or(Error::Withdrawn)?;
    for ((line, index), fate) in places.into_iter().zip(fates) {
        match not_stored(&fate, index) {
            None => receipt.stored.push(index),
            Some(error) => receipt.refused.push(intake::refusal(line, error)),
        }
    }
    receipt.refused.sort_by_key(|refusal| refusal.line);
    Ok(Json(receipt))
}

fn not_stored(fate: &Fate, index: u32) -> Option<FieldError> {
    let (field, reason) = match fate {
        Fate::Stored => return None,
        Fate::IndexTaken => ("index", format!("another row has index {index} of this session already")),
        Fate::RowIdTaken => ("row_id", "another row has this identity already".to_owned()),
        Fate::Finished => ("index", format!("the session was finished without a row {index}")),
    };
    Some(FieldError::new(field, reason))
}

/// The study of a session, with the trial set that it began with: rows are scored against no other.
fn study_of<'a>(app: &'a App, session: &Session) -> Result<&'a OfferedStudy, Error> {
    let study = app
        .studies
        .get(session.study.as_str())
        .ok_or_else(|| Error::Unavailable(format!("the study `{}` is not offered now", session.study)))?;
    if *study.set.hash() != session.trial_set {
        return Err(Error::Unavailable(format!(
            "the trial set of study `{}` was replaced since this session began; the researcher has to put {} back",
            session.study, session.trial_set
        )));
    }
    Ok(study)
}

pub(super) async fn finish(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    bearer: Bearer,
    body: Body,
) -> Result<Json<Finished>, Error> {
    let session = app.session(&id, &bearer).await?;
    let Finish { rows } = body.json()?;
    if !(1..=intake::MAX_SESSION_ROWS).contains(&rows) {
        return Err(wrong("rows", &format!("1 to {} is needed", intake::MAX_SESSION_ROWS)));
    }
    match app.store.finish(session.id, rows, &planned(&app, &session)).await? {
        Finishing::Done { completion_code } => Ok(Json(Finished { completion_code })),
        Finishing::Missing(indices) => Err(Error::Missing(indices)),
        Finishing::More { stored } => Err(Error::Conflict(format!(
            "the session has {stored} rows, not {rows}: finish it with that number"
        ))),
        Finishing::Unanswered(trials) => Err(Error::Conflict(format!(
            "{trials} trials of the session have no answer yet: go on with it, there is no code before its end"
        ))),
        Finishing::Otherwise { rows } => {
            Err(Error::Conflict(format!("the session was finished before, with {rows} rows")))
        }
        Finishing::Gone => Err(Error::Withdrawn),
    }
}

/// The trials that a person's session has to come through before there is a code. A model needs none; and who has come through
/// shall not suffer from a study that is no longer offered.
fn planned(app: &App, session: &Session) -> Vec<Name> {
    if session.observer_kind == ObserverKind::Model {
        return Vec::new();
    }
    let plan = study_of(app, session)
        .ok()
        .and_then(|study| Plan::new(&study.set.presented(), &study.study, session.seed).ok());
    let trials = plan.iter().flat_map(|plan| plan.blocks().iter().flatten());
    trials.map(|trial| trial.id.clone()).collect()
}

pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Result<StatusCode, Error> {
    match app.session(&id, &bearer).await {
        Ok(session) => app.store.withdraw(session.id).await?,
        // Asked again, because the first answer was lost: it is done.
        Err(Error::Withdrawn) => {}
        Err(other) => return Err(other),
    }
    Ok(StatusCode::NO_CONTENT)
}
