//! How far one model is, in words and a bar.

use gestalt_protocol::Device;
use leptos::prelude::*;

use super::state::{Ready, State};
use crate::widgets::{Notice, Progress};

/// One word for the browser tests.
pub fn word(state: Option<&State>) -> &'static str {
    match state {
        None => "idle",
        Some(State::Queued) => "queued",
        Some(State::Preparing(..)) => "preparing",
        Some(State::Answering { .. }) => "answering",
        Some(State::Done { .. }) => "done",
        Some(State::Stopped(..)) => "stopped",
    }
}

/// What is said under a model's name.
pub fn standing(state: State) -> AnyView {
    match state {
        State::Queued => view! { <p>"waits for its turn"</p> }.into_any(),
        State::Preparing(step, value) => view! { <Progress label=step value/> }.into_any(),
        State::Answering { ready, done, total, trial_ms } => {
            let left = trial_ms.map(|ms| left_in_words(ms * (total - done) as f64)).unwrap_or_default();
            view! {
                <Progress label=format!("trial {} of {total}{left}", done + 1) value=Some(done as f64 / total.max(1) as f64)/>
                {ready_view(&ready)}
            }
            .into_any()
        }
        State::Done { ready, rows, trial_ms } => view! {
            <p role="status">{format!("Done: {rows} trials, {trial_ms:.0} ms each.")}</p>
            {ready_view(&ready)}
        }
        .into_any(),
        State::Stopped(why, rows) => {
            let kept = match rows {
                0 => "It gave no answers.".to_owned(),
                rows => format!("Its {rows} answers before that are kept."),
            };
            view! { <Notice kind="trouble">{format!("Stopped: {why}")}<br/>{kept}</Notice> }.into_any()
        }
    }
}

/// Where the model runs, and why there.
pub fn ready_view(Ready { loaded, workers }: &Ready) -> impl IntoView + use<> {
    let workers = if *workers > 1 { format!(", {workers} workers") } else { String::new() };
    let timed: Vec<String> =
        loaded.timed.iter().map(|t| format!("{} {:.0} ms", device_word(t.device), t.picture_ms)).collect();
    let timed =
        if timed.is_empty() { String::new() } else { format!(" A picture takes: {}.", timed.join(", ")) };
    let runs = format!(
        "Runs on the {}{workers}. Known answer reproduced, cosine {:.5}.{timed}",
        device_word(loaded.device),
        loaded.known_answer_cosine
    );
    let fallback = loaded.fell_back_from.as_ref().map(|(device, why)| {
        let text = format!("The {} is not used here.", device_word(*device));
        let why = why.clone();
        view! {
            <Notice kind="note">
                {text}<details><summary>"Why"</summary>{why}</details>
            </Notice>
        }
    });
    view! { <p class="muted" data-testid="ready" data-device=format!("{:?}", loaded.device).to_lowercase()>{runs}</p>{fallback} }
}

fn device_word(device: Device) -> &'static str {
    match device {
        Device::Webgpu => "graphics processor (WebGPU)",
        Device::Cpu => "processor",
        Device::Cuda => "graphics processor (CUDA)",
    }
}

fn left_in_words(ms: f64) -> String {
    match (ms / 1000.0).ceil() {
        seconds if seconds < 90.0 => format!(", about {seconds} s left"),
        seconds => format!(", about {} min left", (seconds / 60.0).ceil()),
    }
}
