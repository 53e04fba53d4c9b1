//! The parts of the page that speak of the whole set: verdict and control observers.

use gestalt_analysis::CHANCE;
use gestalt_report::{PlotOptions, proportions_plot};
use gestalt_stats::{detectable_accuracy, p_text};
use maud::{Markup, PreEscaped, html};

use super::wholeness::wholeness;
use super::{number, table, with_interval};
use crate::control::{Control, LEVEL};
use crate::report::{Flag, Report};

/// Widths of the two versions of every plot, of which the page shows the one that fits, in CSS pixels.
const WIDTHS_PX: [(&str, u32); 2] = [("wide", 900), ("narrow", 340)];

/// What the report comes to, in sentences.
pub(super) fn verdict(report: &Report) -> Markup {
    let solved: Vec<&Control> = report.controls.iter().filter(|control| control.is_above_chance()).collect();
    let encoded = report.encoding.given_away_by();
    let trials = report.counted().count();
    let class = if solved.is_empty() && encoded.is_empty() { "verdict" } else { "verdict unfair" };
    html! {
        div class=(class) {
            @if trials == 0 {
                p { "The set has no test trials: there is nothing to judge." }
            } @else if solved.is_empty() {
                p { strong { "No control observer does better than \
                              guessing." } " " (power(trials, report.controls.len())) }
            } @else {
                p { strong { "In part, this set can be solved without seeing the \
                              whole." } " Above chance (p < " (LEVEL) ", corrected):" }
                ul { @for control in solved { li { (control.name) ": " (accuracy(control)) " correct. " (control.sees) } } }
            }
            @if encoded.is_empty() {
                p { "How the files are encoded gives nothing away that was found." }
            } @else {
                p { strong { "How the files are encoded gives answers \
                              away" } " (p < " (crate::encoding::LEVEL) ", corrected):" }
                ul { @for trace in encoded { li { (trace.name) ": " (trace.hits) " of " (trace.of) " correct." } } }
            }
            p {
                (report.flagged(Flag::KeptWhole).count()) " of " (trials) " test trials are flagged because a distortion kept the whole, "
                (report.flagged(Flag::LostTexture).count()) " because a distortion lost the texture."
            }
        }
    }
}

/// How well the number of trials protects from missing something.
fn power(trials: usize, observers: usize) -> String {
    // Holm's correction is hardest on the first of the observers.
    match detectable_accuracy(trials as u64, CHANCE, LEVEL / observers.max(1) as f64, 0.8) {
        Some(least) => format!(
            "With {trials} trials, one that is truly correct in {} of them would have been found with a \
             probability of 80 %; less may stay hidden.",
            number(least)
        ),
        None => format!(
            "But {trials} trials are too few to find anything: even one that is always right would not be told \
             from a guesser."
        ),
    }
}

fn accuracy(control: &Control) -> String {
    control.accuracy.map_or("no answers".into(), |a| with_interval(a.estimate, a.interval))
}

/// The control observers: plot, table, and accuracy by condition where there are several.
pub(super) fn controls(report: &Report) -> Markup {
    let rows: Vec<_> =
        report.controls.iter().map(|control| (control.name.to_owned(), control.accuracy)).collect();
    let plot = plots("controls-plot", |mut options| {
        options.words.accuracy_title = "Accuracy of control observers".into();
        options.words.no_data = "no answers".into();
        proportions_plot(&rows, &options)
    });
    let cells = |control: &Control| {
        let p = |value: Option<f64>| html! { (value.map_or("–".into(), p_text)) };
        let count = |value: u64| html! { (value) };
        vec![
            html! { (control.name) },
            html! { (accuracy(control)) },
            count(control.answered),
            count(control.ties),
            count(control.non_finite),
            p(control.p_chance),
            p(control.p_holm),
        ]
    };
    let header = ["Observer", "Correct [95 %]", "Answered", "Ties", "Not finite", "p", "p (Holm)"];
    let rows = report.controls.iter().map(cells).collect();
    let conditions = report.controls.iter().flat_map(|control| {
        control.by_condition.iter().map(|(name, part)| {
            vec![
                html! { (control.name) },
                html! { (name) },
                html! { (with_interval(part.estimate, part.interval)) },
                html! { (part.of) },
            ]
        })
    });
    let conditions: Vec<Vec<Markup>> = conditions.collect();
    html! {
        @if let Some(found) = &report.wholeness { (wholeness(found)) }
        p { "These observers cannot see what belongs together. In a fair set they guess: 1/3 correct." }
        (plot)
        (table("Control observers", &header, rows))
        @if !conditions.is_empty() {
            (table("By condition", &["Observer", "Condition", "Correct [95 %]", "Answered"], conditions))
        }
        ul.note { @for control in &report.controls { li { strong { (control.name) } ": " (control.sees) } } }
    }
}

/// A plot in both widths.
pub(super) fn plots(id: &str, draw: impl Fn(PlotOptions) -> String) -> Markup {
    let both =
        WIDTHS_PX.map(|(class, width_px)| (class, draw(PlotOptions::new(format!("{id}-{class}"), width_px))));
    html! { figure { @for (class, svg) in both { div class=(class) { (PreEscaped(svg)) } } } }
}
