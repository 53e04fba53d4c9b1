//! The offer to go on with an unfinished session.

use gestalt_session::Event;
use leptos::prelude::*;

use super::super::controller::Controller;
use super::FullScreenChoice;
use crate::i18n::texts;

/// The offer, and the choice to begin again where the study is one for visitors.
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
            <h1 tabindex="-1">{words.resume_title}</h1>
            <p class="lead">{words.resume_text}</p>
            <FullScreenChoice full_screen/>
            <p class="row">
                <button class="primary" data-testid="resume" on:click=resume>{words.resume}</button>
                <button data-testid="start-anew" on:click=anew>{words.start_anew}</button>
            </p>
        </div>
    }
}
