//! Information for participants.

use gestalt_protocol::study::Information;
use leptos::prelude::*;

use super::StepContext;
use super::full_screen::Next;
use super::text::prose;
use crate::i18n::texts;

/// The text, and a button to the next step.
pub fn view(step: Information, context: StepContext) -> AnyView {
    let text = prose(&context, &step.text);
    let title = context.study.study.title.in_language(context.controller.language()).to_owned();
    view! {
        <div class="reading">
            <h1 tabindex="-1">{title}</h1>
            {text}
            <Next controller=context.controller label=texts().steps.continue_/>
        </div>
    }
    .into_any()
}
