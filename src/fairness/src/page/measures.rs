//! The part of the page that says how far arrangement and texture were kept: means and distributions,
//! condition by condition.

use gestalt_report::{Distributions, distributions_plot};
use maud::{Markup, html};

use super::summary::plots;
use super::{table, with_interval};
use crate::mean::Mean;
use crate::measures::Pair;
use crate::report::{ConditionReport, Report, TrialReport};

/// The counted trials of a condition.
struct Of<'a> {
    condition: &'a ConditionReport,
    trials: Vec<&'a TrialReport>,
}

impl Of<'_> {
    /// Of each distortion with its intact picture.
    fn with_intact(&self, of: fn(&Pair) -> f64) -> Vec<f64> {
        self.trials.iter().flat_map(|trial| trial.pairs.with_intact.iter().map(of)).collect()
    }

    /// The same, averaged over the two distortions: both share a picture, so the trial is what is resampled.
    fn with_intact_by_trial(&self, of: fn(&Pair) -> f64) -> Vec<f64> {
        let both = |[first, second]: &[Pair; 2]| (of(first) + of(second)) / 2.0;
        self.trials.iter().map(|trial| both(&trial.pairs.with_intact)).collect()
    }

    /// Of the two distortions with each other.
    fn between(&self, of: fn(&Pair) -> f64) -> Vec<f64> {
        self.trials.iter().map(|trial| of(&trial.pairs.between)).collect()
    }

    /// Texture distances to other intact pictures.
    fn to_another(&self) -> Vec<f64> {
        self.trials.iter().filter_map(|trial| trial.to_another).collect()
    }

    /// Texture distances as shares of the mean of those to other intact pictures.
    fn shares(&self, distances: Vec<f64>) -> Vec<f64> {
        let other = self.condition.other_pictures.map_or(1.0, |other| other.mean).max(f64::MIN_POSITIVE);
        distances.into_iter().map(|distance| distance / other).collect()
    }

    fn means(&self) -> Markup {
        let mean = |values: &[f64]| html! { (Mean::of(values).map_or("–".into(), |mean| with_interval(mean.mean, mean.interval))) };
        let row = |name: &str, of: fn(&Pair) -> f64, other: Markup| {
            vec![html! { (name) }, mean(&self.with_intact_by_trial(of)), mean(&self.between(of)), other]
        };
        let rows = vec![
            row("Kept in place (share)", |pair| pair.kept_in_place, html! { "–" }),
            row("Kept together (share)", |pair| pair.kept_whole, html! { "–" }),
            row("Layout correlation (r)", |pair| pair.layout_r, html! { "–" }),
            row("Texture distance (grey levels)", |pair| pair.texture_distance, mean(&self.to_another())),
        ];
        let header = ["Measure", "Intact and distortion", "Two distortions", "Intact and other pictures"];
        let ConditionReport { condition, scale_px, .. } = self.condition;
        table(&format!("Means over the trials of {condition}, at {scale_px} px [95 %]"), &header, rows)
    }
}

/// Means of the measures over the counted trials, and how they are distributed; each condition is measured
/// at its own scale.
pub(super) fn measures(report: &Report) -> Markup {
    let all: Vec<Of<'_>> = report
        .conditions
        .iter()
        .map(|condition| Of { condition, trials: report.counted_of(&condition.condition).collect() })
        .collect();
    let name = |of: &Of<'_>, what: &str| match all.len() {
        1 => what.to_owned(),
        _ => format!("{}: {}", of.condition.condition, what.to_lowercase()),
    };
    let pairs = |measure: fn(&Pair) -> f64| -> Vec<(String, Vec<f64>)> {
        let rows = |of: &Of<'_>| {
            [
                (name(of, "Intact and distortion"), of.with_intact(measure)),
                (name(of, "Two distortions"), of.between(measure)),
            ]
        };
        all.iter().flat_map(rows).collect()
    };
    let texture = all.iter().flat_map(|of| {
        let distance: fn(&Pair) -> f64 = |pair| pair.texture_distance;
        [
            (name(of, "Intact and distortion"), of.shares(of.with_intact(distance))),
            (name(of, "Two distortions"), of.shares(of.between(distance))),
            (name(of, "Intact and other pictures"), of.shares(of.to_another())),
        ]
    });
    let thresholds = report.thresholds;
    html! {
        p { "A good distortion loses the arrangement and keeps the texture. Two distortions of one picture \
             should be as far from each other as each is from the intact picture; else the odd one is told by \
             the distances alone." }
        @for of in &all { (of.means()) }
        (distribution("kept-plot", "Kept together (share of structured \
                                    windows)", pairs(|pair| pair.kept_whole), Some(thresholds.kept_above)))
        (distribution("texture-plot", "Texture distance (share of that between intact \
                                       pictures)", texture.collect(), Some(thresholds.texture_above)))
        (distribution("layout-plot", "Layout correlation (r)", pairs(|pair| pair.layout_r), None))
    }
}

fn distribution(
    id: &'static str,
    axis: &str,
    rows: Vec<(String, Vec<f64>)>,
    threshold: Option<f64>,
) -> Markup {
    let of = Distributions {
        title: format!("Distribution: {axis}"),
        axis: axis.to_owned(),
        rows,
        threshold: threshold.map(|at| (at, format!("flagged above {at}"))),
    };
    plots(id, |options| distributions_plot(&of, &options))
}
