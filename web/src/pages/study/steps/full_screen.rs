//! The button to the next step, and the choice to fill the screen where the trials come next.

use gestalt_session::Event;
use leptos::prelude::*;

use super::super::controller::Controller;
use crate::i18n::texts;

/// Whether the screen is filled; hidden where the browser cannot.
#[component]
pub fn FullScreenChoice(
    /// What the participant chooses.
    full_screen: RwSignal<bool>,
) -> impl IntoView {
    let can_fill = document().fullscreen_enabled();
    view! {
        <label class="check" hidden=!can_fill>
            <input type="checkbox" data-testid="full-screen" prop:checked=full_screen
                on:change=move |event| full_screen.set(event_target_checked(&event))/>
            {texts().study.fill_screen}
        </label>
    }
}

/// The button to the next step. `before` is done first; the step is left only if it says so.
#[component]
pub fn Next(
    /// Hears that the step is done.
    controller: Controller,
    /// The words on the button.
    label: &'static str,
    /// For the browser tests.
    #[prop(default = "continue-step")]
    testid: &'static str,
    /// Done first; the step is left only if it says so.
    #[prop(into, default = Callback::new(|()| true))]
    before: Callback<(), bool>,
) -> impl IntoView {
    let trials_next = controller.trials_are_next();
    let full_screen = RwSignal::new(trials_next && document().fullscreen_enabled());
    let next = move |_| {
        if before.run(()) {
            controller.happened(Event::StepDone { full_screen: full_screen.get_untracked() });
        }
    };
    view! {
        {trials_next.then(|| view! { <FullScreenChoice full_screen/> })}
        <p><button class="primary" data-testid=testid on:click=next>{label}</button></p>
    }
}
