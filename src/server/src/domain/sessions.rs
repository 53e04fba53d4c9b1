//! The life of a session: opened, filled with rows, finished or withdrawn.

use std::sync::Arc;

use gestalt_protocol::ObserverKind;
use gestalt_protocol::api::{Finished, OpenSession, Receipt, SessionOpened};
use gestalt_session::Plan;
use gestalt_types::{FieldError, Name};
use uuid::Uuid;

use super::app::App;
use super::error::Error;
use super::studies::OfferedStudy;
use super::{finishing, intake};
use crate::secrets;
use crate::store::{Fate, Finishing, Session};

/// A request about one session: its id as the address has it, and the token that came along.
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) token: Option<String>,
}

impl App {
    /// Opens a session.
    pub(crate) async fn open_session(&self, asked: OpenSession) -> Result<SessionOpened, Error> {
        if asked.app_version.is_empty() || asked.app_version.len() > 120 {
            return Err(wrong("app_version", "1 to 120 bytes are needed"));
        }
        let study = self.study(asked.study.as_str())?;
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
        self.store.open_session(&session, &asked.app_version).await?;
        Ok(SessionOpened { session: session.id, token, observer: session.observer, seed })
    }

    /// The session that is asked about.
    pub(crate) async fn own_session(&self, asked: &Asked) -> Result<Session, Error> {
        self.session(&asked.id, asked.token.as_deref()).await
    }

    /// Stores a batch of rows, NDJSON. The receipt's rows are durable.
    pub(crate) async fn add_rows(&self, asked: &Asked, body: &[u8]) -> Result<Receipt, Error> {
        let session = self.own_session(asked).await?;
        let study = self.study_of(&session)?;
        let intake::Batch { rows, refused } = intake::read(body, &session, study);
        let mut receipt = Receipt { stored: Vec::new(), refused };
        if rows.is_empty() {
            return Ok(receipt);
        }
        let places: Vec<(usize, u32)> = rows.iter().map(|(line, row)| (*line, row.index)).collect();
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        let fates = self.store.append(session.id, rows).await?.ok_or(Error::Withdrawn)?;
        for ((line, index), fate) in places.into_iter().zip(fates) {
            match not_stored(&fate, index) {
                None => receipt.stored.push(index),
                Some(error) => receipt.refused.push(intake::refusal(line, error)),
            }
        }
        receipt.refused.sort_by_key(|refusal| refusal.line);
        Ok(receipt)
    }

    /// Finishes a session of this many rows, if it is complete.
    pub(crate) async fn finish(&self, asked: &Asked, rows: u32) -> Result<Finished, Error> {
        let session = self.own_session(asked).await?;
        if !(1..=intake::MAX_SESSION_ROWS).contains(&rows) {
            return Err(wrong("rows", &format!("1 to {} is needed", intake::MAX_SESSION_ROWS)));
        }
        let planned = self.planned(&session);
        let judge = |stored: &[_]| finishing::judge(rows, &planned, stored);
        match self.store.finish(session.id, rows, judge).await? {
            Finishing::Done { completion_code } => Ok(Finished { completion_code }),
            Finishing::Withheld(reason) => Err(reason),
            Finishing::Otherwise { rows } => {
                Err(Error::Conflict(format!("the session was finished before, with {rows} rows")))
            }
            Finishing::Gone => Err(Error::Withdrawn),
        }
    }

    /// Deletes the session and its rows. Asked again, because the first answer was lost, it says the same.
    pub(crate) async fn withdraw(&self, asked: &Asked) -> Result<(), Error> {
        match self.own_session(asked).await {
            Ok(session) => Ok(self.store.withdraw(session.id).await?),
            Err(Error::Withdrawn) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// The study of a session, with the trial set that it began with: rows are scored against no other.
    fn study_of(&self, session: &Session) -> Result<&Arc<OfferedStudy>, Error> {
        let study = self
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

    /// The trials that a person's session has to complete before there is a code; none for a model. A person who has
    /// completed them does not suffer from a study that is no longer offered.
    fn planned(&self, session: &Session) -> Vec<Name> {
        if session.observer_kind == ObserverKind::Model {
            return Vec::new();
        }
        let plan = self
            .study_of(session)
            .ok()
            .and_then(|study| Plan::new(&study.set.presented(), &study.study, session.seed).ok());
        let trials = plan.iter().flat_map(|plan| plan.blocks().iter().flatten());
        trials.map(|trial| trial.id.clone()).collect()
    }
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
    FieldError::new(field, reason).into()
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
