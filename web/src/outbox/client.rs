//! The worker's end in the page: requests with their answers, a worker that died is started again, and what
//! a closing page still sends.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures::channel::oneshot;
use futures::future::{Either, select};
use gestalt_session::{FromOutbox, OutboxReply, OutboxRequest, OutboxState, ToOutbox, leftovers};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsValue;
use web_sys::{Event, MessageEvent, RequestInit, Worker, WorkerOptions, WorkerType};

use crate::browser::{Listener, address, error_text};

/// The script that loads the worker's wasm (`src/xtask/src/site/modules.rs` writes it).
const SCRIPT: &str = "gestalt-outbox_loader.js";
/// A worker that has not answered after this time is taken for dead. Storage that is busy may take seconds.
const PATIENCE_MS: u32 = 20_000;
/// How often a request is asked, each time but the first of a new worker.
const ATTEMPTS: u32 = 3;

/// Why the outbox did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OutboxError {
    /// The worker does not run.
    #[error("the part of this page that stores the answers stopped ({0}); reload the page")]
    Dead(String),
    /// The browser's storage, mostly.
    #[error("{0}")]
    Failed(String),
}

impl OutboxError {
    pub(super) fn unexpected(reply: &OutboxReply) -> Self {
        Self::Dead(format!("it answered {reply:?}"))
    }
}

type Answer = Result<OutboxReply, String>;

/// Talks to the outbox worker.
#[derive(Clone)]
pub struct Client {
    shared: Rc<Shared>,
}

struct Shared {
    worker: RefCell<Option<Running>>,
    last_number: Cell<u32>,
    /// Requests without an answer, as they were posted.
    open: RefCell<BTreeMap<u32, (String, oneshot::Sender<Answer>)>>,
    state: RwSignal<OutboxState>,
    is_quiet: Cell<bool>,
    /// What the worker said last of the delivery, not yet read.
    unread: RefCell<Option<String>>,
    /// Rows of this page that may not have arrived, by session and index, and the session's token.
    unsettled: RefCell<BTreeMap<Uuid, Unsettled>>,
}

/// A session's token, and its rows as they are sent, by index.
type Unsettled = (String, BTreeMap<u32, String>);

struct Running {
    worker: Worker,
    /// It said that it listens.
    is_ready: bool,
    _listeners: [Listener; 2],
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl Client {
    /// Starts the worker; `state` hears how the delivery stands.
    pub fn start(state: RwSignal<OutboxState>) -> Self {
        let shared = Shared {
            worker: RefCell::default(),
            last_number: Cell::default(),
            open: RefCell::default(),
            state,
            is_quiet: Cell::default(),
            unread: RefCell::default(),
            unsettled: RefCell::default(),
        };
        let this = Self { shared: Rc::new(shared) };
        // Whoever asks first hears why it did not start.
        let _ = this.start_worker();
        this
    }

    /// Asks, and asks a new worker where the first one died. Every request may be carried out twice.
    pub async fn ask(&self, request: OutboxRequest) -> Result<OutboxReply, OutboxError> {
        let number = self.shared.last_number.get() + 1;
        self.shared.last_number.set(number);
        let text = serde_json::to_string(&ToOutbox { number, request })
            .map_err(|error| OutboxError::Failed(error.to_string()))?;
        for _ in 0..ATTEMPTS {
            let (sender, answer) = oneshot::channel();
            self.shared.open.borrow_mut().insert(number, (text.clone(), sender));
            self.post(&text);
            match select(answer, TimeoutFuture::new(PATIENCE_MS)).await {
                Either::Left((Ok(answer), _)) => return answer.map_err(OutboxError::Failed),
                _ => self.start_worker()?,
            }
        }
        self.shared.open.borrow_mut().remove(&number);
        Err(OutboxError::Dead(format!("no answer after {} s", ATTEMPTS * PATIENCE_MS / 1000)))
    }

    /// Before the worker listens, requests wait in `open`.
    fn post(&self, text: &str) {
        if let Some(running) = self.shared.worker.borrow().as_ref().filter(|running| running.is_ready) {
            // A worker that cannot be told does not answer.
            let _ = running.worker.post_message(&JsValue::from_str(text));
        }
    }

    fn start_worker(&self) -> Result<(), OutboxError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&address(SCRIPT), &options)
            .map_err(|error| OutboxError::Dead(error_text(&error)))?;
        let (heard, died) = (self.clone(), self.clone());
        let listeners = [
            Listener::new(&worker, "message", move |event: MessageEvent| heard.hear(&event.data())),
            Listener::new(&worker, "error", move |_: Event| died.give_up()),
        ];
        *self.shared.worker.borrow_mut() = Some(Running { worker, is_ready: false, _listeners: listeners });
        Ok(())
    }

    /// The worker died: those who wait ask a new one.
    fn give_up(&self) {
        self.shared.open.borrow_mut().clear();
    }

    fn hear(&self, message: &JsValue) {
        if let Some(number) = message.as_f64() {
            // A row is stored: all that the page hears of it while trials run.
            return self.answer(number as u32, Ok(OutboxReply::Done));
        }
        let Some(text) = message.as_string() else { return };
        if self.shared.is_quiet.get() && text.starts_with("{\"state\"") {
            *self.shared.unread.borrow_mut() = Some(text);
            return;
        }
        match serde_json::from_str(&text) {
            Ok(FromOutbox::Ready) => self.is_ready(),
            Ok(FromOutbox::Answer { number, outcome }) => self.answer(number, outcome),
            Ok(FromOutbox::State(state)) => self.take_state(state),
            // Of another version of the worker: the request it may answer is asked again.
            Err(_) => {}
        }
    }

    fn is_ready(&self) {
        if let Some(running) = self.shared.worker.borrow_mut().as_mut() {
            running.is_ready = true;
        }
        self.shared.open.borrow().values().for_each(|(text, _)| self.post(text));
    }

    fn answer(&self, number: u32, answer: Answer) {
        if let Some((_, sender)) = self.shared.open.borrow_mut().remove(&number) {
            // Who asked may be gone.
            let _ = sender.send(answer);
        }
    }

    fn take_state(&self, state: OutboxState) {
        for (session, standing) in &state.sessions {
            if let Some((_, lines)) = self.shared.unsettled.borrow_mut().get_mut(session) {
                lines.retain(|index, _| *index >= standing.settled);
            }
        }
        self.shared.state.set(state);
    }

    /// While it is quiet, what the worker says of the delivery is not read.
    pub fn set_quiet(&self, is_quiet: bool) {
        self.shared.is_quiet.set(is_quiet);
        if !is_quiet {
            self.read_unread();
        }
    }

    fn read_unread(&self) {
        let unread = self.shared.unread.borrow_mut().take();
        if let Some(Ok(FromOutbox::State(state))) = unread.map(|text| serde_json::from_str(&text)) {
            self.take_state(state);
        }
    }

    /// A row that is on its way.
    pub fn remember(&self, session: Uuid, index: u32, line: &str, token: Option<&str>) {
        let Some(token) = token else { return };
        let mut unsettled = self.shared.unsettled.borrow_mut();
        let (_, lines) = unsettled.entry(session).or_insert_with(|| (token.to_owned(), BTreeMap::new()));
        lines.insert(index, line.to_owned());
    }

    /// The session's rows are on their way no more.
    pub fn forget(&self, session: Uuid) {
        self.shared.unsettled.borrow_mut().remove(&session);
    }

    /// The page is closed, and its worker with it: what has not arrived is sent once more by the browser
    /// itself. What then fails is still in the browser's storage.
    pub fn send_leftovers(&self) {
        self.read_unread();
        for (session, (token, lines)) in self.shared.unsettled.borrow().iter() {
            let body = leftovers(lines.values().map(String::as_str));
            if !body.is_empty() {
                send_to_the_last(*session, token, &body);
            }
        }
    }
}

/// A request that outlives the page. Nobody waits for its answer.
fn send_to_the_last(session: Uuid, token: &str, body: &str) {
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_body(&JsValue::from_str(body));
    let headers = js_sys::Object::new();
    let set = |name: &str, value: &str| {
        // Fails only for an object that is frozen.
        let _ = js_sys::Reflect::set(&headers, &name.into(), &value.into());
    };
    set("authorization", &format!("Bearer {token}"));
    set("content-type", "application/x-ndjson");
    options.set_headers(&headers);
    // By hand, because web-sys does not have it yet.
    let _ = js_sys::Reflect::set(&options, &"keepalive".into(), &JsValue::TRUE);
    let url = address(&format!("api/sessions/{session}/rows"));
    let answer = window().fetch_with_str_and_init(&url, &options);
    wasm_bindgen_futures::spawn_local(async move {
        drop(wasm_bindgen_futures::JsFuture::from(answer).await);
    });
}
