//! Downloads inside the worker, with progress, so that neither pixels nor weights cross the page's thread.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, ReadableStreamDefaultReader, Response};

/// Fetches a file. `progress` hears the number of bytes after every piece; `most_bytes` guards against an endless answer.
pub async fn bytes(
    address: &str,
    most_bytes: usize,
    mut progress: impl FnMut(u64),
) -> Result<Vec<u8>, String> {
    let told =
        |why: &str| format!("{address} could not be fetched: {why}; check the connection and try again");
    let scope: DedicatedWorkerGlobalScope =
        js_sys::global().dyn_into().map_err(|_| told("this is no dedicated worker"))?;
    let answer = JsFuture::from(scope.fetch_with_str(address)).await.map_err(|error| told(&text(&error)))?;
    let answer: Response = answer.dyn_into().map_err(|_| told("no response"))?;
    if !answer.ok() {
        return Err(told(&format!("the server answered {}", answer.status())));
    }
    let body = answer.body().ok_or_else(|| told("the answer is empty"))?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(|error| told(&text(&error)))?;
        let field =
            |name: &str| Reflect::get(&piece, &JsValue::from_str(name)).map_err(|error| told(&text(&error)));
        if field("done")?.is_truthy() {
            return Ok(bytes);
        }
        let piece: Uint8Array = field("value")?.dyn_into().map_err(|_| told("a piece is not bytes"))?;
        if bytes.len() + piece.length() as usize > most_bytes {
            return Err(format!("{address} is larger than the {most_bytes} bytes that are allowed"));
        }
        bytes.extend(piece.to_vec());
        progress(bytes.len() as u64);
    }
}

/// What a thrown value says.
fn text(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
