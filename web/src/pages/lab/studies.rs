//! The studies with their live counts, and the one that is chosen.

use gestalt_protocol::lab::{KeyRole, LabCounts, LabStudy, LabVisit, StudyState};
use gestalt_protocol::study::Language;
use gestalt_types::Name;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;

use super::exports::Exports;
use super::links::LinkBuilder;
use super::people::People;
use super::{Lab, Who, requests};
use crate::browser::{Listener, address};
use crate::i18n::texts;

/// What the server says about the studies, as long as the page is shown: an `EventSource`, by hand, so that
/// web-sys and all that is built on it stay as they are for every other page.
struct Live {
    source: JsValue,
    _listener: Listener,
}

impl Live {
    fn listen(lab: Lab) -> Option<Self> {
        let kind: Function = Reflect::get(&js_sys::global(), &"EventSource".into()).ok()?.dyn_into().ok()?;
        let source = Reflect::construct(&kind, &Array::of1(&address("api/lab/events").into())).ok()?;
        let take = move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            // Another version of the server may be there by now: the list stays as it is.
            if let Ok(studies) = serde_json::from_str::<Vec<LabStudy>>(&text) {
                lab.studies.set(studies);
            }
        };
        let listener = Listener::new(source.unchecked_ref(), "message", take);
        Some(Self { source, _listener: listener })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let close =
            Reflect::get(&self.source, &"close".into()).and_then(|close| close.dyn_into::<Function>());
        // A browser that has an event source can close it.
        let _ = close.and_then(|close| close.call0(&self.source));
    }
}

/// The studies of whoever is signed in.
#[component]
pub fn Studies(
    /// The page.
    lab: Lab,
    /// Who is signed in.
    visit: LabVisit,
) -> impl IntoView {
    let words = &texts().lab;
    // Goes with the page.
    StoredValue::new_local(Live::listen(lab));
    let role = if visit.role == KeyRole::Owner { words.owner } else { words.reader };
    let name = visit.name.to_string();
    let leave = move |_| {
        spawn_local(async move {
            if let Some(visit) = lab.visit() {
                match requests::sign_out(&visit).await {
                    Ok(()) => lab.who.set(Who::Nobody),
                    Err(error) => lab.failed(&error),
                }
            }
        });
    };
    let chosen = move || {
        let name = lab.chosen.get()?;
        lab.studies.with_untracked(|studies| studies.iter().find(|study| study.name == name).cloned())
    };
    let is_owner = visit.role == KeyRole::Owner;
    view! {
        <p class="row">
            <span>{(words.signed_in)(&name, role)}</span>
            <button data-testid="lab-sign-out" on:click=leave>{words.sign_out}</button>
        </p>
        <div class="table" role="region" aria-label=words.title tabindex="0">
            <table data-testid="lab-studies">
                <thead><tr>{words.columns.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
                <tbody>{move || lab.studies.get().into_iter().map(|study| lines(lab, &study)).collect_view()}</tbody>
            </table>
        </div>
        {move || chosen().map(|study| view! { <Chosen lab study is_owner/> })}
    }
}

/// A study, and its groups below it.
fn lines(lab: Lab, study: &LabStudy) -> impl IntoView + use<> {
    let words = &texts().lab;
    let name = study.name.clone();
    let state = match study.state {
        StudyState::Open => words.open,
        StudyState::Paused => words.paused,
        StudyState::Closed => words.closed,
    };
    let groups = study.groups.iter().map(|(name, counts)| {
        view! { <tr class="muted"><th scope="row">{name.to_string()}</th><td></td>{cells(counts, None)}</tr> }
    });
    let groups = groups.collect_view();
    let choose = {
        let name: Name = name.clone();
        move |_| lab.chosen.set(Some(name.clone()))
    };
    view! {
        <tr data-study=name.to_string()>
            <th scope="row"><button class="quiet" data-testid="lab-choose" on:click=choose>{name.to_string()}</button></th>
            <td data-testid="lab-state">{state}</td>
            {cells(&study.counts, study.quota)}
        </tr>
        {groups}
    }
}

fn cells(counts: &LabCounts, quota: Option<u32>) -> impl IntoView + use<> {
    let finished = match quota {
        Some(quota) => format!("{} / {quota}", counts.finished),
        None => counts.finished.to_string(),
    };
    let all = [
        ("in-progress", counts.in_progress.to_string()),
        ("away", counts.away.to_string()),
        ("finished", finished),
        ("late", counts.late.to_string()),
        ("excluded", counts.excluded.to_string()),
        ("withdrawn", counts.withdrawn.to_string()),
    ];
    all.map(|(name, count)| view! { <td class="number" data-count=name>{count}</td> })
        .into_iter()
        .collect_view()
}

/// The study that is chosen.
#[component]
fn Chosen(
    /// The page.
    lab: Lab,
    /// As it was when it was chosen.
    study: LabStudy,
    /// May change it.
    is_owner: bool,
) -> impl IntoView {
    let words = &texts().lab;
    let name = study.name.clone();
    let state = {
        let name = name.clone();
        Memo::new(move |_| {
            lab.studies
                .with(|studies| studies.iter().find(|study| study.name == name).map(|study| study.state))
        })
    };
    let set = {
        let name = name.to_string();
        move |state: StudyState| {
            let name = name.clone();
            spawn_local(async move {
                let Some(visit) = lab.visit() else { return };
                match requests::set_state(&visit, &name, state).await {
                    Ok(study) => lab.take(study),
                    Err(error) => lab.failed(&error),
                }
            });
        }
    };
    let button = move |to: StudyState, label: &'static str, testid: &'static str| {
        let set = set.clone();
        view! {
            <button data-testid=testid hidden=move || state.get() == Some(to) on:click=move |_| set(to)>{label}</button>
        }
    };
    let version = study.version.to_string();
    view! {
        <section aria-labelledby="lab-chosen" data-testid="lab-chosen">
            <h2 id="lab-chosen">{study.title.in_language(Language::En).to_owned()}</h2>
            <p class="muted">{words.version} " " <code title=version.clone()>{version.chars().take(12).collect::<String>()}</code></p>
            {is_owner.then(|| view! {
                <p class="row">
                    {button.clone()(StudyState::Open, words.reopen, "lab-open")}
                    {button.clone()(StudyState::Paused, words.pause, "lab-pause")}
                    {button(StudyState::Closed, words.close, "lab-close")}
                    <span class="muted">{words.state_note}</span>
                </p>
            })}
            <LinkBuilder name=name.to_string() panel=study.panel/>
            <Exports name=name.to_string() is_owner/>
            <People lab name=study.name is_owner/>
        </section>
    }
}
