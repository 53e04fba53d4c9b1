//! The page: for now it starts the inference worker and shows what it says, which proves the build.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// The script trunk writes beside the page to load the worker's wasm.
const WORKER_URL: &str = "/gestalt-worker_loader.js";

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}

/// One word, and the worker's lines as they come.
#[component]
fn App() -> impl IntoView {
    let (lines, set_lines) = signal(Vec::<String>::new());
    let add = move |line: String| set_lines.update(|lines| lines.push(line));
    if let Err(error) = start_worker(add) {
        add(format!("the worker did not start: {error:?}"));
    }
    view! {
        <h1>"Gestalt Lab"</h1>
        <pre id="lines">{move || lines.get().join("\n")}</pre>
    }
}

/// Starts the worker; when it says `ready`, asks it to work, and hands every later message to `on_line`.
fn start_worker(on_line: impl Fn(String) + 'static) -> Result<(), wasm_bindgen::JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(WORKER_URL, &options)?;
    let peer = worker.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let line = event.data().as_string().unwrap_or_default();
        if line == "ready"
            && let Err(error) = peer.post_message(&"go".into())
        {
            on_line(format!("the worker cannot be reached: {error:?}"));
        }
        on_line(line);
    });
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    Ok(())
}
