//! What the database keeps for the server itself.

use super::error::StoreError;
use super::open::Store;
use crate::secrets;

impl Store {
    /// The researcher's key that this database keeps, generated when it is first asked for.
    pub(crate) async fn researcher_key(&self) -> Result<String, StoreError> {
        let fresh = secrets::token()?;
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ('researcher_key', $1) ON CONFLICT (name) DO NOTHING",
        )
        .bind(fresh)
        .execute(&self.write)
        .await?;
        let kept = sqlx::query_scalar("SELECT value FROM settings WHERE name = 'researcher_key'");
        Ok(kept.fetch_one(&self.write).await?)
    }
}
