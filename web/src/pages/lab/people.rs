//! The people of a study, a page at a time: ten thousand are listed as quickly as ten.

use gestalt_protocol::lab::{LabParticipant, LabStudy, ParticipantState};
use gestalt_types::Name;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Lab, requests};
use crate::i18n::texts;

/// People on a page.
const PAGE: usize = 50;

/// The list. It is fetched again whenever the study's counts have changed.
#[component]
pub fn People(
    /// The page.
    lab: Lab,
    /// Of the study.
    name: Name,
    /// May see ids of panels.
    is_owner: bool,
) -> impl IntoView {
    let words = &texts().lab;
    let people = RwSignal::new(None::<Vec<LabParticipant>>);
    let counts = {
        let name = name.clone();
        let of = move |studies: &Vec<LabStudy>| {
            studies.iter().find(|study| study.name == name).map(|study| study.counts)
        };
        Memo::new(move |_| lab.studies.with(&of))
    };
    Effect::new(move |_| {
        // Read, not only tracked: a memo that nobody reads is never computed.
        counts.get();
        let name = name.to_string();
        spawn_local(async move {
            match requests::participants(&name).await {
                Ok(all) => drop(people.try_set(Some(all))),
                Err(error) => lab.failed(&error),
            }
        });
    });
    let (search, page) = (RwSignal::new(String::new()), RwSignal::new(0_usize));
    let found = Memo::new(move |_| {
        let wanted = search.with(|text| text.trim().to_lowercase());
        people.with(|people| {
            let all = people.iter().flatten();
            all.rev().filter(|person| is_about(person, &wanted)).cloned().collect::<Vec<_>>()
        })
    });
    let pages = Memo::new(move |_| found.with(|found| found.len().div_ceil(PAGE)));
    let shown = move || {
        let from = page.get().min(pages.get().saturating_sub(1)) * PAGE;
        found.with(|found| {
            found.iter().skip(from).take(PAGE).map(|person| line(person, is_owner)).collect_view()
        })
    };
    view! {
        <h3>{words.people}</h3>
        <div class="row">
            <label class="field">{words.search}
                <input type="search" data-testid="lab-search" bind:value=search on:input=move |_| page.set(0)/>
            </label>
            <span role="status" data-testid="lab-found">{move || (words.found)(found.with(Vec::len))}</span>
        </div>
        <div class="table" role="region" aria-label=words.people tabindex="0">
            <table class="people" data-testid="lab-people">
                <thead><tr>
                    {words.people_columns.map(|name| view! { <th scope="col">{name}</th> })}
                    {is_owner.then(|| view! { <th scope="col">{words.panel_id}</th> })}
                </tr></thead>
                <tbody>{shown}</tbody>
            </table>
        </div>
        <p class="row" hidden=move || { pages.get() < 2 }>
            <button disabled=move || page.get() == 0 on:click=move |_| page.update(|page| *page = page.saturating_sub(1))>{words.newer}</button>
            <span>{move || (words.page_of)(page.get() + 1, pages.get())}</span>
            <button disabled=move || { page.get() + 1 >= pages.get() } on:click=move |_| page.update(|page| *page += 1)>{words.older}</button>
        </p>
    }
}

/// Whether the person has to do with what is searched for.
fn is_about(person: &LabParticipant, wanted: &str) -> bool {
    let parts = [
        Some(person.state.text().to_owned()),
        person.observer.clone(),
        person.group.clone(),
        person.panel_id.clone(),
        person.completion_code.clone(),
        person.browser.clone(),
        person.device.clone(),
        Some(person.session.to_string()),
        Some(person.excluded_by.join(" ")),
    ];
    wanted.is_empty() || parts.iter().flatten().any(|part| part.to_lowercase().contains(wanted))
}

fn line(person: &LabParticipant, is_owner: bool) -> impl IntoView + use<> {
    let words = &texts().lab;
    let state = match person.state {
        ParticipantState::InProgress => words.in_progress,
        ParticipantState::Away => words.away,
        ParticipantState::Finished => words.finished,
        ParticipantState::Late => words.late,
        ParticipantState::Withdrawn => words.withdrawn,
    };
    let facts = person.facts.as_ref();
    let minutes =
        person.finished_at_ms.zip(person.opened_at_ms).map(|(end, start)| (end - start) as f64 / 60_000.0);
    let catch = facts
        .filter(|facts| facts.catch_trials > 0)
        .map(|facts| format!("{} / {}", facts.catch_correct, facts.catch_trials));
    let timing = facts.map(|facts| format!("{} / {}", facts.timing_flagged, facts.rows));
    let device =
        [person.device.clone(), person.browser.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let excluded = person.excluded_by.join(", ");
    let state = if excluded.is_empty() {
        state.to_owned()
    } else {
        format!("{state}; {}: {excluded}", words.excluded)
    };
    let cells = [
        person.observer.clone().unwrap_or_else(|| person.session.to_string()),
        state,
        person.group.clone().unwrap_or_default(),
        moment(person.opened_at_ms.or(person.withdrawn_at_ms)),
        moment(person.last_seen_ms),
        minutes.map(|minutes| format!("{minutes:.1}")).unwrap_or_default(),
        person.rows.map(|rows| rows.to_string()).unwrap_or_default(),
        device,
        facts.and_then(|facts| facts.refresh_rate_hz).map(|hz| format!("{hz:.1}")).unwrap_or_default(),
        timing.unwrap_or_default(),
        catch.unwrap_or_default(),
        person.completion_code.clone().unwrap_or_default(),
    ];
    let panel_id = is_owner.then(|| view! { <td translate="no">{person.panel_id.clone()}</td> });
    let state = person.state.text();
    view! { <tr data-state=state>{cells.map(|text| view! { <td translate="no">{text}</td> }).into_iter().collect_view()}{panel_id}</tr> }
}

/// Date and time in the reader's own zone.
fn moment(ms: Option<i64>) -> String {
    let Some(ms) = ms else { return String::new() };
    let date = js_sys::Date::new(&(ms as f64).into());
    date.to_locale_string("sv", &js_sys::Object::new()).into()
}
