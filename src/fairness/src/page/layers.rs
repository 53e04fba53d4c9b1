//! The part of the page that says which statistics the distortions keep.

use maud::{Markup, html};

use super::{table, with_interval};
use crate::layers::levels;
use crate::report::Report;

/// The statistics kept, kinds down, levels across.
pub(super) fn kept(report: &Report) -> Markup {
    if report.layers.is_empty() {
        return html! { p { "Not measured: the set has fewer than two test trials, or its pictures are too small for the pyramids." } };
    }
    let levels = levels(report.texture_scales.max(report.bank_levels));
    let mut kinds: Vec<&str> = Vec::new();
    for layer in &report.layers {
        if !kinds.contains(&layer.kind) {
            kinds.push(layer.kind);
        }
    }
    let cell = |kind: &str, level: &String| {
        let found = report.layers.iter().find(|layer| layer.kind == kind && layer.level == *level);
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
    let least = report.layers.iter().min_by(|a, b| a.kept.mean.total_cmp(&b.kept.mean));
    html! {
        p { "1: the distortions have all that the intact picture has. 0: they are as far from it as another intact picture is. Scale 0 is the finest." }
        @if let Some(least) = least {
            p { "Least is kept of: " (in_words(least.kind)) ", " (least.level) ", " (with_interval(least.kept.mean, least.kept.interval)) "." }
        }
        (table("Share of the statistics kept [95 %]", &header, kinds.iter().map(row).collect()))
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
