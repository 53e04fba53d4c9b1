//! How far one model is, in words and a bar.

use leptos::prelude::*;

use super::state::State;
use crate::i18n::texts;
use crate::ui::{Notice, Progress, model_ready};

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
    let words = &texts().models;
    match state {
        State::Queued => view! { <p>{words.waits}</p> }.into_any(),
        State::Preparing(step, value) => view! { <Progress label=step value/> }.into_any(),
        State::Answering { ready, done, total, trial_ms } => {
            let left = trial_ms.map(|ms| left_in_words(ms * (total - done) as f64)).unwrap_or_default();
            let label = (words.trial)(done + 1, total) + &left;
            let share = done as f64 / total.max(1) as f64;
            view! { <Progress label value=Some(share)/>{model_ready(&ready)} }.into_any()
        }
        State::Done { ready, rows, trial_ms } => view! {
            <p role="status">{(words.done)(rows, trial_ms)}</p>
            {model_ready(&ready)}
        }
        .into_any(),
        State::Stopped(why, rows) => {
            let kept = if rows == 0 { words.no_answers.to_owned() } else { (words.answers_kept)(rows) };
            view! { <Notice kind="trouble">{(words.stopped)(&why)}<br/>{kept}</Notice> }.into_any()
        }
    }
}

fn left_in_words(ms: f64) -> String {
    let words = &texts().models;
    match (ms / 1000.0).ceil() {
        seconds if seconds < 90.0 => (words.seconds_left)(seconds),
        seconds => (words.minutes_left)((seconds / 60.0).ceil()),
    }
}
