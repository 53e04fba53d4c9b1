//! What the database keeps for the server itself.

use super::error::StoreError;
use super::open::Store;
use crate::secrets;

/// Older versions kept the hash of one key here,
const KEY_HASH: &str = "researcher_key_hash";
/// and still older ones the key itself.
const KEY: &str = "researcher_key";
/// What that key is called now,
const OLDER: &str = "researcher";
/// and the first one of a new database.
const FIRST: &str = "first";
/// The name of the key with which the server is started.
const CONFIGURED: &str = "configured";

impl Store {
    /// Makes the first key of a new database: an owner's. The key, where it was made just now: the only time
    /// that it is known.
    pub(crate) async fn first_key(&self, now_ms: u64) -> Result<Option<String>, StoreError> {
        self.keep_older_key(now_ms).await?;
        // A key that the server is no longer started with opens nothing.
        for statement in
            ["DELETE FROM lab_visits WHERE key_name = $1", "DELETE FROM lab_keys WHERE name = $1"]
        {
            sqlx::query(statement).bind(CONFIGURED).execute(&self.write).await?;
        }
        if !self.keys().await?.is_empty() {
            return Ok(None);
        }
        let secret = secrets::token()?;
        // Another server may have been quicker.
        Ok(self.add_owner(FIRST, &secrets::hash(&secret), now_ms).await?.then_some(secret))
    }

    /// The key with which the server was started: an owner's, in place of an earlier one that came in this
    /// way.
    pub(crate) async fn configured_key(&self, hash: &str, now_ms: u64) -> Result<(), StoreError> {
        self.keep_older_key(now_ms).await?;
        sqlx::query(
            "UPDATE lab_keys SET key_hash = $2 WHERE name = $1 \
             AND NOT EXISTS (SELECT 1 FROM lab_keys WHERE key_hash = $2)",
        )
        .bind(CONFIGURED)
        .bind(hash.to_owned())
        .execute(&self.write)
        .await?;
        self.add_owner(CONFIGURED, hash, now_ms).await?;
        Ok(())
    }

    /// The key of an older version becomes one with a name.
    async fn keep_older_key(&self, now_ms: u64) -> Result<(), StoreError> {
        let hash = match self.setting(KEY).await? {
            Some(key) => Some(secrets::hash(&key)),
            None => self.setting(KEY_HASH).await?,
        };
        let Some(hash) = hash else { return Ok(()) };
        self.add_owner(OLDER, &hash, now_ms).await?;
        sqlx::query("DELETE FROM settings WHERE name = $1 OR name = $2")
            .bind(KEY)
            .bind(KEY_HASH)
            .execute(&self.write)
            .await?;
        Ok(())
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
