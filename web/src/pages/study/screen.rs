//! The trial screen: three covered pictures, and the words between trials. What changes inside a frame is
//! in `elements`.

use gestalt_protocol::InputDevice;
use gestalt_protocol::study::{Photodiode, Prompt};
use gestalt_session::{Event, Phase, StoredSession};
use gestalt_types::Slot;
use leptos::ev::PointerEvent;
use leptos::html::{Div, Img};
use leptos::prelude::*;

use super::controller::{Controller, ReadySession};
use super::driver::{Driver, Loading, Scene, TooSmall};
use super::elements::Elements;
use crate::browser::focus;
use crate::display::{Viewport, enter_full_screen, is_full_screen};
use crate::i18n::texts;
use crate::outbox::Outbox;
use crate::ui::{Notice, Withdraw};

type Running = StoredValue<Option<Driver>, LocalStorage>;

/// The screen on which the trials run. Page translation would rewrite what changes while a trial is timed:
/// it is told to keep out.
#[component]
pub fn TrialScreen(
    /// The session.
    ready: ReadySession,
    /// Hears how it ends.
    controller: Controller,
) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let words = &texts().study;
    let session = ready.session.stored.clone();
    let display = ready.study.study.display;
    let too_small = TooSmall::of(display.minimum_viewport, Viewport::now());
    let scene = RwSignal::new(Scene::of(&ready.runner, None, too_small));
    let prompt = match ready.study.study.trials.prompt {
        Prompt::Whole => words.prompt_whole,
        Prompt::Different => words.prompt_different,
    };
    let running: Running = StoredValue::new_local(None);
    let (screen, slots) = (NodeRef::<Div>::new(), NodeRef::<Div>::new());
    let pictures = [(); 3].map(|()| NodeRef::<Img>::new());
    let waiting = StoredValue::new_local(Some(ready));
    Effect::new(move |_| {
        let pictures = (pictures[0].get(), pictures[1].get(), pictures[2].get());
        let (Some(left), Some(middle), Some(right)) = pictures else { return };
        let (Some(screen), Some(slots)) = (screen.get(), slots.get()) else { return };
        let Some(ready) = waiting.try_update_value(Option::take).flatten() else { return };
        let elements = Elements::new(screen, slots, [left, middle, right]);
        let driver = Driver::start(ready, elements, outbox, controller, scene);
        driver.begin();
        running.set_value(Some(driver));
    });
    let interlude_shown = Memo::new(move |_| scene.with(|scene| (scene.interlude, scene.done)));
    let countdown = Memo::new(move |_| scene.with(|scene| scene.countdown));
    // Between practice trials the pictures of the next one may still be on their way.
    let awaited = Memo::new(move |_| {
        scene.with(|scene| {
            let loading = scene.loading.as_ref().filter(|_| scene.interlude.is_none());
            loading.map(|loading| (words.next_pictures)(loading.missing))
        })
    });
    let boxes = Slot::ALL.into_iter().zip(pictures).map(|(slot, picture)| slot_view(slot, picture, running));
    view! {
        <div class="trial-screen" data-phase="break" data-testid="trial-screen" translate="no" node_ref=screen>
            <div class="slots" node_ref=slots>{boxes.collect_view()}</div>
            <p class="prompt" aria-hidden="true">{prompt}</p>
            <p class="countdown" aria-hidden="true">{move || countdown.get()}</p>
            <p class="countdown" role="status">{move || awaited.get()}</p>
            {photodiode_corner(display.photodiode).map(|corner| view! {
                <span class="photodiode" data-corner=corner aria-hidden="true"></span>
            })}
            <p class="too-late" role="status">{words.too_late}</p>
            <p class="feedback right" aria-hidden="true">{words.right}</p>
            <p class="feedback wrong" aria-hidden="true">{words.wrong}</p>
            <progress class="session-progress" aria-label=words.trials_done
                max=move || scene.get().total.to_string() value=move || scene.get().done.to_string()></progress>
            <button class="quiet pause-button" data-testid="pause"
                on:click=move |_| { running.with_value(|driver| driver.as_ref().map(Driver::pause)); }>
                {words.pause}
            </button>
            {move || {
                let (interlude, _) = interlude_shown.get();
                interlude.map(|phase| interlude_view(phase, scene, running, session.clone(), controller))
            }}
        </div>
    }
}

/// The corner of the square for a photodiode, as the style sheet names it; none where the study has no
/// square.
fn photodiode_corner(photodiode: Photodiode) -> Option<&'static str> {
    match photodiode {
        Photodiode::None => None,
        Photodiode::TopLeft => Some("top-left"),
        Photodiode::TopRight => Some("top-right"),
        Photodiode::BottomLeft => Some("bottom-left"),
        Photodiode::BottomRight => Some("bottom-right"),
    }
}

fn slot_view(slot: Slot, picture: NodeRef<Img>, running: Running) -> impl IntoView {
    let number = slot.number();
    let respond = move |event: PointerEvent| {
        if event.button() != 0 || !event.is_primary() {
            return;
        }
        event.prevent_default();
        let device = match event.pointer_type().as_str() {
            "touch" => InputDevice::Touch,
            "pen" => InputDevice::Pen,
            _ => InputDevice::Mouse,
        };
        running.with_value(|driver| {
            if let Some(driver) = driver {
                driver.respond(slot, event.time_stamp(), device);
            }
        });
    };
    view! {
        <div class="slot" data-testid=format!("slot-{number}") on:pointerdown=respond>
            <img alt="" draggable="false" node_ref=picture/>
            <span class="cover"></span>
            {(number == 2).then(|| view! { <span class="fixation" aria-hidden="true"></span> })}
            <span class="key" aria-hidden="true">{number}</span>
        </div>
    }
}

/// What is said in breaks and pauses.
fn interlude_words(phase: Phase, done: usize, total: usize) -> (&'static str, String) {
    let words = &texts().study;
    match phase {
        Phase::Break { next_block: 0 } if done > 0 => (words.practice_title, words.practice_again.to_owned()),
        Phase::Break { next_block: 0 } => (words.practice_title, words.practice_text.to_owned()),
        Phase::Break { next_block: 1 } => (words.ready_title, words.ready_text.to_owned()),
        Phase::Pause { comes_again: true } => (words.pause_title, words.pause_comes_again.to_owned()),
        Phase::Pause { comes_again: false } => (words.pause_title, words.pause_is_over.to_owned()),
        _ => (words.break_title, (words.break_text)(done, total)),
    }
}

fn interlude_view(
    phase: Phase,
    scene: RwSignal<Scene>,
    running: Running,
    session: StoredSession,
    controller: Controller,
) -> impl IntoView {
    let words = &texts().study;
    let (title, text) = scene.with_untracked(|scene| interlude_words(phase, scene.done, scene.total));
    let proceed = move |_| {
        running.with_value(|driver| {
            if let Some(driver) = driver {
                driver.proceed();
            }
        })
    };
    let filled = RwSignal::new(is_full_screen());
    let fill = move |_| {
        enter_full_screen();
        filled.set(true);
        focus("continue");
    };
    let withdrawn = move || controller.happened(Event::Withdrew);
    let loading = Memo::new(move |_| scene.with(|scene| scene.loading.clone()));
    let too_small = Memo::new(move |_| scene.with(|scene| scene.too_small));
    request_animation_frame(|| focus("continue"));
    view! {
        <section class="interlude" aria-live="polite">
            <h1>{title}</h1>
            <p>{text}</p>
            {move || loading.get().map(|Loading { missing, trouble }| view! {
                <p role="status">{(words.next_pictures)(missing)}</p>
                {trouble.map(|trouble| view! { <Notice kind="trouble">{trouble}</Notice> })}
            })}
            {move || too_small.get().map(|TooSmall { needed, now }| view! {
                <div data-testid="too-small"><Notice kind="trouble">{(words.window_too_small)(needed, now)}</Notice></div>
            })}
            <button id="continue" class="primary" data-testid="continue" disabled=move || loading.get().is_some() || too_small.get().is_some()
                on:click=proceed>
                {words.continue_} " " <kbd>{words.space_key}</kbd>
            </button>
            <button class="quiet" hidden=move || filled.get() || !document().fullscreen_enabled() on:click=fill>
                {words.fill_screen_now}
            </button>
            <Withdraw session on_withdrawn=withdrawn/>
        </section>
    }
}
