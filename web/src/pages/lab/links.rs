//! The link that a panel needs.

use gestalt_protocol::study::Panel;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::address;
use crate::i18n::texts;

/// `navigator.clipboard.writeText`; nothing where the browser has none, as on an origin that is not secure.
fn write_to_clipboard(text: &str) -> Option<Promise> {
    let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().filter(JsValue::is_truthy);
    let clipboard = field(&window().navigator(), "clipboard")?;
    let write: Function = field(&clipboard, "writeText")?.dyn_into().ok()?;
    write.call1(&clipboard, &text.into()).ok()?.dyn_into().ok()
}

/// The link, to be copied.
#[component]
pub fn LinkBuilder(
    /// Of the study.
    name: String,
    /// Where its participants come from.
    panel: Panel,
) -> impl IntoView {
    let words = &texts().lab;
    let link = address(&format!("study/{name}")) + panel.link_parameters();
    let copied = RwSignal::new(false);
    let copy = {
        let link = link.clone();
        move |_| {
            if let Some(written) = write_to_clipboard(&link) {
                spawn_local(async move { copied.set(JsFuture::from(written).await.is_ok()) });
            }
        }
    };
    view! {
        <h3>{words.link}</h3>
        <p class="row">
            <code data-testid="lab-link" translate="no">{link}</code>
            <button on:click=copy>{move || if copied.get() { words.copied } else { words.copy }}</button>
        </p>
        <p class="muted">{words.link_note}</p>
    }
}
