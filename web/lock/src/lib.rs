//! A lock of the browser that the worker holds while it lives, so that the page hears of a death that raises
//! no event. The worker holds it, the page waits.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// Takes the lock and never lets go of it; whether that could be done.
pub async fn hold(name: &str) -> bool {
    let mut requested = None;
    let held = Promise::new(&mut |resolve, _| {
        let granted = Closure::once_into_js(move || {
            // A promise takes any value.
            let _ = resolve.call0(&JsValue::NULL);
            Promise::new(&mut |_, _| ())
        });
        requested = request(name, granted.unchecked_ref());
    });
    let Some(requested) = requested else { return false };
    // The request itself ends before the lock is held only where it is refused.
    JsFuture::from(Promise::race(&Array::of2(&held, &requested))).await.is_ok()
}

/// Waits until nobody holds the lock; whether that could be told.
pub async fn released(name: &str) -> bool {
    match request(name, Closure::once_into_js(|| ()).unchecked_ref()) {
        Some(requested) => JsFuture::from(requested).await.is_ok(),
        None => false,
    }
}

/// `navigator.locks.request`; nothing where the browser has no locks, as on an origin that is not secure. By
/// hand, because web-sys counts it among what may still change.
fn request(name: &str, granted: &Function) -> Option<Promise> {
    let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().filter(JsValue::is_truthy);
    let locks = field(&field(&js_sys::global(), "navigator")?, "locks")?;
    let request: Function = field(&locks, "request")?.dyn_into().ok()?;
    request.call2(&locks, &name.into(), granted).ok()?.dyn_into().ok()
}
