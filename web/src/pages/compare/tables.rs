//! The numbers of compare as tables and plots.

use gestalt_analysis::{Comparison, Observer, ObserverSummary, labels};
use gestalt_protocol::ObserverKind;
use gestalt_report::{PlotOptions, accuracy_plot, categories_plot, reaction_times_plot};
use gestalt_stats::{Proportion, p_text};
use leptos::prelude::*;

use crate::i18n::texts;

/// What a proportion looks like: `0.90 [0.79, 0.96]`.
pub fn proportion(value: Option<Proportion>) -> String {
    value.map_or_else(
        || "–".to_owned(),
        |value| {
            let (low, high) = (value.interval.low, value.interval.high);
            format!("{:.2} [{low:.2}, {high:.2}]", value.estimate)
        },
    )
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.2}"))
}

fn kind_word(kind: ObserverKind) -> &'static str {
    match kind {
        ObserverKind::Human => texts().compare.person,
        ObserverKind::Model => texts().compare.model,
        ObserverKind::Simulated => texts().compare.simulated,
    }
}

/// A plot as wide as the page has room for.
fn plot(svg: String) -> impl IntoView {
    view! { <div class="plot" inner_html=svg></div> }
}

fn options(id: &'static str) -> PlotOptions {
    let room_px = document().body().map_or(900, |body| body.client_width()) - 70;
    PlotOptions::new(id, room_px.clamp(280, 1050) as u32)
}

/// Accuracy of each observer.
pub fn accuracy(observers: &[ObserverSummary]) -> impl IntoView + use<> {
    let row = |(entry, label): (&ObserverSummary, String)| {
        let counts = entry.overall.counts;
        let trials = counts.answered + counts.missed + counts.tie + counts.non_finite;
        let catch = entry.catch.accuracy.map(|catch| (texts().compare.catch)(catch.hits, catch.of));
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{kind_word(entry.observer.kind)}</td>
                <td class="number">{trials}</td>
                <td class="number">{counts.correct}</td>
                <td class="number">{proportion(entry.overall.accuracy)}</td>
                <td class="number">{counts.missed + counts.tie + counts.non_finite}</td>
                <td class="number">{catch.unwrap_or_else(|| "–".into())}</td>
                <td class="number">{entry.overall.chance_p.map_or_else(|| "–".into(), p_text)}</td>
            </tr>
        }
    };
    let rows = observers.iter().zip(labels(observers)).map(row).collect_view();
    let words = &texts().compare;
    view! {
        <h2 id="accuracy">{words.accuracy}</h2>
        {plot(accuracy_plot(observers, &options("accuracy")))}
        <div class="table" role="region" aria-labelledby="accuracy" tabindex="0">
            <table data-testid="compare-table">
                <thead><tr>
                    <th scope="col">{words.observer}</th><th scope="col">{words.kind}</th>
                    <th scope="col" class="number">{words.trials}</th><th scope="col" class="number">{words.correct}</th>
                    <th scope="col" class="number">{words.accuracy_interval}</th><th scope="col" class="number">{words.no_choice}</th>
                    <th scope="col" class="number">{words.catch_trials}</th><th scope="col" class="number">{words.p_guessing}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Accuracy by category.
pub fn categories(observers: &[ObserverSummary]) -> impl IntoView + use<> {
    view! {
        <h2>{texts().compare.by_category}</h2>
        {plot(categories_plot(observers, &options("categories")))}
    }
}

/// Reaction times of people; nothing where nobody answered.
pub fn reaction_times(observers: &[ObserverSummary]) -> Option<impl IntoView + use<>> {
    let all = observers.iter().zip(labels(observers));
    let lines: Vec<_> = all
        .flat_map(|(entry, label)| entry.reaction_times.iter().map(move |times| (label.clone(), times)))
        .map(|(label, times)| {
            let device = times.input_device.map_or_else(
                || texts().compare.unknown_device.into(),
                |device| format!("{device:?}").to_lowercase(),
            );
            let (count, median, quartiles) = times.correct.as_ref().map_or_else(
                || (0, "–".to_owned(), "–".to_owned()),
                |of| {
                    let interval = of.median_interval_ms.map(|i| format!(" [{:.0}, {:.0}]", i.low, i.high));
                    let median = format!("{:.0}{}", of.median_ms, interval.unwrap_or_default());
                    (of.n(), median, (texts().compare.quartiles)(of.lower_quartile_ms, of.upper_quartile_ms))
                },
            );
            view! {
                <tr>
                    <th scope="row">{label}</th><td>{device}</td><td class="number">{count}</td>
                    <td class="number">{median}</td><td class="number">{quartiles}</td>
                </tr>
            }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        let mut options = options("reaction-times");
        let words = &texts().compare;
        options.words.no_data = words.no_correct_answers.into();
        view! {
            <h2 id="times">{words.reaction_times}</h2>
            {plot(reaction_times_plot(observers, &options))}
            <div class="table" role="region" aria-labelledby="times" tabindex="0">
                <table data-testid="times-table">
                    <thead><tr>
                        <th scope="col">{words.observer}</th><th scope="col">{words.device}</th><th scope="col" class="number">{words.correct_answers}</th>
                        <th scope="col" class="number">{words.median}</th><th scope="col" class="number">{words.middle_half}</th>
                    </tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        }
    })
}

/// Every pair on the trials that both answered.
pub fn pairs(comparisons: &[Comparison], observers: &[ObserverSummary]) -> Option<impl IntoView + use<>> {
    let names = labels(observers);
    let label = |who: &Observer| {
        let place = observers.iter().position(|entry| entry.observer == *who);
        place.map_or_else(|| who.name.to_string(), |place| names[place].clone())
    };
    let rows: Vec<_> = comparisons
        .iter()
        .map(|pair| {
            let interval = pair.difference_interval;
            let difference = format!("{:+.2} [{:+.2}, {:+.2}]", pair.difference, interval.low, interval.high);
            view! {
                <tr>
                    <th scope="row">{format!("{} – {}", label(&pair.first), label(&pair.second))}</th>
                    <td class="number">{pair.agreement.items()}</td>
                    <td class="number">{difference}</td>
                    <td class="number">{p_text(pair.mcnemar_p)}</td>
                    <td class="number">{number(pair.error_consistency)}</td>
                </tr>
            }
        })
        .collect();
    let words = &texts().compare;
    (!rows.is_empty()).then(|| {
        view! {
            <h2 id="pairs">{words.pairs}</h2>
            <div class="table" role="region" aria-labelledby="pairs" tabindex="0">
                <table data-testid="pairs-table">
                    <thead><tr>
                        <th scope="col">{words.pair}</th><th scope="col" class="number">{words.trials}</th>
                        <th scope="col" class="number">{words.difference}</th>
                        <th scope="col" class="number">{words.p_mcnemar}</th><th scope="col" class="number">{words.error_consistency}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}
