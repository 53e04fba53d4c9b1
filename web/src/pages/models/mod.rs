//! The models page: models take the same trials, in a worker of this browser, and leave their rows in the same log.

pub mod device_choice;
mod device_memory;
pub mod lab;
pub mod loading;
mod pool;
mod run;
pub mod standing;
pub mod state;

use std::collections::{BTreeMap, BTreeSet};

use gestalt_protocol::api::ModelListed;
use gestalt_protocol::{Device, Role, Rule};
use gestalt_types::Name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use crate::outbox::Outbox;
use crate::widgets::{Notice, Progress};
use crate::worker::Cancel;
use device_choice::{DeviceChoice, DeviceNote};
use lab::Lab;
use run::Order;
use standing::standing;
use state::State;

/// The page.
#[component]
pub fn ModelsPage() -> impl IntoView {
    let lab = RwSignal::new_local(None::<Result<Lab, String>>);
    spawn_local(async move { lab.set(Some(Lab::open().await)) });
    view! {
        <Title text="Models"/>
        <div class="reading">
            <h1>"Let the models take it"</h1>
            <p class="lead">
                "A model sees the same three pictures and picks the one whose features differ most from the others. \
                 It runs here, in your browser: nothing is sent away to be computed."
            </p>
        </div>
        {move || match lab.get() {
            None => view! { <Progress label="Looking for models" value=None/> }.into_any(),
            Some(Err(why)) => view! { <Notice kind="trouble">{why}</Notice> }.into_any(),
            Some(Ok(lab)) => view! { <Bench lab/> }.into_any(),
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
fn Bench(lab: Lab) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let most = lab.opened.set.trials.iter().filter(|trial| trial.role != Role::Practice).count();
    let asked =
        use_query_map().with_untracked(|query| query.get("trials").and_then(|text| text.parse().ok()));
    let choices = Choices {
        models: RwSignal::new(lab.models.iter().map(|model| model.name.clone()).collect()),
        device: RwSignal::new(None),
        rule: RwSignal::new(Rule::MeanDistance),
        trials: RwSignal::new(asked.filter(|&trials| trials > 0 && trials < most)),
    };
    let states = RwSignal::new(BTreeMap::<Name, State>::new());
    let running = RwSignal::new(false);
    let cancel = StoredValue::new_local(Cancel::default());
    on_cleanup(move || cancel.try_with_value(Cancel::now).unwrap_or_default());
    let all = lab.models.clone();
    let run = move |_| {
        let chosen = choices.models.get_untracked();
        let order = Order {
            opened: lab.opened.clone(),
            models: lab.models.iter().filter(|model| chosen.contains(&model.name)).cloned().collect(),
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
    view! {
        <ul class="models">
            {all.into_iter().map(|model| model_row(model, choices, states, running)).collect_view()}
        </ul>
        <Options choices most running/>
        <p class="row">
            <button class="primary" data-testid="run" on:click=run
                disabled=move || running.get() || choices.models.with(BTreeSet::is_empty)>
                "Run the chosen models"
            </button>
            <button data-testid="cancel" disabled=move || !running.get() on:click=move |_| cancel.with_value(Cancel::now)>
                "Cancel"
            </button>
            <A href="/compare" attr:class="button" attr:data-testid="to-compare" attr:hidden=move || !finished()>"Compare"</A>
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
                    <span class="muted">{format!(" · {:.1} MB", model.size_bytes as f64 / 1e6)}</span></span>
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
    view! {
        <fieldset disabled=running>
            <legend>"How"</legend>
            <div class="row">
                <DeviceChoice device=choices.device/>
                <label class="field">"Decision rule"
                    <select data-testid="rule" on:change=on_rule>
                        <option value="mean_distance">"largest mean distance"</option>
                        <option value="odd_pair">"outside the most similar pair"</option>
                    </select>
                </label>
                <label class="field">"Trials"
                    <input type="number" data-testid="trials" min="1" max=most.to_string()
                        prop:value=move || choices.trials.get().unwrap_or(most).to_string() on:change=on_trials/>
                </label>
            </div>
            <DeviceNote/>
        </fieldset>
    }
}
