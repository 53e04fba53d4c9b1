//! The outbox worker: stores every row before the page shows the next pictures, and sends it until the
//! server acknowledges it. It has a thread of its own, so that neither delays a frame of the page.

mod indexed;
mod memory;
mod sender;
mod server;
mod store;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gestalt_protocol::Row;
use gestalt_session::{Fate, FromOutbox, OutboxReply, OutboxRequest, StoredRow, ToOutbox};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use store::{Store, StoreError};

/// Why the sender should look again.
enum Wake {
    /// There is something new to send.
    Rows,
    /// Something changed outside: do not wait any longer.
    Now,
}

fn main() {
    console_error_panic_hook::set_once();
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let (requests, listen) = unbounded();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        // Only the page of the same build talks to this worker. What is no request is answered by nobody,
        // and asked again.
        if let Ok(request) = serde_json::from_str::<ToOutbox>(&text) {
            // The receiver lives as long as the worker: sending cannot fail.
            drop(requests.unbounded_send(request));
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
    let store = Store::default();
    let (wake, wakes) = unbounded();
    wasm_bindgen_futures::spawn_local(sender::run(store.clone(), wakes));
    wasm_bindgen_futures::spawn_local(async move {
        say(&FromOutbox::Ready);
        serve(store, listen, wake).await;
    });
}

/// Answers the requests in their order.
async fn serve(store: Store, mut requests: UnboundedReceiver<ToOutbox>, wake: UnboundedSender<Wake>) {
    // The sender lives as long as the worker.
    let wake = |why| drop(wake.unbounded_send(why));
    while let Some(ToOutbox { number, request }) = requests.next().await {
        let is_row = matches!(request, OutboxRequest::Put { .. });
        let is_now = matches!(request, OutboxRequest::Retry | OutboxRequest::UseMemory);
        match carry_out(&store, request).await {
            Ok(OutboxReply::Done) if is_row => post(&JsValue::from(number)),
            outcome => {
                let outcome = outcome.map_err(|error| error.to_string());
                say(&FromOutbox::Answer { number, outcome });
            }
        }
        wake(if is_now { Wake::Now } else { Wake::Rows });
    }
}

async fn carry_out(store: &Store, request: OutboxRequest) -> Result<OutboxReply, StoreError> {
    match request {
        OutboxRequest::Open(session) => store.put_session(&session).await?,
        OutboxRequest::Put { line, kept } => {
            let row: Row = serde_json::from_str(&line)?;
            let fate = if kept { Fate::Kept } else { Fate::Waiting };
            store.put_row(&StoredRow { session: row.session, index: row.index, fate, row }).await?;
        }
        OutboxRequest::Close(session) => store.update_session(&session).await?,
        OutboxRequest::Forget(session) => store.forget(session).await?,
        OutboxRequest::Sessions => return Ok(OutboxReply::Sessions(store.sessions().await?)),
        OutboxRequest::Rows(session) => return Ok(OutboxReply::Rows(store.rows_from(session, 0).await?)),
        OutboxRequest::Retry => {}
        OutboxRequest::UseMemory => store.use_memory().await,
    }
    Ok(OutboxReply::Done)
}

/// Says something to the page.
fn say(message: &FromOutbox) {
    post(&JsValue::from_str(&serde_json::to_string(message).unwrap_or_default()));
}

fn post(message: &JsValue) {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        // A page that is gone cannot be told.
        let _ = scope.post_message(message);
    }
}
