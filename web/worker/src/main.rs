//! The inference worker: takes one request at a time from the page, answers it, and never talks to the server.

mod engine;
mod fetch;

use std::sync::atomic::{AtomicBool, Ordering};

use futures_channel::mpsc;
use futures_util::StreamExt;
use gestalt_protocol::inference::{FromWorker, ToWorker};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, Event, MessageEvent};

fn main() {
    report_panics();
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let (requests, listen) = mpsc::unbounded();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        match serde_json::from_str::<ToWorker>(&text) {
            // The receiver lives as long as the worker: sending cannot fail.
            Ok(request) => drop(requests.unbounded_send(request)),
            Err(error) => say(&FromWorker::Failed { message: format!("not a request: {error}") }),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
    report_traps(&scope);
    wasm_bindgen_futures::spawn_local(serve(listen));
    say(&FromWorker::Ready);
}

/// Whether a panic has said already what happened.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// Says a panic in its own words, before it becomes a trap that nobody can read.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        PANICKED.store(true, Ordering::Relaxed);
        say(&FromWorker::Broken { message: panic.to_string() });
    }));
}

/// Says what ended a promise or a callback: a trap in a promise raises no error event, and the page would wait for an answer that
/// never comes.
fn report_traps(scope: &DedicatedWorkerGlobalScope) {
    let on_trap = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        event.prevent_default();
        if PANICKED.load(Ordering::Relaxed) {
            return;
        }
        let field = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &JsValue::from_str(name)).ok();
        let reason = field(&event, "reason").filter(|reason| !reason.is_undefined());
        let reason =
            field(&reason.unwrap_or_else(|| event.into()), "message").and_then(|text| text.as_string());
        let message = match reason {
            // What is left of an allocation that failed.
            Some(reason) if reason.contains("unreachable") => {
                "it ran out of memory; close other tabs and programs, or choose a smaller model".to_owned()
            }
            Some(reason) => reason,
            None => "it gave no reason".into(),
        };
        say(&FromWorker::Broken { message });
    });
    for kind in ["unhandledrejection", "error"] {
        // Fails only for a scope without events.
        let _ = scope.add_event_listener_with_callback(kind, on_trap.as_ref().unchecked_ref());
    }
    on_trap.forget();
}

/// Answers the requests in their order.
async fn serve(mut requests: mpsc::UnboundedReceiver<ToWorker>) {
    let mut loaded = None;
    while let Some(request) = requests.next().await {
        let reply = match request {
            ToWorker::Load { folder, device, rule } => match engine::load(&folder, device, rule).await {
                Ok((engine, reply)) => {
                    loaded = Some(engine);
                    reply
                }
                Err(message) => {
                    loaded = None;
                    FromWorker::Failed { message }
                }
            },
            ToWorker::Time { pictures, repeats } => match &loaded {
                Some(engine) => said(engine.time(pictures, repeats).await),
                None => nothing_loaded(),
            },
            ToWorker::Answer { images, hashes } => match &loaded {
                Some(engine) => said(engine.answer(&images, &hashes).await),
                None => nothing_loaded(),
            },
            ToWorker::Look { images, layer } => match &loaded {
                Some(engine) => said(engine.look(&images, &layer).await),
                None => nothing_loaded(),
            },
        };
        say(&reply);
    }
}

fn said(outcome: Result<FromWorker, String>) -> FromWorker {
    outcome.unwrap_or_else(|message| FromWorker::Failed { message })
}

fn nothing_loaded() -> FromWorker {
    FromWorker::Failed { message: "no model is loaded: load one first".into() }
}

/// Posts one message to the page.
fn say(message: &FromWorker) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let text = serde_json::to_string(message).unwrap_or_default();
    // A page that is gone cannot be told.
    let _ = scope.post_message(&JsValue::from_str(&text));
}
