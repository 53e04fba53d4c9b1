//! The offer to go on with an unfinished session.

use gestalt_protocol::study::Panel;
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
    /// Another tab shows the session now.
    is_elsewhere: bool,
) -> impl IntoView {
    let (words, steps) = (&texts().study, &texts().steps);
    // One id has one session.
    let has_ids = controller.study().is_some_and(|study| study.study.recruitment.panel != Panel::Open);
    let full_screen = RwSignal::new(document().fullscreen_enabled());
    let resume = move |_| controller.happened(Event::Resumed { full_screen: full_screen.get() });
    let anew = move |_| controller.happened(Event::StartedAnew);
    view! {
        <div class="reading">
            <h1 tabindex="-1">{if is_elsewhere { steps.elsewhere_title } else { words.resume_title }}</h1>
            <p class="lead">{if is_elsewhere { steps.elsewhere_text } else { words.resume_text }}</p>
            <FullScreenChoice full_screen/>
            <p class="row">
                <button class="primary" data-testid="resume" on:click=resume>
                    {if is_elsewhere { steps.take_over } else { words.resume }}
                </button>
                <button data-testid="start-anew" hidden=is_elsewhere || has_ids on:click=anew>{words.start_anew}</button>
            </p>
        </div>
    }
}
