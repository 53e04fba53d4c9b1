//! Downloads inside the worker, with progress, so that neither pixels nor weights cross the page's thread.

use gestalt_types::Sha256;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, DedicatedWorkerGlobalScope, ReadableStreamDefaultReader, Request, Response};

/// Where the browser keeps weights between visits.
const CACHE: &str = "gestalt-weights";
/// A download that breaks off is taken up again after these pauses.
const PAUSES_MS: [u32; 4] = [0, 1_000, 3_000, 9_000];

/// Fetches a file. `progress` hears the number of bytes after every piece; `most_bytes` guards against
/// an endless answer. A connection that breaks off is taken up where it broke.
pub async fn bytes(
    address: &str,
    most_bytes: usize,
    mut progress: impl FnMut(u64),
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut pauses_ms = PAUSES_MS.into_iter();
    loop {
        match more(address, &mut bytes, most_bytes, &mut progress).await {
            Ok(()) => return Ok(bytes),
            Err(Broken::Final(why)) => return Err(why),
            Err(Broken::Off(why)) => match pauses_ms.next() {
                Some(pause_ms) => TimeoutFuture::new(pause_ms).await,
                None => {
                    return Err(format!(
                        "{address} could not be fetched: {why}; check the connection and try again"
                    ));
                }
            },
        }
    }
}

/// As [`bytes`], but from the browser's own store where it was kept under this hash at an earlier
/// visit. What has another hash is refused and not kept.
pub async fn kept(
    address: &str,
    sha256: &str,
    most_bytes: usize,
    progress: impl FnMut(u64),
) -> Result<Vec<u8>, String> {
    let key = format!("{address}?sha256={sha256}");
    if let Some(bytes) = stored(&key).await {
        return Ok(bytes);
    }
    let bytes = bytes(address, most_bytes, progress).await?;
    let found = Sha256::of(&bytes);
    if found.as_str() != sha256 {
        return Err(format!(
            "{address} is not the file that its card names: its SHA-256 is {found}, not {sha256}; try again, or \
             have the model's folder \
             put on the site again"
        ));
    }
    // A browser that is full or keeps nothing downloads again: no harm.
    let _ = store(&key, &bytes).await;
    Ok(bytes)
}

/// Lets go of what [`kept`] keeps: it was not what it should be.
pub async fn forget(address: &str, sha256: &str) {
    if let Some(cache) = cache().await {
        let _ = JsFuture::from(cache.delete_with_str(&format!("{address}?sha256={sha256}"))).await;
    }
}

async fn stored(key: &str) -> Option<Vec<u8>> {
    let found: Response = JsFuture::from(cache().await?.match_with_str(key)).await.ok()?.dyn_into().ok()?;
    let buffer = JsFuture::from(found.array_buffer().ok()?).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

async fn store(key: &str, bytes: &[u8]) -> Option<()> {
    let response = Response::new_with_opt_js_u8_array(Some(&Uint8Array::from(bytes))).ok()?;
    JsFuture::from(cache().await?.put_with_str(key, &response)).await.ok().map(drop)
}

/// Only there on secure origins.
async fn cache() -> Option<Cache> {
    let caches = scope().ok()?.caches().ok()?;
    JsFuture::from(caches.open(CACHE)).await.ok()?.dyn_into().ok()
}

/// Why a download ended.
enum Broken {
    /// Asking again would not help.
    Final(String),
    /// The connection failed.
    Off(String),
}

/// Fetches what follows the `bytes` that are there, or all of it where the server does not give parts.
async fn more(
    address: &str,
    bytes: &mut Vec<u8>,
    most_bytes: usize,
    progress: &mut impl FnMut(u64),
) -> Result<(), Broken> {
    let off = |error: JsValue| Broken::Off(text(&error));
    let answer = JsFuture::from(
        scope().map_err(Broken::Final)?.fetch_with_request(&request(address, bytes.len()).map_err(off)?),
    );
    let answer: Response = answer.await.map_err(off)?.dyn_into().map_err(off)?;
    if !answer.ok() {
        let why = format!(
            "{address} could not be fetched: the server answered {}; check that the site is complete",
            answer.status()
        );
        return Err(Broken::Final(why));
    }
    if answer.status() != 206 {
        bytes.clear();
    }
    let body = answer.body().ok_or_else(|| Broken::Off("the answer is empty".into()))?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(off)?;
        let field = |name: &str| Reflect::get(&piece, &JsValue::from_str(name)).map_err(off);
        if field("done")?.is_truthy() {
            return Ok(());
        }
        let piece: Uint8Array = field("value")?.dyn_into().map_err(off)?;
        if bytes.len() + piece.length() as usize > most_bytes {
            return Err(Broken::Final(format!(
                "{address} is larger than the {most_bytes} bytes that are allowed"
            )));
        }
        bytes.extend(piece.to_vec());
        progress(bytes.len() as u64);
    }
}

/// For the bytes from `start` on.
fn request(address: &str, start: usize) -> Result<Request, JsValue> {
    let request = Request::new_with_str(address)?;
    if start > 0 {
        request.headers().set("range", &format!("bytes={start}-"))?;
    }
    Ok(request)
}

fn scope() -> Result<DedicatedWorkerGlobalScope, String> {
    js_sys::global().dyn_into().map_err(|_| "this is no dedicated worker".into())
}

/// What a thrown value says.
fn text(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
