//! Says what ended the worker, where nothing else would: a panic in its own words, a trap as far as it
//! can be told.

use std::sync::atomic::{AtomicBool, Ordering};

use gestalt_protocol::inference::FromWorker;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, Event};

use crate::say;

/// Whether a panic has said already what happened.
static PANICKED: AtomicBool = AtomicBool::new(false);
/// Bytes of a page of WebAssembly's memory.
const PAGE_BYTES: usize = 1 << 16;
/// A memory that cannot grow by so much is full: the largest tensors take about as much.
const ROOM_BYTES: usize = 64 << 20;

/// Says a panic in its own words, before it becomes a trap that nobody can read.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        PANICKED.store(true, Ordering::Relaxed);
        say(&FromWorker::Broken { message: panic.to_string() });
    }));
}

/// Says what ended a promise or a callback: a trap in a promise raises no error event, and the page
/// would wait for an answer that never comes.
pub fn report_traps(scope: &DedicatedWorkerGlobalScope) {
    let on_trap = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        event.prevent_default();
        if PANICKED.load(Ordering::Relaxed) {
            return;
        }
        let field = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &JsValue::from_str(name)).ok();
        let reason = field(&event, "reason").filter(|reason| !reason.is_undefined());
        let reason =
            field(&reason.unwrap_or_else(|| event.into()), "message").and_then(|text| text.as_string());
        let message = reason.map_or_else(|| "it gave no reason".into(), in_words);
        say(&FromWorker::Broken { message });
    });
    for kind in ["unhandledrejection", "error"] {
        // Fails only for a scope without events.
        let _ = scope.add_event_listener_with_callback(kind, on_trap.as_ref().unchecked_ref());
    }
    on_trap.forget();
}

/// `unreachable` is all that is left of an allocation that failed, but other faults end so too.
fn in_words(reason: String) -> String {
    if !reason.contains("unreachable") {
        return reason;
    }
    let used_mb = core::arch::wasm32::memory_size::<0>() * PAGE_BYTES / 1_000_000;
    // The worker is lost in any case: what is taken here goes with it.
    if core::arch::wasm32::memory_grow::<0>(ROOM_BYTES / PAGE_BYTES) == usize::MAX {
        return format!(
            "it ran out of memory with {used_mb} MB in use; close other tabs and programs, or choose a smaller model"
        );
    }
    format!("it met a fault in its own code ({reason}), with {used_mb} MB in use; please report it")
}
