//! The models page: models take the same trials, in a worker of this browser, and leave their rows in the
//! same log.

mod run;
mod standing;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use gestalt_protocol::api::ModelListed;
use gestalt_protocol::{Device, Rule};
use gestalt_types::Name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use crate::browser::below;
use crate::i18n::texts;
use crate::inference::{Cancel, Catalogue};
use crate::outbox::Outbox;
use crate::ui::{DeviceChoice, DeviceNote, Notice, Progress};
use run::Order;
use standing::standing;
use state::State;

/// The page.
#[component]
pub fn ModelsPage() -> impl IntoView {
    let catalogue = RwSignal::new_local(None::<Result<Catalogue, String>>);
    spawn_local(async move { drop(catalogue.try_set(Some(Catalogue::open().await))) });
    let words = texts();
    view! {
        <Title text=words.site.models/>
        <div class="reading">
            <h1>{words.models.title}</h1>
            <p class="lead">{words.models.lead}</p>
        </div>
        {move || match catalogue.get() {
            None => view! { <Progress label=words.site.looking_for_models value=None/> }.into_any(),
            Some(Err(why)) => view! { <Notice kind="trouble">{why}</Notice> }.into_any(),
            Some(Ok(catalogue)) => view! { <Runs catalogue/> }.into_any(),
        }}
    }
}

#[derive(Clone, Copy)]
struct Choices {
    models: RwSignal<BTreeSet<Name>>,
    device: RwSignal<Option<Device>>,
    rule: RwSignal<Rule>,
    trials: RwSignal<Option<usize>>,
}

/// Choices, the run button, and how far each model is.
#[component]
fn Runs(catalogue: Catalogue) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let most = catalogue.opened.trials.test + catalogue.opened.trials.catch;
    let asked =
        use_query_map().with_untracked(|query| query.get("trials").and_then(|text| text.parse().ok()));
    let choices = Choices {
        models: RwSignal::new(catalogue.models.iter().map(|model| model.name.clone()).collect()),
        device: RwSignal::new(None),
        rule: RwSignal::new(Rule::MeanDistance),
        trials: RwSignal::new(asked.filter(|&trials| trials > 0 && trials < most)),
    };
    let states = RwSignal::new(BTreeMap::<Name, State>::new());
    let running = RwSignal::new(false);
    let cancel = StoredValue::new_local(Cancel::default());
    on_cleanup(move || cancel.try_with_value(Cancel::now).unwrap_or_default());
    let all = catalogue.models.clone();
    let run = move |_| {
        let chosen = choices.models.get_untracked();
        let order = Order {
            opened: catalogue.opened.clone(),
            models: catalogue.models.iter().filter(|model| chosen.contains(&model.name)).cloned().collect(),
            device: choices.device.get_untracked(),
            rule: choices.rule.get_untracked(),
            trials: choices.trials.get_untracked(),
        };
        let stop = Cancel::default();
        cancel.set_value(stop.clone());
        states.set(order.models.iter().map(|model| (model.name.clone(), State::Queued)).collect());
        running.set(true);
        spawn_local(async move {
            // The page may be gone before the run ends.
            let say = |name: &Name, state: State| {
                drop(states.try_update(|states| states.insert(name.clone(), state)));
            };
            run::run(&order, outbox, &stop, say).await;
            let _ = running.try_set(false);
        });
    };
    let finished = move || {
        !running.get()
            && states.with(|states| states.values().any(|state| matches!(state, State::Done { .. })))
    };
    let words = &texts().models;
    view! {
        <ul class="models">
            {all.into_iter().map(|model| model_row(model, choices, states, running)).collect_view()}
        </ul>
        <Options choices most running/>
        <p class="row">
            <button class="primary" data-testid="run" on:click=run
                disabled=move || running.get() || choices.models.with(BTreeSet::is_empty)>
                {words.run}
            </button>
            <button data-testid="cancel" disabled=move || !running.get() on:click=move |_| cancel.with_value(Cancel::now)>
                {words.cancel}
            </button>
            <A href=below("/compare") attr:class="button" attr:data-testid="to-compare" attr:hidden=move || !finished()>{words.compare}</A>
        </p>
    }
}

fn model_row(
    model: ModelListed,
    choices: Choices,
    states: RwSignal<BTreeMap<Name, State>>,
    running: RwSignal<bool>,
) -> impl IntoView {
    let name = model.name.clone();
    let (chosen, own) = (name.clone(), name.clone());
    let state = Memo::new(move |_| states.with(|states| states.get(&own).cloned()));
    let toggle = move |_| {
        choices.models.update(|models| {
            if !models.remove(&name) {
                models.insert(name.clone());
            }
        });
    };
    let is_chosen = {
        let chosen = chosen.clone();
        move || choices.models.with(|models| models.contains(&chosen))
    };
    view! {
        <li data-testid="model-row" data-model=chosen.to_string() data-state=move || standing::word(state.get().as_ref())>
            <label class="check">
                <input type="checkbox" prop:checked=is_chosen disabled=running on:change=toggle/>
                <span><strong>{model.name.to_string()}</strong>
                    <span class="muted">{(texts().models.size)(model.size_bytes as f64 / 1e6)}</span></span>
            </label>
            <p class="muted">{model.summary}</p>
            {move || state.get().map(standing)}
        </li>
    }
}

/// Device, rule, number of trials.
#[component]
fn Options(choices: Choices, most: usize, running: RwSignal<bool>) -> impl IntoView {
    let on_rule = move |event| {
        let odd = event_target_value(&event) == "odd_pair";
        choices.rule.set(if odd { Rule::OddPair } else { Rule::MeanDistance });
    };
    let on_trials = move |event| {
        let asked = event_target_value(&event).parse().ok();
        choices.trials.set(asked.filter(|&trials| trials > 0 && trials < most));
    };
    let words = &texts().models;
    view! {
        <fieldset disabled=running>
            <legend>{words.settings}</legend>
            <div class="row">
                <DeviceChoice device=choices.device/>
                <label class="field">{words.rule}
                    <select data-testid="rule" on:change=on_rule>
                        <option value="mean_distance">{words.rule_mean_distance}</option>
                        <option value="odd_pair">{words.rule_odd_pair}</option>
                    </select>
                </label>
                <label class="field">{words.trials}
                    <input type="number" data-testid="trials" min="1" max=most.to_string()
                        prop:value=move || choices.trials.get().unwrap_or(most).to_string() on:change=on_trials/>
                </label>
            </div>
            <DeviceNote/>
        </fieldset>
    }
}
