//! The page's end of the inference worker: one request at a time, a ready handshake, and a death that is
//! reported.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::{Either, select};
use gestalt_protocol::inference::{FromWorker, ToWorker};
use gloo_timers::future::TimeoutFuture;
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::browser::{Listener, address, error_text, now_ms};

/// The script beside the page that loads the worker's wasm (`src/xtask/src/site/modules.rs` writes it).
const SCRIPT: &str = "gestalt-worker_loader.js";

/// How often silence is counted. Not by one long timer: in a page that was frozen it would be due at once on
/// waking, before the reply that has waited.
const TICK_MS: u32 = 5_000;
/// Ticks of silence after which a worker counts as dead, where the browser has no lock that would tell.
/// Software WebGPU takes some 15 s a trial, and loading compiles shaders on top.
const MOST_SILENT_TICKS: u32 = 60;

/// Why the worker gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WorkerError {
    /// The script or its wasm did not start.
    #[error("the inference worker did not start: {0}; reload the page")]
    Start(String),
    /// It stopped in the middle, with everything it held.
    #[error("the inference worker stopped: {0}; it is started again for the next model")]
    Died(String),
    /// It refused this request; it can take another.
    #[error("{0}")]
    Failed(String),
    /// The page ended it.
    #[error("cancelled")]
    Cancelled,
}

/// A worker that listens. Dropping it ends it, whatever it is doing.
pub struct InferenceWorker {
    worker: Worker,
    replies: UnboundedReceiver<Result<FromWorker, WorkerError>>,
    _listeners: [Listener; 3],
}

impl Drop for InferenceWorker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl InferenceWorker {
    /// Starts the worker and waits until it says that it listens.
    pub async fn start(cancel: &Cancel) -> Result<Self, WorkerError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let name = format!("gestalt-worker-{}", Uuid::now_v7());
        options.set_name(&name);
        let worker = Worker::new_with_options(&address(SCRIPT), &options)
            .map_err(|error| WorkerError::Start(error_text(&error)))?;
        let (sender, replies) = unbounded();
        cancel.arm(&sender);
        let listeners = [
            Listener::new(&worker, "message", on_message(sender.clone())),
            Listener::new(&worker, "error", on_error(sender.clone())),
            Listener::new(&worker, "messageerror", on_unreadable(sender.clone())),
        ];
        let mut this = Self { worker, replies, _listeners: listeners };
        match this.reply().await {
            Ok(FromWorker::Ready { holds_lock }) => {
                if holds_lock {
                    spawn_local(tell_death(name, sender));
                }
                Ok(this)
            }
            Ok(other) => Err(WorkerError::Start(format!("it said {other:?} before it was ready"))),
            Err(WorkerError::Died(reason)) => Err(WorkerError::Start(reason)),
            Err(error) => Err(error),
        }
    }

    /// Sends a request and waits for its answer; steps on the way go to `on_progress`.
    pub async fn ask(
        &mut self,
        request: &ToWorker,
        mut on_progress: impl FnMut(&FromWorker),
    ) -> Result<FromWorker, WorkerError> {
        let text = serde_json::to_string(request).map_err(|error| WorkerError::Failed(error.to_string()))?;
        let posted = self.worker.post_message(&JsValue::from_str(&text));
        posted.map_err(|error| WorkerError::Died(error_text(&error)))?;
        loop {
            match self.reply().await? {
                step @ (FromWorker::Downloading { .. } | FromWorker::Preparing { .. }) => on_progress(&step),
                FromWorker::Failed { message } => return Err(WorkerError::Failed(message)),
                FromWorker::Broken { message } => return Err(WorkerError::Died(message)),
                FromWorker::Ready { .. } => {
                    return Err(WorkerError::Died("it started anew by itself".into()));
                }
                answer => return Ok(answer),
            }
        }
    }

    async fn reply(&mut self) -> Result<FromWorker, WorkerError> {
        let mut silent_ticks = 0;
        while silent_ticks < MOST_SILENT_TICKS {
            let before_ms = now_ms();
            match select(self.replies.next(), TimeoutFuture::new(TICK_MS)).await {
                Either::Left((Some(reply), _)) => return reply,
                // A tick that came late was slept through, and the worker with it.
                _ => silent_ticks += u32::from(now_ms() - before_ms < 2.0 * f64::from(TICK_MS)),
            }
        }
        Err(WorkerError::Died(format!("it said nothing for {} s", MOST_SILENT_TICKS * TICK_MS / 1000)))
    }
}

/// Says so when the worker of this name is no more, whatever ended it. One that the page ends has nobody
/// left who listens.
async fn tell_death(name: String, sender: Replies) {
    if gestalt_lock::released(&name).await {
        let _ = sender.unbounded_send(Err(WorkerError::Died("the browser ended it without a word".into())));
    }
}

type Replies = UnboundedSender<Result<FromWorker, WorkerError>>;

/// Ends whatever the worker does, from outside of the run that waits for it.
#[derive(Clone, Default)]
pub struct Cancel {
    asked: Rc<Cell<bool>>,
    /// Of every worker that was started for the run.
    wake: Rc<RefCell<Vec<Replies>>>,
}

impl Cancel {
    /// Ends the run: the one who waits gets [`WorkerError::Cancelled`].
    pub fn now(&self) {
        self.asked.set(true);
        for sender in self.wake.borrow_mut().drain(..) {
            // The worker may have ended by itself in the meantime.
            let _ = sender.unbounded_send(Err(WorkerError::Cancelled));
        }
    }

    /// Whether it was asked for.
    pub fn asked(&self) -> bool {
        self.asked.get()
    }

    fn arm(&self, sender: &Replies) {
        self.wake.borrow_mut().push(sender.clone());
    }
}

fn on_message(sender: Replies) -> impl FnMut(MessageEvent) {
    move |event| {
        let text = event.data().as_string().unwrap_or_default();
        let reply = serde_json::from_str(&text)
            .map_err(|error| WorkerError::Died(format!("its message was not understood ({error})")));
        let _ = sender.unbounded_send(reply);
    }
}

fn on_error(sender: Replies) -> impl FnMut(Event) {
    move |event| {
        // A script that cannot be loaded gives a plain event without a message.
        let message = wasm_bindgen::JsCast::dyn_into::<ErrorEvent>(event).map(|error| error.message());
        let reason = message.unwrap_or_else(|_| "its script could not be loaded".into());
        let _ = sender.unbounded_send(Err(WorkerError::Died(reason)));
    }
}

fn on_unreadable(sender: Replies) -> impl FnMut(MessageEvent) {
    move |_| {
        let _ = sender.unbounded_send(Err(WorkerError::Died("its message could not be read".into())));
    }
}
