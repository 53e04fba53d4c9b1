//! The page that shows what a model sees where, in the trials' pictures or in the visitor's own.

mod maps;
mod viewer;

use gestalt_protocol::inference::Seen;
use gestalt_protocol::{PresentedTrial, Role};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, Url};

use super::models::lab::Lab;
use crate::widgets::{Notice, Progress};
use crate::worker::WorkerError;
use maps::maps;
use viewer::Viewer;

/// More pictures at a time than this are not taken.
const MOST_PICTURES: u32 = 6;
/// The layer that every model with patches has.
const LAST_LAYER: &str = "patches";

/// The page.
#[component]
pub fn LookPage() -> impl IntoView {
    let lab = RwSignal::new_local(None::<Result<Lab, String>>);
    spawn_local(async move { drop(lab.try_set(Some(Lab::open().await))) });
    view! {
        <Title text="Look inside"/>
        <div class="reading">
            <h1>"Look inside"</h1>
            <p class="lead">
                "A model cuts a picture into patches. Patches that are alike for it get like colours here; the grey maps show which of them \
                 each of its heads attends to when it sums the picture up."
            </p>
        </div>
        {move || match lab.get() {
            None => view! { <Progress label="Looking for models" value=None/> }.into_any(),
            Some(Err(why)) => view! { <Notice kind="trouble">{why}</Notice> }.into_any(),
            Some(Ok(lab)) => view! { <Viewing lab/> }.into_any(),
        }}
    }
}

/// What came of a look.
#[derive(Clone)]
enum Shown {
    Nothing,
    Working(String, Option<f64>),
    Trouble(String),
    /// Addresses of the pictures, and what the model sees in them.
    Pictures(Vec<(String, Seen)>),
}

/// Choices, and the maps.
#[component]
fn Viewing(lab: Lab) -> impl IntoView {
    let model = RwSignal::new(0usize);
    let layer = RwSignal::new(LAST_LAYER.to_owned());
    let layers = RwSignal::new(vec![LAST_LAYER.to_owned()]);
    let shown = RwSignal::new_local(Shown::Nothing);
    let trials = trials(&lab);
    let trial = RwSignal::new(0usize);
    let own = RwSignal::new(Vec::<String>::new());
    let viewer = StoredValue::new_local(None::<Viewer>);
    on_cleanup(move || let_go(&own.try_get_untracked().unwrap_or_default()));
    let opened = lab.opened.clone();
    let addresses: Vec<Vec<String>> =
        trials.iter().map(|trial| trial.images.iter().map(|hash| opened.image(hash)).collect()).collect();
    let (models, listed) = (lab.models.clone(), lab.models);
    let look = move |_| {
        let own = own.get_untracked();
        let images = if own.is_empty() { addresses.get(trial.get_untracked()).cloned() } else { Some(own) };
        let (Some(images), Some(model)) = (images, listed.get(model.get_untracked()).cloned()) else {
            return;
        };
        let wanted = layer.get_untracked();
        shown.set(Shown::Working("looking".into(), None));
        spawn_local(async move {
            let present = viewer.try_update_value(Option::take).flatten();
            // The page may be gone before the answer comes.
            let step = |words, share| drop(shown.try_set(Shown::Working(words, share)));
            let looked = async {
                let mut ready = Viewer::with(present, &model, step).await?;
                let wanted = if ready.layers.contains(&wanted) { wanted } else { LAST_LAYER.to_owned() };
                let seen = ready.look(images.clone(), wanted.clone()).await;
                let _ = layers.try_set(ready.layers.clone());
                let _ = layer.try_set(wanted);
                // A worker that died is not asked again.
                if !matches!(seen, Err(WorkerError::Died(_))) {
                    let _ = viewer.try_set_value(Some(ready));
                }
                Ok::<_, WorkerError>(images.into_iter().zip(seen?).collect())
            };
            let _ =
                shown.try_set(looked.await.map_or_else(|e| Shown::Trouble(e.to_string()), Shown::Pictures));
        });
    };
    let busy = move || shown.with(|shown| matches!(shown, Shown::Working(..)));
    view! {
        <fieldset disabled=busy>
            <legend>"What to look at"</legend>
            <div class="row">
                <label class="field">"Model"
                    <select data-testid="look-model" on:change=move |event| model.set(chosen(&event))>
                        {numbered(models.iter().map(|model| model.name.to_string()).collect())}
                    </select>
                </label>
                <label class="field">"Pictures"
                    <select data-testid="look-trial" on:change=move |event| trial.set(chosen(&event))
                        disabled=move || own.with(|own| !own.is_empty())>
                        {numbered(trials.iter().map(|trial| trial.id.to_string()).collect())}
                    </select>
                </label>
                <label class="field">"Or your own (up to 6; they stay in this browser)"
                    <input type="file" data-testid="look-own" multiple accept="image/png,image/jpeg,image/webp"
                        on:change=move |event| own.update(|own| *own = files(&event, own))/>
                </label>
                <label class="field">"Layer"
                    <select data-testid="look-layer" prop:value=move || layer.get()
                        on:change=move |event| layer.set(event_target_value(&event))>
                        {move || layers.get().into_iter().map(|name| {
                            let is_chosen = name == layer.get_untracked();
                            view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }
                        }).collect_view()}
                    </select>
                </label>
            </div>
        </fieldset>
        <p class="row">
            <button class="primary" data-testid="look" disabled=busy on:click=look>"Look"</button>
            <span class="muted">"Practice pictures give nothing of the test away. Before you look at others, take it, if you want to."</span>
        </p>
        {move || match shown.get() {
            Shown::Nothing => ().into_any(),
            Shown::Working(words, value) => view! { <Progress label=words value/> }.into_any(),
            Shown::Trouble(why) => view! { <Notice kind="trouble">{why}</Notice> }.into_any(),
            Shown::Pictures(pictures) => view! { <Pictures pictures/> }.into_any(),
        }}
    }
}

#[component]
fn Pictures(pictures: Vec<(String, Seen)>) -> impl IntoView {
    let share = pictures.first().map_or([0.0; 3], |(_, seen)| seen.variance_share).map(|share| 100.0 * share);
    let said = format!(
        "Colours are the first three principal components of the patches of all these pictures together; red holds {:.0} % of the variance, \
         green {:.0} %, blue {:.0} %. Grey maps are the class token's attention, each head's strongest white.",
        share[0], share[1], share[2]
    );
    view! {
        <div role="status"><ul class="trials">
            {pictures.iter().enumerate().map(|(at, (address, seen))| maps(at + 1, address, seen)).collect_view()}
        </ul></div>
        <p class="muted reading">{said}</p>
    }
}

/// Practice first: those pictures give nothing of the test away.
fn trials(lab: &Lab) -> Vec<PresentedTrial> {
    let mut trials = lab.opened.set.trials.clone();
    trials.sort_by_key(|trial| match trial.role {
        Role::Practice => 0,
        Role::Test => 1,
        Role::Catch => 2,
    });
    trials
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

/// Addresses of the files that were chosen; the former ones are let go.
fn files(event: &leptos::ev::Event, former: &[String]) -> Vec<String> {
    let_go(former);
    let input: Option<HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
    let Some(files) = input.and_then(|input| input.files()) else { return Vec::new() };
    let chosen = (0..files.length().min(MOST_PICTURES)).filter_map(|place| files.get(place));
    chosen.filter_map(|file| Url::create_object_url_with_blob(&file).ok()).collect()
}

fn let_go(addresses: &[String]) {
    for address in addresses {
        // An address that is gone already is no loss.
        let _ = Url::revoke_object_url(address);
    }
}
