//! The single trials: three pictures, the intact one marked, and who took which.

use std::collections::{BTreeMap, BTreeSet};

use gestalt_analysis::{Observer, Summary, counted, labels};
use gestalt_protocol::{Outcome, Role, Row};
use gestalt_types::{Name, Sha256};
use leptos::prelude::*;

use super::gather::Gathered;
use crate::i18n::texts;

/// Trials that are drawn before one asks for more.
const PAGE: usize = 24;

/// One trial with everyone's answers.
#[derive(Clone)]
struct Trial {
    id: Name,
    category: Name,
    condition: Name,
    /// Address and hash of each picture, and whether it is the intact one.
    pictures: Vec<(Sha256, Option<String>, bool)>,
    /// Who took which picture; none where no choice was made.
    answers: Vec<(String, Option<Sha256>, Outcome)>,
}

impl Trial {
    /// Not all chose the same.
    fn is_disputed(&self) -> bool {
        self.answers.iter().map(|(_, chosen, _)| chosen).collect::<BTreeSet<_>>().len() > 1
    }
}

/// Every test trial of the log with the last answer of each observer.
fn trials(gathered: &Gathered, summary: &Summary) -> Vec<Trial> {
    let names: BTreeMap<&Observer, String> =
        summary.observers.iter().map(|entry| &entry.observer).zip(labels(&summary.observers)).collect();
    let mut newest: BTreeMap<(&Sha256, &Name), BTreeMap<Observer, &Row>> = BTreeMap::new();
    for row in counted(&gathered.rows).into_iter().filter(|row| row.role == Role::Test) {
        let of_trial = newest.entry((&row.trial_set, &row.trial)).or_default();
        let kept = of_trial.entry(Observer::of(row)).or_insert(row);
        if row.row_id > kept.row_id {
            *kept = row;
        }
    }
    newest.into_values().filter_map(|rows| trial(gathered, &names, &rows)).collect()
}

fn trial(
    gathered: &Gathered,
    names: &BTreeMap<&Observer, String>,
    rows: &BTreeMap<Observer, &Row>,
) -> Option<Trial> {
    let first = rows.values().next()?;
    let intact = first.target_picture();
    let picture = |hash: &Sha256| (hash.clone(), gathered.picture(&first.study, hash), Some(hash) == intact);
    let answer = |(observer, row): (&Observer, &&Row)| {
        let chosen = row.chosen_picture().cloned();
        (names.get(observer).cloned().unwrap_or_default(), chosen, row.outcome)
    };
    Some(Trial {
        id: first.trial.clone(),
        category: first.category.clone(),
        condition: first.condition.clone(),
        pictures: first.shown.iter().map(picture).collect(),
        answers: rows.iter().map(answer).collect(),
    })
}

/// The trials with their filters.
#[component]
pub fn Trials(
    /// The log.
    gathered: Gathered,
    /// Its summary.
    summary: Summary,
) -> impl IntoView {
    let all = trials(&gathered, &summary);
    let categories: BTreeSet<Name> = all.iter().map(|trial| trial.category.clone()).collect();
    let category = RwSignal::new(String::new());
    let disputed = RwSignal::new(false);
    let most = RwSignal::new(PAGE);
    let chosen = Memo::new_with_compare(
        move |_| {
            let fits = |trial: &&Trial| {
                let category = category.get();
                (category.is_empty() || category == trial.category.as_str())
                    && (!disputed.get() || trial.is_disputed())
            };
            all.iter().filter(fits).cloned().collect::<Vec<_>>()
        },
        |_, _| true,
    );
    let on_category = move |event| {
        category.set(event_target_value(&event));
        most.set(PAGE);
    };
    let more = move || chosen.with(Vec::len).saturating_sub(most.get());
    let words = &texts().compare;
    view! {
        <h2>{words.by_trial}</h2>
        <div class="row filters">
            <label class="field">{words.category}
                <select data-testid="category" on:change=on_category>
                    <option value="">{words.all_categories}</option>
                    {categories.into_iter().map(|name| view! { <option value=name.to_string()>{name.to_string()}</option> }).collect_view()}
                </select>
            </label>
            <label class="check">
                <input type="checkbox" data-testid="disagreements" on:change=move |event| disputed.set(event_target_checked(&event))/>
                {words.only_disagreements}
            </label>
            <p class="muted" role="status">{move || (words.trial_count)(chosen.with(Vec::len))}</p>
        </div>
        <ul class="trials">
            {move || chosen.with(|chosen| chosen.iter().take(most.get()).map(trial_view).collect_view())}
        </ul>
        <p hidden=move || more() == 0>
            <button on:click=move |_| most.update(|most| *most += PAGE)>{move || (words.show_more)(more())}</button>
        </p>
    }
}

fn trial_view(trial: &Trial) -> impl IntoView + use<> {
    let words = &texts().compare;
    let figure = |(hash, address, intact): &(Sha256, Option<String>, bool)| {
        let takers: Vec<String> = trial
            .answers
            .iter()
            .filter(|(_, chosen, _)| chosen.as_ref() == Some(hash))
            .map(|(name, ..)| name.clone())
            .collect();
        let picture = match address {
            Some(address) => {
                let alt = match intact {
                    true => (words.intact_picture)(trial.category.as_str()),
                    false => words.distortion.to_owned(),
                };
                view! { <img src=address.clone() alt=alt width="224" height="224" loading="lazy"/> }
                    .into_any()
            }
            None => view! { <p class="muted">{words.picture_missing}</p> }.into_any(),
        };
        view! {
            <figure class:intact=*intact>
                {picture}
                <figcaption>
                    {intact.then(|| view! { <strong>{words.intact}</strong> })}
                    {takers.into_iter().map(|name| view! { <div>{name}</div> }).collect_view()}
                </figcaption>
            </figure>
        }
    };
    let undecided = trial.answers.iter().filter(|(_, chosen, _)| chosen.is_none());
    let undecided: Vec<String> = undecided
        .map(|(name, _, outcome)| {
            let word = match outcome {
                Outcome::Missed => words.too_late,
                Outcome::Tie => words.tie,
                Outcome::NonFinite => words.not_finite,
                Outcome::Answered | Outcome::Interrupted => words.made_no_choice,
            };
            format!("{name}: {word}")
        })
        .collect();
    view! {
        <li data-testid="trial">
            <h3>{trial.category.to_string()}<span class="muted">{format!(" · {} · {}", trial.id, trial.condition)}</span></h3>
            <div class="triplet">{trial.pictures.iter().map(figure).collect_view()}</div>
            {(!undecided.is_empty()).then(|| view! { <p class="muted">{undecided.join("; ")}</p> })}
        </li>
    }
}
