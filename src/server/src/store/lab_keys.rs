//! The keys of the lab and who is signed in. Keys and cookies are kept as hashes only.

use gestalt_protocol::lab::KeyRole;
use gestalt_types::Name;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::columns::Record;
use super::error::StoreError;
use super::open::Store;
use crate::secrets;

/// A key, without the key itself. Times are ms since 1970.
#[derive(Debug, Clone)]
pub(crate) struct LabKey {
    pub(crate) name: Name,
    pub(crate) role: KeyRole,
    /// The studies that it may see; none for all.
    pub(crate) studies: Option<Vec<Name>>,
    pub(crate) created_at_ms: u64,
    pub(crate) revoked_at_ms: Option<u64>,
}

impl LabKey {
    /// Whether it may see this study.
    pub(crate) fn sees(&self, study: &Name) -> bool {
        self.studies.as_ref().is_none_or(|studies| studies.contains(study))
    }
}

/// A query for keys.
macro_rules! keys {
    ($rest:literal) => {
        concat!("SELECT name, role, studies, created_at_ms, revoked_at_ms FROM lab_keys ", $rest)
    };
}

impl Store {
    /// Adds a key. False where the name is taken, also by a revoked one.
    pub(crate) async fn add_key(&self, key: &LabKey, secret: &str) -> Result<bool, StoreError> {
        let studies = key
            .studies
            .as_ref()
            .map(|studies| studies.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
        let added = sqlx::query(
            "INSERT INTO lab_keys (name, key_hash, role, studies, created_at_ms) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
        )
        .bind(key.name.to_string())
        .bind(secrets::hash(secret))
        .bind(role_text(key.role))
        .bind(studies)
        .bind(key.created_at_ms.cast_signed())
        .execute(&self.write)
        .await?;
        Ok(added.rows_affected() == 1)
    }

    /// Adds an owner's key by its hash. False where the name or the key is there already.
    pub(crate) async fn add_owner(&self, name: &str, hash: &str, now_ms: u64) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "INSERT INTO lab_keys (name, key_hash, role, created_at_ms) VALUES ($1, $2, 'owner', $3) \
             ON CONFLICT DO NOTHING",
        )
        .bind(name.to_owned())
        .bind(hash.to_owned())
        .bind(now_ms.cast_signed())
        .execute(&self.write)
        .await?;
        Ok(added.rows_affected() == 1)
    }

    /// Every key, by name.
    pub(crate) async fn keys(&self) -> Result<Vec<LabKey>, StoreError> {
        let found = sqlx::query(keys!("ORDER BY name")).fetch_all(&self.read).await?;
        found.iter().map(key_of).collect()
    }

    /// Revokes a key and signs out who came by it. False where there is none of this name that is not
    /// revoked.
    pub(crate) async fn revoke_key(&self, name: &Name, now_ms: u64) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin().await?;
        let revoked =
            sqlx::query("UPDATE lab_keys SET revoked_at_ms = $2 WHERE name = $1 AND revoked_at_ms IS NULL")
                .bind(name.to_string())
                .bind(now_ms.cast_signed())
                .execute(&mut *transaction)
                .await?;
        let query = sqlx::query("DELETE FROM lab_visits WHERE key_name = $1");
        query.bind(name.to_string()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(revoked.rows_affected() == 1)
    }

    /// The key with this hash that is not revoked.
    pub(crate) async fn key_of_hash(&self, hash: &str) -> Result<Option<LabKey>, StoreError> {
        let query = sqlx::query(keys!("WHERE key_hash = $1 AND revoked_at_ms IS NULL")).bind(hash.to_owned());
        query.fetch_optional(&self.read).await?.as_ref().map(key_of).transpose()
    }

    /// Signs somebody in with this cookie.
    pub(crate) async fn sign_in(&self, key: &Name, cookie: &str, until_ms: u64) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO lab_visits (token_hash, key_name, expires_at_ms) VALUES ($1, $2, $3)")
            .bind(secrets::hash(cookie))
            .bind(key.to_string())
            .bind(until_ms.cast_signed())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// The key by which the holder of this cookie came.
    pub(crate) async fn key_of_cookie(
        &self,
        cookie: &str,
        now_ms: u64,
    ) -> Result<Option<LabKey>, StoreError> {
        let query = sqlx::query(keys!(
            "WHERE revoked_at_ms IS NULL AND name = \
             (SELECT key_name FROM lab_visits WHERE token_hash = $1 AND expires_at_ms > $2)"
        ));
        let found =
            query.bind(secrets::hash(cookie)).bind(now_ms.cast_signed()).fetch_optional(&self.read).await?;
        found.as_ref().map(key_of).transpose()
    }

    /// Signs out, and forgets all cookies that have expired.
    pub(crate) async fn sign_out(&self, cookie: &str, now_ms: u64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM lab_visits WHERE token_hash = $1 OR expires_at_ms <= $2")
            .bind(secrets::hash(cookie))
            .bind(now_ms.cast_signed())
            .execute(&self.write)
            .await?;
        Ok(())
    }
}

pub(crate) fn role_text(role: KeyRole) -> &'static str {
    match role {
        KeyRole::Owner => "owner",
        KeyRole::Reader => "reader",
    }
}

fn key_of(row: &AnyRow) -> Result<LabKey, StoreError> {
    let name: String = row.try_get("name")?;
    let record = Record { table: "lab_keys", key: &name, row };
    let role: String = row.try_get("role")?;
    let studies: Option<String> = row.try_get("studies")?;
    let names = |text: String| text.split(',').filter_map(|name| Name::new(name).ok()).collect();
    let revoked = row.try_get::<Option<i64>, _>("revoked_at_ms")?;
    Ok(LabKey {
        name: record.parsed("name")?,
        // Whatever is not an owner may only read.
        role: if role == "owner" { KeyRole::Owner } else { KeyRole::Reader },
        studies: studies.map(names),
        created_at_ms: record.count("created_at_ms")?,
        revoked_at_ms: revoked.map(i64::unsigned_abs),
    })
}
