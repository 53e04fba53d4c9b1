//! Calibration: a card held against the screen gives pixels per millimetre, the blind spot or a question
//! gives the viewing distance, and both together pixels per degree.

use gestalt_protocol::study::{Calibration, Distance, StepContent};
use gestalt_session::BlindSpot;
use leptos::prelude::*;

use super::StepContext;
use super::blind_spot::BlindSpotTask;
use super::full_screen::Next;
use crate::i18n::texts;
use crate::ui::Notice;

/// Width of a bank card in millimetres (ISO/IEC 7810, ID-1).
const CARD_WIDTH_MM: f64 = 85.6;
/// Height of a bank card relative to its width.
const CARD_RATIO: f64 = 53.98 / 85.6;

/// Which part is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Card,
    Distance,
}

/// The calibration step.
pub fn view(step: Calibration, context: StepContext) -> AnyView {
    let words = &texts().steps;
    // 96 CSS pixels an inch is the start; screens are between half and twice of that.
    let width_px = RwSignal::new(CARD_WIDTH_MM / 25.4 * 96.0);
    let part = RwSignal::new(Part::Card);
    let px_per_mm = move || width_px.get_untracked() / CARD_WIDTH_MM;
    let (controller, place) = (context.controller, context.place);
    let record = move |viewing_distance_mm: Option<f64>| {
        let px_per_mm = px_per_mm();
        controller.record(place, StepContent::Calibration { px_per_mm, viewing_distance_mm });
    };
    let card_done = Callback::new(move |()| {
        if step.distance == Distance::None {
            record(None);
            return true;
        }
        part.set(Part::Distance);
        false
    });
    let shown = move || match (part.get(), step.distance) {
        (Part::Card, _) | (_, Distance::None) => view! {
            <Card width_px/>
            <Next controller label=words.continue_ testid="card-done" before=card_done/>
        }
        .into_any(),
        (Part::Distance, Distance::Ask) => view! { <AskDistance controller record/> }.into_any(),
        (Part::Distance, Distance::BlindSpot) => {
            let px_per_mm = px_per_mm();
            let measured = move |task: &BlindSpot| record(task.distance_mm(px_per_mm));
            view! { <BlindSpotTask controller measured/> }.into_any()
        }
    };
    view! {
        <div class="calibration">
            <h1 tabindex="-1">{words.calibration_title}</h1>
            {shown}
        </div>
    }
    .into_any()
}

/// The frame that is brought to the size of a card.
#[component]
fn Card(
    /// Width of the frame in CSS pixels.
    width_px: RwSignal<f64>,
) -> impl IntoView {
    let words = &texts().steps;
    let size = move || format!("width: {}px; height: {}px", width_px.get(), width_px.get() * CARD_RATIO);
    let slide = move |event| {
        if let Ok(width) = event_target_value(&event).parse::<f64>() {
            width_px.set(width);
        }
    };
    view! {
        <p class="reading">{words.card_text}</p>
        <label class="card-width">
            {words.card_width}
            <input type="range" min="150" max="700" step="1" data-testid="card-width" prop:value=width_px on:input=slide/>
        </label>
        <div class="card-frame" data-testid="card-frame" style=size aria-hidden="true"></div>
    }
}

#[component]
fn AskDistance(
    /// Hears that the step is done.
    controller: super::super::controller::Controller,
    /// Takes the distance in millimetres.
    record: impl Fn(Option<f64>) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let words = &texts().steps;
    let (distance_cm, wrong) = (RwSignal::new(String::from("60")), RwSignal::new(false));
    let done = Callback::new(move |()| {
        let cm = distance_cm.get_untracked().trim().replace(',', ".").parse::<f64>().ok();
        let cm = cm.filter(|cm| (20.0..=300.0).contains(cm));
        wrong.set(cm.is_none());
        if cm.is_some() {
            record(cm.map(|cm| cm * 10.0));
        }
        cm.is_some()
    });
    view! {
        <p class="reading">{words.distance_ask}</p>
        <label class="answer-field">
            {words.distance_cm}
            <input type="text" inputmode="decimal" data-testid="distance-cm" prop:value=distance_cm
                on:input=move |event| distance_cm.set(event_target_value(&event))/>
        </label>
        {move || wrong.get().then(|| view! { <Notice kind="trouble">{words.distance_wrong}</Notice> })}
        <Next controller label=words.continue_ testid="distance-done" before=done/>
    }
}
