//! Screening: whether device, browser, window and display meet the study's needs, what is missing, and how
//! to mend it.

use gestalt_protocol::study::{DeviceKind, Screening, StepContent};
use gestalt_session::{Event, Leaving};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::StepContext;
use super::full_screen::Next;
use crate::display::{Device, Viewport, measure_refresh_rate};
use crate::i18n::texts;
use crate::ui::{Notice, Progress};

/// What was found: what the step records, and what is missing.
#[derive(Clone, PartialEq)]
struct Found {
    record: StepContent,
    lacks: Vec<String>,
}

/// The screening step.
pub fn view(step: Screening, context: StepContext) -> AnyView {
    let words = &texts().steps;
    let (controller, place) = (context.controller, context.place);
    let needed = context.study.study.display.minimum_viewport;
    let found = RwSignal::new(None::<Found>);
    let check = move || {
        let step = step.clone();
        found.set(None);
        spawn_local(async move {
            let rate = measure_refresh_rate().await.map(|rate| rate.hz());
            found.try_set(Some(compared(&step, needed, Device::now(), rate)));
        });
    };
    check();
    let checked_again = check.clone();
    let again = move |_| checked_again();
    let leave = move |_| controller.happened(Event::Leaves(Leaving::ScreenedOut));
    let record = Callback::new(move |()| {
        let found = found.get_untracked().filter(|found| found.lacks.is_empty());
        let fits = found.is_some();
        if let Some(found) = found {
            controller.record(place, found.record);
        }
        fits
    });
    let outcome = move || match found.get() {
        None => view! { <Progress label=words.screening_checks value=None/> }.into_any(),
        Some(found) if found.lacks.is_empty() => view! {
            <p data-testid="screening-fits">{words.screening_fits}</p>
            <Next controller label=words.continue_ before=record/>
        }
        .into_any(),
        Some(found) => {
            let lacks = found.lacks.into_iter().map(|lack| view! { <li>{lack}</li> }).collect_view();
            let again = again.clone();
            view! {
                <Notice kind="trouble">{words.screening_lacks}<ul data-testid="screening-lacks">{lacks}</ul></Notice>
                <p class="row">
                    <button class="primary" data-testid="check-again" on:click=again>{words.check_again}</button>
                    <button data-testid="screened-out" on:click=leave>{words.cannot_take_part}</button>
                </p>
            }
            .into_any()
        }
    };
    view! { <div class="reading"><h1 tabindex="-1">{words.screening_title}</h1>{outcome}</div> }.into_any()
}

/// Holds the device to the study's needs.
fn compared(step: &Screening, needed: Option<[u32; 2]>, device: Device, rate_hz: Option<f64>) -> Found {
    let words = &texts().steps;
    let viewport = Viewport::now();
    let now = [viewport.width_css_px as u32, viewport.height_css_px as u32];
    let mut lacks = Vec::new();
    if !step.devices.is_empty() && !step.devices.contains(&device.kind) {
        let names: Vec<&str> = step.devices.iter().map(|kind| words.device_names[place_of(*kind)]).collect();
        lacks.push((words.device_needed)(&names.join(", ")));
    }
    if !step.browsers.is_empty() && !step.browsers.iter().any(|name| name == device.browser) {
        lacks.push((words.browser_needed)(&step.browsers.join(", ")));
    }
    if let Some(needed) = needed.filter(|needed| now[0] < needed[0] || now[1] < needed[1]) {
        lacks.push((words.viewport_needed)(needed, now));
    }
    // A display of 50 Hz may be measured as 49.9 Hz.
    let too_slow = |least: f64| rate_hz.is_none_or(|hz| hz < least - 0.5);
    if let Some(least) = step.minimum_refresh_hz.filter(|least| too_slow(*least)) {
        lacks.push((words.refresh_needed)(least, rate_hz.unwrap_or(0.0)));
    }
    let record = StepContent::Screening {
        device: ["desktop", "tablet", "phone"][place_of(device.kind)].to_owned(),
        browser: device.browser.to_owned(),
        viewport_css_px: now,
        refresh_rate_hz: rate_hz,
    };
    Found { record, lacks }
}

fn place_of(kind: DeviceKind) -> usize {
    match kind {
        DeviceKind::Desktop => 0,
        DeviceKind::Tablet => 1,
        DeviceKind::Phone => 2,
    }
}
