//! Who holds a key of the lab, and what it opens.

use gestalt_protocol::lab::{KeyRole, LabVisit};
use gestalt_types::Name;

use super::super::app::App;
use super::super::error::Error;
use crate::secrets;
use crate::store::LabKey;

/// How long a cookie is good for, in ms: a working day.
const VISIT_MS: u64 = 12 * 60 * 60 * 1000;
const NEEDED: &str = "a key of the lab";

/// What a request of the lab shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    /// A key, as a bearer token.
    pub(crate) bearer: Option<String>,
    /// The cookie that was set at sign-in.
    pub(crate) cookie: Option<String>,
    /// What the page sent as [`gestalt_protocol::lab::CSRF_HEADER`].
    pub(crate) csrf: Option<String>,
}

impl App {
    /// The key by which a request comes.
    pub(crate) async fn lab_key(&self, shown: &Credentials) -> Result<LabKey, Error> {
        let found = match (&shown.bearer, &shown.cookie) {
            (Some(key), _) => self.key_of(key).await?,
            (None, Some(cookie)) => self.store.key_of_cookie(cookie, (self.now_ms)()).await?,
            (None, None) => None,
        };
        found.ok_or(Error::Unauthorised(NEEDED))
    }

    /// The key of somebody who may read this study.
    pub(crate) async fn reader(&self, shown: &Credentials, study: &Name) -> Result<LabKey, Error> {
        let key = self.lab_key(shown).await?;
        if key.sees(study) {
            return Ok(key);
        }
        // Another lab's study: not even that it exists is told.
        Err(Error::NotFound(format!("this key opens no study `{study}`")))
    }

    /// The key of somebody who may change this study. A cookie alone does not do: another site could send it
    /// along.
    pub(crate) async fn owner(&self, shown: &Credentials, study: &Name) -> Result<LabKey, Error> {
        self.not_forged(shown)?;
        let key = self.reader(shown, study).await?;
        if key.role == KeyRole::Owner {
            return Ok(key);
        }
        Err(Error::Forbidden(format!("the key `{}` may read only; ask the owner of the study", key.name)))
    }

    /// Whether this is an owner's key, by which models may take a study that is not open to them.
    pub(crate) async fn may_send_models(&self, key: Option<&str>, study: &Name) -> Result<bool, Error> {
        let Some(key) = key else { return Ok(false) };
        Ok(self.key_of(key).await?.is_some_and(|key| key.role == KeyRole::Owner && key.sees(study)))
    }

    /// Refuses a change that comes with a cookie and without the page's word for it.
    pub(crate) fn not_forged(&self, shown: &Credentials) -> Result<(), Error> {
        let expected = shown.cookie.as_deref().map(csrf_of);
        if shown.bearer.is_some() || expected.is_none() || shown.csrf == expected {
            return Ok(());
        }
        Err(Error::Forbidden("this change was not asked for by the lab page: reload it and try again".into()))
    }

    /// Signs in with a key; the cookie, and what the page is told.
    pub(crate) async fn sign_in(&self, key: &str) -> Result<(String, LabVisit), Error> {
        let found = self.key_of(key).await?.ok_or(Error::WrongKey)?;
        let cookie = secrets::token()?;
        self.store.sign_in(&found.name, &cookie, (self.now_ms)() + VISIT_MS).await?;
        let visit = LabVisit { name: found.name, role: found.role, csrf: csrf_of(&cookie) };
        Ok((cookie, visit))
    }

    /// Who is signed in.
    pub(crate) async fn visit(&self, shown: &Credentials) -> Result<LabVisit, Error> {
        let key = self.lab_key(shown).await?;
        let csrf = shown.cookie.as_deref().map(csrf_of).unwrap_or_default();
        Ok(LabVisit { name: key.name, role: key.role, csrf })
    }

    /// Signs out.
    pub(crate) async fn sign_out(&self, shown: &Credentials) -> Result<(), Error> {
        self.not_forged(shown)?;
        if let Some(cookie) = &shown.cookie {
            self.store.sign_out(cookie, (self.now_ms)()).await?;
        }
        Ok(())
    }

    async fn key_of(&self, key: &str) -> Result<Option<LabKey>, Error> {
        Ok(self.store.key_of_hash(&secrets::hash(key)).await?)
    }
}

/// What a page has to send along with the cookie. It says nothing about the cookie, and other sites can read
/// neither.
fn csrf_of(cookie: &str) -> String {
    secrets::hash(&format!("csrf {cookie}"))
}
