//! What every request shares: the database, the studies, and the key of the researcher.

use std::sync::Arc;

use uuid::Uuid;

use super::error::Error;
use super::studies::{OfferedStudy, Studies};
use crate::secrets;
use crate::store::{Session, Store};

/// What every request shares.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) studies: Studies,
    /// SHA-256 of the key that opens the export.
    pub(crate) researcher_key_hash: String,
}

impl App {
    /// The study of this name, if it is offered.
    pub(crate) fn study(&self, name: &str) -> Result<&Arc<OfferedStudy>, Error> {
        self.studies.get(name).ok_or_else(|| {
            Error::NotFound(format!(
                "there is no study `{name}`; if there should be, the server said at start-up what is wrong with it"
            ))
        })
    }

    /// The session of this id, for the holder of its token.
    pub(crate) async fn session(&self, id: &str, token: Option<&str>) -> Result<Session, Error> {
        let unknown = || Error::NotFound(format!("there is no session `{id}`"));
        let id: Uuid = id.parse().map_err(|_| unknown())?;
        let Some(session) = self.store.session(id).await? else {
            let withdrawn = self.store.was_withdrawn(id).await?;
            return Err(if withdrawn { Error::Withdrawn } else { unknown() });
        };
        if !opens(token, &session.token_hash) {
            return Err(Error::Unauthorised("the session's token"));
        }
        Ok(session)
    }

    /// Refuses everybody but the researcher.
    pub(crate) fn researcher(&self, token: Option<&str>) -> Result<(), Error> {
        if opens(token, &self.researcher_key_hash) {
            return Ok(());
        }
        Err(Error::Unauthorised("the researcher's key, which the server printed at start-up,"))
    }
}

/// Compares hashes, so that the time it takes reveals nothing about the token.
fn opens(token: Option<&str>, hash: &str) -> bool {
    token.is_some_and(|token| secrets::hash(token) == hash)
}
