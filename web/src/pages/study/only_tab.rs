//! A session runs in one tab at a time: whoever shows it holds a lock of the browser, and another tab may
//! take it over.

use js_sys::{Function, Object, Promise, Reflect};
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// This tab has the session; dropping it lets the session go.
pub struct Hold {
    let_go: Function,
}

impl Drop for Hold {
    fn drop(&mut self) {
        // Resolves the promise for which the browser keeps the lock.
        let _ = self.let_go.call0(&JsValue::NULL);
    }
}

/// Another tab has the session. False where the browser has no locks: then nobody is kept out.
pub async fn is_elsewhere(session: Uuid) -> bool {
    let granted = Closure::once_into_js(|lock: JsValue| JsValue::from_bool(lock.is_truthy()));
    let Some(requested) = request(session, "ifAvailable", granted.unchecked_ref()) else { return false };
    JsFuture::from(requested).await.is_ok_and(|was_free| was_free == JsValue::FALSE)
}

/// Takes the session, also from another tab; `on_lost` is called when another tab takes it from this one.
pub fn take(session: Uuid, on_lost: impl FnOnce() + 'static) -> Option<Hold> {
    let mut let_go = None;
    let held = Promise::new(&mut |resolve, _| let_go = Some(resolve));
    let granted = Closure::once_into_js(move || held);
    let requested = request(session, "steal", granted.unchecked_ref())?;
    spawn_local(async move {
        // Fails once the lock is stolen.
        if JsFuture::from(requested).await.is_err() {
            on_lost();
        }
    });
    let_go.map(|let_go| Hold { let_go })
}

/// `navigator.locks.request` with one option; nothing where the browser has no locks, as on an origin that
/// is not secure. By hand, because web-sys counts it among what may still change.
fn request(session: Uuid, option: &str, granted: &Function) -> Option<Promise> {
    let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().filter(JsValue::is_truthy);
    let locks = field(&field(&js_sys::global(), "navigator")?, "locks")?;
    let request: Function = field(&locks, "request")?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &option.into(), &JsValue::TRUE).ok()?;
    let name = format!("session/{session}");
    request.call3(&locks, &name.into(), &options, granted).ok()?.dyn_into().ok()
}
