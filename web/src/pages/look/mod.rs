//! The page that shows what a model sees where, in the trials' pictures or in the visitor's own.

mod choices;
mod maps;

use gestalt_protocol::PresentedTrial;
use gestalt_protocol::api::ModelListed;
use gestalt_protocol::inference::PictureFile;
use gestalt_types::Sha256;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

use crate::i18n::texts;
use crate::inference::{Catalogue, Looked, Ready, Viewer, WorkerError};
use crate::ui::{Notice, Progress, model_ready};
use choices::{Choices, Form, LAST_LAYER, trials};
use maps::maps;

/// The page.
#[component]
pub fn LookPage() -> impl IntoView {
    let catalogue = RwSignal::new_local(None::<Result<Catalogue, String>>);
    spawn_local(async move { drop(catalogue.try_set(Some(Catalogue::open().await))) });
    let words = texts();
    view! {
        <Title text=words.inside.title/>
        <div class="reading">
            <h1>{words.inside.title}</h1>
            <p class="lead">{words.inside.lead}</p>
        </div>
        {move || match catalogue.get() {
            None => view! { <Progress label=words.site.looking_for_models value=None/> }.into_any(),
            Some(Err(why)) => view! { <Notice kind="trouble">{why}</Notice> }.into_any(),
            Some(Ok(catalogue)) => view! { <Viewing catalogue/> }.into_any(),
        }}
    }
}

/// What came of a look.
#[derive(Clone)]
enum Shown {
    Nothing,
    Working(String, Option<f64>),
    Trouble(String),
    /// What the model runs on, and what it sees in the pictures.
    Pictures(Ready, Looked),
}

/// Choices, and the maps.
#[component]
fn Viewing(catalogue: Catalogue) -> impl IntoView {
    let choices = Choices::new();
    let shown = RwSignal::new_local(Shown::Nothing);
    let viewer = StoredValue::new_local(None::<Viewer>);
    let trials = trials(&catalogue);
    let file = |hash: &Sha256| PictureFile { address: catalogue.opened.image(hash), name: None };
    let images = |trial: &PresentedTrial| trial.images.iter().map(file).collect();
    let of_trials: Vec<Vec<PictureFile>> = trials.iter().map(images).collect();
    let models = catalogue.models.iter().map(|model| model.name.to_string()).collect();
    let look = move |_| {
        let own = choices.own.get_untracked();
        let trial = choices.trial.get_untracked();
        let images = if own.is_empty() { of_trials.get(trial).cloned() } else { Some(own) };
        let model = catalogue.models.get(choices.model.get_untracked()).cloned();
        let (Some(images), Some(model)) = (images, model) else { return };
        shown.set(Shown::Working(texts().inside.looking.into(), None));
        spawn_local(async move {
            let looked = look_at(images, &model, choices, viewer, shown).await;
            let _ = shown.try_set(looked.unwrap_or_else(|error| Shown::Trouble(error.to_string())));
        });
    };
    let busy = Signal::derive(move || shown.with(|shown| matches!(shown, Shown::Working(..))));
    let words = &texts().inside;
    view! {
        <Form choices models trials=trials.iter().map(|trial| trial.id.to_string()).collect() busy/>
        <p class="row">
            <button class="primary" data-testid="look" disabled=busy on:click=look>{words.look}</button>
            <span class="muted">{words.spoiler}</span>
        </p>
        {move || match shown.get() {
            Shown::Nothing => ().into_any(),
            Shown::Working(words, value) => view! { <Progress label=words value/> }.into_any(),
            Shown::Trouble(why) => view! { <Notice kind="trouble">{why}</Notice> }.into_any(),
            Shown::Pictures(ready, looked) => view! { <Pictures looked/>{model_ready(&ready)} }.into_any(),
        }}
    }
}

/// Gets a viewer for the choices and looks through it. The page may be gone before the answer comes.
async fn look_at(
    images: Vec<PictureFile>,
    model: &ModelListed,
    choices: Choices,
    viewer: StoredValue<Option<Viewer>, LocalStorage>,
    shown: RwSignal<Shown, LocalStorage>,
) -> Result<Shown, WorkerError> {
    let step = |words, share| drop(shown.try_set(Shown::Working(words, share)));
    let present = viewer.try_update_value(Option::take).flatten();
    let (layer, device) = (choices.layer.get_untracked(), choices.device.get_untracked());
    let mut through = Viewer::with(present, model, device, step).await?;
    let (ready, layers) = (through.ready.clone(), through.ready.loaded.lookable.clone());
    let layer = if layers.contains(&layer) { layer } else { LAST_LAYER.to_owned() };
    let seen = through.look(images, layer.clone()).await;
    let _ = choices.layers.try_set(layers);
    let _ = choices.layer.try_set(layer);
    // A worker that died is not asked again.
    if !matches!(seen, Err(WorkerError::Died(_))) {
        let _ = viewer.try_set_value(Some(through));
    }
    Ok(Shown::Pictures(ready, seen?))
}

#[component]
fn Pictures(looked: Looked) -> impl IntoView {
    let Looked { pictures, left_out, notes } = looked;
    let share =
        pictures.first().map_or([0.0; 3], |picture| picture.seen.variance_share).map(|share| 100.0 * share);
    let said = (texts().inside.explanation)(share);
    let left_out = left_out.into_iter().map(|why| view! { <Notice kind="trouble">{why}</Notice> });
    view! {
        {left_out.collect_view()}
        <div role="status"><ul class="trials">
            {pictures.iter().enumerate().map(|(at, picture)| maps(at + 1, picture)).collect_view()}
        </ul></div>
        <p class="muted reading">{said}</p>
        {notes.into_iter().map(|note| view! { <p class="muted reading">{note}</p> }).collect_view()}
    }
}
