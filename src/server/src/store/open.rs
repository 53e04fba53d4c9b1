//! Opens the database, so that what it acknowledges survives a kill and a power cut, and brings its tables up to date.

use std::path::Path;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Executor, SqlSafeStr};
use tokio::sync::mpsc;

use super::{Store, writer};

/// Every change of the tables, in order. Released ones are never edited: the database keeps their hashes.
const MIGRATIONS: [(i64, &str, &str); 1] =
    [(1, "sessions and rows", include_str!("../../migrations/0001_sessions_and_rows.sql"))];

/// `FULL` syncs the write-ahead log at every commit; `secure_delete` overwrites the rows of those who withdrew.
const SQLITE: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;";
/// A database may be configured to acknowledge before it has written; these sessions may not.
const POSTGRES: &str = "SET synchronous_commit = on";

/// More batches than this wait at the door.
const QUEUED_BATCHES: usize = 256;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Neither kind.
    #[error("the database address must be `sqlite://FILE` or `postgres://USER@HOST/NAME`")]
    Address,
    /// The folder of the SQLite file cannot be made.
    #[error("{path}: {cause}; choose another place with --database sqlite://FILE")]
    Folder {
        /// Which folder.
        path: String,
        /// Why.
        cause: std::io::Error,
    },
    /// Its tables are not those of this software.
    #[error("the tables of the database cannot be brought up to date; was it made by a newer version?")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// It does not answer, or with an error.
    #[error(
        "the database cannot be used; check that the file is one of SQLite and can be written, or that PostgreSQL can be reached"
    )]
    Database(#[from] sqlx::Error),
    /// The system has no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[from] getrandom::Error),
}

impl Store {
    /// Opens the database at this address, `sqlite://FILE` or `postgres://…`.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let (write, read, checkpoints) = if let Some(file) = url.strip_prefix("sqlite:") {
            let url = sqlite_address(file)?;
            // The writer first: it makes the file.
            let write = pool(&url, 1, SQLITE).await?;
            (write, pool(&url, 4, SQLITE).await?, true)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let write = pool(url, 8, POSTGRES).await?;
            (write.clone(), write, false)
        } else {
            return Err(StoreError::Address);
        };
        let migrations = MIGRATIONS.map(|(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Migrator::with_migrations(migrations.into()).run(&write).await?;
        let (batches, coming) = mpsc::channel(QUEUED_BATCHES);
        tokio::spawn(writer::write(write.clone(), coming));
        Ok(Self { write, read, batches, checkpoints })
    }
}

/// The address of a SQLite file with its folder made; the file itself is made when it is opened.
fn sqlite_address(file: &str) -> Result<String, StoreError> {
    let file = file.strip_prefix("//").unwrap_or(file);
    let (path, options) = file.split_once('?').unwrap_or((file, "mode=rwc"));
    if path.is_empty() || path.contains(":memory:") {
        return Err(StoreError::Address);
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy().into_owned();
    if let Some(folder) = Path::new(&decoded).parent() {
        std::fs::create_dir_all(folder)
            .map_err(|cause| StoreError::Folder { path: folder.display().to_string(), cause })?;
    }
    Ok(format!("sqlite://{path}?{options}"))
}

async fn pool(url: &str, connections: u32, setting: &'static str) -> Result<AnyPool, sqlx::Error> {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(sqlx::raw_sql(setting)).await?;
                Ok(())
            })
        })
        .connect(url)
        .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn every_connection_to_sqlite_syncs_its_commits() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/log.sqlite", folder.path().display())).await.unwrap();
        for pool in [&store.write, &store.read] {
            let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap();
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
            assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
        }
    }
}
