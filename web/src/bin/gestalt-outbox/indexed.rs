//! The browser's own storage, IndexedDB: sessions with their tokens, and rows with what became of them.

use std::cell::RefCell;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared};
use gestalt_protocol::Row;
use gestalt_session::{Fate, StoredRow, StoredSession};
use idb::builder::{DatabaseBuilder, ObjectStoreBuilder};
use idb::{Database, KeyPath, KeyRange, ObjectStore, Transaction, TransactionMode};
use js_sys::{Array, JSON};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wasm_bindgen::JsValue;

const DATABASE: &str = "gestalt-lab";
const SESSIONS: &str = "sessions";
const ROWS: &str = "rows";

/// The browser's storage did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "this browser's storage failed ({0}); leave private browsing or make room on the disk, then reload the page"
)]
pub struct StoreError(String);

impl From<idb::Error> for StoreError {
    fn from(error: idb::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// A row as an earlier version of the page may have kept it.
#[derive(Deserialize)]
struct Kept {
    session: Uuid,
    index: u32,
    fate: Fate,
    row: serde_json::Value,
}

impl Kept {
    fn row(self) -> Result<StoredRow, StoreError> {
        let Self { session, index, fate, row } = self;
        let row = Row::parse(row.to_string().as_bytes());
        let row = row.map_err(|error| StoreError(format!("answer {index}: {error}")))?;
        Ok(StoredRow { session, index, fate, row })
    }
}

type Opening = Shared<LocalBoxFuture<'static, Result<std::rc::Rc<Database>, StoreError>>>;

thread_local! {
    static OPENING: RefCell<Option<Opening>> = const { RefCell::new(None) };
}

/// The database, opened once a page. A failed opening is tried again by the next caller.
async fn database() -> Result<std::rc::Rc<Database>, StoreError> {
    let opening = OPENING
        .with(|opening| opening.borrow_mut().get_or_insert_with(|| open().boxed_local().shared()).clone());
    let result = opening.await;
    if result.is_err() {
        OPENING.with(|opening| opening.borrow_mut().take());
    }
    result
}

async fn open() -> Result<std::rc::Rc<Database>, StoreError> {
    let sessions = ObjectStoreBuilder::new(SESSIONS).key_path(Some(KeyPath::new_single("session")));
    let rows = ObjectStoreBuilder::new(ROWS).key_path(Some(KeyPath::new_array(["session", "index"])));
    let builder = DatabaseBuilder::new(DATABASE).version(1).add_object_store(sessions).add_object_store(rows);
    Ok(std::rc::Rc::new(builder.build().await?))
}

async fn begin(store: &str, mode: TransactionMode) -> Result<(Transaction, ObjectStore), StoreError> {
    let transaction = match database().await?.transaction(&[store], mode) {
        Ok(transaction) => transaction,
        // Browsers close a connection by themselves, after a long sleep for example: a new one works.
        Err(_) => {
            OPENING.with(|opening| opening.borrow_mut().take());
            database().await?.transaction(&[store], mode)?
        }
    };
    let store = transaction.object_store(store)?;
    Ok((transaction, store))
}

/// Writes values into a store; returns when they are durable. A connection that dies meanwhile is replaced,
/// once.
async fn put_all<T: Serialize>(store: &str, values: &[T]) -> Result<(), StoreError> {
    if put_once(store, values).await.is_ok() {
        return Ok(());
    }
    OPENING.with(|opening| opening.borrow_mut().take());
    put_once(store, values).await
}

async fn put_once<T: Serialize>(store: &str, values: &[T]) -> Result<(), StoreError> {
    let (transaction, store) = begin(store, TransactionMode::ReadWrite).await?;
    for value in values {
        store.put(&to_js(value)?, None)?;
    }
    let outcome = transaction.await?;
    if outcome.is_committed() { Ok(()) } else { Err(StoreError("the write was rolled back".into())) }
}

/// Overwrites values that are still there, in one transaction: a late receipt must not bring back who
/// withdrew.
async fn update_all<T: Serialize>(store: &str, values: &[(JsValue, &T)]) -> Result<(), StoreError> {
    let (transaction, store) = begin(store, TransactionMode::ReadWrite).await?;
    for (key, value) in values {
        if store.get_key(key.clone())?.await?.is_some() {
            store.put(&to_js(value)?, None)?;
        }
    }
    transaction.await?;
    Ok(())
}

/// Every session that can be read: one of an unknown version is no reason to stop the others.
pub async fn sessions() -> Result<Vec<StoredSession>, StoreError> {
    let (_transaction, store) = begin(SESSIONS, TransactionMode::ReadOnly).await?;
    let values = store.get_all(None, None)?.await?;
    Ok(values.iter().filter_map(|value| from_js(value).ok()).collect())
}

/// Keeps a new session.
pub async fn put_session(session: &StoredSession) -> Result<(), StoreError> {
    put_all(SESSIONS, std::slice::from_ref(session)).await
}

/// Changes a session, unless it was forgotten meanwhile.
pub async fn update_session(session: &StoredSession) -> Result<(), StoreError> {
    update_all(SESSIONS, &[(session_key(session.session), session)]).await
}

/// The rows of a session from this index on, by index.
pub async fn rows_from(session: Uuid, first: u32) -> Result<Vec<StoredRow>, StoreError> {
    let (_transaction, store) = begin(ROWS, TransactionMode::ReadOnly).await?;
    let values = store.get_all(Some(rows_range(session, first)?.into()), None)?.await?;
    values.iter().map(|value| from_js::<Kept>(value)?.row()).collect()
}

/// Keeps a new row.
pub async fn put_row(row: &StoredRow) -> Result<(), StoreError> {
    put_all(ROWS, std::slice::from_ref(row)).await
}

/// Changes rows, except those that were forgotten meanwhile.
pub async fn update_rows(rows: &[StoredRow]) -> Result<(), StoreError> {
    let key = |row: &StoredRow| Array::of2(&session_key(row.session), &JsValue::from(row.index)).into();
    let keyed: Vec<_> = rows.iter().map(|row| (key(row), row)).collect();
    update_all(ROWS, &keyed).await
}

/// Forgets a session and its rows.
pub async fn forget(session: Uuid) -> Result<(), StoreError> {
    let (transaction, store) = begin(ROWS, TransactionMode::ReadWrite).await?;
    store.delete(rows_range(session, 0)?)?;
    transaction.await?;
    let (transaction, store) = begin(SESSIONS, TransactionMode::ReadWrite).await?;
    store.delete(session_key(session))?;
    transaction.await?;
    Ok(())
}

/// All keys `[session, index]` of one session from an index on: an array sorts after every number.
fn rows_range(session: Uuid, first: u32) -> Result<KeyRange, StoreError> {
    let id = session_key(session);
    let (first, last) = (Array::of2(&id, &JsValue::from(first)), Array::of2(&id, &Array::new()));
    Ok(KeyRange::bound(&first, &last, None, None)?)
}

fn session_key(session: Uuid) -> JsValue {
    JsValue::from_str(&session.to_string())
}

fn to_js(value: &impl Serialize) -> Result<JsValue, StoreError> {
    JSON::parse(&serde_json::to_string(value)?).map_err(|_| StoreError("a value could not be written".into()))
}

fn from_js<T: DeserializeOwned>(value: &JsValue) -> Result<T, StoreError> {
    let text = JSON::stringify(value).map_err(|_| StoreError("a value could not be read".into()))?;
    Ok(serde_json::from_str(&String::from(text))?)
}
