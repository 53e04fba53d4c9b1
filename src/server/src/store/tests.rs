//! The database by itself: how it is opened, brought up to date, and read where somebody else wrote into it.
#![allow(clippy::unwrap_used)]

use sqlx::AnyPool;
use tempfile::TempDir;
use uuid::Uuid;

use super::open::{MIGRATIONS, Store, migrate, pool};
use super::{StoreError, StoredPlace, Verdict, finish};

fn address(folder: &TempDir) -> String {
    format!("sqlite://{}/log.sqlite?mode=rwc", folder.path().display())
}

/// A database as the first version left it, with one session.
async fn first_version(folder: &TempDir) -> (AnyPool, Uuid) {
    sqlx::any::install_default_drivers();
    let pool = pool(&address(folder), 1, "PRAGMA foreign_keys = ON").await.unwrap();
    migrate(&pool, &MIGRATIONS[..1]).await.unwrap();
    let session = Uuid::now_v7();
    sqlx::query(
        "INSERT INTO sessions (id, study, observer_kind, observer, trial_set, app_version, seed, token_hash) \
         VALUES ($1, 'demo', 'human', 'p-1', $2, 'test', 7, 'hash')",
    )
    .bind(session.to_string())
    .bind("a".repeat(64))
    .execute(&pool)
    .await
    .unwrap();
    (pool, session)
}

async fn insert_row(pool: &AnyPool, session: Uuid, index: i64, json: &str) {
    sqlx::query(
        "INSERT INTO log_rows (session, idx, row_id, study, observer_kind, role, outcome, row_json) \
         VALUES ($1, $2, $3, 'demo', 'human', 'test', 'missed', $4)",
    )
    .bind(session.to_string())
    .bind(index)
    .bind(Uuid::now_v7().to_string())
    .bind(json.to_owned())
    .execute(pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn every_connection_to_sqlite_syncs_its_commits() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&address(&folder)).await.unwrap();
    for pool in [&store.write, &store.read] {
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap();
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
        assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
    }
}

#[tokio::test]
async fn a_database_of_the_first_version_gets_the_trials_of_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (old, session) = first_version(&folder).await;
    for index in 0..1500 {
        insert_row(&old, session, index, &format!(r#"{{"trial":"dog \"{index}\"","repeat":0}}"#)).await;
    }
    insert_row(&old, session, 1500, "no JSON").await;
    old.close().await;
    let store = Store::open(&address(&folder)).await.unwrap();
    let mut trials = Vec::new();
    let judged = store.finish(session, 1, 0, None, Verdict::default(), |stored: &[StoredPlace]| {
        trials = stored.iter().map(|place| place.trial.clone()).collect();
        Err(())
    });
    assert!(matches!(judged.await.unwrap(), finish::Finishing::Withheld(())));
    assert_eq!(trials.len(), 1501);
    assert_eq!(trials[1499].as_deref(), Some("dog \"1499\""));
    assert_eq!(trials[1500], None, "a row that cannot be read keeps no trial, and the server starts");
}

#[tokio::test]
async fn a_stored_value_that_nobody_knows_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let (old, session) = first_version(&folder).await;
    old.close().await;
    let store = Store::open(&address(&folder)).await.unwrap();
    assert_eq!(store.session(session).await.unwrap().unwrap().seed, 7);
    for (column, change) in [
        ("observer_kind", "UPDATE sessions SET observer_kind = 'robot'"),
        ("trial_set", "UPDATE sessions SET observer_kind = 'human', trial_set = 'none'"),
    ] {
        sqlx::query(change).execute(&store.write).await.unwrap();
        let error = store.session(session).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Unreadable { key, column: named, .. }
                if *key == session.to_string() && *named == column),
            "{error}"
        );
    }
}
