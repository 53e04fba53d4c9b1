//! What a person is told before the test: what to do, how long it takes, that they may stop.

use gestalt_protocol::Role;
use leptos::prelude::*;

use crate::source::OpenedStudy;

/// Seconds that a trial takes on average, answer and pause included.
const TRIAL_S: f64 = 1.8;

/// The introduction with its start button.
#[component]
pub fn Intro(
    /// The study.
    opened: OpenedStudy,
    /// Starts, in full screen or not.
    on_start: impl Fn(OpenedStudy, bool) + 'static,
) -> impl IntoView {
    let trials = trials(&opened);
    let minutes = match (trials as f64 * TRIAL_S / 60.0).ceil() {
        minutes if minutes > 1.0 => format!("{minutes} minutes"),
        _ => "a minute".to_owned(),
    };
    let can_fill = document().fullscreen_enabled();
    let full_screen = RwSignal::new(can_fill);
    let kept = if opened.has_server() {
        "Your answers are stored under a made-up name. You can withdraw at any break and at the end; your answers are then deleted."
    } else {
        "This copy of the site has no server: your answers stay in this browser, and you can save them as a file."
    };
    let title = opened.study.title.clone();
    let exposure_s = opened.study.timing.exposure_ms / 1000.0;
    view! {
        <div class="reading">
            <h1>{title}</h1>
            <p class="lead">
                {format!("Three pictures appear side by side for {exposure_s} seconds. One shows a whole thing. The other two are made of the same pieces, put together wrongly. Say which one is whole.")}
            </p>
            <div class="slots-sketch" aria-hidden="true"><span>"1"</span><span>"2"</span><span>"3"</span></div>
            <ul class="plain">
                <li>"Press " <kbd>"1"</kbd> " " <kbd>"2"</kbd> " " <kbd>"3"</kbd> ", or click or tap the place where it was."</li>
                <li>"Answer as soon as you know; after two seconds it is too late. If unsure, guess."</li>
                <li>{format!("{trials} trials, about {minutes}, with practice first and breaks between.")}</li>
                <li>"Nobody is told whether an answer was right until the end."</li>
            </ul>
            <p class="muted">{kept}</p>
            <label class="check" hidden=!can_fill>
                <input type="checkbox" data-testid="full-screen" prop:checked=full_screen
                    on:change=move |event| full_screen.set(event_target_checked(&event))/>
                "Fill the screen (recommended: nothing else distracts)"
            </label>
            <button class="primary" data-testid="start" on:click=move |_| on_start(opened.clone(), full_screen.get())>
                "Start"
            </button>
        </div>
    }
}

fn trials(opened: &OpenedStudy) -> usize {
    let of = |role| opened.set.trials.iter().filter(|trial| trial.role == role).count();
    let tests = (of(Role::Test) + of(Role::Control))
        .min(opened.study.max_trials.map_or(usize::MAX, |most| most as usize));
    let catches = match opened.study.catch_every as usize {
        0 => 0,
        every => of(Role::Catch).min(tests / every),
    };
    of(Role::Practice) + tests + catches
}
