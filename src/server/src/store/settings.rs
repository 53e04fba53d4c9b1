//! What the database keeps for the server itself.

use super::error::StoreError;
use super::open::Store;
use crate::secrets;

/// The setting that holds the key's hash.
const KEY_HASH: &str = "researcher_key_hash";
/// Older versions kept the key itself.
const KEY: &str = "researcher_key";

/// The researcher's key, as far as it is known.
pub(crate) struct KeptKey {
    pub(crate) hash: String,
    /// The key itself, where it was generated just now: the only time that it is known.
    pub(crate) fresh: Option<String>,
}

impl Store {
    /// The researcher's key of this database, generated when it is first asked for. Only its hash is kept.
    pub(crate) async fn researcher_key(&self) -> Result<KeptKey, StoreError> {
        if let Some(key) = self.setting(KEY).await? {
            self.set_once(KEY_HASH, &secrets::hash(&key)).await?;
            sqlx::query("DELETE FROM settings WHERE name = $1").bind(KEY).execute(&self.write).await?;
        }
        if let Some(hash) = self.setting(KEY_HASH).await? {
            return Ok(KeptKey { hash, fresh: None });
        }
        let key = secrets::token()?;
        self.set_once(KEY_HASH, &secrets::hash(&key)).await?;
        let hash = self.setting(KEY_HASH).await?.unwrap_or_default();
        // Another server may have been quicker.
        let fresh = (hash == secrets::hash(&key)).then_some(key);
        Ok(KeptKey { hash, fresh })
    }

    /// A secret of this database, made when it is first asked for.
    pub(crate) async fn secret(&self, name: &str) -> Result<String, StoreError> {
        if let Some(secret) = self.setting(name).await? {
            return Ok(secret);
        }
        self.set_once(name, &secrets::token()?).await?;
        // Another server may have been quicker.
        Ok(self.setting(name).await?.unwrap_or_default())
    }

    pub(super) async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar("SELECT value FROM settings WHERE name = $1").bind(name.to_owned());
        Ok(query.fetch_optional(&self.write).await?)
    }

    /// Sets what is not set yet.
    pub(super) async fn set_once(&self, name: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name.to_owned())
            .bind(value.to_owned())
            .execute(&self.write)
            .await?;
        Ok(())
    }
}
