//! The trial screen: three covered pictures, and the words between trials. What changes inside a frame is in `runner`.

use gestalt_protocol::InputDevice;
use gestalt_session::Phase;
use gestalt_types::Slot;
use leptos::ev::PointerEvent;
use leptos::html::{Div, Img};
use leptos::prelude::*;

use super::preparation::Prepared;
use super::runner::{Report, Runner, Scene, Stage};
use crate::browser::focus;
use crate::display::{enter_full_screen, is_full_screen};
use crate::outbox::Outbox;
use crate::outbox::store::StoredSession;
use crate::widgets::Withdraw;

type Running = StoredValue<Option<Runner>, LocalStorage>;

/// The screen on which the session runs.
#[component]
pub fn TrialScreen(
    /// The session.
    prepared: Prepared,
    /// All rows are on the shelf.
    on_end: impl Fn(StoredSession, u32) + 'static,
    /// The person withdrew.
    on_withdrawn: impl Fn() + Copy + Send + Sync + 'static,
    /// The session cannot go on.
    on_trouble: impl Fn(String) + 'static,
) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let session = prepared.session.stored.clone();
    let view = prepared.course.view();
    let scene = RwSignal::new(Scene { phase: view.phase, done: view.done, total: view.total });
    let report = Report { scene, trouble: RwSignal::new(None), finished: RwSignal::new(None) };
    let running: Running = StoredValue::new_local(None);
    let (screen, pictures) = (NodeRef::<Div>::new(), [(); 3].map(|()| NodeRef::<Img>::new()));
    let waiting = StoredValue::new_local(Some(prepared));
    Effect::new(move |_| {
        let elements = (screen.get(), pictures[0].get(), pictures[1].get(), pictures[2].get());
        let (Some(screen), Some(left), Some(middle), Some(right)) = elements else { return };
        let Some(prepared) = waiting.try_update_value(Option::take).flatten() else { return };
        let stage = Stage { screen, pictures: [left, middle, right] };
        running.set_value(Some(Runner::start(prepared, stage, outbox, report)));
    });
    let ended = session.clone();
    Effect::new(move |_| {
        if let Some(rows) = report.finished.get() {
            running.set_value(None);
            on_end(ended.clone(), rows);
        }
    });
    Effect::new(move |_| {
        if let Some(why) = report.trouble.get() {
            running.set_value(None);
            on_trouble(why);
        }
    });
    let withdrawn = move || {
        running.set_value(None);
        on_withdrawn();
    };
    let slots = Slot::ALL.into_iter().zip(pictures).map(|(slot, picture)| slot_view(slot, picture, running));
    view! {
        <div class="trial-screen" data-phase="break" data-testid="trial-screen" node_ref=screen>
            <div class="slots">{slots.collect_view()}</div>
            <p class="prompt" aria-hidden="true">"Which one is whole?"</p>
            <p class="too-late" role="status">{move || matches!(scene.get().phase, Phase::TooLate).then_some("Too late")}</p>
            <progress class="session-progress" aria-label="Trials done"
                max=move || scene.get().total.to_string() value=move || scene.get().done.to_string()></progress>
            <button class="quiet pause-button" data-testid="pause"
                on:click=move |_| { running.with_value(|runner| runner.as_ref().map(Runner::pause)); }>
                "Pause"
            </button>
            {move || interlude(scene.get(), running, session.clone(), withdrawn)}
        </div>
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
        running.with_value(|runner| {
            if let Some(runner) = runner {
                runner.respond(slot, event.time_stamp(), device);
            }
        });
    };
    view! {
        <div class="slot" data-testid=format!("slot-{number}") on:pointerdown=respond>
            <img alt="" draggable="false" node_ref=picture/>
            <span class="cover"></span>
            <span class="key" aria-hidden="true">{number}</span>
        </div>
    }
}

/// What is said in breaks and pauses.
fn interlude(
    scene: Scene,
    running: Running,
    session: StoredSession,
    on_withdrawn: impl Fn() + Copy + Send + Sync + 'static,
) -> Option<impl IntoView> {
    let (title, text) = match scene.phase {
        Phase::Break { next_block: 0 } => {
            ("Practice", "A few trials to get used to it. They do not count.".to_owned())
        }
        Phase::Break { next_block: 1 } => (
            "Ready",
            "From now on it counts. Look at the middle, keep your fingers on 1, 2 and 3.".to_owned(),
        ),
        Phase::Break { .. } => (
            "Break",
            format!("{} of {} trials are done. Rest your eyes as long as you like.", scene.done, scene.total),
        ),
        Phase::Pause => {
            ("Paused", "This trial comes again at the end of the block, with nothing lost.".to_owned())
        }
        _ => return None,
    };
    let proceed = move |_| {
        running.with_value(|runner| {
            if let Some(runner) = runner {
                runner.proceed();
            }
        });
    };
    let filled = RwSignal::new(is_full_screen());
    let fill = move |_| {
        enter_full_screen();
        filled.set(true);
        focus("continue");
    };
    request_animation_frame(|| focus("continue"));
    Some(view! {
        <section class="interlude" aria-live="polite">
            <h1>{title}</h1>
            <p>{text}</p>
            <button id="continue" class="primary" data-testid="continue" on:click=proceed>
                "Continue " <kbd>"space"</kbd>
            </button>
            <button class="quiet" hidden=move || filled.get() || !document().fullscreen_enabled() on:click=fill>
                "Fill the screen"
            </button>
            <Withdraw session on_withdrawn/>
        </section>
    })
}
