//! What a person is told before the test: what to do, how long it takes, that they may stop. To start is to
//! consent.

use gestalt_protocol::study::Language;
use gestalt_session::{Event, Outline};
use leptos::prelude::*;

use super::controller::Controller;
use crate::i18n::texts;
use crate::source::OpenedStudy;

/// The introduction with its start button.
#[component]
pub fn Consent(
    /// The study.
    study: OpenedStudy,
    /// Hears that the participant starts.
    controller: Controller,
) -> impl IntoView {
    let words = &texts().study;
    let outline = Outline::of(&study.study, study.trials);
    let timing = study.study.timing;
    let kept = if study.has_server() { words.kept_by_server } else { words.kept_in_browser };
    let full_screen = RwSignal::new(document().fullscreen_enabled());
    let start = move |_| controller.happened(Event::Started { full_screen: full_screen.get() });
    view! {
        <div class="reading">
            <h1>{study.study.title.in_language(Language::En).to_owned()}</h1>
            <p class="lead">{(words.lead)(timing.exposure_ms / 1000.0)}</p>
            <div class="slots-sketch" aria-hidden="true"><span>"1"</span><span>"2"</span><span>"3"</span></div>
            <ul class="plain">
                <li>{words.keys_before} <kbd>"1"</kbd> " " <kbd>"2"</kbd> " " <kbd>"3"</kbd> {words.keys_after}</li>
                <li>{(words.how_soon)(timing.deadline_ms / 1000.0)}</li>
                <li>{(words.how_long)(outline.trials, outline.minutes)}</li>
                <li>{words.no_feedback}</li>
            </ul>
            <p class="muted">{kept}</p>
            <FullScreenChoice full_screen/>
            <button class="primary" data-testid="start" on:click=start>{words.start}</button>
        </div>
    }
}

/// The offer to go on with an unfinished session.
#[component]
pub fn Resume(
    /// Hears what the participant chooses.
    controller: Controller,
) -> impl IntoView {
    let words = &texts().study;
    let full_screen = RwSignal::new(document().fullscreen_enabled());
    let resume = move |_| controller.happened(Event::Resumed { full_screen: full_screen.get() });
    let anew = move |_| controller.happened(Event::StartedAnew);
    view! {
        <div class="reading">
            <h1>{words.resume_title}</h1>
            <p class="lead">{words.resume_text}</p>
            <FullScreenChoice full_screen/>
            <p class="row">
                <button class="primary" data-testid="resume" on:click=resume>{words.resume}</button>
                <button data-testid="start-anew" on:click=anew>{words.start_anew}</button>
            </p>
        </div>
    }
}

#[component]
fn FullScreenChoice(full_screen: RwSignal<bool>) -> impl IntoView {
    let can_fill = document().fullscreen_enabled();
    view! {
        <label class="check" hidden=!can_fill>
            <input type="checkbox" data-testid="full-screen" prop:checked=full_screen
                on:change=move |event| full_screen.set(event_target_checked(&event))/>
            {texts().study.fill_screen}
        </label>
    }
}
