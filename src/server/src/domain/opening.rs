//! How a session begins: once for every start, however often it is tried.

use gestalt_protocol::api::{OpenSession, SessionOpened};
use gestalt_protocol::{ObserverKind, Row};
use gestalt_types::Name;
use uuid::Uuid;

use super::app::App;
use super::error::Error;
use super::own_session::plan_of;
use super::recruitment::seats;
use super::session_plan::SessionPlan;
use super::sessions::wrong;
use super::snapshot::Snapshot;
use crate::secrets;
use crate::store::{Session, StoreError};

/// The secret of the database that makes the tokens of attempts.
const ATTEMPT_KEY: &str = "attempt_key";

/// What a session's client is told, and its hash where it names an attempt.
struct Access {
    token: String,
    receipt: String,
    attempt_hash: Option<String>,
}

impl App {
    /// Opens a session against the study as it is now, and draws its plan. `token` may be an owner's key. An
    /// attempt that has opened a session gets it again until it is finished.
    pub(crate) async fn open_session(
        &self,
        asked: OpenSession,
        token: Option<&str>,
    ) -> Result<SessionOpened, Error> {
        if asked.app_version.is_empty() || asked.app_version.len() > 120 {
            return Err(wrong("app_version", "1 to 120 bytes are needed"));
        }
        let access = self.access(asked.attempt).await?;
        if let Some(opened) = self.opened_before(&access).await? {
            return Ok(opened);
        }
        let snapshot = &self.study(asked.study.as_str())?.snapshot;
        self.check(&asked, snapshot, token).await?;
        let (id, seed, kind) = (Uuid::now_v7(), secrets::seed()?, asked.observer_kind);
        match self.admit(&snapshot.study, &asked, id).await {
            Ok(None) => {}
            Ok(Some(unfinished)) => return self.hand_over(unfinished, access).await,
            // The same attempt may have arrived twice at once.
            Err(why) => return self.opened_before(&access).await?.ok_or(why),
        }
        let mut session = Session {
            id,
            study: asked.study,
            observer_kind: kind,
            observer: observer(asked.observer, kind)?,
            trial_set: snapshot.set.hash().clone(),
            seed,
            token_hash: secrets::hash(&access.token),
            receipt_hash: Some(secrets::hash(&access.receipt)),
            snapshot: Some(snapshot.text.hash.clone()),
            plan_json: None,
            attempt_hash: access.attempt_hash.clone(),
            consent_text_hash: asked.consent_text_hash,
            group: None,
            finished: None,
            excluded_by: None,
        };
        let draw = |group: Option<&Name>| {
            let plan = SessionPlan::draw(kind, snapshot, group, seed)?;
            Ok::<_, Error>(serde_json::to_string(&plan).map_err(StoreError::Row)?)
        };
        let seats = (kind == ObserverKind::Human).then(|| seats(&snapshot.study));
        let app_version = &asked.app_version;
        match self.store.open_session(&mut session, app_version, (self.now_ms)(), seats, draw).await {
            Ok(true) => told(session, access, snapshot, Vec::new()),
            Ok(false) => self.opened_meanwhile(id, &access).await,
            Err(error) => {
                self.store.free_place(id).await?;
                Err(error)
            }
        }
    }

    /// Models need a key or a study that takes them; people agree to the text of today.
    async fn check(
        &self,
        asked: &OpenSession,
        snapshot: &Snapshot,
        token: Option<&str>,
    ) -> Result<(), Error> {
        let study = &snapshot.study;
        match asked.observer_kind {
            ObserverKind::Model
                if !study.release.public_models.allows(asked.observer.as_ref())
                    && !self.may_send_models(token, &asked.study).await? =>
            {
                Err(Error::Forbidden(format!(
                    "study `{}` takes models with an owner's key only; its file may allow them: \
                     release.public_models",
                    asked.study
                )))
            }
            ObserverKind::Human => Ok(study.check_consent(asked.consent_text_hash.as_ref())?),
            ObserverKind::Model | ObserverKind::Simulated => Ok(()),
        }
    }

    /// Gives an unfinished session to the browser that asks for it now; the one that had it can write no
    /// more.
    async fn hand_over(&self, session: Session, access: Access) -> Result<SessionOpened, Error> {
        let snapshot = self.snapshot_of(&session).await?;
        let offered = &self.study(session.study.as_str())?.snapshot;
        if snapshot.text.hash != offered.text.hash {
            let why = "the study has changed since you began: go on in the browser in which you began";
            return Err(Error::Conflict(why.into()));
        }
        let Access { token, receipt, attempt_hash } = &access;
        let hashes = [token, receipt].map(|secret| secrets::hash(secret));
        self.store.hand_over(session.id, hashes, attempt_hash.clone(), (self.now_ms)()).await?;
        let rows = self.unscored_rows(session.id).await?;
        told(session, access, &snapshot, rows)
    }

    /// The rows that a session has, as its observer made them.
    async fn unscored_rows(&self, session: Uuid) -> Result<Vec<Row>, Error> {
        let mut rows = self.rows_of(session).await?;
        rows.iter_mut().for_each(Row::forget_score);
        Ok(rows)
    }

    async fn access(&self, attempt: Option<Uuid>) -> Result<Access, Error> {
        let Some(attempt) = attempt else {
            return Ok(Access { token: secrets::token()?, receipt: secrets::receipt()?, attempt_hash: None });
        };
        let (token, receipt) = secrets::of_attempt(&self.store.secret(ATTEMPT_KEY).await?, attempt);
        Ok(Access { token, receipt, attempt_hash: Some(secrets::hash(&attempt.to_string())) })
    }

    /// The session that the same attempt opened, with what it was told then.
    async fn opened_before(&self, access: &Access) -> Result<Option<SessionOpened>, Error> {
        let Some(hash) = &access.attempt_hash else { return Ok(None) };
        let Some(session) = self.store.session_of_attempt(hash).await? else { return Ok(None) };
        if session.finished.is_some() {
            return Err(Error::Conflict("this session is finished already: start a new one".into()));
        }
        let snapshot = self.snapshot_of(&session).await?;
        let rows = self.unscored_rows(session.id).await?;
        let Access { token, receipt, .. } = access;
        let access = Access { token: token.clone(), receipt: receipt.clone(), attempt_hash: None };
        Ok(Some(told(session, access, &snapshot, rows)?))
    }

    /// The same attempt arrived twice at once, and the other one opened the session.
    async fn opened_meanwhile(&self, id: Uuid, access: &Access) -> Result<SessionOpened, Error> {
        match self.opened_before(access).await? {
            Some(opened) => {
                self.store.move_place(id, opened.session).await?;
                Ok(opened)
            }
            None => {
                self.store.free_place(id).await?;
                Err(Error::Unavailable("the session could not be opened".into()))
            }
        }
    }
}

fn told(
    session: Session,
    access: Access,
    snapshot: &Snapshot,
    rows: Vec<Row>,
) -> Result<SessionOpened, Error> {
    let study = snapshot.study_of(session.group.as_ref());
    let plan = plan_of(&session, snapshot)?.presented(&snapshot.set, study, session.seed);
    Ok(SessionOpened {
        plan,
        session: session.id,
        token: access.token,
        receipt: access.receipt,
        observer: session.observer,
        seed: session.seed,
        study_hash: snapshot.text.hash.clone(),
        group: session.group,
        rows,
    })
}

fn observer(asked: Option<Name>, kind: ObserverKind) -> Result<Name, Error> {
    match (asked, kind) {
        (Some(name), _) => Ok(name),
        (None, ObserverKind::Model) => Err(wrong("observer", "the model's name is needed")),
        (None, ObserverKind::Human | ObserverKind::Simulated) => {
            Name::new(secrets::pseudonym()?).map_err(|error| wrong("observer", &error.to_string()))
        }
    }
}
