//! The viewing distance by the blind spot: a dot moves away from a square until it disappears, several
//! times.

use gestalt_session::{BlindSpot, Event};
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::super::controller::Controller;
use crate::browser::Listener;
use crate::display::FrameLoop;
use crate::i18n::texts;
use crate::ui::Notice;

/// How fast the dot moves, in CSS pixels a second.
const SPEED_PX_PER_S: f64 = 120.0;
/// How far from the right edge the square is, in CSS pixels.
const SQUARE_MARGIN_PX: f64 = 40.0;

/// The task; it ends the step itself.
#[component]
pub fn BlindSpotTask(
    /// Hears that the step is done.
    controller: Controller,
    /// Takes the rounds.
    measured: impl Fn(&BlindSpot) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let words = &texts().steps;
    let task = RwSignal::new(BlindSpot::default());
    // How far the dot is from the square while it moves.
    let offset_px = RwSignal::new(None::<f64>);
    let reached_edge = RwSignal::new(false);
    let field = NodeRef::<Div>::new();
    let frames = StoredValue::new_local(None::<FrameLoop>);
    let stop = move || {
        frames.set_value(None);
        offset_px.set(None);
    };
    let start = move |_| {
        reached_edge.set(false);
        let room = field.get_untracked().map_or(600.0, |field| f64::from(field.client_width()));
        let room = room - 2.0 * SQUARE_MARGIN_PX;
        let began = StoredValue::new(None::<f64>);
        frames.set_value(Some(FrameLoop::start(move |frame| {
            let began_ms = began.get_value().unwrap_or(frame.stamp_ms);
            began.set_value(Some(began_ms));
            let offset = (frame.stamp_ms - began_ms) / 1000.0 * SPEED_PX_PER_S;
            if offset > room {
                offset_px.set(None);
                reached_edge.set(true);
            } else {
                offset_px.set(Some(offset));
            }
        })));
        offset_px.set(Some(0.0));
    };
    let gone = move || {
        let Some(px) = offset_px.get_untracked() else { return };
        stop();
        task.update(|task| task.add(px));
        if task.with_untracked(BlindSpot::is_done) {
            task.with_untracked(|task| measured(task));
            controller.happened(Event::StepDone { full_screen: false });
        }
    };
    let key = Listener::new(&window(), "keydown", move |event: KeyboardEvent| {
        if event.key() == " " && offset_px.get_untracked().is_some() {
            event.prevent_default();
            gone();
        }
    });
    let key = StoredValue::new_local(Some(key));
    on_cleanup(move || {
        key.set_value(None);
        frames.set_value(None);
    });
    // The loop must not end itself from its own callback.
    Effect::new(move |_| {
        if reached_edge.get() {
            frames.set_value(None);
        }
    });
    let moving = Memo::new(move |_| offset_px.get().is_some());
    let dot = move || format!("right: {}px", SQUARE_MARGIN_PX + offset_px.get().unwrap_or(0.0));
    view! {
        <p class="reading">{words.blind_spot_text}</p>
        <div class="blind-spot" node_ref=field on:pointerdown=move |_| gone() aria-hidden="true">
            <span class="square"></span>
            <span class="dot" hidden=move || !moving.get() style=dot></span>
        </div>
        {move || reached_edge.get().then(|| view! { <Notice kind="note">{words.blind_spot_again}</Notice> })}
        <p role="status">{move || { let (done, rounds) = task.with(BlindSpot::progress); (words.blind_spot_round)(done, rounds) }}</p>
        <p class="row">
            <button class="primary" data-testid="blind-spot-start" hidden=move || moving.get() on:click=start>{words.blind_spot_start}</button>
            <button class="primary" data-testid="blind-spot-gone" hidden=move || !moving.get() on:click=move |_| gone()>
                {words.blind_spot_press} " " <kbd>{texts().study.space_key}</kbd>
            </button>
        </p>
    }
}
