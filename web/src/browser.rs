//! Small helpers around the browser's own objects, so that no page touches them by hand.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{EventTarget, HtmlElement, Url};

/// Milliseconds on the page's monotonic clock: the clock of animation frames and of events.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Where the site lives: the path of `<base>`, without the slash at its end. Empty at the root of a host.
pub fn base_path() -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let path = Url::new(&base).map(|url| url.pathname()).unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.to_owned()
}

/// The path of a page of this site, `/…`, for the router's links: they do not add where the site lives.
pub fn below(page: &str) -> String {
    format!("{}{page}", base_path())
}

/// The whole address of a path that is given relative to the site's root.
pub fn address(path: &str) -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    Url::new_with_base(path, &base).map_or_else(|_| path.to_owned(), |url| url.href())
}

/// What the browser keeps for this site between visits, where it keeps anything.
pub fn local_storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Asks the browser not to clear what it keeps for this site when the disk is full. It may say no, or ask
/// the person.
pub fn ask_to_persist() {
    // Fails only where the origin is not secure, and has no such promise to give.
    if let Ok(asked) = window().navigator().storage().persist() {
        wasm_bindgen_futures::spawn_local(async move {
            drop(wasm_bindgen_futures::JsFuture::from(asked).await);
        });
    }
}

/// Puts the focus on the element of this id.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // An element that cannot take the focus is no reason to stop.
        let _ = element.focus();
    }
}

/// Puts the focus on the page's first heading, where it can take it: whoever hears the page hears what is
/// shown now.
pub fn focus_heading() {
    let heading = document().query_selector("main h1[tabindex]").ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        let _ = heading.focus();
    }
}

/// What a JavaScript error says.
pub fn error_text(error: &JsValue) -> String {
    let message = js_sys::Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}"))
}

/// An event listener that goes away when it is dropped.
pub struct Listener {
    target: EventTarget,
    kind: &'static str,
    callback: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    /// Calls back with each event of this kind and type.
    pub fn new<E: JsCast>(target: &EventTarget, kind: &'static str, mut on: impl FnMut(E) + 'static) -> Self {
        let callback = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            // Extensions and autofill send plain events under any name: they have none of the fields.
            if let Ok(event) = event.dyn_into() {
                on(event);
            }
        });
        // Fails only for a callback that is no function.
        let _ = target.add_event_listener_with_callback(kind, callback.as_ref().unchecked_ref());
        Self { target: target.clone(), kind, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.kind, self.callback.as_ref().unchecked_ref());
    }
}

/// Offers a text as a file to keep.
pub fn download(file_name: &str, media_type: &str, text: &str) -> Result<(), JsValue> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(file_name);
    link.click();
    Url::revoke_object_url(&url)
}
