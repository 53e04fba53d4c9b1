//! The offer to let computer models take the trials, after the participant's own.

use gestalt_protocol::study::Models;
use leptos::prelude::*;

use super::StepContext;
use super::full_screen::Next;
use crate::browser::address;
use crate::i18n::texts;

/// The offer; the models run in a tab of their own, so that this session stays as it is.
pub fn view(_: Models, context: StepContext) -> AnyView {
    let words = &texts().steps;
    view! {
        <div class="reading">
            <h1 tabindex="-1">{words.models_title}</h1>
            <p>{words.models_text}</p>
            <p><a class="button" href=address("models") target="_blank" rel="noopener external">{words.models_open}</a></p>
            <Next controller=context.controller label=words.continue_/>
        </div>
    }
    .into_any()
}
