//! The two requests that deliver a session: rows, and its end.

use gestalt_protocol::api::{Finish, Finished, Receipt};
use gestalt_web::request::{ServerError, json, posted, timeout};
use gloo_net::http::Request;
use js_sys::Reflect;
use uuid::Uuid;
use wasm_bindgen::JsValue;

/// Sends one batch of rows, NDJSON; the receipt says which are durable.
pub async fn send_rows(session: Uuid, token: &str, ndjson: String) -> Result<Receipt, ServerError> {
    let request = Request::post(&address(session, "rows"))
        .header("authorization", &format!("Bearer {token}"))
        .header("content-type", "application/x-ndjson")
        .abort_signal(Some(&timeout()))
        .body(ndjson);
    json(posted(request).await?).await
}

/// Says how many rows the session has; answers with the completion code once all are durable.
pub async fn finish(session: Uuid, token: &str, rows: u32) -> Result<Finished, ServerError> {
    let request = Request::post(&address(session, "finish"))
        .header("authorization", &format!("Bearer {token}"))
        .abort_signal(Some(&timeout()))
        .json(&Finish { rows });
    json(posted(request).await?).await
}

/// The worker's script lies in the site's root.
fn address(session: Uuid, rest: &str) -> String {
    let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let href = field(&js_sys::global(), "location").and_then(|location| field(&location, "href"));
    let script = href.and_then(|href| href.as_string()).unwrap_or_default();
    let root = script.rsplit_once('/').map_or("", |(root, _)| root);
    format!("{root}/api/sessions/{session}/{rest}")
}
