//! The inference worker: takes one request at a time from the page, answers it, and never talks to the
//! server.

mod engine;
mod fetch;
mod trap;

use futures_channel::mpsc;
use futures_util::StreamExt;
use gestalt_protocol::inference::{FromWorker, ToWorker};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

fn main() {
    trap::report_panics();
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
    trap::report_traps(&scope);
    wasm_bindgen_futures::spawn_local(async move {
        // Two workers without a name would wait for one another.
        let holds_lock = !scope.name().is_empty() && gestalt_lock::hold(&scope.name()).await;
        say(&FromWorker::Ready { holds_lock });
        serve(listen).await;
    });
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
