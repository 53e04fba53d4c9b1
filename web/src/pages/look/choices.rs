//! What is to be looked at: a model, pictures, a layer, a device.

use gestalt_protocol::inference::PictureFile;
use gestalt_protocol::{Device, PresentedTrial};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement, Url};

use crate::i18n::texts;
use crate::inference::Catalogue;
use crate::ui::{DeviceChoice, DeviceNote};

/// More pictures at a time than this are not taken.
const MOST_PICTURES: u32 = 6;
/// The layer that every model with patches has.
pub const LAST_LAYER: &str = "patches";

/// The choices.
#[derive(Clone, Copy)]
pub struct Choices {
    /// Place in the list of models.
    pub model: RwSignal<usize>,
    /// Place in the list of trials.
    pub trial: RwSignal<usize>,
    /// The visitor's own pictures, which go before the trial's.
    pub own: RwSignal<Vec<PictureFile>>,
    /// Name of the layer.
    pub layer: RwSignal<String>,
    /// Layers of the model that was looked through last.
    pub layers: RwSignal<Vec<String>>,
    /// None is the fastest.
    pub device: RwSignal<Option<Device>>,
}

impl Choices {
    /// The first of everything.
    pub fn new() -> Self {
        let choices = Self {
            model: RwSignal::new(0),
            trial: RwSignal::new(0),
            own: RwSignal::new(Vec::new()),
            layer: RwSignal::new(LAST_LAYER.to_owned()),
            layers: RwSignal::new(vec![LAST_LAYER.to_owned()]),
            device: RwSignal::new(None),
        };
        on_cleanup(move || let_go(&choices.own.try_get_untracked().unwrap_or_default()));
        choices
    }
}

/// The form.
#[component]
pub fn Form(
    choices: Choices,
    models: Vec<String>,
    trials: Vec<String>,
    #[prop(into)] busy: Signal<bool>,
) -> impl IntoView {
    let Choices { model, trial, own, layer, layers, device } = choices;
    let words = &texts().inside;
    view! {
        <fieldset disabled=busy>
            <legend>{words.settings}</legend>
            <div class="row">
                <label class="field">{words.model}
                    <select data-testid="look-model" on:change=move |event| model.set(chosen(&event))>{numbered(models)}</select>
                </label>
                <label class="field">{words.pictures}
                    <select data-testid="look-trial" on:change=move |event| trial.set(chosen(&event))
                        disabled=move || own.with(|own| !own.is_empty())>
                        {numbered(trials)}
                    </select>
                </label>
                <label class="field">{(words.own_pictures)(MOST_PICTURES)}
                    <input type="file" data-testid="look-own" multiple accept="image/png,image/jpeg,image/webp"
                        on:change=move |event| own.update(|own| *own = files(&event, own))/>
                </label>
                <label class="field">{words.layer}
                    <select data-testid="look-layer" prop:value=move || layer.get()
                        on:change=move |event| layer.set(event_target_value(&event))>
                        {move || layers.get().into_iter().map(|name| {
                            let is_chosen = name == layer.get_untracked();
                            view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }
                        }).collect_view()}
                    </select>
                </label>
                <DeviceChoice device/>
            </div>
            <DeviceNote/>
        </fieldset>
    }
}

/// The practice trials: their pictures give nothing of the test away.
pub fn trials(catalogue: &Catalogue) -> Vec<PresentedTrial> {
    catalogue.opened.examples.clone()
}

/// Options whose values count from 0.
fn numbered(names: Vec<String>) -> impl IntoView {
    names
        .into_iter()
        .enumerate()
        .map(|(at, name)| view! { <option value=at.to_string()>{name}</option> })
        .collect_view()
}

fn chosen(event: &leptos::ev::Event) -> usize {
    event_target_value(event).parse().unwrap_or(0)
}

/// The files that were chosen; the addresses of the former ones are revoked.
fn files(event: &leptos::ev::Event, former: &[PictureFile]) -> Vec<PictureFile> {
    let_go(former);
    let input: Option<HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
    let Some(files) = input.and_then(|input| input.files()) else { return Vec::new() };
    let chosen = (0..files.length().min(MOST_PICTURES)).filter_map(|place| files.get(place));
    let named = |file: File| {
        let address = Url::create_object_url_with_blob(&file).ok()?;
        Some(PictureFile { address, name: Some(file.name()) })
    };
    chosen.filter_map(named).collect()
}

fn let_go(files: &[PictureFile]) {
    for file in files {
        // An address that is gone already is no loss.
        let _ = Url::revoke_object_url(&file.address);
    }
}
