//! The outbox's storage in IndexedDB: sessions with their tokens, and rows with what became of them.

use std::cell::RefCell;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared};
use gestalt_protocol::ObserverKind;
use gestalt_protocol::api::PresentedPlan;
use gestalt_session::StoredRow;
use gestalt_types::{Name, Sha256};
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

/// A session that this browser ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredSession {
    /// Its identity.
    pub session: Uuid,
    /// Proof towards the server; none where no server is.
    pub token: Option<String>,
    /// For the participant, who can withdraw with it from anywhere; none where no server is.
    #[serde(default)]
    pub receipt: Option<String>,
    /// Study.
    pub study: Name,
    /// Person or model.
    pub observer_kind: ObserverKind,
    /// Name in the rows.
    pub observer: Name,
    /// Folder of its images, with a slash at the end.
    pub image_folder: String,
    /// Ending of the image files.
    pub image_extension: String,
    /// When it began, in ms since 1970.
    pub opened_at_ms: f64,
    /// Orders trials and slots; null in sessions of earlier versions, which cannot be resumed.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Its trials, as the server drew them.
    #[serde(default)]
    pub plan: Option<PresentedPlan>,
    /// Hash of the study's snapshot at the server; none without one, and in sessions of earlier versions.
    #[serde(default)]
    pub study_hash: Option<Sha256>,
    /// Hash of its trial set, where known.
    #[serde(default)]
    pub trial_set: Option<Sha256>,
    /// How many rows it has; null until its last trial is over.
    pub rows: Option<u32>,
    /// The server's word that every row is durable.
    pub completion_code: Option<String>,
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

/// Writes values into a store; returns when they are durable.
async fn put_all<T: Serialize>(store: &str, values: &[T]) -> Result<(), StoreError> {
    let (transaction, store) = begin(store, TransactionMode::ReadWrite).await?;
    for value in values {
        store.put(&to_js(value)?, None)?;
    }
    let outcome = transaction.await?;
    if outcome.is_committed() { Ok(()) } else { Err(StoreError("the write was rolled back".into())) }
}

/// Overwrites values that are still there, in one transaction: a late receipt must not bring back who withdrew.
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

async fn read_all<T: DeserializeOwned>(store: &str, range: Option<KeyRange>) -> Result<Vec<T>, StoreError> {
    let (_transaction, store) = begin(store, TransactionMode::ReadOnly).await?;
    let values = store.get_all(range.map(Into::into), None)?.await?;
    values.iter().map(from_js).collect()
}

/// Every session, oldest first.
pub async fn sessions() -> Result<Vec<StoredSession>, StoreError> {
    let mut sessions: Vec<StoredSession> = read_all(SESSIONS, None).await?;
    sessions.sort_by(|a, b| a.opened_at_ms.total_cmp(&b.opened_at_ms));
    Ok(sessions)
}

/// Keeps a new session.
pub async fn put_session(session: &StoredSession) -> Result<(), StoreError> {
    put_all(SESSIONS, std::slice::from_ref(session)).await
}

/// Changes a session, unless it was forgotten meanwhile.
pub async fn update_session(session: &StoredSession) -> Result<(), StoreError> {
    update_all(SESSIONS, &[(session_key(session.session), session)]).await
}

/// The rows of a session, by index.
pub async fn rows(session: Uuid) -> Result<Vec<StoredRow>, StoreError> {
    rows_from(session, 0).await
}

/// The rows of a session from this index on.
pub async fn rows_from(session: Uuid, first: u32) -> Result<Vec<StoredRow>, StoreError> {
    read_all(ROWS, Some(rows_range(session, first)?)).await
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
