//! Where a model runs, and why there.

use gestalt_protocol::Device;
use leptos::prelude::*;

use super::Notice;
use crate::i18n::texts;
use crate::inference::Ready;

/// Where the model runs, and why there.
pub fn model_ready(Ready { loaded, workers }: &Ready) -> impl IntoView + use<> {
    let words = &texts().models;
    let workers = if *workers > 1 { (words.workers)(*workers) } else { String::new() };
    let times: Vec<String> =
        loaded.timed.iter().map(|t| format!("{} {:.0} ms", device_word(t.device), t.picture_ms)).collect();
    let timed = if times.is_empty() { String::new() } else { (words.timed)(&times.join(", ")) };
    let runs = (words.runs)(device_word(loaded.device), &workers, loaded.known_answer_cosine, &timed);
    let fallback = loaded.fell_back_from.as_ref().map(|(device, why)| {
        let text = (words.device_not_used)(device_word(*device));
        let why = why.clone();
        view! {
            <Notice kind="note">
                {text}<details><summary>{words.details}</summary>{why}</details>
            </Notice>
        }
    });
    let device = format!("{:?}", loaded.device).to_lowercase();
    view! { <p class="muted" data-testid="ready" data-device=device>{runs}</p>{fallback} }
}

/// The device in words.
fn device_word(device: Device) -> &'static str {
    let words = &texts().site;
    match device {
        Device::Webgpu => words.device_webgpu,
        Device::Cpu => words.device_cpu,
        Device::Cuda => words.device_cuda,
    }
}
