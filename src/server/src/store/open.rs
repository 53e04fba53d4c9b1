//! Opens the database, so that what it acknowledges survives a kill and a power cut, and brings its tables
//! up to date.

use std::path::Path;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Executor, SqlSafeStr};
use tokio::sync::mpsc;

use super::{fill, writer};

/// Every change of the tables, in order. Released ones are never edited: the database keeps their hashes.
pub(super) const MIGRATIONS: [(i64, &str, &str); 7] = [
    (1, "sessions and rows", include_str!("../../migrations/0001_sessions_and_rows.sql")),
    (2, "trial of a row", include_str!("../../migrations/0002_trial_of_a_row.sql")),
    (3, "snapshots and plans", include_str!("../../migrations/0003_snapshots_and_plans.sql")),
    (4, "consent", include_str!("../../migrations/0004_consent.sql")),
    (5, "steps and panels", include_str!("../../migrations/0005_steps_and_panels.sql")),
    (6, "attempts", include_str!("../../migrations/0006_attempts.sql")),
    (7, "lab", include_str!("../../migrations/0007_lab.sql")),
];

/// `FULL` syncs the write-ahead log at every commit; `secure_delete` overwrites the rows of those who
/// withdrew.
const SQLITE: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;";
/// A database may be configured to acknowledge before it has written; our connections override that.
const POSTGRES: &str = "SET synchronous_commit = on";

/// Batches that wait for the writer; a further one waits in its request.
const QUEUED_BATCHES: usize = 256;

/// The database. Clones of its pools share their connections.
///
/// SQLite has one writer, so writers queue for the one connection of `write`, in order; its own busy handler
/// starves some.
pub(crate) struct Store {
    pub(super) write: AnyPool,
    pub(super) read: AnyPool,
    /// To the one task that stores rows.
    pub(super) batches: mpsc::Sender<writer::Batch>,
    /// SQLite keeps deleted rows in its write-ahead log until a checkpoint.
    pub(super) checkpoints: bool,
}

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither SQLite nor PostgreSQL.
    #[error("the database address must be `sqlite://FILE` or `postgres://USER@HOST/NAME`")]
    Address,
    /// The folder of the SQLite file cannot be created.
    #[error("{path}: {cause}; choose another place with --database sqlite://FILE")]
    Folder {
        /// Which folder.
        path: String,
        /// Why.
        cause: std::io::Error,
    },
    /// Its tables are not those of this software.
    #[error("the tables of the database cannot be brought up to date; was it written by a newer version?")]
    Migration(#[from] MigrateError),
    /// It does not answer, or with an error.
    #[error(
        "the database cannot be used; check that the file is one of SQLite and can be written, or that \
         PostgreSQL can be reached"
    )]
    Database(#[from] sqlx::Error),
}

impl Store {
    /// Opens the database at this address, `sqlite://FILE` or `postgres://…`.
    pub(crate) async fn open(url: &str) -> Result<Self, OpenError> {
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
            return Err(OpenError::Address);
        };
        migrate(&write, &MIGRATIONS).await?;
        fill::trials(&write).await?;
        let (batches, coming) = mpsc::channel(QUEUED_BATCHES);
        tokio::spawn(writer::write(write.clone(), coming));
        Ok(Self { write, read, batches, checkpoints })
    }

    /// Waits for what is being written, then closes.
    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

/// Brings the tables up to date by those of these migrations that were not applied yet.
pub(super) async fn migrate(
    pool: &AnyPool,
    migrations: &[(i64, &str, &'static str)],
) -> Result<(), MigrateError> {
    let migrations = migrations.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.to_owned().into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect()).run(pool).await
}

/// The address of a SQLite file, whose folder is created where it is missing; opening creates the file
/// itself.
fn sqlite_address(file: &str) -> Result<String, OpenError> {
    let file = file.strip_prefix("//").unwrap_or(file);
    let (path, options) = file.split_once('?').unwrap_or((file, "mode=rwc"));
    if path.is_empty() || path.contains(":memory:") {
        return Err(OpenError::Address);
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy().into_owned();
    if let Some(folder) = Path::new(&decoded).parent() {
        std::fs::create_dir_all(folder)
            .map_err(|cause| OpenError::Folder { path: folder.display().to_string(), cause })?;
    }
    Ok(format!("sqlite://{path}?{options}"))
}

pub(super) async fn pool(url: &str, connections: u32, setting: &'static str) -> Result<AnyPool, sqlx::Error> {
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
