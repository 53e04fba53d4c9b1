//! The choice of device, which every page that runs a model offers.

use gestalt_protocol::Device;
use leptos::prelude::*;

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
    view! {
        <label class="field">"Device"
            <select data-testid="device" aria-describedby="device-note" on:change=on_change>
                <option value="">"the fastest here"</option>
                <option value="webgpu">"graphics (WebGPU)"</option>
                <option value="cpu">"processor"</option>
            </select>
        </label>
    }
}

/// What becomes of the choice, for below the list.
#[component]
pub fn DeviceNote() -> impl IntoView {
    view! {
        <p class="muted reading" id="device-note">
            "Which device is the fastest is measured once for each model and kept in this browser. A device chosen by hand goes before \
             that, and is not kept: it holds until you leave this page."
        </p>
    }
}
