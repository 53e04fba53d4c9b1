//! Whose session it is: the token writes, the receipt of the participant reads the standing and withdraws.

use gestalt_protocol::api::SessionStanding;
use uuid::Uuid;

use super::app::{App, opens};
use super::error::Error;
use super::recruitment::code_shown;
use super::session_plan::SessionPlan;
use super::snapshot::Snapshot;
use crate::secrets;
use crate::store::{Session, StoreError, Withdrawn};

/// A request about one session: its id as the address has it, and the token that came along.
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) token: Option<String>,
}

/// A session, or what is left of it.
enum Found {
    There(Box<Session>),
    Withdrawn(Withdrawn),
}

impl App {
    /// The session that is asked about, for the holder of its token.
    pub(crate) async fn own_session(&self, asked: &Asked) -> Result<Session, Error> {
        match self.find(asked).await? {
            Found::There(session) if opens(asked.token.as_deref(), &session.token_hash) => Ok(*session),
            Found::There(_) => Err(Error::Unauthorised("the session's token")),
            Found::Withdrawn(_) => Err(Error::Withdrawn),
        }
    }

    /// How a session stands, for the holder of its token or receipt. A code is shown again, also after a
    /// withdrawal.
    pub(crate) async fn standing(&self, asked: &Asked) -> Result<SessionStanding, Error> {
        match self.find(asked).await? {
            Found::There(session) => {
                self.holds(asked, Some(&session.token_hash), session.receipt_hash.as_ref())?;
                let stored_rows = self.store.count_rows(session.id).await?;
                let completion_code = match (session.finished.clone(), self.snapshot_of(&session).await) {
                    (Some((_, own)), Ok(snapshot)) => {
                        Some(code_shown(&snapshot.study, own, session.excluded_by.as_deref()))
                    }
                    // A study that is gone takes nobody's code away.
                    (finished, _) => finished.map(|(_, own)| own),
                };
                Ok(SessionStanding { stored_rows, withdrawn: false, completion_code })
            }
            Found::Withdrawn(left) => {
                self.holds(asked, left.token_hash.as_ref(), left.receipt_hash.as_ref())?;
                let completion_code = left.completion_code;
                Ok(SessionStanding { stored_rows: 0, withdrawn: true, completion_code })
            }
        }
    }

    /// Deletes the session and its rows. Asked again, because the first answer was lost, it says the same.
    pub(crate) async fn withdraw(&self, asked: &Asked) -> Result<(), Error> {
        match self.find(asked).await? {
            Found::There(session) => {
                self.holds(asked, Some(&session.token_hash), session.receipt_hash.as_ref())?;
                Ok(self.store.withdraw(session.id, (self.now_ms)()).await?)
            }
            Found::Withdrawn(_) => Ok(()),
        }
    }

    /// Withdraws the session whose receipt this is, wherever the participant is now.
    pub(crate) async fn withdraw_by_receipt(&self, receipt: &str) -> Result<(), Error> {
        // As it may have been written down: in capitals, in groups.
        let receipt: String = receipt.chars().filter(char::is_ascii_alphanumeric).collect();
        let receipt = receipt.to_lowercase();
        let session = self.store.session_of_receipt(&secrets::hash(&receipt)).await?;
        let unknown = "there is no session with this receipt: check that it was copied whole";
        let id = session.ok_or_else(|| Error::NotFound(unknown.into()))?.to_string();
        self.withdraw(&Asked { id, token: Some(receipt) }).await
    }

    async fn find(&self, asked: &Asked) -> Result<Found, Error> {
        let unknown = || Error::NotFound(format!("there is no session `{}`", asked.id));
        let id: Uuid = asked.id.parse().map_err(|_| unknown())?;
        if let Some(session) = self.store.session(id).await? {
            return Ok(Found::There(Box::new(session)));
        }
        self.store.withdrawn(id).await?.map(Found::Withdrawn).ok_or_else(unknown)
    }

    fn holds(&self, asked: &Asked, token: Option<&String>, receipt: Option<&String>) -> Result<(), Error> {
        let token_fits =
            [token, receipt].into_iter().flatten().any(|hash| opens(asked.token.as_deref(), hash));
        if token_fits { Ok(()) } else { Err(Error::Unauthorised("the session's token or receipt")) }
    }
}

/// The plan that was drawn when the session was opened; sessions of older versions have it drawn now, as it
/// was then.
pub(super) fn plan_of(session: &Session, snapshot: &Snapshot) -> Result<SessionPlan, Error> {
    let Some(text) = &session.plan_json else {
        return SessionPlan::draw(session.observer_kind, snapshot, session.group.as_ref(), session.seed);
    };
    serde_json::from_str(text).map_err(|error| {
        let (table, key, column) = ("sessions", session.id.to_string(), "plan_json");
        Error::Store(StoreError::Unreadable { table, key, column, reason: error.to_string() })
    })
}
