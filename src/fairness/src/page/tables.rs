//! The table of every trial.

use gestalt_protocol::Role;
use gestalt_trial_sets::TrialSetFolder;
use maud::{Markup, html};

use super::pictures::triplets;
use super::{PageError, number, table};
use crate::report::{Flag, Report, TrialReport};

/// Sets of more trials are listed without pictures, so that the page can still be opened.
const WITH_PICTURES: usize = 200;
/// Side of the pictures, in pixels.
const PICTURE_PX: u32 = 72;

/// One row a trial.
pub(super) fn every_trial(report: &Report, folder: &TrialSetFolder) -> Result<Markup, PageError> {
    let trials: Vec<&TrialReport> = report.trials.iter().collect();
    let with_pictures = trials.len() <= WITH_PICTURES;
    let pictured: &[&TrialReport] = if with_pictures { &trials } else { &[] };
    let pictures = triplets(folder, pictured, PICTURE_PX)?;
    let row = |(place, trial): (usize, &&TrialReport)| {
        let [first, second] = trial.pairs.with_intact;
        let cell =
            |values: &[f64]| html! { (values.iter().map(|v| number(*v)).collect::<Vec<_>>().join(" · ")) };
        let mut cells = vec![html! { (trial.id) }];
        if let Some(triplet) = pictures.get(place) {
            cells.push(triplet.row(trial));
        }
        cells.extend([
            html! { (trial.category) },
            html! { (trial.condition) },
            html! { (role(trial)) },
            cell(&[first.texture_distance, second.texture_distance, trial.pairs.between.texture_distance]),
            cell(&[first.kept_in_place, second.kept_in_place]),
            cell(&[first.kept_whole, second.kept_whole]),
            cell(&[first.layout_r, second.layout_r, trial.pairs.between.layout_r]),
            cell(&[trial.severity]),
            html! { (flags(trial)) },
        ]);
        cells
    };
    let mut header = vec!["Trial"];
    header.extend(with_pictures.then_some("Intact · 1 · 2"));
    header.extend([
        "Category",
        "Condition",
        "Role",
        "Texture distance",
        "Kept in place",
        "Kept together",
        "Layout r",
        "Severity",
        "Flags",
    ]);
    Ok(html! {
        p { "Three numbers: intact and distortion 1 · intact and distortion 2 · the two distortions. Two \
             numbers: the first two of these." }
        @if !with_pictures {
            p { "The set has more than " (WITH_PICTURES) " trials: they are listed without pictures." }
        }
        (table("Trials", &header, trials.iter().enumerate().map(row).collect()))
    })
}

fn role(trial: &TrialReport) -> &'static str {
    match trial.role {
        Role::Test if trial.counted => "test",
        Role::Test | Role::Control => "control, not counted",
        Role::Practice => "practice, not counted",
        Role::Catch => "catch, not counted",
    }
}

fn flags(trial: &TrialReport) -> String {
    let name = |flag: &Flag| match flag {
        Flag::KeptWhole => "kept the whole",
        Flag::LostTexture => "lost the texture",
    };
    trial.flags.iter().map(name).collect::<Vec<_>>().join(", ")
}
