//! The choice of device, which every page that runs a model offers.

use gestalt_protocol::Device;
use leptos::prelude::*;

use crate::i18n::texts;

/// The list of devices; none is the fastest.
#[component]
pub fn DeviceChoice(device: RwSignal<Option<Device>>) -> impl IntoView {
    let on_change = move |event| {
        device.set(match event_target_value(&event).as_str() {
            "webgpu" => Some(Device::Webgpu),
            "cpu" => Some(Device::Cpu),
            _ => None,
        });
    };
    let words = &texts().site;
    view! {
        <label class="field">{words.device}
            <select data-testid="device" aria-describedby="device-note" on:change=on_change>
                <option value="">{words.device_fastest}</option>
                <option value="webgpu">{words.device_webgpu}</option>
                <option value="cpu">{words.device_cpu}</option>
            </select>
        </label>
    }
}

/// What becomes of the choice, for below the list.
#[component]
pub fn DeviceNote() -> impl IntoView {
    view! { <p class="muted reading" id="device-note">{texts().site.device_note}</p> }
}
