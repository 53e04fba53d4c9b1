//! The parameters with which a participant came: read once, taken out of the address, and kept for this tab
//! only.

use leptos::prelude::window;
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

/// The parameters of the address, or those with which this tab was opened, in their order.
pub fn parameters(study: &str) -> Vec<(String, String)> {
    let here = window().location().search().unwrap_or_default();
    let storage = window().session_storage().ok().flatten();
    if here.len() > 1 {
        if let Some(storage) = &storage {
            let _ = storage.set_item(&key(study), &here);
        }
        // Whoever shares the address from here on does not share an id.
        let path = window().location().pathname().unwrap_or_default();
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
        }
        return parsed(&here);
    }
    let kept = storage.and_then(|storage| storage.get_item(&key(study)).ok().flatten());
    kept.map(|kept| parsed(&kept)).unwrap_or_default()
}

fn parsed(query: &str) -> Vec<(String, String)> {
    let Ok(params) = UrlSearchParams::new_with_str(query) else { return Vec::new() };
    let pairs = js_sys::try_iter(&params).ok().flatten().into_iter().flatten();
    pairs
        .filter_map(|pair| {
            let pair = js_sys::Array::from(&pair.ok()?);
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        })
        .collect()
}

fn key(study: &str) -> String {
    format!("arrival/{study}")
}
