//! Consent. With a text of the study: agree or not. Without one: what to do, how long it takes, that one may
//! stop; to start is to consent.

use gestalt_protocol::study::Consent;
use gestalt_session::{Event, Leaving, Outline};
use leptos::prelude::*;

use super::StepContext;
use super::full_screen::Next;
use super::text::prose;
use crate::i18n::texts;

/// The consent step.
pub fn view(step: Consent, context: StepContext) -> AnyView {
    let title = context.study.study.title.in_language(context.controller.language()).to_owned();
    let controller = context.controller;
    let hash = step.text.as_ref().and_then(|path| context.study.study.text(path, controller.language()));
    let text_hash = hash.map(|found| found.hash);
    let record = Callback::new(move |()| {
        controller.consent_to(text_hash.clone());
        true
    });
    let Some(path) = step.text else {
        return view! {
            <div class="reading">
                <h1 tabindex="-1">{title}</h1>
                <Introduction context/>
                <Next controller label=texts().study.start testid="start" before=record/>
            </div>
        }
        .into_any();
    };
    let words = &texts().steps;
    let text = prose(&context, &path);
    let decline = move |_| controller.happened(Event::Leaves(Leaving::NoConsent));
    view! {
        <div class="reading">
            <h1 tabindex="-1">{title}</h1>
            {text}
            <p class="muted">{kept(&context)}</p>
            <Next controller label=words.agree testid="agree" before=record/>
            <p><button data-testid="decline" on:click=decline>{words.decline}</button></p>
        </div>
    }
    .into_any()
}

fn kept(context: &StepContext) -> &'static str {
    let words = &texts().study;
    if context.study.has_server() { words.kept_by_server } else { words.kept_in_browser }
}

/// What a study without texts of its own tells.
#[component]
pub fn Introduction(
    /// The study.
    context: StepContext,
) -> impl IntoView {
    let words = &texts().study;
    let outline = Outline::of(&context.study.study, context.study.trials);
    let timing = context.study.study.timing;
    view! {
        <p class="lead">{(words.lead)(timing.exposure_ms / 1000.0)}</p>
        <div class="slots-sketch" aria-hidden="true"><span>"1"</span><span>"2"</span><span>"3"</span></div>
        <ul class="plain">
            <li>{words.keys_before} <kbd>"1"</kbd> " " <kbd>"2"</kbd> " " <kbd>"3"</kbd> {words.keys_after}</li>
            <li>{(words.how_soon)(timing.deadline_ms / 1000.0)}</li>
            <li>{(words.how_long)(outline.trials, outline.minutes)}</li>
            <li>{words.no_feedback}</li>
        </ul>
        <p class="muted">{kept(&context)}</p>
    }
}
