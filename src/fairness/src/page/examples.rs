//! The parts of the page that show trials: the best and worst side by side, and the flagged ones.

use gestalt_trial_sets::TrialSetFolder;
use maud::{Markup, html};

use super::pictures::triplets;
use super::{PageError, number};
use crate::report::{Flag, Report, TrialReport};

/// Best and worst trials that are shown, each.
const EXAMPLES: usize = 4;
/// Flagged trials of each kind that are shown with pictures; of more, only the names are listed.
const FLAGGED: usize = 40;
/// Sides of the pictures, in pixels.
const EXAMPLE_PX: u32 = 200;
const FLAGGED_PX: u32 = 128;

/// The trials of least and greatest severity.
pub(super) fn examples(report: &Report, folder: &TrialSetFolder) -> Result<Markup, PageError> {
    let mut sorted: Vec<&TrialReport> = report.counted().collect();
    sorted.sort_by(|a, b| a.severity.total_cmp(&b.severity));
    let count = EXAMPLES.min(sorted.len() / 2);
    let best = &sorted[..count];
    let worst: Vec<&TrialReport> = sorted.iter().rev().take(count).copied().collect();
    let shown = |trials: &[&TrialReport]| figures(trials, folder, EXAMPLE_PX);
    Ok(html! {
        p { "Sorted by severity: how near the worse of the two distortions comes to being flagged, 1 being the \
             threshold." }
        div.beside {
            div {
                h3 { "Best: the arrangement is lost, the texture kept" }
                @for figure in shown(best)? { (figure) }
            }
            div {
                h3 { "Worst: nearest to keeping the whole or losing the texture" }
                @for figure in shown(&worst)? { (figure) }
            }
        }
    })
}

/// The flagged trials, by kind.
pub(super) fn flagged(report: &Report, folder: &TrialSetFolder) -> Result<Markup, PageError> {
    let kinds = [
        (Flag::KeptWhole, "A distortion kept the whole: too easy to miss"),
        (Flag::LostTexture, "A distortion lost the texture: too easy to see"),
    ];
    let mut parts = Vec::new();
    for (flag, heading) in kinds {
        let trials: Vec<&TrialReport> = report.flagged(flag).collect();
        let (shown, named) = trials.split_at(trials.len().min(FLAGGED));
        parts.push((heading, figures(shown, folder, FLAGGED_PX)?, named.to_vec()));
    }
    Ok(html! {
        p { "To leave them out by script, use the list beside this page (" code { "--json FILE" } ", JSON or CSV by its ending): every trial with its flags." }
        @for (heading, figures, named) in parts {
            h3 { (heading) " (" (figures.len() + named.len()) ")" }
            @if figures.is_empty() { p { "None." } }
            div.small { @for figure in figures { (figure) } }
            @if !named.is_empty() {
                p { "And without pictures here: " @for trial in named { code { (trial.id) } " " } }
            }
        }
    })
}

fn figures(trials: &[&TrialReport], folder: &TrialSetFolder, side_px: u32) -> Result<Vec<Markup>, PageError> {
    let pictures = triplets(folder, trials, side_px)?;
    let figure = |(trial, triplet): (&&TrialReport, &super::pictures::Triplet)| {
        let line = |place: usize| {
            let kept = number(trial.pairs.with_intact[place].kept_whole);
            let share = trial.texture_share[place].map_or("–".into(), number);
            format!("kept {kept}, texture {share}")
        };
        html! {
            figure {
                (triplet.figure(trial, ["as it was".into(), line(0), line(1)]))
                figcaption { code { (trial.id) } ", " (trial.category) ", " (trial.condition) ", severity " (number(trial.severity)) }
            }
        }
    };
    Ok(trials.iter().zip(&pictures).map(figure).collect())
}
