//! The part of the page that says which statistics the distortions keep, condition by condition.

use maud::{Markup, html};

use super::{table, with_interval};
use crate::layers::levels;
use crate::report::{ConditionReport, Report};

/// The statistics kept, a table for each condition.
pub(super) fn kept(report: &Report) -> Markup {
    html! {
        p { "1: the distortions have all that the intact picture has. 0: they are as far from it as another \
             intact picture of the condition is. Scale 0 is the finest." }
        @for condition in &report.conditions { (of_condition(report, condition)) }
        @if report.conditions.is_empty() { p { "Not measured: the set has no test trials but controls." } }
    }
}

/// Kinds down, levels across.
fn of_condition(report: &Report, of: &ConditionReport) -> Markup {
    if of.layers.is_empty() {
        return html! { p { (of.condition) ": not measured, since it has fewer than two counted trials, or its \
        pictures are too small for the pyramids." } };
    }
    let levels = levels(report.texture_scales.max(report.bank_levels));
    let mut kinds: Vec<&str> = Vec::new();
    for layer in &of.layers {
        if !kinds.contains(&layer.kind) {
            kinds.push(layer.kind);
        }
    }
    let cell = |kind: &str, level: &String| {
        let found = of.layers.iter().find(|layer| layer.kind == kind && layer.level == *level);
        html! {
            @if let Some(layer) = found {
                (with_interval(layer.kept.mean, layer.kept.interval))
                span.bar style={ "width:" (format!("{:.0}", layer.kept.mean.clamp(0.0, 1.0) * 100.0)) "%" } {}
            }
        }
    };
    let row = |kind: &&str| {
        let mut cells = vec![html! { (in_words(kind)) }];
        cells.extend(levels.iter().map(|level| cell(kind, level)));
        cells
    };
    let mut header = vec!["Statistics"];
    header.extend(levels.iter().map(String::as_str));
    let least = of.layers.iter().min_by(|a, b| a.kept.mean.total_cmp(&b.kept.mean));
    html! {
        @if let Some(least) = least {
            p { (of.condition) ", " (of.trials) " trials. Least is kept \
                                                 of: " (in_words(least.kind)) ", " (least.level) ", " (with_interval(least.kept.mean, least.kept.interval)) "." }
        }
        (table(&format!("Share of the statistics kept in {} [95 \
                         %]", of.condition), &header, kinds.iter().map(row).collect()))
    }
}

/// What a kind of statistics is about.
fn in_words(kind: &str) -> &str {
    match kind {
        "pixel" => "Grey levels",
        "highpass_variance" => "Finest detail",
        "std" => "Contrast",
        "skew" => "Skew",
        "kurtosis" => "Kurtosis",
        "autocorrelation" => "Autocorrelation",
        "magnitude_std" => "Contrast of each orientation",
        "magnitude_autocorrelation" => "Autocorrelation of magnitudes",
        "magnitude_cross_orientation" => "Magnitudes across orientations",
        "magnitude_cross_scale" => "Magnitudes across scales",
        "real_cross_scale" => "Phases across scales",
        "gram" => "Filters that answer together",
        other => other,
    }
}
